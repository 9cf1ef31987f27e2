#include "codec/json_text.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(JsonText, HasEachKeyOfAnObjectOnce) {
  EXPECT_TRUE(parse_json(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]})"));
  const Result<Json> twice = parse_json(R"({"budget": 4000, "b": {"c": 1}, "budget": 40000})");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().where, "budget");
  EXPECT_FALSE(parse_json(R"([{"a": 1, "b": {"c": 1, "c": 2}}])"));
  EXPECT_FALSE(parse_json(R"({"x": {"y": 1}, "y": 2, "x": 3})")) << "an object between them ends nothing";
  EXPECT_TRUE(parse_json(R"({"x": {"y": 1}, "y": 2, "z": {"x": {"y": 3}}})"));
}

TEST(JsonText, SaysWhereItStoppedReading) {
  const Result<Json> broken = parse_json("{\"model\": \"x\",\n  \"quant\" \"y\"}");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().where.find("line 2"), std::string::npos) << broken.error().where;
}

TEST(JsonText, ReadsWhatJsonSaysAndNoMore) {
  const std::string text = R"({"z":[1,-2,2.5,true,null,"\u00e9",{}],"a":{"b":[[]]}})";
  const Result<Json> read = parse_json(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, Json::parse(text)) << "and in the order of the text";
  EXPECT_EQ(read->dump(), Json::parse(text).dump());
  for (const char* wrong : {"", "{", "[1,]", "{\"a\":1} x", "1e999", "nul", "\"\xff\""})
    EXPECT_FALSE(parse_json(wrong)) << wrong;
}

TEST(JsonText, IsRefusedBeforeItsDepthHarms) { EXPECT_FALSE(parse_json(std::string(100000, '['))); }

}  // namespace
}  // namespace rigwise
