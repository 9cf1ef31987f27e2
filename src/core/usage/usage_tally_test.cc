#include "core/usage/usage_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/usage/log_time.h"
#include "core/usage/usage_summary.h"

namespace rigwise {
namespace {

constexpr std::int64_t kHour = 3'600, kDay = 24 * kHour;

CategoryRules two_rules() {
  return CategoryRules(
      {{"refactoring", "refactoring", "developer", 2, {{"refactor*", 3}, {"clean up", 2}, {"split", 1}}},
       {"debugging", "debugging", "developer", 2, {{"stack trace", 3}, {"why does", 2}, {"split", 1}}}});
}

UsedRequest request(std::int64_t time_s, std::uint64_t input, std::uint64_t output, std::string key = "") {
  UsedRequest made;
  made.time_s = time_s;
  made.model = "m";
  made.input_tokens = input;
  made.output_tokens = output;
  made.key = std::move(key);
  return made;
}

TEST(PromptCategories, AreTheHeaviestOfTheirPhrases) {
  const CategoryRules rules = two_rules();
  const auto name = [&](const char* prompt) { return std::string(rules.name_of(rules.verdict(prompt).category)); };
  EXPECT_EQ(name("Please REFACTOR this"), "refactoring");
  EXPECT_EQ(name("Refactoring, then the stack trace; why does it fail?"), "debugging");
  EXPECT_EQ(name("split it"), "other") << "one point is not enough";
  EXPECT_EQ(name("the stack\ntrace"), "debugging") << "words may stand on two lines";
  EXPECT_EQ(name("stacked traces"), "other") << "words are whole";
  EXPECT_EQ(name(""), "other");
  EXPECT_EQ(rules.verdict("clean up and split, clean up").because, (std::vector<std::string>{"clean up", "split"}));
}

TEST(PromptCategories, ReadLettersBeyondAscii) {
  EXPECT_EQ(plain_words("F\xC3\x96RKLARA!  \xC3\x85 "), " f\xC3\xB6rklara \xC3\xA5 ");
  const CategoryRules rules({{"swedish", "content", "manager", 2, {{"f\xC3\xB6rklara*", 2}}}});
  EXPECT_TRUE(rules.verdict("F\xC3\x96RKLARAR du?").category);
}

TEST(UsageTally, ACopyCountsOnceWithTheLargestAnswer) {
  const CategoryRules rules = two_rules();
  UsageTally tally({}, rules);
  tally.take_request(request(kDay, 100, 1, "a"));
  tally.take_request(request(kDay + 1, 100, 50, "a"));
  tally.take_request(request(kDay + 2, 100, 20, "a"));
  tally.take_request(request(kDay + 3, 7, 3));
  tally.take_request(request(kDay + 3, 7, 3));  // without a name two are two
  const UsageTotals totals = tally.totals();
  EXPECT_EQ(totals.all.requests, 3u);
  EXPECT_EQ(totals.all.input, 114u);
  EXPECT_EQ(totals.all.output, 56u);
  EXPECT_EQ(totals.copies, 2u);
  EXPECT_EQ(tally.totals().all.output, 56u) << "asking changes nothing";
}

TEST(UsageTally, UnknownIsNotZero) {
  const CategoryRules rules = two_rules();
  UsageTally tally({}, rules);
  UsedRequest arrival;
  arrival.time_s = kDay;
  tally.take_request(arrival);
  UsedRequest cached = request(kDay, 100, 10);
  cached.cached_tokens = 80;
  tally.take_request(cached);
  tally.take_request(request(kDay, 900, 10));
  const UsageTotals totals = tally.totals();
  EXPECT_EQ(totals.all.requests_without_tokens, 1u);
  EXPECT_EQ(totals.all.requests_without_cached, 1u);
  const UsageSummary summary = summary_of(totals, {}, rules, 0.8);
  EXPECT_DOUBLE_EQ(*summary.cached_share, 0.8) << "of the requests that say it";
  EXPECT_EQ(totals.prompt_lengths.count(), 2u);
}

TEST(UsageTally, HoursAndDaysAreThoseOfTheOffset) {
  const CategoryRules rules = two_rules();
  UsageWindow window;
  window.offset_s = 2 * static_cast<int>(kHour);
  UsageTally tally(window, rules);
  const std::int64_t monday = days_of_date(2026, 10, 5) * kDay;
  tally.take_request(request(monday - kHour, 1, 1));  // Sunday 23:00 UTC is Monday 01:00
  UsedRequest local = request(monday + 5 * kHour, 1, 1);
  local.is_local_time = true;
  tally.take_request(local);
  const UsageTotals totals = tally.totals();
  EXPECT_EQ(totals.by_hour[1], 1u);
  EXPECT_EQ(totals.by_hour[5], 1u);
  EXPECT_EQ(totals.by_weekday[0], 2u);
  EXPECT_EQ(totals.days.size(), 1u);
}

TEST(UsageTally, OnlyTheDaysAskedForCount) {
  const CategoryRules rules = two_rules();
  UsageWindow window;
  window.since_day = 10;
  window.until_day = 11;
  UsageTally tally(window, rules);
  for (std::int64_t day = 8; day < 14; ++day) tally.take_request(request(day * kDay + 5, 10, 0));
  UsedRequest undated = request(0, 10, 0);
  undated.time_s.reset();
  tally.take_request(undated);
  const UsageTotals totals = tally.totals();
  EXPECT_EQ(totals.all.requests, 2u);
  EXPECT_EQ(totals.left_out, 5u);
}

TEST(UsageTally, TokensGoToTheKindOfTheLastPrompt) {
  const CategoryRules rules = two_rules();
  UsageTally tally({}, rules);
  const auto ask = [&](const char* text, std::int64_t time_s) {
    UsedPrompt prompt;
    prompt.time_s = time_s;
    prompt.key = std::string(text);
    prompt.conversation = "c";
    prompt.text = text;
    return tally.take_prompt(prompt);
  };
  EXPECT_TRUE(ask("refactor it", kDay));
  UsedRequest first = request(kDay, 100, 10, "1");
  first.conversation = "c";
  tally.take_request(first);
  EXPECT_TRUE(ask("why does it fail", kDay + 1));
  UsedRequest second = request(kDay, 300, 30, "2");
  second.conversation = "c";
  tally.take_request(second);
  EXPECT_FALSE(ask("refactor it", kDay)) << "a copy";
  tally.take_request(request(kDay, 1000, 0));
  const UsageTotals totals = tally.totals();
  EXPECT_EQ(totals.prompts, 2u);
  EXPECT_EQ(totals.conversations, 1u);
  EXPECT_EQ(totals.categories[0].tokens, 110u);
  EXPECT_EQ(totals.categories[1].tokens, 330u);
  EXPECT_EQ(totals.unasked.tokens, 1000u);
  const UsageSummary summary = summary_of(totals, {}, rules, 0.8);
  ASSERT_EQ(summary.mix.size(), 2u);
  EXPECT_DOUBLE_EQ(summary.mix[0].share, 0.5);
  EXPECT_DOUBLE_EQ(*summary.mix[0].token_share, 0.25);
  EXPECT_LT(summary.mix[0].interval.low, 0.5);
}

TEST(UsageSummary, ADayThatStandsAloneIsNamed) {
  const CategoryRules rules = two_rules();
  const auto notes_with = [&](std::int64_t lonely_day) {
    UsageTally tally({}, rules);
    for (std::int64_t day = 20'000; day < 20'030; ++day) tally.take_request(request(day * kDay, 900, 100));
    tally.take_request(request(lonely_day * kDay, 9, 1));
    return summary_of(tally.totals(), {}, rules, 0.8).notes;
  };
  EXPECT_THAT(notes_with(0), testing::Contains(testing::StartsWith("nothing from 1970-01-01 to 2024-10-04: ")));
  EXPECT_THAT(notes_with(22'000), testing::Contains(testing::HasSubstr("--since and --until leave days out")));
  EXPECT_THAT(notes_with(20'050), testing::Not(testing::Contains(testing::StartsWith("nothing from"))))
      << "three weeks of holidays";
}

TEST(UsageSummary, AMonthIsTheMeanDayTimesItsDays) {
  const CategoryRules rules = two_rules();
  UsageTally tally({}, rules);
  for (std::int64_t day = 0; day < 28; ++day) {
    if (day % 7 < 5) tally.take_request(request(day * kDay + 9 * kHour, 900, 100));
  }
  const UsageSummary summary = summary_of(tally.totals(), {}, rules, 0.8);
  EXPECT_EQ(summary.days, 26) << "from the first to the last day with a request";
  EXPECT_EQ(summary.active_days, 20);
  EXPECT_NEAR(summary.tokens_per_month.value, 20'000.0 / 26 * 30.4375, 1e-6);
  ASSERT_TRUE(summary.tokens_per_month.interval);
  EXPECT_LT(summary.tokens_per_month.interval->low, summary.tokens_per_month.value);
  EXPECT_GT(summary.tokens_per_month.interval->high, summary.tokens_per_month.value);
  EXPECT_EQ(summary.notes.size(), 1u) << "these requests do not say what was cached";
  UsageWindow window;
  window.since_day = 0;
  window.until_day = 27;
  EXPECT_EQ(summary_of(tally.totals(), window, rules, 0.8).days, 28);
}

TEST(UsageSummary, FewDaysAreSaidToBeFew) {
  const CategoryRules rules = two_rules();
  UsageTally tally({}, rules);
  tally.take_request(request(kDay, 1, 1));
  const UsageSummary one = summary_of(tally.totals(), {}, rules, 0.8);
  EXPECT_FALSE(one.tokens_per_month.interval) << "of one day there is none";
  ASSERT_EQ(one.notes.size(), 2u);
  EXPECT_NE(one.notes[1].find("only 1 day is covered"), std::string::npos);
  const UsageSummary none = summary_of(UsageTally({}, rules).totals(), {}, rules, 0.8);
  EXPECT_EQ(none.days, 0);
  EXPECT_FALSE(none.input_share);
}

TEST(LengthTally, MeansOfItsPartsHaveTheMeanOfAll) {
  LengthTally lengths;
  double sum = 0;
  for (std::uint64_t i = 1; i <= 1003; ++i) {
    lengths.add(i * i);
    sum += static_cast<double>(i * i);
  }
  const std::vector<double> parts = lengths.part_means(100);
  ASSERT_EQ(parts.size(), 100u);
  double of_parts = 0;
  for (const double part : parts) of_parts += part;
  EXPECT_NEAR(of_parts / 100, sum / 1003, 1e-6 * sum / 1003);
  EXPECT_TRUE(std::is_sorted(parts.begin(), parts.end()));
  EXPECT_NEAR(lengths.quantile(0.5), 502.0 * 502.0, 0.01 * 502 * 502);
  LengthTally three;
  for (const std::uint64_t length : {5u, 7u, 9u}) three.add(length);
  EXPECT_EQ(three.part_means(100), (std::vector<double>{5, 7, 9}));
}

}  // namespace
}  // namespace rigwise
