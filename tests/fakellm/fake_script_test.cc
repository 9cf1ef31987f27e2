#include "tests/fakellm/fake_script.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

Json asked(const std::string& text) { return Json::array({{{"role", "user"}, {"content", text}}}); }

TEST(FakeScript, SaysWhatIsWrongWithIt) {
  EXPECT_FALSE(parse_fake_script("{"));
  const auto misspelt = parse_fake_script(R"({"fault": "hang_after_header"})");
  ASSERT_FALSE(misspelt);
  EXPECT_EQ(misspelt.error().did_you_mean.front(), "hang_after_headers");
  EXPECT_FALSE(parse_fake_script(R"({"rules": [{"shares": 0.1}]})"));
}

TEST(FakeScript, GivesTheFirstRuleThatFits) {
  const auto script = parse_fake_script(
      R"({"answer": "else", "rules": [{"contains": "two", "attempts": 1, "fault": "status", "status": 503},
          {"model": "m", "answer": "{echo}"}]})");
  ASSERT_TRUE(script) << script.error().message;
  const Json two = asked("one two");
  const std::string hash = prompt_hash(two);
  EXPECT_EQ(reply_for(*script, "m", two, hash, 1).status, 503);
  EXPECT_EQ(reply_for(*script, "m", two, hash, 1).fault, FakeFault::status);
  EXPECT_EQ(reply_for(*script, "m", two, hash, 2).answer, "one two");
  EXPECT_EQ(reply_for(*script, "x", two, hash, 2).answer, "else");
}

TEST(FakeScript, ChoosesAShareOfTheQuestionsAndAlwaysTheSame) {
  const auto script = parse_fake_script(R"({"rules": [{"share": 0.1, "fault": "error_200"}]})");
  int faults = 0;
  for (int i = 0; i < 5000; ++i) {
    const Json question = asked("question " + std::to_string(i));
    const std::string hash = prompt_hash(question);
    const bool is_fault = reply_for(*script, "m", question, hash, 1).fault != FakeFault::none;
    EXPECT_EQ(is_fault, reply_for(*script, "m", question, hash, 1).fault != FakeFault::none);
    faults += is_fault ? 1 : 0;
  }
  EXPECT_NEAR(faults, 500, 80);
}

TEST(FakeScript, NamesEveryFaultBothWays) {
  for (int i = 0; i <= static_cast<int>(FakeFault::refusal); ++i) {
    const auto fault = static_cast<FakeFault>(i);
    EXPECT_EQ(fault_of_name(fault_name(fault)), fault);
  }
}

TEST(FakeScript, CutsWordsThatJoinToTheSameText) {
  std::string joined;
  for (const std::string& word : words_of("  a bc\n d ")) joined += word;
  EXPECT_EQ(joined, "  a bc\n d ");
  EXPECT_EQ(words_of("a b").size(), 2U);
}

}  // namespace
}  // namespace rigwise
