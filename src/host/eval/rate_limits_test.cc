#include "host/eval/rate_limits.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(AdaptiveLimit, GrowsByOneForEachCleanWindowUpToItsCap) {
  AdaptiveLimit limit(8, 10);
  for (int i = 0; i < 7; ++i) limit.on_answer();
  EXPECT_EQ(limit.limit(), 8);
  limit.on_answer();
  EXPECT_EQ(limit.limit(), 9);
  for (int i = 0; i < 100; ++i) limit.on_answer();
  EXPECT_EQ(limit.limit(), 10);
}

TEST(AdaptiveLimit, ABurstOfRateLimitsCutsItOnce) {
  AdaptiveLimit limit(50, 64);
  for (int i = 0; i < 30; ++i) limit.on_rate_limit(100 + i * 0.1);
  EXPECT_EQ(limit.limit(), 40);
  limit.on_rate_limit(115);
  EXPECT_EQ(limit.limit(), 32);
}

TEST(AdaptiveLimit, NeverFallsBelowOne) {
  AdaptiveLimit limit(2, 64);
  for (int i = 0; i < 20; ++i) limit.on_rate_limit(i * 20);
  EXPECT_EQ(limit.limit(), 1);
  limit.on_answer();
  EXPECT_EQ(limit.limit(), 2);
}

TEST(AdaptiveLimit, ServerErrorsStopTheGrowthOnly) {
  AdaptiveLimit limit(2, 64);
  limit.on_answer();
  limit.on_server_error();
  limit.on_answer();
  EXPECT_EQ(limit.limit(), 2);
  limit.on_answer();
  EXPECT_EQ(limit.limit(), 3);
}

TEST(CircuitBreaker, OpensAfterFiveFailuresInARowAndLetsAProbeThroughEveryTenSeconds) {
  CircuitBreaker breaker;
  for (int i = 0; i < 4; ++i) breaker.on_unreachable(i);
  EXPECT_TRUE(breaker.may_ask(4));
  breaker.on_unreachable(4);
  EXPECT_FALSE(breaker.may_ask(5));
  EXPECT_FALSE(breaker.may_ask(13.9));
  EXPECT_TRUE(breaker.may_ask(14));
  EXPECT_FALSE(breaker.may_ask(14));  // one probe, not two
  breaker.on_reached();
  EXPECT_TRUE(breaker.may_ask(14));
}

TEST(CircuitBreaker, OneSuccessBetweenStartsTheCountAnew) {
  CircuitBreaker breaker;
  for (int i = 0; i < 4; ++i) breaker.on_unreachable(i);
  breaker.on_reached();
  for (int i = 0; i < 4; ++i) breaker.on_unreachable(i);
  EXPECT_FALSE(breaker.is_open());
}

}  // namespace
}  // namespace rigwise
