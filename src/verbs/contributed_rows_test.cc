#include "verbs/contributed_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/measurement_csv.h"
#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Measurement true_run() {
  Measurement row;
  row.id = "own-1";
  row.hardware = "nvidia-geforce-rtx-3090";
  row.model = "llama-3.1-8b";
  row.quant = "q4_k_m";
  row.engine = "llama.cpp";
  row.backend = "cuda";
  row.gen_tokens = 128;
  row.prompt_tokens = 0;
  row.context_depth = 0;
  row.tokens_per_s = 125;
  row.date = "2026-11-20";
  row.source = "own run (llama-bench)";
  row.source_locator = "runs.jsonl tg128; line 2; sha256 481ad238559c";
  row.is_own = true;
  return row;
}

ContributedRows contributed(const Measurement& row, const ContributionNotes& notes = {"", "A. Lind", ""}) {
  TakenRuns taken;
  RunBook book;
  take_row(house(), row, {}, book, taken);
  return contributed_rows(house(), taken, notes);
}

std::string reason_of(const Measurement& row, const ContributionNotes& notes = {"", "A. Lind", ""}) {
  const ContributedRows made = contributed(row, notes);
  EXPECT_THAT(made.rows, IsEmpty());
  return made.left_out.empty() ? "" : made.left_out.front().reason;
}

TEST(ContributedRows, ATrueRunIsARowThatReadsBackAsItIs) {
  const ContributedRows made = contributed(true_run(), {"https://example.org/log", "A. Lind", ""});
  ASSERT_THAT(made.rows, SizeIs(1));
  EXPECT_THAT(made.left_out, IsEmpty());
  EXPECT_EQ(made.rows[0].source, "own run of A. Lind, https://example.org/log");
  const Json response = contributed_rows_json(made);
  const auto back = decode_measurements(response["rows_csv"].get<std::string>(), "rows");
  ASSERT_TRUE(back);
  ASSERT_THAT(*back, SizeIs(1));
  EXPECT_EQ(back->front().tokens_per_s, 125);
  EXPECT_EQ(back->front().defect, "");
  EXPECT_EQ(back->front().source_locator, true_run().source_locator);
}

TEST(ContributedRows, WhatPhysicsForbidsIsLeftOut) {
  Measurement row = true_run();
  row.tokens_per_s = 900;
  EXPECT_EQ(reason_of(row), "above_ceiling");
  EXPECT_THAT(contributed(row).left_out.front().message, HasSubstr("900 tok/s"));
  row.tokens_per_s = 2;
  EXPECT_EQ(reason_of(row), "far_below");
}

TEST(ContributedRows, WhatIsMissingIsNamed) {
  Measurement row = true_run();
  EXPECT_EQ(reason_of(row, {}), "no_source") << "an own run of nobody";
  row.date = "";
  EXPECT_EQ(reason_of(row), "no_date");
  EXPECT_THAT(contributed(row, {"", "A. Lind", "2026-11-20"}).rows, SizeIs(1));
  row = true_run();
  row.hardware = "NVIDIA GeForce RTX 3091";
  EXPECT_EQ(reason_of(row), "hardware_unknown");
  EXPECT_THAT(contributed(row).left_out.front().did_you_mean, Not(IsEmpty()));
  row.hardware = "here";
  EXPECT_EQ(reason_of(row), "hardware_unknown") << "the record of one's own machine is nobody else's";
  row = true_run();
  row.model = "not stated";
  EXPECT_EQ(reason_of(row), "model_unknown");
  row = true_run();
  row.engine = "openai";
  EXPECT_EQ(reason_of(row), "engine_unknown");
  row = true_run();
  row.id = house().catalog.measurements.front().id;
  EXPECT_EQ(reason_of(row), "known");
}

TEST(ContributedRows, WhatTheClientSpoiledIsLeftOut) {
  Measurement row = true_run();
  row.unit_note = "rigwise bench, 14 requests, client health D; 1 / tpot";
  EXPECT_EQ(reason_of(row), "client_health");
  row.unit_note = "rigwise bench, 14 requests, client health B; 1 / tpot";
  EXPECT_THAT(contributed(row).rows, SizeIs(1));
}

TEST(ContributedRows, ANoteKeepsNoSecret) {
  Measurement row = true_run();
  row.unit_note = "rigwise bench; password=hunter2zebra, asked by grace@example.com";
  const ContributedRows made = contributed(row);
  ASSERT_THAT(made.rows, SizeIs(1));
  EXPECT_THAT(made.rows[0].unit_note, Not(HasSubstr("hunter2zebra")));
  EXPECT_THAT(made.rows[0].unit_note, Not(HasSubstr("grace")));
}

/// What is wrong with rows that a pull request puts into catalog/measurements/contributed.
std::vector<std::string> faults_of_contributed(std::string_view csv, const std::string& name) {
  House without = house();
  without.catalog.measurements.clear();
  const auto rows = decode_measurements(csv, name);
  if (!rows) return {rows.error().message};
  TakenRuns taken;
  RunBook book;
  for (const Measurement& row : *rows) take_row(without, row, {}, book, taken);
  std::vector<std::string> faults;
  for (const LeftOutRun& left : contributed_rows(without, taken, {}).left_out) {
    faults.push_back(name + ": " + left.id + ": " + left.message + "; try: " + left.try_this);
  }
  return faults;
}

TEST(ContributedRows, TheCatalogHoldsOnlyThoseThatLackNothing) {
  const auto files = find_catalog_sources(std::string(RIGWISE_SOURCE_DIR) + "/catalog/measurements");
  ASSERT_TRUE(files);
  for (const CatalogFile& file : *files) {
    if (!file.path.starts_with("contributed/")) continue;
    EXPECT_THAT(faults_of_contributed(file.text, file.path), IsEmpty());
  }
}

TEST(ContributedRows, AnImpossibleRowInTheCatalogIsFound) {
  Measurement row = true_run();
  row.source = "own run of A. Lind";
  const std::string head = std::string(kMeasurementColumns) + "\n";
  EXPECT_THAT(faults_of_contributed(head + measurement_lines({row}), "true.csv"), IsEmpty());
  row.tokens_per_s = 900;
  EXPECT_THAT(faults_of_contributed(head + measurement_lines({row}), "planted.csv"), SizeIs(1));
}

TEST(ContributedRows, ADayThatIsNoneOrYetToComeIsNoDate) {
  Measurement row = true_run();
  row.date = "2031-13-45";
  EXPECT_EQ(reason_of(row), "no_date");
  row.date = "2026-11-20";
  EXPECT_EQ(reason_of(row, {"", "A. Lind", "", "2026-11-19"}), "no_date") << "measured tomorrow";
  EXPECT_THAT(contributed(row, {"", "A. Lind", "", "2026-11-20"}).rows, SizeIs(1));
}

TEST(ContributedRows, TokensAreWholeAndFailuresStayDoubtful) {
  Measurement row = true_run();
  row.prompt_tokens = 567.4666666666667;
  row.confidence = "low";
  const ContributedRows made = contributed(row);
  ASSERT_THAT(made.rows, SizeIs(1));
  EXPECT_EQ(made.rows[0].prompt_tokens, 567);
  EXPECT_EQ(made.rows[0].confidence, "low");
}

TEST(ContributedRows, ARunThatNeedsALighterCacheIsAskedForItsType) {
  Measurement row = true_run();
  row.hardware = "nvidia-geforce-rtx-4090";
  row.context_depth = 32768;
  row.tokens_per_s = 140;
  EXPECT_EQ(reason_of(row), "cache_type_unknown");
  row.unit_note = "KV q4_0";
  EXPECT_THAT(contributed(row).rows, SizeIs(1));
}

}  // namespace
}  // namespace rigwise
