#include "host/store/rate_bucket.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(RateBucket, HoldsThreeSecondsWorthAndFillsAllTheTime) {
  RateBucket bucket = RateBucket::full(600, 1000);
  EXPECT_EQ(bucket.wait_ms(30), 0);
  bucket.level -= 30;
  EXPECT_EQ(bucket.wait_ms(1), 100);
  bucket.fill(1050);
  EXPECT_EQ(bucket.wait_ms(1), 50);
  bucket.fill(60'000);
  EXPECT_EQ(bucket.level, 30);
}

TEST(RateBucket, NoMinuteSeesMoreThanATwentiethAboveTheLimit) {
  RateBucket bucket = RateBucket::full(600, 0);
  int passed = 0;
  for (int ms = 0; ms < 60'000; ++ms) {
    for (bucket.fill(ms); bucket.wait_ms(1) == 0; ++passed) bucket.level -= 1;
  }
  EXPECT_GT(passed, 620);
  EXPECT_LE(passed, 630);
}

TEST(RateBucket, WhatIsLargerThanItPassesWhenItIsFullAndLeavesADebt) {
  RateBucket bucket = RateBucket::full(60, 0);  // holds three
  EXPECT_EQ(bucket.wait_ms(10), 0);
  bucket.level -= 10;
  EXPECT_EQ(bucket.wait_ms(10), 10'000);
  EXPECT_EQ(bucket.wait_ms(1), 8'000);
}

TEST(RateBucket, LetsOneThroughHoweverLowTheLimitAndSurvivesAClockThatGoesBack) {
  RateBucket bucket = RateBucket::full(1, 5000);
  EXPECT_EQ(bucket.wait_ms(1), 0);
  bucket.level -= 1;
  bucket.fill(1000);
  EXPECT_EQ(bucket.wait_ms(1), 60'000);
}

}  // namespace
}  // namespace rigwise
