#include "core/cost/cash_flow.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/cost/plans_for_tests.h"

namespace rigwise {
namespace {

Money sum_of(const std::vector<Money>& amounts, const std::string& currency) {
  Money sum(0, currency);
  for (const Money& amount : amounts) sum += amount;
  return sum;
}

bool is_whole_cents(const Money& money) { return money.nanos() % 10'000'000 == 0; }

RC_GTEST_PROP(CashFlowLaw, PartsAddUpToTotalsWhicheverWayOneAdds, ()) {
  const int months = *rc::gen::inRange(1, 241);
  const CashFlow flow = cash_flow(any_plan(months), months);
  const Money total = flow.total();
  Money by_line(0, flow.currency), by_kind(0, flow.currency);
  for (const CashLine& line : flow.lines) {
    by_line += line.total();
    RC_ASSERT(sum_of(by_year(line), flow.currency) == line.total());
    for (const Money& payment : line.by_month) RC_ASSERT(is_whole_cents(payment));
  }
  for (int k = 0; k <= static_cast<int>(CashKind::tax); ++k) by_kind += flow.total_of(static_cast<CashKind>(k));
  RC_ASSERT(by_line == total);
  RC_ASSERT(by_kind == total);
  RC_ASSERT(sum_of(by_year(flow), flow.currency) == total);
  RC_ASSERT(flow.cumulative().back() == total);
  RC_ASSERT(by_year(flow).size() == static_cast<std::size_t>((months + 11) / 12));
}

RC_GTEST_PROP(CashFlowLaw, DiscountedPartsAddUpToo, ()) {
  const int months = *rc::gen::inRange(1, 121);
  const CashFlow flow = discounted(cash_flow(any_plan(months), months), any_amount(0.2));
  Money by_line(0, flow.currency);
  for (const CashLine& line : flow.lines) {
    by_line += line.total();
    for (const Money& payment : line.by_month) RC_ASSERT(is_whole_cents(payment));
  }
  RC_ASSERT(by_line == flow.total());
  RC_ASSERT(flow.cumulative().back() == flow.total());
}

RC_GTEST_PROP(CashFlowLaw, TaxIsTheRateTimesWhatIsDeductedLessWhatIsTaxed, ()) {
  const int months = *rc::gen::inRange(1, 121);
  CostPlan plan = any_plan(months);
  plan.whole_units = false;
  const CashFlow flow = cash_flow(plan, months);
  const Money resale = flow.total_of(CashKind::resale), avoided = flow.total_of(CashKind::avoided);
  Money base = flow.total() - flow.total_of(CashKind::tax);
  if (!plan.tax.resale_is_taxed) base -= resale;
  if (!plan.tax.avoided_is_taxed) base -= avoided;
  const double exact = -plan.tax.rate * base.amount();
  RC_ASSERT(std::abs(flow.total_of(CashKind::tax).amount() - exact) < 0.02);
}

RC_GTEST_PROP(CashFlowLaw, AMachinesPlanCostsWhatItsOwnershipCosts, ()) {
  const int months = *rc::gen::inRange(1, 121);
  CostPlan plan = any_plan(months);
  plan.bought_month = 0;
  plan.whole_units = false;
  plan.bills.clear();
  plan.tax.resale_is_taxed = true;
  Machine machine;
  machine.value = machine.low = machine.high = plan.price();
  machine.bill = plan.bill;
  machine.idle_w = plan.idle_w;
  machine.load_w = plan.load_w;
  const Ownership owned =
      ownership(machine, {months, plan.hours, plan.per_kwh, plan.tax.rate, plan.resale, std::nullopt});
  const CashFlow flow = cash_flow(plan, months);
  const double cents = 0.01 * static_cast<double>(flow.lines.size() + 1);
  RC_ASSERT(std::abs((flow.total() - owned.total).amount()) <= cents);
  RC_ASSERT(std::abs((flow.total_of(CashKind::electricity) - owned.electricity).amount()) <= 0.01);
  RC_ASSERT(std::abs((flow.total_of(CashKind::tax) + owned.tax).amount()) <= cents);
}

TEST(CashFlow, AMonthlyBillOfThirdsOfACentNeverDrifts) {
  const CashLine line = paid_monthly("care", CashKind::warranty, Money(651.0 / 36, "CAD"), 1, 36, 36);
  EXPECT_EQ(line.total(), Money(651, "CAD"));
  for (std::size_t m = 1; m <= 36; ++m) EXPECT_NEAR(line.by_month[m].amount(), 18.083, 0.01);
  EXPECT_TRUE(line.by_month[0].is_zero());
}

TEST(CashFlow, BillsBeginAndEndInTheirMonths) {
  const CashLine line = paid_monthly("api", CashKind::api, Money(10, "USD"), 3, 5, 12);
  EXPECT_EQ(line.total(), Money(30, "USD"));
  EXPECT_TRUE(line.by_month[2].is_zero());
  EXPECT_EQ(line.by_month[5], Money(10, "USD"));
  EXPECT_TRUE(line.by_month[6].is_zero());
  EXPECT_TRUE(paid_monthly("none", CashKind::api, Money(10, "USD"), 8, 5, 12).total().is_zero());
}

TEST(CashFlow, TheFirstYearHoldsTheDayOfPurchase) {
  CostPlan plan = plain_plan(1000, 10, "USD");
  const std::vector<Money> years = by_year(cash_flow(plan, 30));
  ASSERT_EQ(years.size(), 3U);
  EXPECT_EQ(years[0], Money(1120, "USD"));
  EXPECT_EQ(years[1], Money(120, "USD"));
  EXPECT_EQ(years[2], Money(60, "USD")) << "half a year";
}

TEST(CashFlow, MoneyOfNextYearIsWorthLessToday) {
  CostPlan plan = plain_plan(0, 0, "USD");
  plan.bills = {{"once", CashKind::rent, Money(110, "USD"), 12, 12}};
  const CashFlow flow = cash_flow(plan, 24);
  EXPECT_EQ(discounted(flow, 0.10).total(), Money(100, "USD"));
  EXPECT_EQ(discounted(flow, 0).total(), Money(110, "USD"));
}

TEST(CashFlow, KnowsWhenAmountsAreTooLargeToAddExactly) {
  EXPECT_FALSE(is_too_large(cash_flow(plain_plan(1e8, 100, "SEK"), 36)));
  EXPECT_TRUE(is_too_large(cash_flow(plain_plan(8e9, 100, "SEK"), 36)));
  EXPECT_TRUE(is_too_large(cash_flow(plain_plan(1, 5e9, "SEK"), 36)));
}

/// The inputs of seed S0-31.
CostPlan seed_plan() {
  CostPlan plan = plain_plan(0, 591.0 / 36, "CAD");
  plan.bill = {bill_line("MacBook Pro 16", 8350, "CAD", 0.75), bill_line("Framework Desktop", 3759, "CAD", 0.40),
               bill_line("switch", 1815, "CAD", 0.60), bill_line("rack", 170, "CAD")};
  plan.bills = {{"AppleCare+", CashKind::warranty, Money(651.0 / 36, "CAD")},
                {"Claude Max", CashKind::subscription, Money(140, "CAD")},
                {"API savings", CashKind::avoided, Money(-40, "CAD")}};
  plan.resale = true;
  plan.tax = {0.265, false, false};
  return plan;
}

TEST(CashFlow, ComesOutAsTheSeedsRoiAnalysis) {
  CostPlan plan = seed_plan();
  plan.whole_units = true;
  const CashFlow flow = cash_flow(plan, 36);
  EXPECT_EQ(flow.total_of(CashKind::purchase), Money(14094, "CAD"));
  EXPECT_EQ(flow.total() - flow.total_of(CashKind::resale) - flow.total_of(CashKind::tax), Money(18936, "CAD"));
  EXPECT_EQ(flow.total_of(CashKind::resale), Money(-8856, "CAD"));
  EXPECT_EQ(flow.total_of(CashKind::tax), Money(-5400, "CAD"));
  EXPECT_EQ(flow.total(), Money(4680, "CAD")) << "S0-31; 130 a month";
}

TEST(CashFlow, IsTwoUnitsOffTheSeedWithoutItsRounding) {
  EXPECT_NEAR(cash_flow(seed_plan(), 36).total().amount(), 4681.3, 0.1);
}

TEST(CashFlow, TaxedResaleGivesBackWhatWasDeducted) {
  CostPlan plan = seed_plan();
  plan.tax = {0.265, true, true};
  const Money taxed = cash_flow(plan, 36).total();
  const double spent = 18936 - 8855.1;
  EXPECT_NEAR(taxed.amount(), spent * (1 - 0.265), 0.05);
}

}  // namespace
}  // namespace rigwise
