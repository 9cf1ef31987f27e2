#include "core/cost/coop.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/cost/plans_for_tests.h"
#include "core/cost/seats.h"

namespace rigwise {
namespace {

CoopTerms equal(int members, const std::string& currency) {
  CoopTerms terms;
  for (int i = 0; i < members; ++i) terms.members.push_back({"member " + std::to_string(i), 1, 1, {}});
  terms.reserve_per_month = Money(0, currency);
  return terms;
}

RC_GTEST_PROP(CoopLaw, SharesAddUpToTheWholeWhoeverJoinsOrLeaves, ()) {
  const int months = *rc::gen::inRange(1, 121);
  CoopTerms terms = equal(*rc::gen::inRange(1, 8), "SEK");
  for (std::size_t i = 1; i < terms.members.size(); ++i) {
    CoopMember& member = terms.members[i];
    member.share = 0.01 + any_amount(1);
    member.joins = *rc::gen::inRange(1, months + 1);
    if (*rc::gen::arbitrary<bool>()) member.leaves = *rc::gen::inRange(member.joins, months + 1);
  }
  terms.reserve_per_month = Money(any_amount(300), "SEK");
  const Money total = in_whole_cents(Money(any_amount(200000), "SEK"));
  const Result<CoopBill> bill = coop_bill(terms, total, months);
  RC_ASSERT(bill.has_value());
  Money sum(0, "SEK");
  for (const CoopBill::Account& account : bill->members) {
    Money own(0, "SEK");
    for (const Money& due : account.by_month) {
      RC_ASSERT(due.nanos() % 10'000'000 == 0);
      own += due;
    }
    RC_ASSERT(own == account.total);
    sum += own;
  }
  RC_ASSERT(sum == bill->total);
  RC_ASSERT(sum == total + bill->reserve);
}

TEST(Coop, OfFourPaysTheSeedsMachine) {
  const Money total(95000 + 36 * 104, "SEK");  // S3-10 option C, 104 SEK of electricity
  const Result<CoopBill> bill = coop_bill(equal(4, "SEK"), total, 36);
  ASSERT_TRUE(bill);
  EXPECT_NEAR(bill->members[0].total.amount() / 36, 660 + 26, 0.5) << "the seed's 720 covers 2,880 a month (I-41)";
}

TEST(Coop, NeedsSoManyMembersAtAPrice) {
  const Money reserve(0, "SEK");
  EXPECT_EQ(*fewest_members(Money(40000 + 36 * 75, "SEK"), 36, reserve, Money(300, "SEK")), 4);
  EXPECT_EQ(*fewest_members(Money(3600, "SEK"), 36, reserve, Money(100, "SEK")), 1) << "exactly one";
  EXPECT_EQ(*fewest_members(Money(3600, "SEK"), 36, Money(1, "SEK"), Money(100, "SEK")), 2);
  EXPECT_FALSE(fewest_members(Money(3600, "SEK"), 36, reserve, Money(0, "SEK")));
}

TEST(Coop, WhoJoinsLateMakesItCheaperForTheOthersFromThenOn) {
  CoopTerms terms = equal(2, "CAD");
  terms.members[1].joins = 7;
  const Result<CoopBill> bill = coop_bill(terms, Money(1200, "CAD"), 12);
  ASSERT_TRUE(bill);
  EXPECT_EQ(bill->members[0].total, Money(900, "CAD"));
  EXPECT_EQ(bill->members[1].total, Money(300, "CAD"));
  EXPECT_EQ(most_members(terms, 12), 2);
}

TEST(Coop, EqualMembersPayTheSameToTheCent) {
  for (const int members : {7, 1000}) {
    CoopTerms terms;
    terms.reserve_per_month = Money(0, "USD");
    for (int i = 0; i < members; ++i) terms.members.push_back({"m" + std::to_string(i), 1, 1, std::nullopt});
    const Money total(members == 7 ? 4336.66 : 100, "USD");
    const Result<CoopBill> bill = coop_bill(terms, total, 31);
    ASSERT_TRUE(bill);
    Money least = bill->members[0].total, most = least, sum(0, "USD");
    for (const auto& member : bill->members) {
      least = std::min(least, member.total, [](const Money& a, const Money& b) { return a < b; });
      most = std::max(most, member.total, [](const Money& a, const Money& b) { return a < b; });
      sum += member.total;
    }
    EXPECT_LE((most - least).amount(), 0.01 + 1e-9) << members;
    EXPECT_EQ(sum, total) << members;
  }
}

TEST(Coop, WithNobodyLeftIsAnError) {
  CoopTerms terms = equal(1, "CAD");
  terms.members[0].leaves = 5;
  const Result<CoopBill> bill = coop_bill(terms, Money(1200, "CAD"), 12);
  ASSERT_FALSE(bill);
  EXPECT_NE(bill.error().message.find("month 6"), std::string::npos);
}

Catalog small_catalog() {
  Catalog catalog;
  Role admin;
  admin.id = "office_admin";
  admin.name = "Admin staff";
  admin.saved_per_month = 45;
  admin.currency = "CAD";
  admin.replaces = {"ChatGPT Plus", "DeepL Pro"};
  catalog.roles = {admin};
  SaasPrice old_price, new_price;
  old_price.service = new_price.service = "Claude Pro";
  old_price.price = 18;
  new_price.price = 20;
  old_price.currency = new_price.currency = "USD";
  old_price.date = "2025-01";
  new_price.date = "2026-01";
  catalog.saas_prices = {new_price, old_price};
  return catalog;
}

TEST(Seats, OfARoleCostWhatItsServicesCost) {
  const Exchange exchange({{"2026-04", "CAD", "", "", 1.4}}, "2026-11-21");
  for (const char* name : {"admin", "Admin staff", "admins", "office admin"}) {
    const Result<SeatGroup> seats = seats_of_role(small_catalog(), name, 10, exchange, "CAD");
    ASSERT_TRUE(seats) << name;
    EXPECT_EQ(seats->monthly(), Money(450, "CAD"));
  }
  EXPECT_NEAR(seats_of_role(small_catalog(), "admin", 1, exchange, "USD")->monthly().amount(), 45 / 1.4, 1e-6);
}

TEST(Seats, OfAnUnknownRoleNameTheKnownOnes) {
  const Exchange exchange({}, "2026-11-21");
  const Result<SeatGroup> seats = seats_of_role(small_catalog(), "admni", 10, exchange, "USD");
  ASSERT_FALSE(seats);
  EXPECT_NE(seats.error().try_this.find("admin"), std::string::npos);
}

TEST(Seats, OfAServiceTakeItsNewestPriceOnThatDate) {
  const Catalog catalog = small_catalog();
  EXPECT_EQ(seats_of_service(catalog, "claude pro", 2, Exchange({}, "2026-11-21"), "USD", "2026-11-21")->monthly(),
            Money(40, "USD"));
  EXPECT_EQ(seats_of_service(catalog, "claude pro", 2, Exchange({}, "2025-06-01"), "USD", "2025-06-01")->monthly(),
            Money(36, "USD"));
  EXPECT_FALSE(seats_of_service(catalog, "Clod Pro", 2, Exchange({}, "2026-11-21"), "USD", "2026-11-21"));
}

}  // namespace
}  // namespace rigwise
