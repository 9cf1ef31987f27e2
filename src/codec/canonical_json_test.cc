#include "codec/canonical_json.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

std::string canonical(std::string_view text) { return canonical_json(*parse_json(text)); }

TEST(CanonicalJson, IsTheOneOfRfc8785) {
  EXPECT_EQ(canonical(R"({"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]})"),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\u20AC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST(CanonicalJson, SortsKeysByUtf16) {
  EXPECT_EQ(canonical(R"({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7})"),
            "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00F6\":7,\"\u20AC\":1,\"\U0001F600\":5,\"\uFB33\":3}");
}

TEST(CanonicalJson, IsTheSameForTheSameContent) {
  EXPECT_EQ(content_key(*parse_json(R"({"a": 1, "b": [1.0, -0.0]})")),
            content_key(*parse_json(R"({"b":[1,0],"a":1.0})")));
  EXPECT_NE(content_key(*parse_json(R"({"a": 1})")), content_key(*parse_json(R"({"a": "1"})")));
  EXPECT_EQ(canonical("{}"), "{}");
  EXPECT_EQ(canonical("[[],{}]"), "[[],{}]");
}

}  // namespace
}  // namespace rigwise
