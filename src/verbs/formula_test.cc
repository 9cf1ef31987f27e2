#include "verbs/formula.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

const Symbols kSymbols = {{"bandwidth", 1008e9}, {"memory.total_bytes", 5}, {"n", 2}};

TEST(Formula, FollowsTheUsualOrderOfOperations) {
  EXPECT_EQ(evaluate("1 + 2 * 3", {}), 7);
  EXPECT_EQ(evaluate("(1 + 2) * 3", {}), 9);
  EXPECT_EQ(evaluate("8 - 4 - 2", {}), 2);
  EXPECT_EQ(evaluate("16 / 4 / 2", {}), 2);
  EXPECT_EQ(evaluate("2 * 3^2", {}), 18);
  EXPECT_EQ(evaluate("-2 + 5", {}), 3);
}

TEST(Formula, KnowsSymbolsAndFunctions) {
  EXPECT_EQ(evaluate("bandwidth / 1000", kSymbols), 1008e6);
  EXPECT_EQ(evaluate("memory.total_bytes + n", kSymbols), 7);
  EXPECT_EQ(evaluate("max(1, n, 1.5)", kSymbols), 2);
  EXPECT_EQ(evaluate("min(n, 1.5)", kSymbols), 1.5);
  EXPECT_EQ(evaluate("sqrt(3^2 + 4^2)", {}), 5);
  EXPECT_EQ(evaluate("normal_cdf(0)", {}), 0.5);
  EXPECT_EQ(evaluate("sum(1, n, 3) + mean(1, 3)", kSymbols), 8);
  EXPECT_EQ(evaluate("round(2.5) + floor(2.9) + ceil(2.1)", {}), 8);
  EXPECT_EQ(evaluate("round(1234, 50)", {}), 1250);
  EXPECT_EQ(evaluate("at_least(90, 90) + at_least(89, 90)", {}), 1);
}

TEST(Formula, SaysWhatItCannotRead) {
  const Result<double> name = evaluate_or_say("2 * bandwith", kSymbols);
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().did_you_mean.at(0), "bandwidth");
  const Result<double> function = evaluate_or_say("ciel(1.5)", {});
  ASSERT_FALSE(function);
  EXPECT_EQ(function.error().did_you_mean.at(0), "ceil");
  for (const char* text : {"1 +", "(1", "1 2", "2 $ 3"})
    EXPECT_FALSE(evaluate_or_say(text, {}).error().message.empty());
}

TEST(Formula, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "1 +", "(1", "1)", "x", "1 2", "log(2)", "sqrt(1, 2)", "max()", "1..2", "2 $ 3"})
    EXPECT_FALSE(evaluate(text, kSymbols)) << text;
  EXPECT_FALSE(evaluate(std::string(1000, '('), {}));
}

TEST(Formula, IsNumberedFromAPattern) {
  EXPECT_EQ(numbered("layers_# * cells_#", "2"), "layers_2 * cells_2");
  EXPECT_EQ(numbered("met_#~ * @", "1", "n", "_u"), "met_1_u * n");
}

}  // namespace
}  // namespace rigwise
