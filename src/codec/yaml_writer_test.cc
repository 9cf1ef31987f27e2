#include "codec/yaml_writer.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(YamlWriter, LeavesPlainOnlyWhatNoYamlTakesForSomethingElse) {
  for (const char* plain : {"qwen3-32b", "unless-stopped", "/models", "LITELLM_MASTER_KEY", "v0.33.0"}) {
    EXPECT_EQ(yaml_scalar(plain), plain);
  }
  for (const char* other :
       {"",     "no",        "On",  "NULL",       "y",  "1.5", "0x1f", "1e3", "12:30", "a: b", "# c",
        "- d",  "8081:8080", "~",   "*x",         "&x", "!x",  "%x",   "@x",  "`x",    "a b",  "127.0.0.1:80:80",
        "${X}", "{a}",       "[a]", "2026-11-22", ".5", "='",  "\t",   "é"}) {
    EXPECT_EQ(yaml_scalar(other), Json(other).dump()) << other;
  }
}

TEST(YamlWriter, WritesBlocksThatReadAsTheyNest) {
  const Json object = {
      {"#", "two\nlines"},
      {"services", {{"a", {{"command", {"--x", "1"}}, {"ports", {"127.0.0.1:1:1"}}, {"count", 3}, {"on", true}}}}},
      {"list", Json::array({{{"name", "one"}, {"of", {{"x", nullptr}}}}, {{"name", "two"}}})},
      {"empty", Json::object()},
      {"none", Json::array()}};
  EXPECT_EQ(yaml_text(object),
            "# two\n# lines\n"
            "services:\n  a:\n    command:\n      - \"--x\"\n      - \"1\"\n    ports:\n      - \"127.0.0.1:1:1\"\n    "
            "count: 3\n    \"on\": true\n"
            "list:\n  - name: one\n    of:\n      x: null\n  - name: two\n"
            "empty: {}\n\"none\": []\n");
}

}  // namespace
}  // namespace rigwise
