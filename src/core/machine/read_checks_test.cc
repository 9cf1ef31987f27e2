#include "core/machine/read_checks.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace rigwise {
namespace {

using testing::HasSubstr;

/// A processor whose memory is all taken at six threads of sixteen.
ThreadRate rate_of(int threads) {
  const double gbps = std::min(threads, 6) * 12.0;
  return {threads, gbps, gbps};
}

TEST(EnoughThreads, AreTheFewestThatReadNearlyAsFast) {
  EXPECT_EQ(enough_threads({{1, 20, 20}, {2, 38, 38}, {4, 39, 39}}), 2);
  EXPECT_EQ(enough_threads({{1, 20, 20}, {2, 36, 36}, {4, 39, 39}}), 4) << "36 is 92 %";
  EXPECT_EQ(enough_threads({{1, 30, 30}, {2, 28, 28}}), 1) << "more may be slower";
  EXPECT_FALSE(enough_threads({}));
}

TEST(EnoughThreads, AreFoundBetweenThoseThatWereTriedFirst) {
  std::vector<ThreadRate> read;
  for (const int threads : {1, 2, 4, 8, 16}) read.push_back(rate_of(threads));
  EXPECT_EQ(enough_threads(read), 8);
  std::vector<int> tried;
  while (const std::optional<int> next = threads_to_try(read)) {
    tried.push_back(*next);
    read.push_back(rate_of(*next));
    ASSERT_LT(tried.size(), 5U);
  }
  EXPECT_THAT(tried, testing::ElementsAre(6, 5));
  EXPECT_EQ(enough_threads(read), 6);
}

TEST(EnoughThreads, OfOneThreadNothingIsLeftToTry) { EXPECT_FALSE(threads_to_try({{1, 20, 20}})); }

TEST(PeakShare, IsUsualBetweenSeventyPercentAndAll) {
  const std::optional<double> share = share_of_peak(76.8, gbps(96));
  ASSERT_TRUE(share);
  EXPECT_NEAR(*share, 0.8, 1e-12);
  EXPECT_STREQ(peak_verdict_name(peak_verdict(*share)), "usual");
  EXPECT_EQ(peak_share_words(*share, gbps(96)), "");
}

TEST(PeakShare, AboveAllIsFlaggedAndNotCutOff) {
  const std::optional<double> share = share_of_peak(120, gbps(96));
  EXPECT_NEAR(*share, 1.25, 1e-12);
  EXPECT_STREQ(peak_verdict_name(peak_verdict(*share)), "above");
  EXPECT_THAT(peak_share_words(*share, gbps(96)), HasSubstr("125 % of the 96 GB/s"));
  EXPECT_THAT(peak_share_words(*share, gbps(96)), HasSubstr("as it was measured"));
}

TEST(PeakShare, OfModulesThatShareAChannelIsLow) {
  EXPECT_STREQ(peak_verdict_name(peak_verdict(0.45)), "low");
  EXPECT_THAT(peak_share_words(0.45, gbps(96)), HasSubstr("share a channel"));
}

TEST(PeakShare, IsUnknownWhereTheModulesAreHidden) {
  EXPECT_FALSE(share_of_peak(30, std::nullopt));
  EXPECT_FALSE(share_of_peak(std::nullopt, gbps(96)));
}

}  // namespace
}  // namespace rigwise
