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
}

TEST(JsonText, SaysWhereItStoppedReading) {
  const Result<Json> broken = parse_json("{\"model\": \"x\",\n  \"quant\" \"y\"}");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().where.find("line 2"), std::string::npos) << broken.error().where;
}

TEST(JsonText, IsRefusedBeforeItsDepthHarms) { EXPECT_FALSE(parse_json(std::string(100000, '['))); }

}  // namespace
}  // namespace rigwise
