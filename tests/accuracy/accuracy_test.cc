// How good the numbers are, held to what was reached: every test reads the same study, computed once (study.h).
//
// RIGWISE_UPDATE=1 rewrites docs/accuracy.md, its plots and the README's table; RIGWISE_TIGHTEN=1 lowers the bounds of
// thresholds.csv. script/accuracy does both with the right build.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "codec/calibration_csv.h"
#include "core/base/text.h"
#include "memory_logs.h"
#include "own_runs.h"
#include "page.h"
#include "peers.h"
#include "plots.h"
#include "targets.h"
#include "thresholds.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = RIGWISE_SOURCE_DIR;
const fs::path kThresholds = kRoot / "tests/accuracy/thresholds.csv";
const char* const kHowToRenew = "`script/accuracy` writes it anew; read the diff before you commit it";

bool asked(const char* variable) { return std::getenv(variable) != nullptr; }

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Compares a generated file with what should stand there, or writes it when asked to.
void expect_fresh(const fs::path& path, const std::string& should) {
  if (asked("RIGWISE_UPDATE")) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << should;
  }
  const std::string stands = slurp(path);
  EXPECT_EQ(first_difference(stands, should), "") << fs::relative(path, kRoot) << " is stale: " << kHowToRenew;
}

TEST(AccuracyPage, IsWhatTheMeasurementsSayToday) {
  const fs::path page = kRoot / "docs/accuracy.md";
  const std::string text = slurp(page);
  ASSERT_FALSE(text.empty());
  const Sections sections = accuracy_sections(study());
  expect_fresh(page, filled(text, sections));
  for (const auto& [name, words] : sections) {
    EXPECT_NE(text.find("<!-- generated: " + name + " -->"), std::string::npos) << name << " is shown nowhere";
  }
}

TEST(AccuracyPage, HasFreshPlotsThatAreSmall) {
  for (const Plot& plot : plots(study())) {
    expect_fresh(kRoot / "docs/accuracy" / plot.file, plot.svg);
    EXPECT_LT(plot.svg.size(), 150000u) << plot.file;
  }
}

TEST(Readme, ShowsTodaysErrors) {
  const fs::path readme = kRoot / "README.md";
  const std::string text = slurp(readme);
  ASSERT_NE(text.find("<!-- generated: accuracy -->"), std::string::npos);
  expect_fresh(readme, filled(text, readme_sections(study())));
}

TEST(Sections, AreFilledOrSaidToBeMissing) {
  const std::string page = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n";
  EXPECT_EQ(filled(page, {{"x", "new\n"}}), "a\n<!-- generated: x -->\nnew\n<!-- end -->\nb\n");
  EXPECT_NE(filled(page, {}).find("nothing is generated"), std::string::npos);
  EXPECT_NE(filled("<!-- generated: x -->\nold\n", {{"x", "new\n"}}).find("never ends"), std::string::npos);
}

TEST(Thresholds, HoldForEveryClassAndGroup) {
  const Study& all = study();
  std::vector<Threshold> recorded = read_thresholds(slurp(kThresholds));
  if (asked("RIGWISE_TIGHTEN")) {
    recorded = tightened(recorded, all);
    std::ofstream(kThresholds, std::ios::binary) << thresholds_csv(recorded);
  }
  ASSERT_FALSE(recorded.empty());
  for (const Threshold& t : recorded) {
    const std::optional<double> is = figure(all, t);
    if (!is) {
      ADD_FAILURE() << t.key() << ": no such group any more. Rows never leave to meet a target: bring the group back, "
                    << "or remove the line and say why in the commit";
      continue;
    }
    EXPECT_LE(*is, t.bound) << t.key() << " is " << significant(*is, 3) << ", the bound is " << significant(t.bound, 3)
                            << (t.reason.empty() ? "" : " (" + t.reason + ")")
                            << ". Find what made it worse (validate --holdout " << t.holdout
                            << " --out rows.csv), or raise the bound by hand with its reason";
  }
}

TEST(Thresholds, AreRecordedForEveryClassAndGroupOfTen) {
  std::vector<std::string> keys;
  for (const Threshold& t : read_thresholds(slurp(kThresholds))) keys.push_back(t.key());
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end()) << "a bound stands twice";
  for (const Threshold& t : wanted_thresholds(study())) {
    EXPECT_TRUE(std::binary_search(keys.begin(), keys.end(), t.key()))
        << t.key() << " has no bound: `script/accuracy --tighten` adds it";
  }
}

TEST(Thresholds, AreNeverRaisedByTightening) {
  const Study& all = study();
  std::vector<Threshold> strict = wanted_thresholds(all), lax = strict;
  for (Threshold& t : strict) t.bound = 0;
  for (Threshold& t : lax) t.bound = 1000;
  for (const Threshold& t : tightened(strict, all)) EXPECT_EQ(t.bound, 0) << t.key();
  for (const Threshold& t : tightened(lax, all)) {
    EXPECT_LT(t.bound, 1000) << t.key();
    EXPECT_GE(t.bound, *figure(all, t)) << t.key();
  }
}

TEST(OwnRuns, KeepTheirBandsOnDevicesLeftOut) {
  for (const char* error_class : {"decode", "prefill"}) {
    // One measured group of a device that nobody published: its other groups.
    const OwnRunsLine others = other_groups_line(study(), error_class);
    EXPECT_GE(others.devices, 60) << error_class;
    EXPECT_GE(others.coverage, 0.75) << error_class;
    EXPECT_LE(others.coverage, 0.85) << error_class;
    EXPECT_LE(others.narrowed, 0.9) << error_class << ": the others' bands shrink";
  }
  for (const OwnRunsLine& line : own_runs_lines(study())) {
    // Chance alone moves ten devices by a dozen percent; several devices have bands that are too wide to begin with.
    EXPECT_GE(line.coverage, 0.7) << line.error_class << ", " << line.what;
    EXPECT_LE(line.narrowed, 1) << line.error_class << ", " << line.what;
  }
}

TEST(SimpleRules, HaveAtLeastTwiceOurError) {
  for (const Contest& c : contests(study())) {
    const double median = c.ours.median_error / c.theirs.median_error, p90 = c.ours.p90_error / c.theirs.p90_error;
    std::cout << c.peer->name << ", " << c.peer->error_class << ", " << c.ours.groups << " groups: median "
              << significant(100 * c.theirs.median_error, 2) << " % against our "
              << significant(100 * c.ours.median_error, 2) << " %, p90 " << significant(100 * c.theirs.p90_error, 2)
              << " % against " << significant(100 * c.ours.p90_error, 2) << " %\n";
    EXPECT_GT(c.ours.groups, 400) << c.peer->name;
    EXPECT_LE(median, 0.5) << c.peer->name << " in " << c.peer->error_class;
    EXPECT_LE(p90, 0.5) << c.peer->name << " in " << c.peer->error_class;
  }
}

TEST(Memory, IsWithinThreePercentOfEnginesOwnLogs) {
  for (const MemoryLog& log : memory_logs(study().house.catalog)) {
    EXPECT_NEAR(log.said, log.logged, 0.03 * log.logged) << log.what << ", " << log.from;
  }
}

/// Keys, values and evidence of two lists of constants are the same.
void expect_same(const std::vector<Constant>& shipped, const std::vector<Constant>& refitted) {
  ASSERT_EQ(shipped.size(), refitted.size());
  for (std::size_t i = 0; i < shipped.size(); ++i) {
    EXPECT_EQ(shipped[i].key, refitted[i].key);
    EXPECT_NEAR(shipped[i].value, refitted[i].value, 1e-6 * std::max(1e-3, std::abs(refitted[i].value)))
        << shipped[i].key;
    EXPECT_EQ(shipped[i].groups, refitted[i].groups) << shipped[i].key;
    EXPECT_EQ(shipped[i].from, refitted[i].from) << shipped[i].key;
  }
}

/// Says how to renew what is shipped, once, when anything differed.
class ShippedCalibration : public testing::Test {
 protected:
  void TearDown() override {
    if (HasFailure()) std::cout << "calibration/ is stale: build/release/rigwise calibrate --out calibration\n";
  }
};

TEST_F(ShippedCalibration, HasTheConstantsThatTheMeasurementsGive) {
  const Calibration &shipped = study().house.calibration, &refitted = study().refitted;
  EXPECT_EQ(shipped.formula_version, refitted.formula_version);
  EXPECT_EQ(shipped.groups, refitted.groups);
  expect_same(shipped.constants, refitted.constants);
}

TEST_F(ShippedCalibration, HasTheTermsOfMeasuredDevices) {
  expect_same(study().house.calibration.device_terms, study().refitted.device_terms);
}

TEST_F(ShippedCalibration, HasTheBandsThatTheResidualsGive) {
  const std::vector<BandRecord>&shipped = study().house.calibration.bands, &refitted = study().refitted.bands;
  ASSERT_EQ(shipped.size(), refitted.size());
  for (std::size_t i = 0; i < shipped.size(); ++i) {
    EXPECT_EQ(shipped[i].key, refitted[i].key);
    EXPECT_NEAR(shipped[i].log_low, refitted[i].log_low, 1e-6) << shipped[i].key;
    EXPECT_NEAR(shipped[i].log_high, refitted[i].log_high, 1e-6) << shipped[i].key;
    EXPECT_EQ(shipped[i].groups, refitted[i].groups) << shipped[i].key;
  }
}

TEST_F(ShippedCalibration, NamesTheRowsBehindIt) {
  const Catalog& catalog = study().house.catalog;
  const CatalogFile should = encode_used_rows(used_rows(catalog, catalog.measurements));
  EXPECT_EQ(first_difference(slurp(kRoot / should.path), should.text), "");
}

}  // namespace
}  // namespace rigwise
