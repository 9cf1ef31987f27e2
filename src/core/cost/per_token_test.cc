#include "core/cost/per_token.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/cost/calendar.h"
#include "core/cost/plans_for_tests.h"

namespace rigwise {
namespace {

Band sharp(double v) { return {v, v, v}; }

TEST(TokenCost, IsTheSeedsFormula) {
  // S2-7: (hardware + electricity over 3 years) / (TPS * seconds of 3 years * 0.25 / 10^6)
  CostPlan plan = plain_plan(4000, 0, "USD");
  plan.electricity_per_month.reset();
  plan.per_kwh = Money(0.2, "USD");
  plan.idle_w = plan.load_w = 150;
  plan.hours = {kHoursPerMonth, 0};
  const TokenCost cost = token_cost(plan, 36, {Band{}, sharp(20)}, kHoursPerMonth, 0.25, {});
  const double seconds = 3600 * kHoursPerMonth * 36;
  const double electricity = 0.150 * seconds / 3600 * 0.2;
  EXPECT_NEAR(cost.output.total.value, (4000 + electricity) / (20 * seconds * 0.25 / 1e6), 0.001);
  EXPECT_NEAR(cost.output.energy, electricity / (20 * seconds * 0.25 / 1e6), 0.001);
  EXPECT_EQ(cost.input.total.value, 0) << "no prefill speed, no cost of input";
}

TEST(TokenCost, HasABandOfCheapAndFastToDearAndSlow) {
  CostPlan plan = plain_plan(4000, 10, "USD");
  plan.bill[0].low = Money(3000, "USD");
  plan.bill[0].high = Money(6000, "USD");
  const TokenCost cost = token_cost(plan, 36, {sharp(500), {20, 16, 25}}, kHoursPerMonth, 0.25, {});
  EXPECT_LT(cost.output.total.low, cost.output.total.value * 20 / 25);
  EXPECT_GT(cost.output.total.high, cost.output.total.value * 20 / 16);
  EXPECT_LT(cost.input.total.value, cost.output.total.value);
}

TEST(TokenCost, LeavesOutSubscriptionsAndBillsThatMakeNoTokens) {
  CostPlan plan = plain_plan(4000, 10, "USD");
  const ServingSpeed speed{sharp(500), sharp(20)};
  const double bare = token_cost(plan, 36, speed, 730.5, 0.25, {}).output.total.value;
  plan.bills = {{"Claude Max", CashKind::subscription, Money(100, "USD")}};
  EXPECT_EQ(token_cost(plan, 36, speed, 730.5, 0.25, {}).output.total.value, bare);
  plan.bills = {{"care", CashKind::warranty, Money(100, "USD")}};
  EXPECT_GT(token_cost(plan, 36, speed, 730.5, 0.25, {}).output.total.value, bare);
}

RC_GTEST_PROP(TokenCostLaw, TheTokensOfAMonthCostWhatTheMachineCosts, ()) {
  const int months = *rc::gen::inRange(6, 61);
  CostPlan plan = any_plan(months);
  plan.bought_month = 0;
  plan.bills.clear();
  plan.whole_units = false;
  plan.hours.on = kHoursPerMonth;
  const ServingSpeed speed{sharp(50 + any_amount(5000)), sharp(5 + any_amount(200))};
  const TokenVolume volume{1e6 + any_amount(1e8), 1e5 + any_amount(1e7), 0};
  const double busy = busy_hours(volume, speed);
  RC_PRE(busy > 0.1 && busy < kHoursPerMonth);
  plan.hours.load = busy;
  const double monthly = cash_flow(plan, months).total().amount() / months;
  const TokenCost cost = token_cost(plan, months, speed, kHoursPerMonth, busy / kHoursPerMonth, volume);
  const double tokens = volume.input / 1e6 * cost.input.total.value + volume.output / 1e6 * cost.output.total.value;
  RC_ASSERT(std::abs(tokens - monthly) < 1e-6 * (1 + std::abs(monthly)));
  RC_ASSERT(std::abs(cost.blended * volume.total() / 1e6 - monthly) < 1e-6 * (1 + std::abs(monthly)));
  RC_ASSERT(std::abs(cost.output.hardware + cost.output.energy - cost.output.total.value) < 1e-9);
}

TEST(Delivery, TheSeedsVolumeNeedsFiveHundredTokensASecondRoundTheClock) {
  const TokenVolume volume{0.3 * 1.9e9, 0.7 * 1.9e9, 0};
  EXPECT_NEAR(judge_delivery(volume, std::nullopt, kHoursPerMonth).needed_output_tokens_per_s, 506, 1) << "I-53";
  EXPECT_NEAR(judge_delivery(volume, std::nullopt, kHoursPerMonth / 3).needed_output_tokens_per_s, 1519, 3);
}

TEST(Delivery, SaysTheMostThatASlowMachineMakes) {
  const TokenVolume volume{0.3 * 1.9e9, 0.7 * 1.9e9, 0};
  const Deliverability d = judge_delivery(volume, ServingSpeed{Band{}, {55, 50, 60}}, kHoursPerMonth);
  EXPECT_EQ(d.verdict, Delivery::no);
  EXPECT_NEAR(d.utilisation, 506.0 / 55, 0.02);
  EXPECT_NEAR(d.largest_tokens_per_month.value, 55 * 3600 * kHoursPerMonth / 0.7, 1e6);
  EXPECT_LT(d.largest_tokens_per_month.low, d.largest_tokens_per_month.value);
}

TEST(Delivery, IsOnlyLikelyWhenTheLowEndOfTheBandFallsShort) {
  const TokenVolume volume{0, 3600 * 100, 0};
  EXPECT_EQ(judge_delivery(volume, ServingSpeed{Band{}, {10, 5, 20}}, 15).verdict, Delivery::likely);
  EXPECT_EQ(judge_delivery(volume, ServingSpeed{Band{}, {10, 8, 20}}, 15).verdict, Delivery::yes);
  EXPECT_EQ(judge_delivery(volume, std::nullopt, 15).verdict, Delivery::not_judged);
}

TEST(Delivery, ReadingTakesTimeToo) { EXPECT_DOUBLE_EQ(busy_hours({3600 * 1000, 3600 * 10, 0}, 1000, 10), 2); }

}  // namespace
}  // namespace rigwise
