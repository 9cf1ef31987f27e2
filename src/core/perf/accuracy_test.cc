#include <gtest/gtest.h>

#include <cmath>

#include "core/perf/devices_for_tests.h"
#include "core/perf/validate.h"

namespace rigwise {
namespace {

using namespace shapes;

/// Predictions written by hand: what the report makes of them is all that is asked.
struct Said {
  std::vector<Measurement> measured;
  std::vector<ValidatedRow> rows;

  Said() { measured.reserve(20); }

  ValidatedRow& add(const std::string& device, const std::string& model, double tokens_per_s, double predicted) {
    Measurement m;
    m.id = "t" + std::to_string(measured.size());
    m.engine = "llama.cpp";
    m.tokens_per_s = tokens_per_s;
    measured.push_back(m);
    ValidatedRow v;
    v.row = &measured.back();
    v.device_id = device;
    v.model_id = model;
    v.error_class = "decode";
    v.predicted = predicted;
    v.low = predicted / 1.25;
    v.high = predicted * 1.25;
    v.error = std::exp(std::abs(std::log(predicted / tokens_per_s))) - 1;
    v.without_device_terms = BandedSpeed{predicted, *v.low, *v.high};
    rows.push_back(v);
    return rows.back();
  }
};

TEST(AccuracyGroups, HaveOneVoteHoweverManyRowsTheyHave) {
  Said said;
  for (int i = 0; i < 9; ++i) said.add("a", "often", 100, 100);
  said.add("a", "once", 100, 200);
  const AccuracyReport report = summarize_accuracy({}, said.rows);
  EXPECT_EQ(report.classes.at("decode").rows, 10);
  EXPECT_EQ(report.classes.at("decode").groups, 2);
  EXPECT_EQ(report.classes.at("decode").devices, 1);
  EXPECT_NEAR(report.classes.at("decode").median_error, 0.5, 1e-12);
}

TEST(AccuracyGroups, AreMediansOfTheirRows) {
  Said said;
  said.add("a", "m", 90, 100);
  said.add("a", "m", 100, 100);
  said.add("a", "m", 50, 100);
  const std::vector<AccuracyGroup> groups = accuracy_groups(said.rows);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].rows, 3);
  EXPECT_EQ(groups[0].measured, 90);
  EXPECT_NEAR(groups[0].log_ratio, std::log(100.0 / 90), 1e-12);
  EXPECT_NEAR(groups[0].covered, 2.0 / 3, 1e-12);
}

TEST(AccuracyReport, CountsRefusedRowsInNoError) {
  Said said;
  said.add("a", "m", 100, 100);
  said.add("a", "wild", 1, 100).refused = "above_ceiling";
  const AccuracyReport report = summarize_accuracy({}, said.rows);
  EXPECT_EQ(report.predicted, 2);
  EXPECT_EQ(report.refused.at("above_ceiling"), 1);
  EXPECT_EQ(report.classes.at("decode").groups, 1);
}

TEST(AccuracyReport, ShowsWhatTheConstantsAloneSay) {
  Said said;
  said.add("a", "m", 100, 110).without_device_terms = BandedSpeed{300, 200, 400};
  const AccuracyReport report = summarize_accuracy({}, said.rows);
  EXPECT_NEAR(report.classes.at("decode").median_error, 0.1, 1e-12);
  EXPECT_EQ(report.classes.at("decode").coverage, 1);
  EXPECT_NEAR(report.classes_without_device_terms.at("decode").median_error, 2, 1e-12);
  EXPECT_EQ(report.classes_without_device_terms.at("decode").coverage, 0);
}

TEST(AccuracyReport, FindsTheLineOfAName) {
  Said said;
  said.add("a", "m", 100, 100).tier = "T3";
  const AccuracyReport report = summarize_accuracy({}, said.rows);
  ASSERT_NE(report.find("tier", "T3", "decode"), nullptr);
  EXPECT_EQ(report.find("tier", "T3", "decode")->groups, 1);
  EXPECT_EQ(report.find("tier", "T3", "prefill"), nullptr);
}

TEST(Validation, LeavesDeviceTermsOutOfOneOfItsTwoAnswers) {
  Catalog catalog = small_catalog();
  catalog.devices = {card("card", 48, 600, 8000, 100)};
  catalog.models = {llama_3_8b()};
  catalog.formats = {gguf(q4_k_m())};
  for (Llm& model : catalog.models) model.name = model.id;
  catalog.index_names();
  Measurement m;
  m.id = "t";
  m.hardware = "card";
  m.model = catalog.models[0].id;
  m.quant = catalog.formats[0].id;
  m.engine = "llama.cpp";
  m.backend = "CUDA";
  m.tokens_per_s = 50;
  Calibration plain = prior_calibration(), taught = plain;
  taught.device_terms = {{"decode/card/llama.cpp/cuda", -0.5, 3, "fit"}};
  taught.reindex();
  const ValidatedRow without = validate_rows(catalog, plain, {m}, 0.8).front();
  const ValidatedRow with = validate_rows(catalog, taught, {m}, 0.8).front();
  ASSERT_TRUE(without.predicted && with.predicted) << without.skip_reason;
  EXPECT_NEAR(*with.predicted, *without.predicted * std::exp(-0.5), 1e-9);
  EXPECT_EQ(with.without_device_terms->value, *without.predicted);
  EXPECT_EQ(with.without_device_terms->low, *without.low);
}

}  // namespace
}  // namespace rigwise
