#include "core/perf/fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/perf/device_terms.h"
#include "core/perf/devices_for_tests.h"
#include "core/perf/validate.h"

namespace rigwise {
namespace {

using namespace shapes;

/// A catalog with a handful of cards, and rows that a made-up truth would have produced on them.
struct World {
  Catalog catalog = small_catalog();
  std::vector<Measurement> rows;
  ParamValues truth = prior_values();

  World() {
    const double bandwidths[] = {300, 450, 600, 800, 1000, 1800};
    for (int i = 0; i < 6; ++i) {
      Device d = card("card-" + std::to_string(i), 48, bandwidths[i], 4000 + 3000 * i, 40.0 + 30 * i);
      catalog.devices.push_back(d);
    }
    catalog.models = {llama_3_8b(), llama_3_2_1b(), qwen2_5_7b(), qwen3_30b_a3b()};
    for (Llm& model : catalog.models) {
      model.name = model.id;
      model.weights = WeightsStatus::published;
    }
    catalog.formats = {gguf(q4_k_m()), gguf(q8_0()), gguf(f16())};
    catalog.index_names();
  }

  void measure(double noise = 0) {
    int n = 0;
    for (const Device& device : catalog.devices) {
      for (const Llm& model : catalog.models) {
        for (const Format& format : catalog.formats) {
          for (const Phase phase : {Phase::decode, Phase::prefill}) {
            Measurement m;
            m.id = "t" + std::to_string(n++);
            m.hardware = device.id;
            m.model = model.id;
            m.quant = format.id;
            m.engine = "llama.cpp";
            m.backend = "CUDA";
            m.phase = phase;
            m.prompt_tokens = 512;
            m.context_depth = 0;
            m.date = "2026-06";
            m.source = "made up";
            m.tokens_per_s = 1;
            const ResolvedRow r = resolve_row(catalog, m);
            if (!r.skip_reason.empty() || r.parts.host_share > 0) continue;
            const double wobble = noise * ((n % 7) - 3) / 3.0;
            m.tokens_per_s = predicted_tokens_per_s(r, assemble(r.parts, truth)) * std::exp(wobble);
            rows.push_back(m);
          }
        }
      }
    }
  }
};

double fitted(const ParamValues& values, Param param) { return value_of(values, param); }

TEST(Fit, RecoversWhatTheRowsCanTell) {
  World world;
  world.truth[static_cast<std::size_t>(Param::step_ms)] *= 0.5;
  world.truth[static_cast<std::size_t>(Param::unit_flop_cuda)] *= 0.7;
  world.measure();
  ASSERT_GT(world.rows.size(), 100u);
  const FitRows rows = make_fit_rows(world.catalog, world.rows);
  const ParamValues values = fit_parameters(rows, {}, prior_values());
  EXPECT_NEAR(fitted(values, Param::unit_flop_cuda) / fitted(world.truth, Param::unit_flop_cuda), 1, 0.03);
  EXPECT_NEAR(fitted(values, Param::step_ms) / fitted(world.truth, Param::step_ms), 1, 0.2);
  for (const double residual : log_residuals(rows, values)) EXPECT_LT(std::abs(residual), 0.04);
}

TEST(Fit, AConstantWithoutRowsKeepsItsPriorAndSaysSo) {
  World world;
  world.measure();
  const Calibration calibration = fit_calibration(world.catalog, world.rows);
  const Constant* metal = calibration.find("prefill.unit_tflops.metal");
  ASSERT_NE(metal, nullptr);
  EXPECT_EQ(metal->groups, 0);
  EXPECT_NEAR(metal->value, param_spec(Param::unit_flop_metal).prior, 1e-12);
  EXPECT_NE(metal->from, "fit");
}

TEST(Fit, GivesTheSameBytesEveryTime) {
  World world;
  world.measure(0.1);
  const Calibration a = fit_calibration(world.catalog, world.rows), b = fit_calibration(world.catalog, world.rows);
  for (std::size_t i = 0; i < a.constants.size(); ++i) EXPECT_EQ(a.constants[i].value, b.constants[i].value);
  ASSERT_EQ(a.bands.size(), b.bands.size());
  for (std::size_t i = 0; i < a.bands.size(); ++i) EXPECT_EQ(a.bands[i].log_low, b.bands[i].log_low);
}

TEST(Fit, RefusesRowsThatPhysicsDoesNotAllow) {
  World world;
  world.measure();
  world.rows[0].tokens_per_s *= 100;
  world.rows[2].unit_note = "OUTLIER: decode implies 0.05 of nominal bandwidth";
  const FitRows rows = make_fit_rows(world.catalog, world.rows);
  EXPECT_EQ(rows.rows[0].weight, 0) << "above the roofline";
  EXPECT_EQ(rows.rows[2].weight, 0) << "marked";
  EXPECT_GT(rows.rows[4].weight, 0);
}

TEST(Fit, AGroupVotesOnceHoweverManyRowsItHas) {
  World world;
  world.measure();
  const Measurement repeated = world.rows[0];
  for (int i = 0; i < 9; ++i) world.rows.push_back(repeated);
  const FitRows rows = make_fit_rows(world.catalog, world.rows);
  double sum = 0;
  for (const FitRow& row : rows.rows) {
    if (row.group == rows.rows[0].group) sum += row.weight;
  }
  EXPECT_LE(sum, 1 + 1e-9);
}

TEST(Fit, LeavesWholeDevicesOut) {
  World world;
  world.measure();
  const FitRows rows = make_fit_rows(world.catalog, world.rows);
  const Folds folds = make_folds(rows, "hardware", 3);
  ASSERT_EQ(folds.count, 3);
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.rows.size(); ++j) {
      if (rows.rows[i].resolved.device().id == rows.rows[j].resolved.device().id) {
        EXPECT_EQ(folds.of_row[i], folds.of_row[j]);
      }
    }
  }
}

TEST(Fit, PredictsADeviceItHasNeverSeen) {
  World world;
  world.truth[static_cast<std::size_t>(Param::unit_flop_cuda)] *= 0.6;
  world.measure(0.05);
  const std::vector<ValidatedRow> left_out = cross_validate(world.catalog, world.rows, "hardware", 0.8);
  const AccuracyReport report = summarize_accuracy(world.catalog, left_out);
  EXPECT_LT(report.classes.at("decode").median_error, 0.06);
  EXPECT_LT(report.classes.at("prefill").median_error, 0.06);
}

TEST(DeviceTerms, LearnWhatOneDeviceDoesDifferently) {
  World world;
  world.measure();
  for (Measurement& row : world.rows) {
    if (row.hardware == "card-3") row.tokens_per_s *= 0.8;
  }
  const Calibration calibration = fit_calibration(world.catalog, world.rows);
  DeviceContext slow{"decode", &world.catalog.devices[3], "llama.cpp", "cuda", "llama-3-8b", 1};
  DeviceContext usual{"decode", &world.catalog.devices[1], "llama.cpp", "cuda", "llama-3-8b", 1};
  EXPECT_LT(device_evidence(calibration, slow).log_factor, -0.1);
  EXPECT_GT(device_evidence(calibration, usual).log_factor, -0.05);
  EXPECT_EQ(device_evidence(calibration, slow).tier, Tier::t1_same_device_and_model);
}

TEST(DeviceTerms, ArePassedToRelativesWithTheSameChipButNotTheirTier) {
  World world;
  for (Device& device : world.catalog.devices) device.chip = "chip of " + device.id;
  Device relative = world.catalog.devices[3];
  relative.id = relative.name = "card-3-in-another-box";
  world.catalog.devices.push_back(relative);
  world.catalog.index_names();
  world.measure();
  std::erase_if(world.rows, [](const Measurement& row) { return row.hardware == "card-3-in-another-box"; });
  for (Measurement& row : world.rows) {
    if (row.hardware == "card-3") row.tokens_per_s *= 0.8;
  }
  const Calibration calibration = fit_calibration(world.catalog, world.rows);
  const DeviceContext context{"decode", &world.catalog.devices.back(), "llama.cpp", "cuda", "llama-3-8b", 1};
  const DeviceEvidence evidence = device_evidence(calibration, context);
  EXPECT_LT(evidence.log_factor, -0.08);
  EXPECT_EQ(evidence.tier, Tier::t3_same_backend);
}

TEST(DeviceTerms, ABadlySetUpMachineSaysLittleAboutItsChip) {
  World world;
  for (Device& device : world.catalog.devices) device.chip = "chip of " + device.id;
  Device relative = world.catalog.devices[3];
  relative.id = relative.name = "card-3-in-another-box";
  world.catalog.devices.push_back(relative);
  world.catalog.index_names();
  world.measure();
  std::erase_if(world.rows, [](const Measurement& row) { return row.hardware == "card-3-in-another-box"; });
  for (Measurement& row : world.rows) {
    if (row.hardware == "card-3") row.tokens_per_s *= 0.25;
  }
  const Calibration calibration = fit_calibration(world.catalog, world.rows);
  const DeviceContext context{"decode", &world.catalog.devices.back(), "llama.cpp", "cuda", "llama-3-8b", 1};
  EXPECT_GT(device_evidence(calibration, context).log_factor, -0.26);
}

}  // namespace
}  // namespace rigwise
