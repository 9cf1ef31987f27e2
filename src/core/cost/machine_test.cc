#include "core/cost/machine.h"

#include <gtest/gtest.h>

#include "core/cost/cloud.h"
#include "core/cost/ownership.h"

namespace rigwise {
namespace {

PurchasePrice price_of(double amount) {
  PurchasePrice p;
  p.value = p.low = p.high = Money(amount, "CAD");
  p.seen.kind = PriceKind::listed;
  p.seen.date = "2026-04";
  return p;
}

HostTemplate host(const char* id, int cards, double supply_w, double cost) {
  HostTemplate h;
  h.id = h.name = id;
  h.max_cards = cards;
  h.power_supply_w = supply_w;
  h.idle = Watts{40};
  h.load = Watts{100};
  h.noise_class = NoiseClass::quiet;
  h.quotes = {{cost, "CAD", "list", "2026-11"}};
  return h;
}

class MachineOf : public testing::Test {
 protected:
  MachineOf() {
    ExchangeRate cad;
    cad.date = "2026-04";
    cad.currency = "CAD";
    cad.per_usd = 1.4;
    exchange = Exchange({cad}, "2026-11-21");
    rules.exchange = &exchange;
    rules.currency = "CAD";
    rules.as_of = "2026-11-21";
    catalog.hosts = {host("big", 4, 2000, 2500), host("small", 1, 750, 800)};
    card.id = card.name = "card";
    card.kind = DeviceKind::gpu;
    card.pcie = "4.0x16";
    card.power_max = Watts{350};
    card.power_idle = Watts{20};
    node.id = node.name = "node";
    node.kind = DeviceKind::desktop;
    node.power_max = Watts{140};
    node.power_idle = Watts{10};
    node.noise_class = NoiseClass::quiet;
  }

  Exchange exchange{{}, "2026-11-21"};
  PriceRules rules;
  Catalog catalog;
  Device card, node;
  PurchasePrice card_price = price_of(1000), node_price = price_of(3759);
};

TEST_F(MachineOf, ABareCardIncludesTheCheapestHostThatTakesIt) {
  const Machine one = build_machine(catalog, {{&card, 1, 0, &card_price, nullptr}}, rules);
  EXPECT_EQ(one.value, Money(1800, "CAD"));
  EXPECT_EQ(one.host->id, "small");
  EXPECT_DOUBLE_EQ(one.load_w, 450);
  EXPECT_DOUBLE_EQ(one.idle_w, 60);
  const Machine two = build_machine(catalog, {{&card, 2, 0, &card_price, nullptr}}, rules);
  EXPECT_EQ(two.host->id, "big");
  EXPECT_EQ(two.value, Money(4500, "CAD"));
}

TEST_F(MachineOf, TooManyCardsCannotBeBuilt) {
  EXPECT_FALSE(build_machine(catalog, {{&card, 8, 0, &card_price, nullptr}}, rules).why_not.empty());
  card.power_max = Watts{600};
  EXPECT_FALSE(build_machine(catalog, {{&card, 4, 0, &card_price, nullptr}}, rules).why_not.empty());
}

TEST_F(MachineOf, ACardsHostHasThePowerSupplyItsMakerAsksForAndRamToReadModelsThrough) {
  catalog.hosts.push_back(host("middle", 1, 1000, 1000));
  card.power_supply_w = 850;
  EXPECT_EQ(build_machine(catalog, {{&card, 1, 0, &card_price, nullptr}}, rules).host->id, "middle");
  catalog.hosts.back().ram_capacity = gib(32);
  card.memory_capacity = gib(96);
  EXPECT_EQ(build_machine(catalog, {{&card, 1, 0, &card_price, nullptr}}, rules).host->id, "big");
}

TEST_F(MachineOf, OwnedThingsCostNothing) {
  const Machine kept = build_machine(catalog, {{&card, 1, 1, nullptr, nullptr}}, rules);
  EXPECT_TRUE(kept.value.is_zero());
  EXPECT_EQ(kept.bill[0].basis, "owned");
  const Machine grown = build_machine(catalog, {{&card, 2, 1, &card_price, nullptr}}, rules);
  EXPECT_EQ(grown.value, Money(1000 + 2500 - 800, "CAD"));
}

TEST_F(MachineOf, MezzanineModulesAreNotSoldForAPc) {
  card.form_factor = "datacentre sxm";
  EXPECT_FALSE(build_machine(catalog, {{&card, 1, 0, &card_price, nullptr}}, rules).why_not.empty());
}

TEST_F(MachineOf, FourNodesNeedASwitchAndARack) {
  Accessory network;
  network.name = "switch";
  network.kind = "switch";
  network.link_gbit_s = 400;
  network.quotes = {{1815, "CAD", "seed", "2026-04"}};
  Accessory rack;
  rack.name = "rack 12U";
  rack.kind = "rack";
  rack.size_u = 12;
  rack.quotes = {{225, "CAD", "seed", "2026-04"}};
  catalog.accessories = {network, rack};
  Link link;
  link.id = "25gbe";
  link.kind = "ethernet";
  link.bandwidth = gbps(3.1);
  const Machine four = build_machine(catalog, {{&node, 4, 0, &node_price, &link}}, rules);
  EXPECT_EQ(four.value, Money(17076, "CAD")) << "seed S0-12, four Framework nodes";
  const Machine one = build_machine(catalog, {{&node, 1, 0, &node_price, &link}}, rules);
  EXPECT_EQ(one.value, Money(3759, "CAD"));
}

TEST_F(MachineOf, FourCardsAreLouderThanOne) {
  card.noise_class = NoiseClass::audible;
  catalog.hosts[0].power_supply_w = 3000;
  const Machine one = build_machine(catalog, {{&card, 1, 0, &card_price, nullptr}}, rules);
  const Machine four = build_machine(catalog, {{&card, 4, 0, &card_price, nullptr}}, rules);
  EXPECT_EQ(one.noise, NoiseClass::audible);
  EXPECT_EQ(four.noise, NoiseClass::loud);
}

TEST(Ownership, OfTheSeedsRackCostsItsElectricity) {
  Machine rack;
  rack.value = rack.low = rack.high = rack.expected = Money(0, "CAD");
  rack.idle_w = rack.load_w = 150;
  OwnershipTerms terms;
  terms.hours = {730, 730};
  terms.per_kwh = Money(0.15, "CAD");
  EXPECT_NEAR(ownership(rack, terms).electricity.amount(), 591, 1) << "seed S0-31";
}

TEST(Ownership, CountsResaleAsTheSeedDoesAndTaxesIt) {
  Machine hardware;
  hardware.value = hardware.low = hardware.high = hardware.expected = Money(14094, "CAD");
  BillLine laptop, framework, network;
  laptop.value = Money(8350, "CAD");
  laptop.yearly_retention = 0.75;
  framework.value = Money(3759, "CAD");
  framework.yearly_retention = 0.40;
  network.value = Money(1815, "CAD");
  network.yearly_retention = 0.60;
  hardware.bill = {laptop, framework, network};
  for (BillLine& line : hardware.bill) line.kept_at_sale = 1;
  OwnershipTerms terms;
  terms.months = 12;  // so that the yearly shares are the seed's three-year shares
  terms.per_kwh = Money(0, "CAD");
  terms.tax_rate = 0.265;
  terms.resale = true;
  const Ownership o = ownership(hardware, terms);
  EXPECT_NEAR(o.resale.amount(), 8856, 1);
  EXPECT_NEAR(o.resale_share, 8856.0 / 14094, 1e-4);
  EXPECT_NEAR(o.tax.amount(), 0.265 * (14094 - 8856), 1) << "the seed's 3,735 leaves the resale untaxed";
  EXPECT_NEAR(o.total.amount(), (14094 - 8856) * (1 - 0.265), 1);
}

TEST(Ownership, AddsUpFromItsParts) {
  Machine machine;
  machine.value = machine.low = machine.high = machine.expected = Money(3000, "USD");
  machine.idle_w = 20;
  machine.load_w = 300;
  BillLine line;
  line.value = Money(3000, "USD");
  machine.bill = {line};
  OwnershipTerms terms;
  terms.hours = {730, 100};
  terms.per_kwh = Money(0.3, "USD");
  terms.tax_rate = 0.2;
  terms.resale = true;
  const Ownership o = ownership(machine, terms);
  EXPECT_EQ(o.total, o.purchase + o.electricity - o.resale - o.tax);
  EXPECT_NEAR(o.tax.amount(), 0.2 * (o.purchase + o.electricity - o.resale).amount(), 1e-6);
}

TEST(Ownership, ResaleFollowsTheUsedPricesOfTheCatalog) {
  Device mac, framework, gaming, workstation;
  mac.vendor = "Apple";
  mac.kind = framework.kind = DeviceKind::desktop;
  gaming.kind = workstation.kind = DeviceKind::gpu;
  gaming.form_factor = "desktop card";
  workstation.form_factor = "workstation card";
  const auto after = [](const Device& d, double months) { return resale_share(kNewKept, yearly_retention(d), months); };
  EXPECT_NEAR(after(mac, 13), 0.71, 0.05) << "Mac Studio M4 Max, 3,499 to 2,500 USD";
  EXPECT_NEAR(after(mac, 17), 0.71, 0.06) << "MacBook Pro M4 Pro, 2,799 to 2,000 USD";
  EXPECT_NEAR(after(framework, 36), 0.40, 0.01) << "seed S0-31";
  EXPECT_NEAR(resale_share(kNewKept, kNetworkRetention, 36), 0.60, 0.01) << "seed S0-31";
  EXPECT_NEAR(after(gaming, 68), 0.43, 0.12) << "RTX 3090, 1,499 to 650 USD";
  EXPECT_NEAR(after(workstation, 64), 0.24, 0.03) << "RTX A6000, 4,650 to 1,125 USD";
  EXPECT_LT(after(mac, 36), 0.6) << "nothing pays back nearly its price";
}

TEST(Ownership, TakesTheResaleShareThatTheBuyerNames) {
  Machine machine;
  machine.value = machine.low = machine.high = machine.expected = Money(1000, "CAD");
  BillLine line;
  line.value = Money(1000, "CAD");
  machine.bill = {line};
  OwnershipTerms terms;
  terms.per_kwh = Money(0, "CAD");
  terms.resale = true;
  terms.resale_share = 0.5;
  EXPECT_EQ(ownership(machine, terms).total, Money(500, "CAD"));
}

TEST(Cloud, CostsWhatTheSeedsTableSays) {
  ApiPrice qwen;
  qwen.model_id = "qwen3-32b";
  qwen.input_usd_per_mtok = 0.10;
  qwen.output_usd_per_mtok = 0.30;
  const Exchange exchange({}, "2026-11-21");
  EXPECT_NEAR(api_cost(qwen, 0.3 * 1.9e9, 0.7 * 1.9e9, exchange, "USD").amount(), 456.0, 1e-6) << "seed S3-9";
}

TEST(Cloud, OffersTheCheapestModelThatWillDo) {
  Llm good, other;
  good.id = "good";
  other.id = "other";
  const auto row = [](const char* provider, const char* model, double in, double out) {
    ApiPrice p;
    p.provider = provider;
    p.model_id = model;
    p.input_usd_per_mtok = in;
    p.output_usd_per_mtok = out;
    return p;
  };
  Catalog catalog;
  catalog.api_prices = {row("dear", "good", 1, 5), row("cheap", "good", 0.1, 0.5), row("free", "good", 0, 0),
                        row("else", "other", 0.01, 0.01)};
  const CloudTask task{"main", {&good}, 1e6, 1e6};
  const Exchange exchange({}, "2026-11-21");
  const CloudOffer offer = cheapest_offer(catalog, task, exchange, "USD", "2026-11-21");
  ASSERT_NE(offer.price, nullptr);
  EXPECT_EQ(offer.price->provider, "cheap");
  EXPECT_EQ(offer.monthly, Money(0.6, "USD"));
  const CloudTask unserved{"main", {}, 1e6, 1e6};
  EXPECT_EQ(cheapest_offer(catalog, unserved, exchange, "USD", "2026-11-21").price, nullptr);
}

}  // namespace
}  // namespace rigwise
