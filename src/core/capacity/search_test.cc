#include "core/capacity/search.h"

#include <gtest/gtest.h>

#include "core/capacity/loads_for_tests.h"

namespace rigwise {
namespace {

using namespace loads;

/// A question about one made-up engine.
CapacityQuestion question(StepTable table, ServingPolicy policy, Load load, Slo slo) {
  Service service;
  service.table = std::move(table);
  service.policy = policy;
  service.context_tokens = 8192;
  CapacityQuestion asked;
  asked.services = {std::move(service)};
  asked.loads = {std::move(load)};
  asked.slos = {slo};
  asked.requests = 3000;
  return asked;
}

Load people(double requests_per_hour, double prompt, double output) {
  return open_load(requests_per_hour / 3600, about(prompt, 0.5), about(output, 0.5));
}

TEST(Search, FindsTheLastSizeThatHolds) {
  const CapacityQuestion asked = question(usual_steps(), slots(4), people(200, 800, 100), {2, 0.1, 0.9});
  int brute = 0;
  while (run_at(asked, brute + 1).holds) ++brute;
  ASSERT_GT(brute, 3);
  for (const int start : {1, 2, brute, 10 * brute}) {
    const LargestLoad found = largest_load(asked, start);
    EXPECT_EQ(found.size, brute) << "from " << start;
    EXPECT_FALSE(found.is_open);
  }
}

TEST(Search, SaysZeroWhenOneIsTooMany) {
  const CapacityQuestion asked = question(usual_steps(), slots(4), people(200, 800, 100), {0.001, 0.1, 0.9});
  EXPECT_EQ(largest_load(asked, 64).size, 0);
}

TEST(Search, SaysWhenThereIsNoEnd) {
  const CapacityQuestion asked = question(usual_steps(), slots(64), people(1e-6, 800, 100), {100, 100, 0.5});
  EXPECT_TRUE(largest_load(asked, 500000).is_open);
}

TEST(Search, FasterSpeedsServeMore) {
  CapacityQuestion asked = question(usual_steps(), slots(8), people(200, 800, 100), {2, 0.1, 0.95});
  asked.services[0].low = {1.4, 1.4};
  asked.services[0].high = {0.7, 0.7};
  const int low = largest_load(asked, 10, SpeedEnd::low).size, high = largest_load(asked, 10, SpeedEnd::high).size;
  const int expected = largest_load(asked, 10).size;
  EXPECT_LT(low, expected);
  EXPECT_LT(expected, high);
}

TEST(Search, ScalingALoadKeepsItsMix) {
  Load mixed = people(200, 800, 100);
  mixed.kinds.push_back({"other", 0.1, 3, 1, exactly(10), exactly(10)});
  const Load twice = scaled(mixed, 2);
  EXPECT_DOUBLE_EQ(twice.kinds[0].requests_per_s, 2 * mixed.kinds[0].requests_per_s);
  EXPECT_DOUBLE_EQ(twice.mean_prompt_tokens(), mixed.mean_prompt_tokens());
  EXPECT_EQ(twice.kinds[1].users, 6);
  EXPECT_EQ(scaled(mixed, 0.1).kinds[1].users, 1) << "nobody disappears";
  EXPECT_DOUBLE_EQ(scaled(mixed, 2).time_scale, 0.5);
}

std::string what_binds(const CapacityQuestion& asked) {
  return binding_name(bottleneck(asked, largest_load(asked, 10).size));
}

/// Step times with prefill and decode so many times the usual.
StepTable steps(double decode, double prefill) { return usual_steps(256).times({decode, prefill}); }

TEST(Bottleneck, IsWhatWouldHelp) {
  const Slo waits = {2, 0.2, 0.95};
  EXPECT_EQ(what_binds(question(steps(1, 0.1), slots(1), people(60, 300, 100), waits)), "queue");
  EXPECT_EQ(what_binds(question(steps(1, 0.1), slots(4), people(60, 300, 100), waits)), "slots");
  EXPECT_EQ(what_binds(question(steps(0.2, 4), slots(64), people(60, 3000, 20), waits)), "prefill_compute");
  EXPECT_EQ(what_binds(question(steps(4, 0.1), slots(64), people(60, 100, 400), {2, 0.1, 0.95})), "decode_bandwidth");
  EXPECT_EQ(what_binds(question(steps(1, 0.1), blocks(150, 64), people(60, 1000, 300), waits)), "kv_memory");
}

TEST(Bottleneck, SlotsThatMemoryLimitsAreMemory) {
  CapacityQuestion asked = question(steps(1, 0.1), slots(4), people(60, 300, 100), {2, 0.2, 0.95});
  asked.services[0].limit = SequenceLimit::memory;
  EXPECT_EQ(what_binds(asked), "kv_memory");
}

TEST(RunSize, LongAnswersAreSimulatedFewer) {
  CapacityQuestion asked = question(usual_steps(), slots(4), people(1, 800, 100), {});
  asked.requests = 1000000;
  const std::uint64_t usual = run_size(asked, 1).measured;
  asked.loads[0] = people(1, 800, 1000000);
  EXPECT_LT(run_size(asked, 1).measured, usual / 4);
  EXPECT_GE(run_size(asked, 1).measured, 300U);
}

}  // namespace
}  // namespace rigwise
