#include "core/perf/learn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/perf/devices_for_tests.h"
#include "core/perf/predict.h"

namespace rigwise {
namespace {

using namespace shapes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct World {
  Catalog catalog = small_catalog();
  Calibration shipped = prior_calibration();

  World() {
    Device twin = card("twin", 24, 1008, 16384, 165.2);
    for (Device device : {card("card", 24, 1008, 16384, 165.2), twin, card("other", 24, 600, 9000, 90)}) {
      if (device.id != "other") device.chip = "ad102";
      catalog.devices.push_back(device);
    }
    catalog.models = {llama_3_8b(), llama_3_2_1b(), qwen2_5_7b()};
    for (Llm& model : catalog.models) {
      model.name = model.id;
      model.weights = WeightsStatus::published;
      model.context_tokens = 131072;
    }
    catalog.formats = {gguf(q4_k_m()), gguf(q8_0())};
    catalog.index_names();
  }

  PredictQuery query(const char* device, const char* model, const char* format, double depth = 0) const {
    PredictQuery q;
    q.model = *catalog.model(model);
    q.format = *catalog.format(format);
    q.setup = *parse_setup(catalog, device);
    q.workload = {1, 128, depth, 1};
    return q;
  }

  Prediction answer(const Calibration& calibration, const PredictQuery& query) const {
    return *predict(catalog, calibration, query);
  }

  Measurement run(double tokens_per_s, const char* id = "own-1") const {
    Measurement m;
    m.id = id;
    m.hardware = "card";
    m.model = "llama-3-8b";
    m.quant = "q4_k_m";
    m.engine = "llama.cpp";
    m.backend = "cuda";
    m.gen_tokens = 128;
    m.context_depth = 0;
    m.date = "2026-11-21";
    m.source = "own run";
    m.tokens_per_s = tokens_per_s;
    m.is_own = true;
    return m;
  }

  Calibration after(const std::vector<Measurement>& own) const { return learn_from(catalog, shipped, own).calibration; }

  /// How much faster one predicts than the other, on the log scale.
  double moved(const Calibration& learned, const PredictQuery& q) const {
    return std::log(answer(learned, q).decode.band.value / answer(shipped, q).decode.band.value);
  }
};

constexpr double kSlower = 0.8;

/// A run that reaches four fifths of what is predicted for it.
Measurement slow_run(const World& world) {
  return world.run(kSlower *
                   world.answer(world.shipped, world.query("card", "llama-3-8b", "q4_k_m")).decode.band.value);
}

TEST(Learn, ASetupThatWasMeasuredGetsItsMeasurementItsTierAndItsId) {
  const World world;
  const Measurement run = slow_run(world);
  const Prediction p = world.answer(world.after({run}), world.query("card", "llama-3-8b", "q4_k_m"));
  EXPECT_NEAR(p.decode.band.value / run.tokens_per_s, 1, 0.01);
  EXPECT_EQ(p.decode.tier, Tier::t0_measured_here);
  EXPECT_EQ(p.decode.basis, Basis::measured);
  EXPECT_THAT(p.decode.evidence, ElementsAre("own-1"));
  EXPECT_EQ(p.evidence.front(), "own-1");
}

TEST(Learn, WhatWasNotMeasuredKeepsItsBasis) {
  const World world;
  const Prediction p = world.answer(world.after({slow_run(world)}), world.query("card", "llama-3-8b", "q4_k_m"));
  EXPECT_NE(p.prefill.basis, Basis::measured) << "only decode was";
  EXPECT_THAT(p.prefill.evidence, IsEmpty());
}

TEST(Learn, OtherDepthsFollowTheShapeOfTheModel) {
  const World world;
  const Calibration learned = world.after({slow_run(world)});
  const PredictQuery deep = world.query("card", "llama-3-8b", "q4_k_m", 32768);
  EXPECT_NEAR(world.moved(learned, deep), std::log(kSlower), 0.01);
  EXPECT_EQ(world.answer(learned, deep).decode.tier, Tier::t1_same_device_and_model) << "nobody measured that depth";
}

TEST(Learn, RunsAtTwoDepthsAreBothMet) {
  const World world;
  Measurement shallow = slow_run(world), deep = world.run(1, "own-2");
  deep.context_depth = 32768;
  const PredictQuery at_depth = world.query("card", "llama-3-8b", "q4_k_m", 32768);
  deep.tokens_per_s = 0.5 * world.answer(world.shipped, at_depth).decode.band.value;
  const Calibration learned = world.after({shallow, deep});
  const Prediction near = world.answer(learned, world.query("card", "llama-3-8b", "q4_k_m"));
  EXPECT_NEAR(near.decode.band.value / shallow.tokens_per_s, 1, 0.01);
  EXPECT_NEAR(world.answer(learned, at_depth).decode.band.value / deep.tokens_per_s, 1, 0.01);
  EXPECT_EQ(near.evidence.front(), "own-1");
}

TEST(Learn, RunsThatContradictEachOtherAreBothInsideTheBand) {
  const World world;
  const PredictQuery asked = world.query("card", "llama-3-8b", "q4_k_m");
  const Prediction p = world.answer(world.after({world.run(50), world.run(130, "own-2")}), asked);
  EXPECT_EQ(p.decode.tier, Tier::t0_measured_here);
  EXPECT_LE(p.decode.band.low, 50.5);
  EXPECT_GE(p.decode.band.high, 129);
  const PredictQuery relative = world.query("card", "llama-3-8b", "q8_0");
  const Band alone = world.answer(world.after({world.run(80.6)}), relative).decode.band;
  const Band doubted = world.answer(world.after({world.run(50), world.run(130, "own-2")}), relative).decode.band;
  EXPECT_GT(std::log(doubted.high / doubted.low), std::log(alone.high / alone.low)) << "relatives hear the doubt";
}

TEST(Learn, BetweenTwoRunsTheBandHoldsBothOnlyWhereTheyAreFarApart) {
  const World world;
  const auto width_between = [&](double first, double second, double depth) {
    Measurement shallow = world.run(first), deep = world.run(second, "own-2");
    deep.context_depth = depth;
    const PredictQuery middle = world.query("card", "llama-3-8b", "q4_k_m", depth / 2);
    const Band band = world.answer(world.after({shallow, deep}), middle).decode.band;
    return std::log(band.high / band.low);
  };
  EXPECT_GT(width_between(130, 50, 512), std::log(130.0 / 50) - 0.05) << "where does it drop?";
  const double one = width_between(60, 60, 100), flat = width_between(60, 58, 32768);
  EXPECT_LT(flat, one + 0.6) << "both bound what lies between";
}

TEST(Learn, AmongManyRunsOneOddOneHardlyMatters) {
  const World world;
  const PredictQuery asked = world.query("card", "llama-3-8b", "q4_k_m");
  std::vector<Measurement> runs = {world.run(30, "odd")};
  for (int i = 0; i < 9; ++i) {
    runs.push_back(world.run(100 + i, "like"));
    runs.back().id += std::to_string(i);
  }
  const Band band = world.answer(world.after(runs), asked).decode.band;
  EXPECT_NEAR(band.value, 103.5, 1);
  EXPECT_GT(band.low, 90);
}

TEST(Learn, ADeeperCacheNeverMakesDecodeFasterWhateverTheRunsSay) {
  const World world;
  const std::pair<double, double> at_depths[][2] = {
      {{0, 60}, {32768, 58}}, {{0, 40}, {32768, 70}}, {{0, 110}, {32768, 30}}, {{100, 60}, {600, 59}}};
  for (const auto& [first, second] : at_depths) {
    Measurement shallow = world.run(first.second), deep = world.run(second.second, "own-2");
    shallow.context_depth = first.first;
    deep.context_depth = second.first;
    const Calibration learned = world.after({shallow, deep});
    double last = 1e9;
    for (double depth = 0; depth <= 131072; depth = depth * 1.1 + 16) {
      PredictQuery q = world.query("card", "llama-3-8b", "q4_k_m", depth);
      const double value = world.answer(learned, q).decode.band.value;
      EXPECT_LE(value, last * (1 + 1e-12)) << shallow.tokens_per_s << " and " << deep.tokens_per_s << " at " << depth;
      last = value;
    }
  }
}

TEST(Learn, ARunWithTheUsualCacheSaysLessOfOneKeptOtherwise) {
  World world;
  Format eight = *world.query("card", "llama-3-8b", "q8_0").format;
  PredictQuery asked = world.query("card", "llama-3-8b", "q4_k_m");
  asked.kv_format = &eight;
  EXPECT_EQ(world.answer(world.after({slow_run(world)}), asked).decode.tier, Tier::t1_same_device_and_model);
}

TEST(Learn, AnswersNameTheNearestOfManyRuns) {
  const World world;
  std::vector<Measurement> runs(100, slow_run(world));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].id = "own-" + std::to_string(i);
    runs[i].context_depth = 100.0 * static_cast<double>(100 - i);
  }
  const Prediction p = world.answer(world.after(runs), world.query("card", "llama-3-8b", "q4_k_m"));
  ASSERT_EQ(p.decode.evidence.size(), kMostRunsNamed);
  EXPECT_EQ(p.decode.evidence.front(), "own-99");
}

TEST(Learn, AnotherFormatOfTheModelMovesLessAndAnotherModelLessStill) {
  const World world;
  const Calibration learned = world.after({slow_run(world)});
  const PredictQuery format = world.query("card", "llama-3-8b", "q8_0");
  const PredictQuery model = world.query("card", "qwen2.5-7b", "q4_k_m");
  EXPECT_NEAR(world.moved(learned, format), 0.75 * std::log(kSlower), 0.01);
  EXPECT_NEAR(world.moved(learned, model), 0.5 * std::log(kSlower), 0.01);
  EXPECT_EQ(world.answer(learned, format).decode.tier, Tier::t1_same_device_and_model);
  EXPECT_EQ(world.answer(learned, model).decode.tier, Tier::t2_same_device);
}

TEST(Learn, TheSameChipInAnotherMachineMovesALittleAndOtherChipsNotAtAll) {
  const World world;
  const Calibration learned = world.after({slow_run(world)});
  const double twin = world.moved(learned, world.query("twin", "llama-3-8b", "q4_k_m"));
  EXPECT_LT(twin, -0.05);
  EXPECT_GT(twin, 0.5 * std::log(kSlower));
  EXPECT_EQ(world.moved(learned, world.query("other", "llama-3-8b", "q4_k_m")), 0);
}

TEST(Learn, BandsGrowNarrowerTheNearerTheRunIs) {
  const World world;
  const Calibration learned = world.after({slow_run(world)});
  const auto width = [&](const Calibration& calibration, const PredictQuery& q) {
    const Band band = world.answer(calibration, q).decode.band;
    return std::log(band.high / band.low);
  };
  const PredictQuery same = world.query("card", "llama-3-8b", "q4_k_m");
  EXPECT_LT(width(learned, same), 0.5 * width(world.shipped, same));
  const PredictQuery other = world.query("other", "llama-3-8b", "q4_k_m");
  EXPECT_EQ(width(learned, other), width(world.shipped, other));
}

TEST(Learn, WhatManyStreamsDidSaysNothingOfOne) {
  const World world;
  Measurement run = slow_run(world);
  run.concurrency = 16;
  run.phase = Phase::decode_total;
  const Calibration learned = world.after({run});
  EXPECT_EQ(world.moved(learned, world.query("card", "llama-3-8b", "q4_k_m")), 0);
}

TEST(Learn, TheOrderOfRunsDoesNotMatter) {
  const World world;
  Measurement a = slow_run(world), b = slow_run(world);
  b.id = "own-2";
  b.quant = "q8_0";
  const PredictQuery asked = world.query("card", "qwen2.5-7b", "q4_k_m");
  EXPECT_EQ(world.moved(world.after({a, b}), asked), world.moved(world.after({b, a}), asked));
}

TEST(Learn, AnsweredTwiceTheSameRunsTeachNoMore) {
  const World world;
  const Calibration once = world.after({slow_run(world)});
  const Calibration again = learn_from(world.catalog, once, {slow_run(world)}).calibration;
  EXPECT_EQ(again.own.runs.size(), 1u);
}

/// The only refusal of a run.
RefusedRun refusal(const World& world, const Measurement& run) {
  const Learned learned = learn_from(world.catalog, world.shipped, {run});
  EXPECT_TRUE(learned.calibration.own.empty());
  return learned.refused.size() == 1 ? learned.refused.front() : RefusedRun{};
}

TEST(Learn, ARunAboveTheCeilingIsRefusedAndTheCeilingTold) {
  const World world;
  const RefusedRun why = refusal(world, world.run(1000));
  EXPECT_EQ(why.reason, "above_ceiling");
  EXPECT_THAT(why.message, HasSubstr("1000 tok/s is above "));
}

TEST(Learn, ARunThatCrawlsIsRefused) {
  const World world;
  EXPECT_EQ(refusal(world, world.run(0.1)).reason, "far_below");
}

TEST(Learn, ARunBeyondTheModelsContextIsRefused) {
  const World world;
  Measurement run = slow_run(world);
  run.context_depth = 200000;
  const RefusedRun why = refusal(world, run);
  EXPECT_EQ(why.reason, "beyond_context");
  EXPECT_THAT(why.message, HasSubstr("131072"));
}

TEST(Learn, UnknownNamesAreRefusedWithTheNearest) {
  const World world;
  Measurement run = slow_run(world);
  run.model = "lama-3-8b";
  const RefusedRun why = refusal(world, run);
  EXPECT_EQ(why.reason, "model_unknown");
  EXPECT_THAT(why.message, HasSubstr("lama-3-8b"));
  EXPECT_THAT(why.did_you_mean, testing::Contains("llama-3-8b"));
  run = slow_run(world);
  run.engine = "lama.cpp";
  EXPECT_EQ(refusal(world, run).reason, "engine_unknown") << "an unknown engine is not the usual one";
}

TEST(Learn, AWholeRequestTellsNeitherPhase) {
  const World world;
  Measurement run = slow_run(world);
  run.phase = Phase::e2e;
  run.prompt_tokens = 512;
  EXPECT_EQ(refusal(world, run).reason, "e2e");
}

TEST(Learn, WithoutTheRunsEverythingIsAsItWasShipped) {
  const World world;
  const Calibration learned = world.after({slow_run(world)});
  EXPECT_EQ(world.moved(published_only(learned), world.query("card", "llama-3-8b", "q4_k_m")), 0);
}

/// One run of each of `groups` set-ups on each of `devices`, predicted within `width` by another.
std::vector<OwnResidual> spread(int devices, int groups, double width, OwnReach reach) {
  std::vector<OwnResidual> residuals;
  for (int d = 0; d < devices; ++d) {
    for (int g = 0; g < groups; ++g) {
      const double share = (d * groups + g + 0.5) / (devices * groups);
      residuals.push_back(
          {"decode", "cuda", "llama.cpp", "card-" + std::to_string(d), reach, d * groups + g, width * (2 * share - 1)});
    }
  }
  return residuals;
}

/// A band that published measurements gave, as the user's own runs leave it.
LogBand narrowed(const Calibration& c, const OwnNearness& nearness, const LogBand& published = {-0.5, 0.4}) {
  return own_band(c, "decode", nearness, false, published, "cuda", "llama.cpp", 0.8);
}

TEST(OwnBands, CoverFourOfFiveRuns) {
  Calibration c;
  c.bands = fit_own_bands(spread(20, 5, 0.1, OwnReach::here));
  c.reindex();
  const LogBand band = narrowed(c, {OwnReach::here, 0, 0});
  EXPECT_NEAR(band.low, -0.08, 0.005);
  EXPECT_NEAR(band.high, 0.08, 0.005);
  EXPECT_EQ(narrowed(c, {OwnReach::device, 0, 0}).low, -0.5) << "nothing is known of relatives";
}

TEST(OwnBands, NeedGroupsAndDevices) {
  EXPECT_THAT(fit_own_bands(spread(4, 30, 0.1, OwnReach::here)), IsEmpty()) << "four devices";
  EXPECT_THAT(fit_own_bands(spread(9, 30, 0.1, OwnReach::device)), IsEmpty()) << "nine, of relatives";
  EXPECT_THAT(fit_own_bands(spread(15, 1, 0.1, OwnReach::here)), IsEmpty()) << "fifteen groups";
}

TEST(OwnBands, OfRelativesAreTheShareOfThePublishedBandThatOneRunLeaves) {
  std::vector<OwnResidual> residuals = spread(20, 5, 0.25, OwnReach::device);
  for (OwnResidual& r : residuals) {
    r.published_low = -0.5;
    r.published_high = 0.4;
  }
  Calibration c;
  c.bands = fit_own_bands(residuals);
  c.reindex();
  EXPECT_THAT(c.bands, testing::SizeIs(1));
  const LogBand band = narrowed(c, {OwnReach::device, 0, 0});
  EXPECT_NEAR(band.low, -0.2, 0.03) << "four of five residuals lie within";
  EXPECT_NEAR(band.high, 0.2, 0.03);
  const LogBand half = narrowed(c, {OwnReach::device, 0, 0}, {-0.25, 0.2});
  EXPECT_NEAR(half.low / band.low, 0.5, 1e-9) << "a share, not a width";
  EXPECT_EQ(own_band(c, "decode", {OwnReach::device, 0, 0}, true, {-0.5, 0.4}, "cuda", "llama.cpp", 0.8).low, -0.5)
      << "where others published the device, its runs share less";
}

Calibration near_and_far() {
  Calibration c;
  c.bands = {
      {"decode/t0", -0.05, 0.05, 100}, {"decode/own-far", -0.2, 0.2, 100}, {"decode/share-model", -0.5, 0.7, 100}};
  c.reindex();
  return c;
}

TEST(OwnBands, WidenWithoutACliffAsTheRunGetsFarther) {
  const Calibration c = near_and_far();
  for (const OwnReach reach : {OwnReach::here, OwnReach::device}) {
    LogBand last = narrowed(c, {reach, 0, 0});
    for (int i = 1; i <= 600; ++i) {
      const double distance = 0.01 * i;
      const OwnReach label = reach == OwnReach::here && distance >= kNearRun ? OwnReach::far : reach;
      const LogBand band = narrowed(c, {label, distance, 0});
      EXPECT_LE(band.low, last.low) << distance;
      EXPECT_GE(band.high, last.high) << distance;
      EXPECT_LT(band.high - band.low, last.high - last.low + 0.01) << "a cliff at " << distance;
      last = band;
    }
    EXPECT_NEAR(last.high, reach == OwnReach::here ? 0.2 : 0.4, 1e-9) << "what a far run leaves";
  }
}

TEST(OwnBands, HoldRunsThatContradictEachOther) {
  const LogBand band = narrowed(near_and_far(), {OwnReach::here, 0, 0.6});
  EXPECT_EQ(band.low, -0.6);
  EXPECT_EQ(band.high, 0.6);
}

TEST(OwnBands, KeepThePublishedBandWhereItIsNarrower) {
  Calibration c;
  c.bands = {{"decode/t1", -0.05, 0.05, 100}, {"decode/t0", -0.1, 0.1, 100}};
  c.reindex();
  DeviceEvidence evidence;
  evidence.tier = Tier::t0_measured_here;
  evidence.published = Tier::t1_same_device_and_model;
  evidence.own = OwnReach::here;
  EXPECT_EQ(evidence_band(c, "decode", evidence, "cuda", "llama.cpp", 0.8).high, 0.05);
  evidence.published = Tier::t3_same_backend;
  EXPECT_EQ(evidence_band(c, "decode", evidence, "cuda", "llama.cpp", 0.8).high, 0.1);
}

TEST(EvidenceBand, OfFewGroupsKeepsWhatShrinkageLeft) {
  Calibration c;
  c.bands = {{"decode/t1", -0.1, 0.1, 100}, {"decode/t3", -0.9, 0.6, 100}};
  c.reindex();
  DeviceEvidence evidence;
  evidence.tier = Tier::t1_same_device_and_model;
  evidence.shrunk_away = 1.0 / 3;
  EXPECT_DOUBLE_EQ(evidence_band(c, "decode", evidence, "cuda", "llama.cpp", 0.8).low, -0.3);
  EXPECT_DOUBLE_EQ(evidence_band(c, "decode", evidence, "cuda", "llama.cpp", 0.8).high, 0.2);
  evidence.shrunk_away = 0.05;
  EXPECT_DOUBLE_EQ(evidence_band(c, "decode", evidence, "cuda", "llama.cpp", 0.8).low, -0.1);
}

}  // namespace
}  // namespace rigwise
