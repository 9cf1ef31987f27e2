#include "core/measure/paired_runs.h"

#include <gtest/gtest.h>

#include "core/stats/random.h"

namespace rigwise {
namespace {

std::vector<RequestSample> run_of(int count, double speed, std::uint64_t noise) {
  std::vector<RequestSample> samples;
  Random random(noise);
  for (int i = 0; i < count; ++i) {
    const double prompt = 0.1 + 0.01 * (i % 50);  // requests differ far more than runs do
    RequestSample sample;
    sample.index = static_cast<std::uint32_t>(i);
    sample.ttft_s = prompt * speed * (1 + 0.02 * random.normal());
    sample.output_tokens = 100;
    samples.push_back(sample);
  }
  return samples;
}

TEST(PairedRuns, ASmallChangeIsFoundAmongUnlikeRequests) {
  const PairedChange change = compare_paired(run_of(200, 1, 1), run_of(200, 1.05, 2), &RequestSample::ttft_s);
  EXPECT_EQ(change.pairs, 200U);
  EXPECT_NEAR(change.ratio, 1.05, 0.01);
  EXPECT_GT(change.interval->low, 1.02);
  EXPECT_LT(change.interval->high, 1.08);
}

TEST(PairedRuns, NoChangeIsNotFound) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const PairedChange change =
        compare_paired(run_of(100, 1, 2 * seed + 1), run_of(100, 1, 2 * seed + 2), &RequestSample::ttft_s);
    found += change.interval->low > 1 || change.interval->high < 1;
  }
  EXPECT_LE(found, 11);  // 5 of 100, with a deviation of two
}

TEST(PairedRuns, FewPairsHaveNoInterval) {
  EXPECT_FALSE(compare_paired(run_of(12, 1, 1), run_of(12, 1, 2), &RequestSample::ttft_s).interval);
}

TEST(PairedRuns, AnswersOfOtherLengthsAreNotCompared) {
  std::vector<RequestSample> longer = run_of(50, 1, 1);
  for (RequestSample& sample : longer) sample.output_tokens = 120;
  EXPECT_EQ(why_not_comparable(run_of(50, 1, 1), run_of(50, 1, 2)), "");
  EXPECT_EQ(why_not_comparable(run_of(50, 1, 1), longer), "answers are 100 tokens long in one and 120 in the other");
}

}  // namespace
}  // namespace rigwise
