#include "core/stats/quantile.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(Quantile, LiesBetweenOrderStatistics) {
  EXPECT_DOUBLE_EQ(median({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_DOUBLE_EQ(quantile({10, 0, 20, 30, 40}, 0.9), 36);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.1), 7);
}

TEST(Quantile, OfWeightedValuesCountsWeightNotNumber) {
  const std::vector<Weighted> values = {{1, 0.1}, {1, 0.1}, {1, 0.1}, {5, 1}};
  EXPECT_DOUBLE_EQ(weighted_quantile(values, 0.5), 5);
  EXPECT_DOUBLE_EQ(weighted_quantile(values, 0.2), 1);
}

}  // namespace
}  // namespace rigwise
