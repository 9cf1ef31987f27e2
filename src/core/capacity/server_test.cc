#include "core/capacity/server.h"

#include <gtest/gtest.h>

#include "core/capacity/loads_for_tests.h"

namespace rigwise {
namespace {

using namespace loads;

/// A server driven by hand, alone on its set-up.
struct Bench {
  StepTable table = usual_steps();
  Server server;
  Nanoseconds now = 0;

  explicit Bench(const ServingPolicy& policy) : server(table, policy, {}, {}) {}
  bool send(int prompt, int output, int cached = 0) {
    return server.enqueue({prompt, output, cached, -1, false}, now, now, true);
  }
  /// Runs one leap; false when there was none.
  bool leap() {
    if (!server.busy() && !server.plan(now)) return false;
    now += server.remaining();
    server.work(server.remaining());
    server.finish(now);
    return true;
  }
  void run() {
    while (leap()) {
    }
  }
};

TEST(Server, ARequestAloneTakesItsPrefillAndItsSteps) {
  Bench bench(slots(4));
  bench.send(1000, 50);
  bench.run();
  double expected = bench.table.prefill_ns(1000, 0);
  for (int i = 0; i < 50; ++i) expected += static_cast<double>(bench.table.decode_ns(1, 1000 + i));
  const Latencies& seen = bench.server.latencies();
  EXPECT_NEAR(seen.e2e.mean() / expected, 1, 1e-6);
  EXPECT_NEAR(seen.ttft.mean(), bench.table.prefill_ns(1000, 0) + static_cast<double>(bench.table.decode_ns(1, 1000)),
              2.0);
  EXPECT_EQ(seen.queue_wait.mean(), 0);
}

TEST(Server, ChunksOfAPromptTakeTogetherWhatThePromptTakes) {
  ServingPolicy small = slots(4);
  small.step_tokens = 300;
  Bench chunked(small), whole(slots(4));
  chunked.send(2000, 1);
  whole.send(2000, 1);
  chunked.run();
  whole.run();
  EXPECT_NEAR(static_cast<double>(chunked.now), static_cast<double>(whole.now), 10.0);
  EXPECT_EQ(chunked.server.totals(chunked.now).steps, 8) << "seven chunks and a step";
}

TEST(Server, APromptOfAnotherDelaysThoseWhoDecode) {
  Bench bench(slots(4));
  bench.send(100, 100);
  for (int i = 0; i < 5; ++i) bench.leap();
  const Nanoseconds before = bench.now;
  bench.send(2000, 10);
  bench.leap();
  EXPECT_GT(bench.now - before, static_cast<Nanoseconds>(bench.table.prefill_ns(1900, 0)));
}

TEST(Server, CachedPromptTokensAreNotTakenInAgain) {
  Bench warm(slots(4)), cold(slots(4));
  warm.send(2000, 10, 1800);
  cold.send(2000, 10);
  warm.run();
  cold.run();
  EXPECT_LT(2 * warm.server.latencies().ttft.mean(), cold.server.latencies().ttft.mean());
  EXPECT_EQ(warm.server.totals(warm.now).prefilled_tokens, 200);
}

TEST(Server, SlotsServeInTheOrderOfArrival) {
  Bench bench(slots(2));
  for (int i = 0; i < 6; ++i) bench.send(100, 20);
  bench.leap();
  EXPECT_EQ(bench.server.waiting(), 4);
  EXPECT_EQ(bench.server.in_system(), 6);
  bench.run();
  EXPECT_EQ(bench.server.in_system(), 0);
  EXPECT_EQ(bench.server.latencies().finished, 6U);
}

TEST(Server, AFullPoolThrowsOutTheLatestAndLosesNoToken) {
  Bench bench(blocks(40));  // 640 tokens
  for (int i = 0; i < 3; ++i) bench.send(190, 100);
  bench.run();
  const ServerTotals totals = bench.server.totals(bench.now);
  EXPECT_GT(totals.preemptions, 0);
  EXPECT_GT(totals.recomputed_tokens, 0);
  EXPECT_EQ(totals.finished_output_tokens, 300);
  EXPECT_EQ(totals.decoded_tokens, 300) << "an answer's tokens are given once";
  EXPECT_EQ(bench.server.latencies().finished, 3U);
}

TEST(Server, WhatThePoolCanNeverHoldIsRefused) {
  Bench bench(blocks(10));
  EXPECT_FALSE(bench.send(150, 11));
  EXPECT_TRUE(bench.send(150, 10));
  bench.run();
  EXPECT_EQ(bench.server.latencies().rejected, 1U);
  EXPECT_EQ(bench.server.latencies().finished, 1U);
}

TEST(Server, LeapsEndWhereSingleStepsWould) {
  // A newcomer that cannot be served must not change when the others end; one that can, joins at the next step.
  Bench calm(slots(1)), disturbed(slots(1));
  calm.send(100, 500);
  disturbed.send(100, 500);
  for (int i = 0; i < 6; ++i) disturbed.leap();
  disturbed.send(10, 1);
  disturbed.server.cut_leap();
  calm.run();
  disturbed.run();
  EXPECT_EQ(calm.server.latencies().e2e.max(), disturbed.server.latencies().e2e.max());
}

/// prompts in = prompts out + in flight, at every moment; the same for answers.
void expect_conserved(Bench& bench) {
  const ServerTotals totals = bench.server.totals(bench.now);
  const auto [prompts, answers] = bench.server.tokens_in_flight();
  EXPECT_DOUBLE_EQ(totals.prefilled_tokens + totals.cached_tokens - totals.recomputed_tokens,
                   totals.finished_prompt_tokens + prompts);
  EXPECT_DOUBLE_EQ(totals.decoded_tokens, totals.finished_output_tokens + answers);
  EXPECT_DOUBLE_EQ(totals.requests_arrived, totals.requests_finished + static_cast<double>(bench.server.in_system()));
}

TEST(Server, NoTokenAndNoRequestIsLostAtAnyMoment) {
  Random random(11);
  for (int round = 0; round < 40; ++round) {
    ServingPolicy policy = round % 2 == 0 ? slots(1 + static_cast<int>(random.below(8)))
                                          : blocks(20 + static_cast<std::int64_t>(random.below(60)),
                                                   1 + static_cast<int>(random.below(20)), 1 << random.below(6));
    policy.step_tokens = 16 << random.below(6);
    Bench bench(policy);
    for (int i = 0; i < 60; ++i) {
      const int prompt = 1 + static_cast<int>(random.below(200));
      bench.send(prompt, 1 + static_cast<int>(random.below(120)), static_cast<int>(random.below(prompt)));
      if (bench.server.busy()) bench.server.cut_leap();
      for (std::uint64_t leaps = random.below(6); leaps > 0 && bench.leap(); --leaps) expect_conserved(bench);
    }
    while (bench.leap()) expect_conserved(bench);
    EXPECT_EQ(bench.server.in_system(), 0);
    EXPECT_EQ(bench.server.tokens_in_flight()[0], 0);
    const Latencies& seen = bench.server.latencies();
    EXPECT_EQ(seen.finished + seen.rejected, 60U);
  }
}

}  // namespace
}  // namespace rigwise
