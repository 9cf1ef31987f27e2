#include "codec/json_check.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

const PatternFinder kFinds = [](const std::string& pattern, std::string_view text) {
  return text.find(pattern) != std::string_view::npos;
};

std::vector<std::string> faults(const char* value, const char* schema) {
  return schema_faults(*parse_json(value), *parse_json(schema), kFinds);
}

TEST(JsonSchema, SaysWhereAndWhat) {
  const char* schema = R"({"type":"object","required":["total"],"additionalProperties":false,
    "properties":{"total":{"type":"number","minimum":0},"lines":{"type":"array","minItems":1,"items":{"type":"string"}}}})";
  EXPECT_TRUE(faults(R"({"total": 1.5, "lines": ["a"]})", schema).empty());
  EXPECT_EQ(faults("[]", schema), (std::vector<std::string>{"/: not object"}));
  EXPECT_EQ(faults(R"({"total": -1, "lines": [], "x": 1})", schema),
            (std::vector<std::string>{"/total: out of range", "/lines: 0 items", "/x: not known"}));
  EXPECT_EQ(faults(R"({"lines": [1]})", schema), (std::vector<std::string>{"/total: missing", "/lines/0: not string"}));
}

TEST(JsonSchema, CountsCharactersAndTakesWholeNumbersAsIntegers) {
  EXPECT_TRUE(faults("2.0", R"({"type":"integer"})").empty());
  EXPECT_FALSE(faults("2.5", R"({"type":"integer"})").empty());
  EXPECT_FALSE(faults("true", R"({"type":["number","integer"]})").empty());
  EXPECT_TRUE(faults("\"\u00e9\u00e9\"", R"({"minLength":2})").empty());
  EXPECT_FALSE(faults("\"\u00e9\"", R"({"minLength":2})").empty());
  EXPECT_TRUE(faults("1.0", R"({"enum":[1,"a"]})").empty());
}

TEST(JsonSchema, IsRefusedBeforeItSurprises) {
  EXPECT_EQ(unusable_schema(*parse_json(R"({"type":"object","properties":{"a":{"type":"string","pattern":"x"}}})")),
            "");
  for (const char* bad : {R"({"anyOf":[]})", R"({"type":"text"})", R"({"minItems":-1})", R"({"minimum":"1"})", "[]",
                          R"({"items":{"format":"date"}})", R"({"properties":{"a":1}})", R"({"required":[1]})"}) {
    EXPECT_NE(unusable_schema(*parse_json(bad)), "") << bad;
  }
}

TEST(JsonPointer, LeadsThroughListsAndEscapes) {
  const Json value = *parse_json(R"({"a/b": [{"~": 7}], "": 1})");
  EXPECT_EQ(*at_pointer(value, "/a~1b/0/~0"), 7);
  EXPECT_EQ(*at_pointer(value, "/"), 1);
  EXPECT_EQ(at_pointer(value, "/a~1b/1"), nullptr);
  EXPECT_EQ(at_pointer(value, "/a~1b/-1"), nullptr);
  EXPECT_EQ(at_pointer(value, "/none/x"), nullptr);
  EXPECT_EQ(at_pointer(value, "//x"), nullptr);
}

TEST(JsonCheck, TakesTheLastBlockThatParses) {
  EXPECT_EQ(*find_json("```json\n{\"a\":1}\n```\nno:\n```json\n{\"a\":2}\n```\n```\nx\n```\n"), (Json{{"a", 2}}));
  EXPECT_EQ(*find_json("Here it is: {\"a\": [1]} as you asked"), *parse_json("{\"a\": [1]}"));
  EXPECT_EQ(*find_json("[1, 2]"), *parse_json("[1,2]"));
  EXPECT_FALSE(find_json("42"));
  EXPECT_FALSE(find_json("} {"));
}

TEST(JsonCheck, SchemaIsOneItemAndEachValueAnother) {
  JsonCheck check;
  check.schema = R"({"type":"object","required":["total"]})";
  check.values = {{"/total", {"12.5"}}, {"/name", {"\"N\u00c4R\"", "\"b\""}}, {"/list", {"[1, \"x\"]"}}};
  EXPECT_EQ(grade_json(check, R"({"total": 12.504, "name": "n\u00e4r", "list": [1, "X"]})", kFinds).value, 1);
  EXPECT_EQ(grade_json(check, R"({"total": "12.5", "name": "c", "list": [1]})", kFinds).value, 0.25);
  EXPECT_EQ(grade_json(check, R"([])", kFinds).value, 0);
  EXPECT_EQ(grade_json(check, "none", kFinds).note, "no JSON");
}

TEST(CaseOutput, IsComparedAsTheCaseWants) {
  TestCase test;
  test.expected = "a 1\nb 2\n";
  EXPECT_TRUE(output_matches(test, "a 1  \r\nb 2\n\n"));
  EXPECT_FALSE(output_matches(test, "b 2\na 1\n"));
  test.compare = CaseCompare::unordered;
  EXPECT_TRUE(output_matches(test, "b 2\na 1"));
  EXPECT_FALSE(output_matches(test, "a 1\na 1"));
  test.compare = CaseCompare::tokens;
  EXPECT_TRUE(output_matches(test, "a | 1.0000001, b;2"));
  EXPECT_FALSE(output_matches(test, "a 1 b 2 3"));
  test.compare = CaseCompare::json;
  test.expected = R"({"a": [1, null]})";
  EXPECT_TRUE(output_matches(test, " {\"a\": [1.0000001, null]}\n"));
  EXPECT_FALSE(output_matches(test, R"({"a": [1, null], "b": 1})"));
  EXPECT_FALSE(output_matches(test, "{\"a\": [1, null]} {}"));
}

}  // namespace
}  // namespace rigwise
