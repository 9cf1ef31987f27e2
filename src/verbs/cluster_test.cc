#include "verbs/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

using testing::HasSubstr;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Json cluster(const Json& request) {
  const Result<Json> answer = run_verb(house(), "cluster", request);
  EXPECT_TRUE(answer) << request << ": " << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

const Json kFrameworks = {{"device", "framework-desktop-max-395-128gb"}, {"link", "10gbe"}, {"max_nodes", 4}};

TEST(Cluster, MemoryAddsUpAndThePriceHoldsTheNetwork) {
  const Json answer = cluster(kFrameworks);
  ASSERT_EQ(answer["rows"].size(), 4);
  const Json &one = answer["rows"][0], &four = answer["rows"][3];
  EXPECT_DOUBLE_EQ(four["memory_gib"].get<double>(), 4 * one["memory_gib"].get<double>());
  EXPECT_GT(four["price"]["value"].get<double>(), 4 * one["price"]["value"].get<double>()) << "a switch and cables";
  EXPECT_EQ(one["bill"].size(), 1);
  EXPECT_GT(four["bill"].size(), 1);
}

TEST(Cluster, EachCountNamesOnlyModelsThatFewerNodesDoNotHold) {
  const Json answer = cluster(kFrameworks);
  std::set<std::string> seen;
  for (const Json& row : answer["rows"]) {
    for (const Json& found : row["newly_possible"]) {
      EXPECT_TRUE(seen.insert(found["model"].get<std::string>()).second) << found;
      EXPECT_LE(found["total_gb"].get<double>(), row["usable_gb"].get<double>()) << found;
    }
  }
  EXPECT_GT(seen.size(), 6);
}

TEST(Cluster, ScalingIsOverTheFewestNodesThatHoldTheModel) {
  Json request = kFrameworks;
  request["model"] = "llama-3.1-405b";
  request["quant"] = "q4_k_m";
  const Json answer = cluster(request);
  EXPECT_TRUE(answer["rows"][0]["decode"].is_null());
  double first = 0;
  for (const Json& row : answer["rows"]) {
    if (!row["decode"].is_object()) continue;
    if (first == 0) first = row["decode"]["value"];
    EXPECT_DOUBLE_EQ(row["decode_scaling"].get<double>(), row["decode"]["value"].get<double>() / first);
  }
  ASSERT_GT(first, 0);
  EXPECT_THAT(answer["verdict"].get<std::string>(), HasSubstr("needs 3 nodes"));
}

TEST(Cluster, ALayerSplitBringsMemoryNotSpeedWhateverTheRuleOfThumbSays) {
  Json request = kFrameworks;
  request["model"] = "llama-3.1-70b";
  request["quant"] = "q4_k_m";
  const Json answer = cluster(request);
  const Json& four = answer["rows"][3];
  EXPECT_LT(four["decode_scaling"].get<double>(), 1.1);
  EXPECT_NEAR(four["rule_of_thumb"].get<double>(), 4 * 0.85 * answer["rows"][0]["decode"]["value"].get<double>(), 1e-9);
  EXPECT_THAT(answer["verdict"].get<std::string>(), HasSubstr("memory, not speed"));
}

TEST(Cluster, NamesWhatJoinsTheNodes) {
  const Json asked = *run_verb(
      house(), "cluster", {{"device", "dgx-spark"}, {"link", "10gbe"}, {"model", "llama-3.1-8b"}, {"max_nodes", 2}});
  EXPECT_EQ(asked["node"], "node");
  EXPECT_EQ(asked["link"]["id"], "10gbe");
  EXPECT_EQ(asked["link"]["own"], false);
  const Json own = *run_verb(house(), "cluster", {{"device", "rtx 3090"}, {"max_nodes", 2}});
  EXPECT_EQ(own["node"], "card") << "they stand in one PC";
  EXPECT_EQ(own["link"]["own"], true);
  EXPECT_EQ(own["link"]["joins_at_most"], 2);
  EXPECT_TRUE((*run_verb(house(), "cluster", {{"device", "rtx 3090"}, {"max_nodes", 1}}))["link"].is_null());
}

TEST(Cluster, RefusesWhatItCannotRead) {
  const Result<Json> typo = run_verb(house(), "cluster", {{"device", "framwork"}});
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().where, "device");
  EXPECT_FALSE(run_verb(house(), "cluster", {{"device", "rtx 4090"}, {"max_nodes", 0}}));
  EXPECT_FALSE(run_verb(house(), "cluster", {{"device", "rtx 4090"}, {"link", "nvlink"}, {"max_nodes", 2}}))
      << "a 4090 has none";
}

}  // namespace
}  // namespace rigwise
