#include "tests/fakellm/timed_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kMs = 1'000'000;

TimedScript script_of(double token_ms, double slowdown) {
  TimedScript script;
  script.batching = true;
  script.ttft_ms = 5;
  script.token_ms = token_ms;
  script.slowdown = slowdown;
  script.prefill_tokens_per_s = 1000;
  return script;
}

TEST(TimedEngine, TakesAPromptInAndThenGivesAllATokenAStep) {
  const TimedScript script = script_of(10, 0.5);
  TimedEngine engine(script);
  EXPECT_TRUE(engine.add({1, 20, 3}));
  EXPECT_EQ(engine.begin_step(0), 25 * kMs);  // 5 ms, and 20 tokens at 1,000 a second
  EXPECT_FALSE(engine.add({2, 10, 2}));       // the step goes on
  EXPECT_THAT(engine.end_step(), ElementsAre(1));
  EXPECT_EQ(engine.begin_step(25 * kMs), 40 * kMs);  // the second prompt holds the first up
  EXPECT_THAT(engine.end_step(), ElementsAre(2));
  EXPECT_EQ(engine.begin_step(40 * kMs), 55 * kMs);  // two: half as slow again
  EXPECT_THAT(engine.end_step(), ElementsAre(1, 2));
  EXPECT_EQ(engine.begin_step(55 * kMs), 65 * kMs);  // the second has its two tokens
  EXPECT_THAT(engine.end_step(), ElementsAre(1));
  EXPECT_EQ(engine.begin_step(65 * kMs), 0);
}

TEST(TimedEngine, SlotsBoundTheBatch) {
  TimedScript script = script_of(10, 0);
  script.slots = 1;
  TimedEngine engine(script);
  engine.add({1, 1, 1});
  engine.begin_step(0);
  engine.add({2, 1, 1});
  EXPECT_EQ(engine.waiting(), 1);
  EXPECT_THAT(engine.end_step(), ElementsAre(1));
  engine.begin_step(1);
  EXPECT_THAT(engine.end_step(), ElementsAre(2));
}

TEST(TimedEngine, AClientThatGoesLeavesNoSecondRowOfSteps) {
  const TimedScript script = script_of(10, 0);
  TimedEngine engine(script);
  engine.add({1, 1, 100});
  engine.begin_step(0);
  engine.drop(1);
  EXPECT_FALSE(engine.add({2, 1, 2}));  // the step under way is still to end
  EXPECT_THAT(engine.end_step(), testing::Not(testing::Contains(2)));
  EXPECT_GT(engine.begin_step(6 * kMs), 0);
  EXPECT_THAT(engine.end_step(), ElementsAre(2));
}

}  // namespace
}  // namespace rigwise
