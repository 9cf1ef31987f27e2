#include "core/advise/run_speed.h"

#include <gtest/gtest.h>

#include "core/advise/small_market_for_tests.h"

namespace rigwise {
namespace {

/// Asks both ways about a model on a device of the small market.
void expect_same(const char* device, const char* model_id, int streams) {
  const Catalog catalog = market::catalog();
  const Calibration calibration = prior_calibration();
  PredictQuery query;
  query.model = *catalog.model(model_id);
  query.format = *catalog.format("q4_k_m");
  query.setup.parts.push_back({*catalog.device(device), 1, nullptr, nullptr});
  query.engine = &catalog.engines[0];
  query.backend = default_backend(**catalog.device(device), catalog.engines[0]);
  query.workload = {2048, 256, 4096, streams};
  const std::optional<RunSpeed> quick =
      run_speed(catalog, calibration, query, weight_plan(*query.model, *query.format), kv_plan(*query.model, nullptr));
  ASSERT_TRUE(quick);
  const Result<Prediction> together = predict(catalog, calibration, query);
  query.workload.concurrency = 1;
  const Result<Prediction> alone = predict(catalog, calibration, query);
  ASSERT_TRUE(together && alone);
  const auto expect_equal = [](const Estimate& a, const Estimate& b) {
    EXPECT_DOUBLE_EQ(a.band.value, b.band.value);
    EXPECT_DOUBLE_EQ(a.band.low, b.band.low);
    EXPECT_DOUBLE_EQ(a.band.high, b.band.high);
    EXPECT_EQ(a.tier, b.tier);
    EXPECT_EQ(a.basis, b.basis);
  };
  expect_equal(quick->decode, together->decode);
  expect_equal(quick->prefill, alone->prefill);
}

TEST(RunSpeed, IsWhatPredictSays) {
  expect_same("big-card", "qwen3-8b", 1);
  expect_same("mini-128", "llama-3.1-70b", 1);
  expect_same("mini-128", "qwen3-30b-a3b", 8);
}

}  // namespace
}  // namespace rigwise
