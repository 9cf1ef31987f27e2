#include "host/cli/advise_flags.h"

#include <gtest/gtest.h>

#include "codec/needs.h"

namespace rigwise {
namespace {

Needs needs_of(const Args& args, Json base = Json::object()) {
  const Result<void> done = lay_flags_over(args, base);
  EXPECT_TRUE(done.has_value());
  const Result<Needs> needs = decode_needs(base);
  EXPECT_TRUE(needs.has_value()) << needs.error().where << ": " << needs.error().message;
  return needs ? *needs : Needs{};
}

TEST(AdviseFlags, SayWhatAFileWouldSay) {
  Args args;
  args.add("--budget", "4000");
  args.add("--currency", "CHF");
  args.add("--class", "coding");
  args.add("--tokens-per-s", "30");
  args.add("--noise", "quiet");
  args.add("--portable", "true");
  args.add("--owned", "rtx 3090");
  const Needs needs = needs_of(args);
  EXPECT_EQ(*needs.budget.max, 4000);
  EXPECT_EQ(needs.budget.currency, "CHF");
  EXPECT_EQ(needs.targets[0].model_class, "coding");
  EXPECT_EQ(*needs.targets[0].tokens_per_s, 30);
  EXPECT_EQ(needs.constraints.noise, NoiseClass::quiet);
  EXPECT_TRUE(needs.constraints.portable);
  EXPECT_EQ(needs.owned[0], "rtx 3090");
}

TEST(AdviseFlags, ReadNumbersAsPeopleWriteThem) {
  const auto budget = [](const char* text) {
    Args args;
    args.add("--budget", text);
    Json needs = Json::object();
    return lay_flags_over(args, needs) ? needs["budget"]["max"].get<double>() : -1;
  };
  EXPECT_EQ(budget("25k"), 25000);
  EXPECT_EQ(budget("2.5K"), 2500);
  EXPECT_EQ(budget("25,000 USD"), 25000);
  EXPECT_EQ(budget("25'000"), 25000);
  for (const char* none : {"25,5", "25%", "k", "%", "0,29"}) EXPECT_EQ(budget(none), -1) << none;
  Args args;
  args.add("--quality", "80%");
  EXPECT_EQ(*needs_of(args).minimum_relative_quality, 0.8);
}

TEST(AdviseFlags, TakeTheCurrencyFromTheBudget) {
  Args args;
  args.add("--budget", "25,000 EUR");
  EXPECT_EQ(needs_of(args).budget.currency, "EUR");
  args.add("--electricity-per-kwh", "0.3 USD");
  Json needs = Json::object();
  const Result<void> laid = lay_flags_over(args, needs);
  ASSERT_FALSE(laid.has_value());
  EXPECT_EQ(laid.error().where, "--electricity-per-kwh");
  EXPECT_EQ(laid.error().message, "\"0.3 USD\" is in USD, but the other amounts are in EUR");
}

TEST(AdviseFlags, LetADollarSignStandForTheDollarThatIsNamed) {
  Args args;
  args.add("--budget", "$4,000");
  EXPECT_EQ(needs_of(args).budget.currency, "USD");
  args.add("--currency", "CAD");
  EXPECT_EQ(needs_of(args).budget.currency, "CAD");
  args.add("--currency", "EUR");
  Json needs = Json::object();
  const Result<void> laid = lay_flags_over(args, needs);
  ASSERT_FALSE(laid.has_value());
  EXPECT_EQ(laid.error().message, "\"$4,000\" is in dollars, but --currency is EUR");
}

TEST(AdviseFlags, SayWhatComesBackWhenItIsSold) {
  const auto resale = [](const char* text) {
    Args args;
    args.add("--budget", "4000");
    args.add("--resale", text);
    return needs_of(args).money;
  };
  EXPECT_TRUE(resale("yes").resale);
  EXPECT_FALSE(resale("no").resale);
  EXPECT_EQ(*resale("40%").resale_share, 0.4);
}

TEST(AdviseFlags, GoOverWhatTheFileSaid) {
  Args args;
  args.add("NEEDS", "needs.toml");
  args.add("--budget", "5000");
  const Needs needs = needs_of(args, {{"budget", {{"max", 1000}, {"currency", "SEK"}}}, {"vision", true}});
  EXPECT_EQ(*needs.budget.max, 5000);
  EXPECT_EQ(needs.budget.currency, "SEK");
  EXPECT_TRUE(needs.vision);
}

TEST(AdviseFlags, CountPeopleByRoleOrAlone) {
  Args args;
  args.add("--people", "admin:10");
  args.add("--people", "developer:8");
  const Needs named = needs_of(args);
  EXPECT_EQ(named.people[1].role, "developer");
  EXPECT_TRUE(named.targets.empty());
  Args alone;
  alone.add("--people", "5");
  alone.add("--class", "coding");
  EXPECT_EQ(needs_of(alone).people[0].role, "developer");
}

TEST(AdviseFlags, ReadGroupsOfPeopleAsTheyAreSaid) {
  Args args;
  args.add("--people", "10 admin, 8:developer");
  args.add("--people", "3x multi-agent");
  args.add("--people", "30");
  const Needs needs = needs_of(args);
  ASSERT_EQ(needs.people.size(), 4u);
  EXPECT_EQ(needs.people[0].role, "admin");
  EXPECT_EQ(needs.people[0].count, 10);
  EXPECT_EQ(needs.people[1].role, "developer");
  EXPECT_EQ(needs.people[2].role, "multi-agent");
  EXPECT_EQ(needs.people[3].role, "") << "nobody said what they do";
  EXPECT_EQ(needs.people[3].count, 30);
}

TEST(AdviseFlags, RefuseGroupsThatAreNone) {
  for (const char* text : {"developer", "8.5", "8 developer 3", "-4", "", "admin:", "3 admin,"}) {
    Args args;
    args.add("--people", text);
    Json needs = Json::object();
    EXPECT_FALSE(lay_flags_over(args, needs).has_value()) << text;
  }
}

TEST(AdviseFlags, RefuseWordsWhereNumbersBelong) {
  Args args;
  args.add("--budget", "much");
  Json needs = Json::object();
  const Result<void> done = lay_flags_over(args, needs);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().where, "--budget");
}

}  // namespace
}  // namespace rigwise
