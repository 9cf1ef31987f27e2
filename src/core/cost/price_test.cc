#include "core/cost/price.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

ExchangeRate rate(const char* currency, double per_usd) {
  ExchangeRate r;
  r.date = "2026-04";
  r.currency = currency;
  r.per_usd = per_usd;
  return r;
}

PriceObservation seen(const char* id, double low, double high, const char* currency, const char* kind,
                      const char* date) {
  PriceObservation o;
  o.item_id = id;
  o.price_low = low;
  o.price_high = high;
  o.currency = currency;
  o.price_kind = kind;
  o.date = date;
  return o;
}

class Price : public testing::Test {
 protected:
  Price() {
    device.id = "card";
    device.vendor = "NVIDIA";
    device.quotes = {{1999, "USD", "msrp_launch", "2025-01"}};
    rules.exchange = &exchange;
    rules.currency = "USD";
    rules.as_of = "2026-11-21";
  }
  PriceAnswer answer() { return purchase_price(catalog, device, rules); }

  Exchange exchange{{rate("CHF", 0.8), rate("CAD", 1.4)}, "2026-11-21"};
  Catalog catalog;
  Device device;
  PriceRules rules;
};

TEST_F(Price, OfAStreetGoesBeforeTheLaunchPriceAndBeforeLists) {
  catalog.price_observations = {seen("card", 1999, 2000, "USD", "msrp", "2026-08"),
                                seen("card", 3650, 3900, "USD", "street", "2026-06")};
  ASSERT_TRUE(answer().price);
  EXPECT_EQ(answer().price->value, Money(3775, "USD"));
  EXPECT_EQ(answer().price->seen.kind, PriceKind::street);
}

TEST_F(Price, OfALaunchIsNeverTakenForAPartNoLongerSold) {
  device.status = DeviceStatus::discontinued;
  EXPECT_FALSE(answer().price);
  EXPECT_EQ(answer().why_not, "no longer sold, and no used price is known");
  catalog.price_observations = {seen("card", 1100, 1400, "USD", "used each", "2026-02")};
  ASSERT_TRUE(answer().price);
  EXPECT_EQ(answer().price->value, Money(1250, "USD"));
  EXPECT_TRUE(answer().price->used);
}

TEST_F(Price, OfAnOldShopIsNotTakenForAPartNoLongerSold) {
  device.status = DeviceStatus::discontinued;
  catalog.price_observations = {seen("card", 3200, 3200, "USD", "street", "2023-01")};
  EXPECT_FALSE(answer().price);
}

TEST_F(Price, OfALaterDateIsNotKnownYet) {
  catalog.price_observations = {seen("card", 3650, 3900, "USD", "street", "2026-06")};
  rules.as_of = "2025-06-01";
  EXPECT_EQ(answer().price->value, Money(1999, "USD"));
}

TEST_F(Price, OfMoreThanThreeYearsAgoSaysNothing) {
  device.quotes = {{999, "USD", "msrp_launch", "2022-11"}};
  EXPECT_EQ(answer().why_not, "only prices of more than three years ago");
}

TEST_F(Price, OfALaunchReachesFarUpWithAge) {
  const PriceAnswer launch = answer();
  ASSERT_TRUE(launch.price);
  EXPECT_EQ(launch.price->value, Money(1999, "USD"));
  EXPECT_GT(launch.price->high.amount(), 3000);
  EXPECT_GT(launch.price->expected().amount(), 1999);
}

TEST_F(Price, OfALaunchRisesWithTheChipsOtherMachines) {
  device.chip = "GB10";
  Device mate = device;
  mate.id = "mate";
  mate.name = "Mate";
  mate.quotes = {{4000, "USD", "msrp_launch", "2025-10"}};
  catalog.devices = {device, mate};
  EXPECT_EQ(answer().price->value, Money(1999, "USD")) << "nobody knows what the mate costs now";
  catalog.price_observations = {seen("mate", 5000, 5000, "USD", "street", "2026-06")};
  EXPECT_EQ(answer().price->value, Money(1999 * 1.25, "USD"));
  EXPECT_EQ(answer().price->words(), "2,499 USD (launch price of 1,999 USD, risen with the Mate, 2025-01)");
  catalog.price_observations[0].price_low = 3000;
  catalog.price_observations[0].price_high = 3000;
  EXPECT_EQ(answer().price->value, Money(1999, "USD")) << "another make's bargain is not this one's";
}

TEST_F(Price, BandsWidenWithAge) {
  device.quotes = {{1000, "USD", "list", "2026-11"}};
  const double fresh = (answer().price->high - answer().price->low).amount();
  device.quotes = {{1000, "USD", "list", "2025-11"}};
  EXPECT_GT((answer().price->high - answer().price->low).amount(), fresh * 2);
}

TEST_F(Price, InTheBuyersCurrencyGoesBeforeAForeignOne) {
  device.quotes.clear();
  catalog.price_observations = {seen("card", 6443, 6443, "CHF", "card", "2026-02"),
                                seen("card", 7000, 7000, "USD", "list", "2025-09")};
  EXPECT_EQ(answer().price->value, Money(7000, "USD"));
  rules.currency = "CHF";
  EXPECT_EQ(answer().price->value, Money(6443, "CHF"));
}

TEST_F(Price, SeenTwiceAtOneTimeIsTakenInTheMiddle) {
  device.status = DeviceStatus::discontinued;
  catalog.price_observations = {seen("card", 750, 1250, "USD", "used each", "2026-02"),
                                seen("card", 1000, 1500, "USD", "used each", "2026-02")};
  EXPECT_EQ(answer().price->value, Money(1125, "USD"));
  EXPECT_LT(answer().price->low.amount(), 750);
}

TEST_F(Price, UsedBelowHalfOfWhatSuchAMachineFetchesIsDoubtful) {
  device.vendor = "Apple";
  device.kind = DeviceKind::desktop;
  device.status = DeviceStatus::discontinued;
  device.quotes = {{6599, "USD", "msrp_launch", "2023-06"}};
  catalog.price_observations = {seen("card", 1800, 2200, "USD", "used", "2026-02")};
  EXPECT_EQ(answer().why_not, "only a doubtful used price");
}

TEST_F(Price, OfACheapUsedPartReachesUpToWhatIsUsual) {
  device.kind = DeviceKind::gpu;
  device.status = DeviceStatus::discontinued;
  device.quotes = {{4650, "USD", "msrp_launch", "2020-10"}};
  catalog.price_observations = {seen("card", 750, 1500, "USD", "used each", "2026-02")};
  ASSERT_TRUE(answer().price);
  ASSERT_TRUE(answer().price->usual);
  EXPECT_GT(answer().price->usual->amount(), 2000);
  EXPECT_EQ(answer().price->high, *answer().price->usual);
  EXPECT_LT(answer().price->value, answer().price->expected());
}

TEST_F(Price, OfAPartNoLongerMadeTakesUsedAndOldStockTogether) {
  device.status = DeviceStatus::discontinued;
  catalog.price_observations = {seen("card", 1100, 1400, "USD", "used", "2026-02"),
                                seen("card", 1600, 2000, "USD", "estimate each", "2026-02")};
  EXPECT_EQ(answer().price->value, Money(1525, "USD")) << "two sources disagree: the middle";
  EXPECT_GT(answer().price->high.amount(), 2000);
  EXPECT_TRUE(answer().price->used);
}

TEST_F(Price, SeenLaterThanTheAskedDateIsNotKnownYet) {
  catalog.price_observations = {seen("card", 3650, 3900, "USD", "street", "2026-06")};
  rules.as_of = "2026-02-01";
  EXPECT_EQ(answer().price->seen.kind, PriceKind::launch);
  const std::vector<Quote> quotes = {{100, "USD", "list", "2025-06"}, {900, "USD", "list", "2026-06"}};
  EXPECT_EQ(part_price(quotes, rules).price->value, Money(100, "USD"));
  rules.as_of = "2025-01-01";
  EXPECT_FALSE(part_price(quotes, rules).price);
  EXPECT_TRUE(part_price({{1200, "USD", "estimate", "2026-02"}}, rules).price) << "a template's estimate stands in";
}

TEST_F(Price, FollowsTheWishForNewOrUsed) {
  catalog.price_observations = {seen("card", 1200, 1200, "USD", "used", "2026-06")};
  EXPECT_EQ(answer().price->value, Money(1200, "USD"));
  EXPECT_EQ(*answer().price->new_price, Money(1999, "USD"));
  rules.market = Market::only_new;
  EXPECT_EQ(answer().price->value, Money(1999, "USD"));
  device.status = DeviceStatus::discontinued;
  EXPECT_EQ(answer().why_not, "sold used only");
}

TEST_F(Price, OfAnAnnouncedMachineCountsOnlyForThoseWhoWait) {
  device.status = DeviceStatus::expected;
  device.quotes = {{3810, "USD", "estimate", "2026-04"}};
  EXPECT_EQ(answer().why_not, "not sold yet");
  rules.announced_too = true;
  EXPECT_TRUE(answer().price);
}

TEST(PriceKinds, AreReadFromTheirSourcesWords) {
  EXPECT_EQ(price_kind("used system"), PriceKind::used);
  EXPECT_EQ(price_kind("msrp_launch"), PriceKind::launch);
  EXPECT_EQ(price_kind("msrp"), PriceKind::listed);
  EXPECT_EQ(price_kind("complete node"), PriceKind::listed);
  EXPECT_EQ(price_kind("seed_range_midpoint"), PriceKind::estimate);
  EXPECT_EQ(price_kind("'$12K+ for 256GB' claim"), PriceKind::unusable);
  EXPECT_EQ(price_kind("owned"), PriceKind::unusable);
}

}  // namespace
}  // namespace rigwise
