#include "host/eval/pattern_matches.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

int matches(const std::string& pattern, std::string_view text, bool ignore_case = false, bool dot_is_all = false) {
  PatternCheck check;
  check.pattern = pattern;
  check.ignore_case = ignore_case;
  check.dot_is_all = dot_is_all;
  const Result<int> count = count_matches(check, text);
  EXPECT_TRUE(count) << (count ? "" : count.error().message);
  return count.value_or(-1);
}

TEST(PatternMatches, AreCountedWithoutOverlap) {
  EXPECT_EQ(matches("aa", "aaaa a"), 2);
  EXPECT_EQ(matches("a*", "baac"), 4);  // before b, "aa", before c, at the end
  EXPECT_EQ(matches("x", ""), 0);
  EXPECT_EQ(matches("\u20AC?", "\u20AC\u00E9"), 3);
}

TEST(PatternMatches, TakeLinesAndOptions) {
  EXPECT_EQ(matches("^b$", "a\nb\nc"), 1);
  EXPECT_EQ(matches("B", "b", true), 1);
  EXPECT_EQ(matches("a.b", "a\nb"), 0);
  EXPECT_EQ(matches("a.b", "a\nb", false, true), 1);
  EXPECT_EQ(matches("a.b",
                    "a\xFF"
                    "b"),
            1);
}

TEST(PatternMatches, RefuseWhatWouldTakeForever) {
  PatternCheck check;
  for (const char* bad : {"(?=a)", "(a)\\1", "(", "a{100000}"}) {
    check.pattern = bad;
    ASSERT_FALSE(check_pattern(check)) << bad;
    EXPECT_NE(check_pattern(check).error().message.find(bad), std::string::npos);
    EXPECT_FALSE(count_matches(check, "a"));
  }
  EXPECT_EQ(matches("(a|aa)+$", std::string(100'000, 'a') + "b"), 0);
}

}  // namespace
}  // namespace rigwise
