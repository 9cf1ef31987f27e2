#include "core/cost/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/cost/plans_for_tests.h"

namespace rigwise {
namespace {

CostCase seed_case() {
  CostCase c;
  c.local = plain_plan(40000, 75, "SEK");
  c.volume = {0.3 * 1.9e9, 0.7 * 1.9e9, 0};
  ApiOffer api;
  api.name = "Qwen3-32B";
  api.input = Money(1.009, "SEK");
  api.output = Money(3.027, "SEK");
  c.api = api;
  return c;
}

const SensitivityRow& row_of(const std::vector<SensitivityRow>& rows, const std::string& figure) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const SensitivityRow& r) { return r.figure == figure; });
  EXPECT_NE(found, rows.end()) << figure;
  return *found;
}

TEST(Sensitivity, MovesTheVolumeAsTheSeedsTableDoes) {
  CostCase c = seed_case();
  SensitivityRanges ranges;
  ranges.volume = {500e6 / 1.9e9, 3e9 / 1.9e9};
  const std::vector<SensitivityRow> rows = sensitivity_of(c, ranges);
  const SensitivityRow& volume = row_of(rows, "volume");
  EXPECT_NEAR(*volume.at_low.break_even_months, 40000 / (1211 - 75.0), 0.1) << "S3-9, 500M tokens";
  EXPECT_NEAR(*volume.at_high.break_even_months, 40000 / (7265 - 75.0), 0.1) << "S3-9, 3B tokens";
}

TEST(Sensitivity, PutsWhatMattersMostFirst) {
  const std::vector<SensitivityRow> rows = sensitivity_of(seed_case(), {});
  ASSERT_GE(rows.size(), 4U);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_GE(rows[i - 1].swing, rows[i].swing);
  EXPECT_EQ(rows.front().figure, "volume");
  EXPECT_EQ(rows.back().figure, "electricity");
}

TEST(Sensitivity, MeasuresTheSavingWhereThereIsSomethingToCompareWith) {
  CostCase c = seed_case();
  EXPECT_EQ(measure_of(outcome_of(c)), Measure::saving);
  c.api.reset();
  EXPECT_EQ(measure_of(outcome_of(c)), Measure::total);
  c.speed = ServingSpeed{{500, 500, 500}, {55, 55, 55}};
  EXPECT_EQ(measure_of(outcome_of(c)), Measure::output_per_mtok);
}

TEST(Sensitivity, HalfTheUtilisationDoublesTheHardwareOfAToken) {
  CostCase c = seed_case();
  c.api.reset();
  c.volume = {};
  c.local.electricity_per_month = Money(0, "SEK");
  c.speed = ServingSpeed{{500, 500, 500}, {55, 55, 55}};
  const std::vector<SensitivityRow> rows = sensitivity_of(c, {});
  const SensitivityRow& row = row_of(rows, "utilisation");
  EXPECT_NEAR(row.at_low.tokens->output.total.value, 4 * row.at_high.tokens->output.total.value, 1e-6);
}

TEST(Sensitivity, TheSavingIsWhatTheOtherCostsMore) {
  const CostCase c = seed_case();
  const CaseOutcome outcome = outcome_of(c);
  const Money rival = cash_flow(*rival_plan(c), c.months).total();
  EXPECT_EQ(*outcome.saving, rival - outcome.total);
}

TEST(Sensitivity, WhatTheMachineSparesIsNotCountedTwice) {
  CostCase c = seed_case();
  const Money saving = *outcome_of(c).saving;
  c.local.bills = {{"API savings", CashKind::avoided, Money(-4000, "SEK")}};
  EXPECT_EQ(*outcome_of(c).saving, saving);
  EXPECT_LT(outcome_of(c).total, Money(0, "SEK"));
}

TEST(Sensitivity, TheLoadFollowsTheTokensAndNeverExceedsTheHoursOn) {
  CostCase c = seed_case();
  c.local.hours.on = 100;
  c.speed = ServingSpeed{{0, 0, 0}, {55, 55, 55}};
  EXPECT_DOUBLE_EQ(local_plan(c).hours.load, 100);
  c.volume = {0, 55 * 3600 * 10, 0};
  EXPECT_DOUBLE_EQ(local_plan(c).hours.load, 10);
}

}  // namespace
}  // namespace rigwise
