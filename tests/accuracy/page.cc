#include "page.h"

#include <cmath>

#include "host/cli/table.h"
#include "memory_logs.h"
#include "peers.h"
#include "targets.h"
#include "words.h"

namespace rigwise {
namespace {

std::string targets_table(const std::vector<TargetLine>& lines) {
  int met = 0;
  Table table;
  table.columns = {{"target"}, {"asked", true}, {"is", true}, {"verdict"}};
  for (const TargetLine& line : lines) {
    met += line.met;
    table.rows.push_back({line.what, line.target, line.value, line.met ? line.verdict : "**" + line.verdict + "**"});
  }
  return std::to_string(met) + " of " + std::to_string(lines.size()) + " met.\n\n" + table.as_markdown();
}

std::string coverage_table(const Study& study) {
  Table table;
  table.columns = {{""}, {""}, {"devices", true}, {"groups", true}, {"covers", true}, {"tolerance", true}, {"verdict"}};
  for (const CoverageLine& line : coverage_lines(study, 15)) {
    table.rows.push_back({line.by == "all" ? "" : line.by, line.name, counted(line.devices), counted(line.groups),
                          percent(line.coverage),
                          percent(kBandLevel - line.tolerance) + " to " +
                              (line.tolerance < 1 - kBandLevel ? percent(kBandLevel + line.tolerance) : "100 %"),
                          line.inside() ? "inside" : "**outside**"});
  }
  return table.as_markdown();
}

std::string peers_table(const std::vector<Contest>& contests) {
  Table table;
  table.columns = {{"rule"},
                   {"formula"},
                   {"class"},
                   {"groups", true},
                   {"its median error", true},
                   {"its p90", true},
                   {"our median error", true},
                   {"our p90", true},
                   {"median, ours / its", true},
                   {"p90, ours / its", true}};
  for (const Contest& c : contests) {
    table.rows.push_back({c.peer->name, c.peer->formula, c.peer->error_class, counted(c.ours.groups),
                          percent(c.theirs.median_error), percent(c.theirs.p90_error), percent(c.ours.median_error),
                          percent(c.ours.p90_error), significant(c.ours.median_error / c.theirs.median_error, 2),
                          significant(c.ours.p90_error / c.theirs.p90_error, 2)});
  }
  return table.as_markdown();
}

std::string memory_table(const Study& study) {
  Table table;
  table.columns = {{""}, {"logged", true}, {"predicted", true}, {"unit"}, {"error", true}, {"from"}};
  for (const MemoryLog& log : memory_logs(study.house.catalog)) {
    table.rows.push_back({log.what, significant(log.logged, 6), significant(log.said, 6), log.unit,
                          fixed(100 * log.error(), 1) + " %", log.from});
  }
  return table.as_markdown();
}

/// Rows that count in no error, in a sentence.
std::string refused_words(const AccuracyReport& report) {
  int all = 0;
  for (const auto& [reason, count] : report.refused) all += count;
  const auto of = [&](const char* reason) {
    const auto found = report.refused.find(reason);
    return counted(found == report.refused.end() ? 0 : found->second);
  };
  return counted(all) + " of these runs count in no error: " + of("above_ceiling") +
         " are faster than memory and arithmetic allow (a prompt cache answered), " + of("marked_outlier") +
         " are marked as outliers by their source.";
}

std::string weakest_words(const Study& study) {
  constexpr std::size_t kNamed = 5;
  std::string names;
  std::size_t count = 0;
  for (const WeakGroup& weak : weak_groups(study)) {
    if (weak.of.by != "engine" && weak.of.by != "backend" && weak.of.by != "model_kind") continue;
    if (count++ == kNamed) break;
    const bool many = weak.of.error_class == "many";
    names += (names.empty() ? "" : ", ") + weak.of.name + (many ? " on several devices or streams" : " in ") +
             (many ? "" : weak.of.error_class) + " (" + percent(weak.of.line.median_error) + ", p90 " +
             percent(weak.of.line.p90_error) + ")";
  }
  return names.empty() ? "" : " Furthest from their targets: " + names + ".";
}

}  // namespace

Sections accuracy_sections(const Study& study) {
  const std::vector<Contest> contest = contests(study);
  return {{"classes", classes_table(study)},
          {"targets", targets_table(target_lines(study, contest))},
          {"without device terms", plain_table(study)},
          {"constants", constants_table(study)},
          {"groups", groups_tables(study)},
          {"coverage", coverage_table(study)},
          {"peers", peers_table(contest)},
          {"memory", memory_table(study)},
          {"weak groups", weak_groups_table(study)},
          {"devices", devices_table(study)},
          {"misses", misses_table(study)},
          {"left out", left_out_tables(study)},
          {"own runs", own_runs_table(study)}};
}

Sections readme_sections(const Study& study) {
  const AccuracyReport& report = study.hardware().report;
  Table table;
  table.columns = {{""},          {"groups", true},           {"median error, device left out of the fit", true},
                   {"p90", true}, {"80 % band covers", true}, {"median error, device measured", true}};
  for (const char* error_class : kAllClasses) {
    const AccuracyLine line = class_line(report.classes, error_class);
    const AccuracyLine seen = class_line(study.sight("in_sample").report.classes, error_class);
    table.rows.push_back({class_words(error_class), counted(line.groups), percent(line.median_error),
                          percent(line.p90_error), percent(line.coverage), percent(seen.median_error)});
  }
  return {{"accuracy", "Against " + counted(report.predicted) +
                           " published runs that the catalog can state (`script/run validate --holdout hardware`, and "
                           "without `--holdout` for the last column):\n\n" +
                           table.as_markdown() + "\n" + refused_words(report) + weakest_words(study) + "\n"}};
}

}  // namespace rigwise
