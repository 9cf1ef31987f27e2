#include "host/cli/capacity_flags.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(CapacityFlags, ObjectivesAreReadInAnyOrderAndUnit) {
  const Result<Json> slo = slo_in("tpot=50ms, p99, ttft=1.5s");
  ASSERT_TRUE(slo);
  EXPECT_DOUBLE_EQ((*slo)["ttft_s"].get<double>(), 1.5);
  EXPECT_DOUBLE_EQ((*slo)["tpot_s"].get<double>(), 0.05);
  EXPECT_DOUBLE_EQ((*slo)["percentile"].get<double>(), 99);
  EXPECT_DOUBLE_EQ((*slo_in("ttft=2"))["ttft_s"].get<double>(), 2);
}

TEST(CapacityFlags, WhatIsNoObjectiveIsRefused) {
  for (const char* text : {"", "fast", "ttft", "ttft=", "ttft=soon", "itl=50ms", "p", "p95,x"}) {
    const Result<Json> slo = slo_in(text);
    ASSERT_FALSE(slo) << text;
    EXPECT_EQ(slo.error().where, "--slo") << text;
  }
}

TEST(CapacityFlags, ANeighbourHasUsersOrPeopleAndObjectives) {
  const Result<Json> users = neighbour_in("qwen3-30b-a3b, 5 users, tpot=100ms");
  ASSERT_TRUE(users);
  EXPECT_EQ((*users)["model"], "qwen3-30b-a3b");
  EXPECT_EQ((*users)["workload"]["users"], 5);
  EXPECT_DOUBLE_EQ((*users)["slo"]["tpot_s"].get<double>(), 0.1);
  const Result<Json> people = neighbour_in("llama-3.1-8b, 3 admin, 2 manager");
  ASSERT_TRUE(people);
  EXPECT_EQ((*people)["workload"]["people"].size(), 2U);
  EXPECT_FALSE(people->contains("slo"));
}

TEST(CapacityFlags, ANeighbourNobodyAsksIsRefused) {
  for (const char* text : {"", "llama-3.1-8b", "llama-3.1-8b, many", "llama-3.1-8b, tpot=1s"}) {
    EXPECT_FALSE(neighbour_in(text)) << text;
  }
}

TEST(CapacityFlags, WhatIsSaidOfTheModelIsNotSaidOfItsNeighbour) {
  Args args;
  args.add("--setup", "rtx 4090");
  args.add("--model", "llama-3.1-8b");
  args.add("--quant", "q8_0");
  args.add("--slots", "4");
  args.add("--users", "2");
  args.add("--beside", "gemma-3-4b, 1 user");
  const Result<Json> request = capacity_request(capacity_command(), args);
  ASSERT_TRUE(request);
  EXPECT_EQ((*request)["models"][0]["slots"], 4);
  EXPECT_EQ((*request)["models"][0]["workload"]["users"], 2);
  EXPECT_EQ((*request)["models"][1], (*neighbour_in("gemma-3-4b, 1 user")));
  EXPECT_FALSE(request->contains("slots"));
}

}  // namespace
}  // namespace rigwise
