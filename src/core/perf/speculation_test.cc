#include "core/perf/speculation.h"

#include <gtest/gtest.h>

#include "core/perf/devices_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;

struct Bench {
  Catalog catalog = small_catalog();
  Calibration calibration = prior_calibration();
  Device device = rtx_4090();
  Llm target = llama_3_8b();
  Format format = gguf(q4_k_m());

  PredictQuery query(Speculation speculation) {
    PredictQuery q;
    q.model = &target;
    q.format = &format;
    q.setup = setup(device);
    q.speculation = speculation;
    return q;
  }
};

TEST(Speculation, YieldsWhatTheSeriesSays) {
  EXPECT_DOUBLE_EQ(tokens_per_pass(0, 4), 1);
  EXPECT_DOUBLE_EQ(tokens_per_pass(1, 4), 5);
  EXPECT_NEAR(tokens_per_pass(0.8, 5), 3.689, 0.001) << "table 1 of 2211.17192";
  EXPECT_NEAR(tokens_per_pass(0.8, 2), 1 + 0.8 + 0.64, 1e-12);
}

TEST(Speculation, MayPassTheCeilingOfPlainDecodingAndSaysSo) {
  Bench bench;
  const Prediction p =
      *predict(bench.catalog, bench.calibration, bench.query({Speculation::Method::ngram, nullptr, 4, 0.9}));
  ASSERT_TRUE(p.speculation);
  EXPECT_GT(p.decode.band.value, p.ceiling_decode_tokens_per_s);
  EXPECT_GT(p.decode.band.value, 2 * p.speculation->plain_decode.band.value);
  EXPECT_LT(p.decode.band.low, p.decode.band.value);
  EXPECT_GE(p.decode.tier, Tier::t4_first_principles);
}

TEST(Speculation, CostsWhereNothingIsAccepted) {
  Bench bench;
  const Prediction p =
      *predict(bench.catalog, bench.calibration, bench.query({Speculation::Method::ngram, nullptr, 4, 0}));
  EXPECT_LT(p.decode.band.value, p.speculation->plain_decode.band.value);
}

TEST(Speculation, GainsLessWhenTheGuesserIsAsLargeAsTheModel) {
  Bench bench;
  const auto speed = [&](Speculation::Method method, const Llm* draft) {
    return predict(bench.catalog, bench.calibration, bench.query({method, draft, 3, 0.8}))->decode.band.value;
  };
  const double free = speed(Speculation::Method::ngram, nullptr);
  const double head = speed(Speculation::Method::mtp, nullptr);
  const double twin = speed(Speculation::Method::draft_model, &bench.target);
  EXPECT_GT(free, head);
  EXPECT_GT(head, twin);
  const Prediction plain = *predict(bench.catalog, bench.calibration,
                                    bench.query({Speculation::Method::draft_model, &bench.target, 3, 0.8}));
  EXPECT_LT(twin, plain.speculation->plain_decode.band.value);
}

TEST(Speculation, IsErodedByBatches) {
  Bench bench;
  const auto gain = [&](int streams) {
    PredictQuery query = bench.query({Speculation::Method::ngram, nullptr, 4, 0.8});
    query.workload.concurrency = streams;
    const Prediction p = *predict(bench.catalog, bench.calibration, query);
    return p.decode.band.value / p.speculation->plain_decode.band.value;
  };
  EXPECT_GT(gain(1), gain(64));
}

}  // namespace
}  // namespace rigwise
