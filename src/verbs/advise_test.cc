#include "verbs/advise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "codec/toml_needs.h"
#include "host/catalog_io/load.h"
#include "host/files/files.h"
#include "verbs/cost.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::Not;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded.has_value());
    return House{std::move(loaded->catalog), std::move(loaded->calibration)};
  }();
  return kHouse;
}

Json answer_to(const Json& request) {
  Result<Json> response = advise_verb(house(), request);
  EXPECT_TRUE(response.has_value()) << response.error().where << ": " << response.error().message;
  return response ? *response : Json::object();
}

Json example(const std::string& name) {
  const Result<std::string> text = read_file(std::string(RIGWISE_SOURCE_DIR) + "/examples/needs-" + name + ".toml");
  EXPECT_TRUE(text.has_value());
  const Result<NeedsFile> file = parse_needs_toml(*text, name);
  EXPECT_TRUE(file.has_value());
  return {{"needs", file->object}};
}

std::set<std::string> models_of(const Json& option) {
  std::set<std::string> models;
  for (const Json& target : option["targets"]) models.insert(target["model"].get<std::string>());
  return models;
}

TEST(AdviseVerb, SendsTheAgentDeveloperToOneLargeCardWithGptOss) {
  const Json answer = answer_to(example("agents"));
  const Json& first = answer["options"][0];
  EXPECT_THAT(first["setup"].get<std::string>(), HasSubstr("nvidia-rtx-pro-6000-blackwell")) << "seed S4-20";
  EXPECT_TRUE(models_of(first).count("gpt-oss-120b"));
  EXPECT_EQ(answer["currency"], "CHF");
  for (const Json& option : answer["options"]) {
    EXPECT_THAT(option["noise"].get<std::string>(), Not(HasSubstr("loud")));
    EXPECT_LE(option["price"].get<double>(), 15000);
    EXPECT_EQ(option["targets"].size(), 3u);
  }
}

TEST(AdviseVerb, GivesTheHobbyistUnifiedMemoryForALargeSparseModel) {
  const Json answer = answer_to(example("hobbyist"));
  std::set<std::string> models;
  for (const Json& option : answer["options"]) models.merge(models_of(option));
  EXPECT_TRUE(models.count("gpt-oss-120b"));
  for (const Json& option : answer["options"]) EXPECT_LE(option["price"].get<double>(), 4000);
}

TEST(AdviseVerb, ServesTheCompanysRolesAtOnce) {
  const Json answer = answer_to(example("company"));
  ASSERT_FALSE(answer["options"].empty());
  EXPECT_GE(answer["options"][0]["targets"].size(), 3u);
  EXPECT_EQ(answer["do_not_buy"]["subscription"]["seats"], 30);
}

TEST(AdviseVerb, PricesThePeoplesSubscriptionsAsCostDoes) {
  const Json advice =
      answer_to({{"needs", {{"people", {{{"role", "developer"}, {"count", 3}}, {{"role", "admin"}, {"count", 2}}}}}}});
  const Json cost =
      *cost_verb(house(), {{"hardware_price", 4000},
                           {"seats", {{{"role", "developer"}, {"count", 3}}, {{"role", "admin"}, {"count", 2}}}}});
  EXPECT_EQ(advice["do_not_buy"]["subscription"]["per_month"], cost["team"]["seats_per_month"]);
  EXPECT_EQ(advice["do_not_buy"]["subscription"]["groups"].size(), 2u);
}

TEST(AdviseVerb, NeverWaitsForADateThatHasPassed) {
  const Result<Json> late = advise_verb(house(), {{"needs", {{"not_before", "2020-01-01"}}}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().where, "needs.not_before");
}

TEST(AdviseVerb, SaysWhatHardlyAnybodyRan) {
  std::string risks;
  const Json answer = answer_to(example("agents"));
  for (const Json& option : answer["options"]) risks += option["risks"].dump();
  EXPECT_THAT(risks, HasSubstr("known; try it before you rely on it"));
}

TEST(AdviseVerb, GivesTheCoopAQuietMachine) {
  const Json answer = answer_to(example("coop"));
  ASSERT_FALSE(answer["options"].empty());
  for (const Json& option : answer["options"]) {
    EXPECT_TRUE(option["noise"] == "quiet" || option["noise"] == "silent");
    EXPECT_NE(option["form_factor"], "laptop") << "it must stay on";
  }
}

TEST(AdviseVerb, AlwaysCostsBuyingNothing) {
  for (const char* name : {"agents", "hobbyist", "company", "coop"}) {
    const Json cloud = answer_to(example(name))["do_not_buy"];
    EXPECT_GT(cloud["total"].get<double>(), 0) << name;
    EXPECT_FALSE(cloud["offers"][0]["date"].get<std::string>().empty());
    EXPECT_FALSE(cloud["lacks"].empty());
  }
  EXPECT_GT(answer_to({{"needs", {{"budget", {{"max", 1}}}}}})["do_not_buy"]["total"].get<double>(), 0);
}

TEST(AdviseVerb, ShowsUnlikeMachines) {
  const Json answer = answer_to(example("hobbyist"));
  std::set<std::string> labels;
  for (const Json& option : answer["options"]) EXPECT_TRUE(labels.insert(option["label"].get<std::string>()).second);
  ASSERT_EQ(answer["options"].size(), 5u);
  Json more = example("hobbyist");
  more["limit"] = 30;
  bool grouped = false;
  const Json longer = answer_to(more);
  for (const Json& option : longer["options"]) grouped = grouped || !option["also"].empty();
  EXPECT_TRUE(grouped) << "the Strix Halo machines are one answer";
}

TEST(AdviseVerb, TellsCostsThatAddUp) {
  const Json answer = answer_to(example("company"));
  for (const Json& option : answer["options"]) {
    const Json& cost = option["cost"];
    const auto sum = [&](const char* key) { return cost[key].get<double>(); };
    EXPECT_NEAR(sum("purchase") + sum("electricity") - sum("resale") - sum("tax"), sum("total"), 0.03);
    EXPECT_NEAR(sum("tax_rate") * (sum("purchase") + sum("electricity") - sum("resale")), sum("tax"), 0.03);
    EXPECT_GT(sum("resale_share"), 0.2);
    EXPECT_LT(sum("resale_share"), 0.6) << "nothing pays back nearly its price";
    EXPECT_NEAR(sum("total") / 36, sum("per_month"), 0.01);
  }
  const Json& cloud = answer["do_not_buy"];
  const double gross = 36 * cloud["per_month"].get<double>();
  EXPECT_NEAR(cloud["tax"].get<double>(), 0.265 * gross, 0.2) << "the same rule as for machines";
  EXPECT_NEAR(cloud["total"].get<double>(), gross - cloud["tax"].get<double>(), 0.2);
}

TEST(AdviseVerb, LetsACheapPcKeepExpertsOfALargeModelInItsRam) {
  const Json answer = answer_to({{"needs",
                                  {{"budget", {{"max", 2200}}},
                                   {"condition", "new"},
                                   {"constraints", {{"form_factors", {"tower"}}}},
                                   {"targets", {{{"model", "gpt-oss-120b"}, {"tokens_per_s", 10}}}}}}});
  ASSERT_FALSE(answer["options"].empty());
  const Json& target = answer["options"][0]["targets"][0];
  EXPECT_GT(target["host_memory_gb"].get<double>(), 10);
  EXPECT_LT(target["memory_gb"].get<double>(), 40);
}

TEST(AdviseVerb, KeepsEightTargetsToACountableSearch) {
  Json needs = {{"budget", {{"max", 40000}}}, {"targets", Json::array()}};
  for (const char* name : {"coding", "standard", "fast", "vision", "premium", "coding", "standard", "fast"}) {
    needs["targets"].push_back({{"model_class", name}, {"tokens_per_s", 10}});
  }
  const Json answer = answer_to({{"needs", needs}});
  ASSERT_FALSE(answer["options"].empty());
  EXPECT_EQ(answer["options"][0]["targets"].size(), 8u);
  EXPECT_THAT(answer["assumptions"].dump(), HasSubstr("more combinations than were looked at"));
}

TEST(AdviseVerb, NeverOffersALaunchPriceOfAPartNoLongerSold) {
  Json request = {{"needs", {{"budget", {{"max", 100000}}}}}, {"limit", 50}};
  const Json answer = answer_to(request);
  for (const Json& option : answer["options"]) {
    for (const Json& line : option["bill"]) {
      for (const Device& device : house().catalog.devices) {
        if (device.name != line["name"].get<std::string>() || device.status != DeviceStatus::discontinued) continue;
        EXPECT_THAT(line["basis"].get<std::string>(), Not(HasSubstr("launch"))) << device.id;
      }
    }
  }
}

TEST(AdviseVerb, AnswersInTheCurrencyAskedFor) {
  Json request = example("hobbyist");
  request["currency"] = "EUR";
  const Json euros = answer_to(request), dollars = answer_to(example("hobbyist"));
  EXPECT_EQ(euros["currency"], "EUR");
  EXPECT_LT(euros["do_not_buy"]["total"].get<double>(), dollars["do_not_buy"]["total"].get<double>());
}

TEST(AdviseVerb, PutsSourcesBesideRentAndSpeedsOfTheCloud) {
  const Json answer = answer_to(example("agents"));
  ASSERT_TRUE(answer["rental"].is_object());
  ASSERT_FALSE(answer["rental"]["quotes"].empty());
  for (const Json& quote : answer["rental"]["quotes"])
    EXPECT_THAT(quote["source"].get<std::string>(), HasSubstr("http"));
  const Json& main_agent = answer["do_not_buy"]["offers"][0];
  ASSERT_TRUE(main_agent["speed"].is_object()) << main_agent;
  EXPECT_GT(main_agent["speed"]["output_tokens_per_s"].get<double>(), 10);
  EXPECT_FALSE(main_agent["speed"]["provider"].get<std::string>().empty());
}

TEST(AdviseVerb, TellsEnergyAndCostOfATokenAndTheBusiestHour) {
  const Json answer = answer_to(example("agents"));
  for (const Json& option : answer["options"]) {
    EXPECT_GT(option["cost"]["per_mtok"].get<double>(), 0) << option["label"];
    EXPECT_GT(option["busiest_hour"]["utilisation"].get<double>(), 0) << option["label"];
    for (const Json& target : option["targets"]) {
      EXPECT_GT(target["energy_j_per_token"].get<double>(), 0) << option["label"];
      EXPECT_GT(target["busiest_hour"]["tokens_per_s_p5"].get<double>(), 0) << option["label"];
    }
  }
}

TEST(AdviseVerb, TellsTheSameTwice) {
  EXPECT_EQ(answer_to(example("agents")).dump(), answer_to(example("agents")).dump());
}

TEST(AdviseVerb, RefusesUnknownKeysAndCurrencies) {
  EXPECT_EQ(advise_verb(house(), {{"need", Json::object()}}).error().did_you_mean.front(), "needs");
  EXPECT_EQ(advise_verb(house(), {{"needs", {{"budget", {{"currency", "XYZ"}}}}}}).error().where,
            "needs.budget.currency");
  EXPECT_EQ(advise_verb(house(), {{"needs", Json::object()}}).error().where, "needs");
  const Json nowhere = {{"needs", {{"budget", {{"max", 3000}}}, {"region", "XX"}}}};
  EXPECT_EQ(advise_verb(house(), nowhere).error().where, "needs.region");
  EXPECT_EQ(advise_verb(house(), {{"needs", 3}}).error().where, "needs");
}

}  // namespace
}  // namespace rigwise
