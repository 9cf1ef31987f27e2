#include "core/perf/predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/perf/devices_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;
using testing::HasSubstr;

/// The priors: what is said before anything was measured.
struct Desk {
  Catalog catalog = small_catalog();
  Calibration calibration = prior_calibration();
  Device device = rtx_4090();
  Llm llm = llama_3_8b();
  Format format = gguf(q4_k_m());

  PredictQuery query() {
    PredictQuery q;
    q.model = &llm;
    q.format = &format;
    q.setup = setup(device);
    return q;
  }
  Prediction predict_it() { return *predict(catalog, calibration, query()); }
};

TEST(Predict, ChoosesTheEngineAndSaysSo) {
  const Prediction p = Desk().predict_it();
  ASSERT_TRUE(p.runs) << p.why_not;
  EXPECT_EQ(p.backend, "cuda");
  EXPECT_THAT(p.assumptions, testing::Contains(HasSubstr("no engine was named")));
}

TEST(Predict, PutsEveryValueInsideItsBandAndUnderTheCeiling) {
  const Prediction p = Desk().predict_it();
  for (const Estimate& e : {p.decode, p.decode_total, p.prefill, p.ttft_s, p.e2e_s}) {
    EXPECT_LT(e.band.low, e.band.value);
    EXPECT_LE(e.band.value, e.band.high);
    EXPECT_GT(e.band.low, 0);
  }
  EXPECT_LE(p.decode.band.high, p.ceiling_decode_tokens_per_s);
  EXPECT_GT(p.e2e_s.band.value, p.ttft_s.band.value);
}

TEST(Predict, TermsAddUpToTheStepWhereTheyDoNotOverlap) {
  Desk desk;
  const Prediction p = desk.predict_it();
  double sum = 0;
  for (const Term& term : p.terms) {
    EXPECT_FALSE(term.formula.empty()) << term.name;
    if (term.name != "compute") sum += term.seconds;
  }
  EXPECT_NEAR(sum, 1 / p.decode.band.value, 1e-9);
}

TEST(Predict, NamesTheConstantsItDependsOn) {
  const Prediction p = Desk().predict_it();
  std::vector<std::string> keys;
  keys.reserve(p.constants.size());
  for (const Constant& c : p.constants) keys.push_back(c.key);
  EXPECT_THAT(keys, testing::IsSupersetOf({"decode.bandwidth_share", "decode.layer_us", "prefill.unit_tflops.cuda"}));
  EXPECT_THAT(keys, testing::Not(testing::Contains("prefill.unit_tflops.metal")));
}

TEST(Predict, BeforeAnyMeasurementIsFirstPrinciples) {
  const Prediction p = Desk().predict_it();
  EXPECT_EQ(p.decode.basis, Basis::first_principles);
  EXPECT_TRUE(p.evidence.empty());
}

TEST(Predict, SaysWhyAModelDoesNotFitAndStillHowSlowItWouldBe) {
  Desk desk;
  desk.llm = llama_3_1_70b();
  const Prediction p = desk.predict_it();
  EXPECT_FALSE(p.runs);
  EXPECT_THAT(p.why_not, HasSubstr("does not fit"));
  EXPECT_GT(p.decode.band.value, 0);
  EXPECT_THAT(p.assumptions, testing::Contains(HasSubstr("do not fit")));
}

TEST(Predict, SaysWhichEngineRunsAFormatInstead) {
  Desk desk;
  PredictQuery q = desk.query();
  q.engine = &desk.catalog.engines[1];
  const Prediction p = *predict(desk.catalog, desk.calibration, q);
  EXPECT_FALSE(p.runs);
  EXPECT_THAT(p.why_not, HasSubstr("vLLM cannot run"));
  EXPECT_THAT(p.why_not, HasSubstr("llama.cpp"));
}

TEST(Predict, RefusesWeightsNobodyCanDownload) {
  Desk desk;
  desk.llm.weights = WeightsStatus::closed;
  desk.llm.layers.clear();
  const Result<Prediction> p = predict(desk.catalog, desk.calibration, desk.query());
  ASSERT_FALSE(p);
  EXPECT_EQ(p.error().code, ErrorCode::unsupported);
}

TEST(Predict, SeparateCardsOfManyStreamsShareTheTotal) {
  Desk desk;
  desk.format = f16();
  desk.format.engines = {"vllm"};
  desk.format.engines = {"vllm"};
  PredictQuery q = desk.query();
  q.workload.concurrency = 8;
  const Prediction p = *predict(desk.catalog, desk.calibration, q);
  EXPECT_NEAR(p.decode_total.band.value, 8 * p.decode.band.value, 1e-9);
}

TEST(Predict, CountsEnergyOnlyWhereThePowerIsKnown) {
  Desk desk;
  const Prediction known = desk.predict_it();
  ASSERT_TRUE(known.energy_j_per_token);
  EXPECT_GT(*known.energy_j_per_token, 0.5);
  EXPECT_LT(*known.energy_j_per_token, 10);
  desk.device.power_max.reset();
  EXPECT_FALSE(desk.predict_it().energy_j_per_token);
}

TEST(Predict, CardsThatWaitForEachOtherDrawIdlePower) {
  Desk desk;
  PredictQuery q = desk.query();
  const Prediction one = *predict(desk.catalog, desk.calibration, q);
  q.setup.parts[0].count = 4;
  const Prediction split = *predict(desk.catalog, desk.calibration, q);
  // One card at work and three idle at 15 W, for as long as a step takes.
  const double waiting = 3 * 15 / split.decode.band.value;
  EXPECT_NEAR(*split.energy_j_per_token, *one.energy_j_per_token + waiting, 0.05 * *split.energy_j_per_token);

  Format served = f16();
  served.containers = {"safetensors"};
  served.engines = {"vllm"};
  q.format = &served;
  q.setup.parts[0].count = 1;
  const Prediction alone = *predict(desk.catalog, desk.calibration, q);
  q.setup.parts[0].count = 4;
  const Prediction together = *predict(desk.catalog, desk.calibration, q);
  const double watts = *together.energy_j_per_token * together.decode.band.value;
  EXPECT_GT(watts, 4 * 0.3 * 450) << "tensor parallel: all four work";
  EXPECT_GT(watts, 2 * *alone.energy_j_per_token * alone.decode.band.value);
}

TEST(Predict, SaysWhatStaysInTheHostsMemory) {
  Desk desk;
  EXPECT_FALSE(desk.predict_it().offload);
  desk.device.memory_capacity = gib(4);
  const Prediction p = desk.predict_it();
  ASSERT_TRUE(p.offload);
  EXPECT_GT(p.offload->weights.value, 0);
  EXPECT_LT(p.offload->weights.value, p.fit.need.weights.value);
  EXPECT_GT(p.offload->bandwidth.value, 10e9);
}

TEST(Predict, TakesLoadTimeAndThrottlingFromTheRecord) {
  Desk desk;
  desk.device.storage_bandwidth = gbps(2);
  desk.device.sustained_fraction = 0.8;
  const Prediction p = desk.predict_it();
  EXPECT_NEAR(*p.load_s, p.fit.need.weights.value / 2e9, 0.3);
  EXPECT_EQ(p.sustained_factor, 0.8);
}

TEST(Predict, ADeviceTermMovesTheSpeedAndRaisesTheTier) {
  Desk desk;
  const double before = desk.predict_it().decode.band.value;
  desk.calibration.device_terms = {{"decode/rtx-4090/llama.cpp/cuda", -0.2, 6, "fit"}};
  desk.calibration.reindex();
  const Prediction after = desk.predict_it();
  EXPECT_NEAR(after.decode.band.value / before, std::exp(-0.2), 0.01);
  EXPECT_EQ(after.decode.tier, Tier::t2_same_device);
}

TEST(ChooseEngine, NeverReachesForAServerOfGpusOnAProcessor) {
  Desk desk;
  for (Engine& engine : desk.catalog.engines) engine.backends.push_back("cpu");
  desk.device.processor = Processor::cpu;
  desk.format.engines = {"vllm"};
  const PredictQuery query = desk.query();
  EXPECT_EQ(choose_engine(desk.catalog, desk.format, query.setup).engine, nullptr);
  const Engine* vllm = *desk.catalog.engine("vllm");
  EXPECT_EQ(choose_engine(desk.catalog, desk.format, query.setup, vllm).why_not, "") << "asked for, it runs";
}

}  // namespace
}  // namespace rigwise
