#include <gtest/gtest.h>

#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

/// A verb that prices electricity, and a sum of its answer in which electricity is.
struct Priced {
  const char* verb;
  Json request;
  const char* sum;
};

const std::vector<Priced>& priced() {
  static const std::vector<Priced> kAll = {
      {"predict", {{"setup", "rtx 4090"}, {"model", "llama-3.1-8b"}}, "/cost_per_mtok/output/energy"},
      {"fit", {{"setups", "rtx 4090"}, {"models", "llama-3.1-8b"}}, "/rows/0/cost_per_mtok/output/energy"},
      {"compare", {{"setups", "rtx 4090"}, {"models", "llama-3.1-8b"}}, "/columns/0/cost/electricity"},
      {"pack", {{"setup", "rtx 4090"}, {"models", {"llama-3.1-8b"}}}, "/models/0/cost_per_mtok/output/energy"},
      {"cluster",
       {{"device", "dgx spark"}, {"model", "llama-3.1-8b"}, {"max_nodes", 1}},
       "/rows/0/cost_per_mtok/output/energy"},
      {"route",
       {{"models", "qwen3-32b"},
        {"prompt_mix", {"coding"}},
        {"setup", "rtx 3090"},
        {"usage", {{"tokens_per_month", 1e6}}}},
       "/local/cost_per_month"}};
  return kAll;
}

double sum_of(const Priced& priced, const char* region) {
  Json request = priced.request;
  if (region != nullptr) request["region"] = region;
  const Result<Json> answer = run_verb(house(), priced.verb, request);
  EXPECT_TRUE(answer.has_value()) << priced.verb << ": " << (answer ? "" : answer.error().message);
  return answer ? answer->at(Json::json_pointer(priced.sum)).get<double>() : 0;
}

TEST(Electricity, IsThatOfTheRegionInEveryVerbThatPricesIt) {
  for (const Priced& each : priced()) {
    const double american = sum_of(each, "US"), german = sum_of(each, "de");
    EXPECT_EQ(sum_of(each, nullptr), american) << each.verb << ": a price in dollars is America's";
    EXPECT_GT(german, american) << each.verb;
    if (std::string(each.verb) != "route") {
      // 0.38 EUR against 0.17 USD; the same energy.
      EXPECT_NEAR(german / american, 0.38 / 0.17 * 1.163, 0.05) << each.verb;
    }
  }
}

TEST(Electricity, OfAnUnknownRegionIsRefusedAlikeByEveryVerb) {
  std::vector<Priced> all = priced();
  all.push_back({"cost", {{"setup", "rtx 4090"}, {"electricity", {{"region", "GE"}, {"per_kwh", 0.2}}}}, ""});
  all.push_back({"advise", {{"needs", {{"budget", {{"max", 3000}}}, {"region", "GE"}}}}, ""});
  for (Priced& each : all) {
    if (*each.sum != 0) each.request["region"] = "GE";
    const Result<Json> answer = run_verb(house(), each.verb, each.request);
    ASSERT_FALSE(answer.has_value()) << each.verb;
    EXPECT_EQ(answer.error().message, "no price of electricity is known for the region \"GE\"");
    EXPECT_TRUE(answer.error().where.ends_with("region")) << answer.error().where;
    EXPECT_TRUE(answer.error().try_this.starts_with("one of: CA, CH, DE, EU, FR, GB, SE, US; or leave it out"));
    EXPECT_EQ(answer.error().did_you_mean.front(), "DE");
  }
}

TEST(Electricity, AtAPriceOfOnesOwnIsThatPriceWhateverTheRegion) {
  Json request = {{"setups", "rtx 4090"}, {"models", "llama-3.1-8b"}, {"region", "DE"}, {"electricity_per_kwh", 0.17}};
  const Result<Json> answer = run_verb(house(), "compare", request);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->at("columns")[0]["cost"]["electricity"], sum_of(priced()[2], "US"));
  EXPECT_EQ(answer->at("assumptions")[1], "electricity at 0.17 USD/kWh, as given");
}

}  // namespace
}  // namespace rigwise
