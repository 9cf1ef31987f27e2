// What advise says beside the machines: the busiest hour, GPUs by the hour, a share for the cloud, which limit to
// relax.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/advise/advise.h"
#include "core/advise/hybrid.h"
#include "core/advise/rental.h"
#include "core/advise/small_market_for_tests.h"

namespace rigwise {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

NeedTarget target(const char* name, const char* model_class, double asked, double least, int streams = 1) {
  NeedTarget t;
  t.name = name;
  t.model_class = model_class;
  t.tokens_per_s = asked;
  t.minimum_tokens_per_s = least;
  t.streams = streams;
  t.context_tokens = 8192;
  return t;
}

RentalPrice quote(const char* provider, double usd_per_hour, const char* date, RentalTier tier, int count = 1) {
  RentalPrice p;
  p.provider = provider;
  p.device = "big-card";
  p.usd_per_hour = usd_per_hour;
  p.date = date;
  p.tier = tier;
  p.count = count;
  return p;
}

class WaysOut : public testing::Test {
 protected:
  WaysOut() {
    needs.budget.max = 6000;
    needs.targets = {target("main", "coding", 30, 10)};
  }
  const Advice& advice() {
    Result<std::unique_ptr<Advice>> answer = advise(catalog, calibration, needs, settings);
    if (!answer) ADD_FAILURE() << answer.error().where << ": " << answer.error().message;
    answers.push_back(answer ? *std::move(answer) : std::make_unique<Advice>());
    return *answers.back();
  }

  Catalog catalog = market::catalog();
  Calibration calibration = prior_calibration();
  Needs needs;
  AdviseSettings settings;
  std::vector<std::unique_ptr<Advice>> answers;
};

TEST_F(WaysOut, OneStreamHasNoBusiestHour) { EXPECT_THAT(advice().options.front().rehearsal.tasks, IsEmpty()); }

TEST_F(WaysOut, TheBusiestHourHasAQueueThatASpeedAloneDoesNotShow) {
  needs.targets = {target("agents", "fast", 10, 2, 6)};
  needs.targets[0].ttft_s = 60;
  for (const Option& option : advice().options) {
    ASSERT_EQ(option.rehearsal.tasks.size(), 1U) << option.candidate.setup << ": " << option.rehearsal.why_not;
    const RehearsedTask& seen = option.rehearsal.tasks[0];
    EXPECT_GT(seen.ttft_p95_s, option.targets[0].ttft_s.low) << option.candidate.setup;
    EXPECT_GE(seen.ttft_p95_s, seen.ttft_p50_s);
    EXPECT_GE(seen.tokens_per_s_p50, seen.tokens_per_s_p5);
    EXPECT_GT(option.rehearsal.utilisation, 0);
    EXPECT_LE(option.rehearsal.utilisation, 1 + 1e-9);
  }
}

TEST_F(WaysOut, TheSameNeedsAreRehearsedAlike) {
  needs.targets = {target("agents", "fast", 10, 2, 4)};
  const double once = advice().options.front().rehearsal.tasks.at(0).ttft_p95_s;
  EXPECT_EQ(advice().options.front().rehearsal.tasks.at(0).ttft_p95_s, once);
}

TEST_F(WaysOut, RentIsTheMedianQuoteTimesTheHoursOfUse) {
  catalog.rentals = {quote("a", 0.4, "2026-10", RentalTier::on_demand),
                     quote("b", 0.5, "2026-10", RentalTier::community),
                     quote("c", 0.9, "2026-10", RentalTier::on_demand)};
  needs.usage.hours_per_day = 4;
  const Advice& with_rent = advice();
  ASSERT_TRUE(with_rent.rental);
  const Rental& rental = *with_rent.rental;
  EXPECT_EQ(rental.option.candidate.setup, "big-card");
  EXPECT_DOUBLE_EQ(rental.per_hour.amount(), 0.5);
  EXPECT_DOUBLE_EQ(rental.per_hour_low.amount(), 0.4);
  EXPECT_DOUBLE_EQ(rental.per_hour_high.amount(), 0.9);
  EXPECT_NEAR(rental.hours_per_month, 4 * 30.4375, 1e-9);
  EXPECT_NEAR(rental.option.candidate.ownership.total.amount(), 0.5 * 4 * 30.4375 * 36, 1e-3);
  EXPECT_THAT(rental_words(rental, with_rent), HasSubstr("0.5 USD (0.4 to 0.9 in 3 offers, newest 2026-10)"));
}

TEST_F(WaysOut, RentCountsNeitherOldNorSpotQuotesNorThoseOfTomorrow) {
  catalog.rentals = {quote("old", 0.1, "2025-06", RentalTier::on_demand),
                     quote("spot", 0.1, "2026-10", RentalTier::spot),
                     quote("tomorrow", 0.1, "2026-12-24", RentalTier::on_demand)};
  EXPECT_FALSE(advice().rental);
  catalog.rentals.push_back(quote("now", 0.6, "2026-10", RentalTier::on_demand));
  ASSERT_TRUE(advice().rental);
  EXPECT_DOUBLE_EQ(advice().rental->per_hour.amount(), 0.6);
}

TEST_F(WaysOut, NothingIsRentedOrSentOutWhereNoTokenMayLeaveTheHouse) {
  catalog.rentals = {quote("a", 0.4, "2026-10", RentalTier::on_demand)};
  needs.targets.push_back(target("helpers", "fast", 15, 5, 4));
  needs.constraints.local_only = true;
  EXPECT_FALSE(advice().rental);
  EXPECT_FALSE(advice().hybrid);
}

TEST_F(WaysOut, AHybridCostsLessThanTheFirstMachineOrServesBetter) {
  needs.targets = {target("main", "coding", 40, 20), target("helpers", "fast", 15, 5, 4)};
  const Advice& both = advice();
  ASSERT_TRUE(both.hybrid);
  const Hybrid& hybrid = *both.hybrid;
  EXPECT_EQ(hybrid.option.targets.size(), 1U);
  EXPECT_NE(hybrid.option.targets[0].task->name, hybrid.sent->task->name);
  const Option& first = both.options.front();
  EXPECT_TRUE(hybrid.total < first.candidate.ownership.total || hybrid.option.score > first.score);
  EXPECT_EQ(hybrid.total, hybrid.option.candidate.ownership.total + hybrid.api_total);
  EXPECT_THAT(hybrid_words(hybrid, both), HasSubstr("sent to Qwen3 30B at cheap"));
  settings.prune = false;  // whoever looks at everything finds the same
  const Advice& brute = advice();
  ASSERT_TRUE(brute.hybrid);
  EXPECT_EQ(hybrid_words(*brute.hybrid, brute), hybrid_words(hybrid, both));
}

TEST_F(WaysOut, NoBudgetSaysWhatTheCheapestThatWouldDoCosts) {
  needs.budget.max = 0;
  const Advice& none = advice();
  EXPECT_THAT(none.options, IsEmpty());
  EXPECT_THAT(none.would_change_if, Contains(HasSubstr("With a budget of 1,350 USD: small-card")));
  EXPECT_THAT(none.answer, HasSubstr("Buying nothing"));
}

TEST_F(WaysOut, LimitsThatContradictEachOtherAreNamedTogether) {
  needs.constraints.portable = true;
  needs.constraints.noise = NoiseClass::silent;
  needs.constraints.power_w_max = 20;
  const std::vector<std::string> changes = advice().would_change_if;
  EXPECT_THAT(changes, Contains(AllOf(HasSubstr("a machine that is audible"), HasSubstr("90 W allowed"),
                                      HasSubstr("laptop (2,800 USD)"))));
}

TEST_F(WaysOut, WhereNoMachineOnOfferDoesItTheNearestIsNamed) {
  needs.targets = {target("main", "coding", 90000, 80000)};
  const std::vector<std::string> changes = advice().would_change_if;
  EXPECT_THAT(changes,
              Contains(AllOf(HasSubstr("No machine on offer, at any price"), HasSubstr("lower minimum speeds"))));
}

TEST_F(WaysOut, AVolumeThatTheMachineCannotMakePaysForNothing) {
  needs.usage.hours_per_day = 1;
  needs.usage.tokens_per_month = 4e12;
  const Advice& absurd = advice();
  EXPECT_THAT(absurd.cloud.verdict, Not(HasSubstr("By money alone, buy.")));
  EXPECT_THAT(absurd.cloud.verdict, HasSubstr("cannot do as much as the plan asks for"));
  needs.usage.tokens_per_month = 1e6;
  EXPECT_THAT(advice().would_change_if, Contains(HasSubstr("No volume makes the machine cheaper than the API")));
}

TEST_F(WaysOut, AWaitThatWasAskedForExcludesMachinesThatTakeTwiceAsLong) {
  needs.targets[0].prompt_tokens = 6000;
  needs.targets[0].ttft_s = 0.01;
  const Advice& none = advice();
  EXPECT_FALSE(none.minimum_holds);
  EXPECT_THAT(none.answer, HasSubstr("Nothing within these limits reaches the minimum speeds and waits"));
}

TEST_F(WaysOut, WithoutABudgetTheDearestDoesNotWin) {
  needs.budget.max.reset();
  const double open = advice().options.front().candidate.machine.value.amount();
  needs.budget.max = 10e6;
  EXPECT_LE(open, 6000);
  EXPECT_LE(advice().options.front().candidate.machine.value.amount(), 12000);
}

TEST_F(WaysOut, ALaptopWithAMachineAtHomeRunsSomethingItself) {
  needs.budget.max = 20000;
  needs.constraints.portable = true;
  needs.targets = {target("road", "fast", 8, 4), target("home", "coding", 8, 4)};
  for (const Option& option : advice().options) {
    if (option.candidate.parts.size() < 2) continue;
    EXPECT_EQ(option.placement.duty.size(), 2U);
    for (const Duty& duty : option.placement.duty) EXPECT_GT(duty.value, 0) << option.candidate.setup;
  }
}

TEST_F(WaysOut, AVendorThatNobodyKnowsIsAnError) {
  needs.constraints.vendors_excluded = {"nvidai"};
  const Result<std::unique_ptr<Advice>> answer = advise(catalog, calibration, needs, {});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().did_you_mean, Contains("NVIDIA"));
}

TEST_F(WaysOut, ABridgeForTwoJoinsNoFour) {
  Link bridge;
  bridge.id = bridge.name = "bridge";
  bridge.kind = "nvlink_bridge";
  bridge.bandwidth = gbps(112);
  catalog.links = {bridge};
  for (Device& device : catalog.devices) {
    if (device.id != "big-card") continue;
    device.interconnect = "bridge";
    device.max_linked = 2;
  }
  catalog.index_names();
  needs.budget.max = 30000;
  Brief brief;
  ASSERT_TRUE(resolve_needs(catalog, needs, "2026-11-21", brief));
  for (const Candidate& candidate : candidates_on_offer(catalog, brief).candidates) {
    if (candidate.device().id != "big-card" || candidate.parts.size() > 1) continue;
    EXPECT_EQ(candidate.parts[0].link != nullptr, candidate.parts[0].count <= 2) << candidate.setup;
  }
}

TEST_F(WaysOut, AMachineThatCanGrowSaysWhatASecondOneBrings) {
  needs.budget.max = 20000;
  needs.targets = {target("main", "coding", 60, 5), target("helpers", "fast", 40, 5, 4)};
  std::string all;
  for (const Option& option : advice().options)
    for (const std::string& reason : option.reasons) all += reason + "\n";
  EXPECT_THAT(all, HasSubstr("can grow: a second one for "));
}

}  // namespace
}  // namespace rigwise
