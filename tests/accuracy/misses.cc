#include <algorithm>
#include <cmath>
#include <map>

#include "core/stats/quantile.h"
#include "host/cli/table.h"
#include "page.h"
#include "words.h"

namespace rigwise {
namespace {

constexpr int kLeastGroupsOfADevice = 4;
constexpr std::size_t kShown = 20;

/// Largest |log ratio| first, equal ones by the id of the row.
void sort_by_miss(std::vector<AccuracyGroup>& groups) {
  std::sort(groups.begin(), groups.end(), [](const AccuracyGroup& a, const AccuracyGroup& b) {
    const double x = std::abs(a.log_ratio), y = std::abs(b.log_ratio);
    return x != y ? x > y : a.example->row->id < b.example->row->id;
  });
}

std::string engine_words(const ValidatedRow& v) { return v.engine_id + ", " + v.backend; }

}  // namespace

std::string misses_table(const Study& study) {
  std::vector<AccuracyGroup> groups = accuracy_groups(study.hardware().rows);
  sort_by_miss(groups);
  Table table;
  table.columns = {{"row"},    {"class"},          {"device"},          {"model"},       {"format"},
                   {"engine"}, {"measured", true}, {"predicted", true}, {"factor", true}};
  for (std::size_t i = 0; i < groups.size() && i < kShown; ++i) {
    const AccuracyGroup& group = groups[i];
    const ValidatedRow& v = *group.example;
    const std::string count = v.row->hardware_count > 1 ? std::to_string(v.row->hardware_count) + "x " : "";
    const std::string more = group.rows > 1 ? " and " + std::to_string(group.rows - 1) + " more" : "";
    table.rows.push_back({v.row->id + more, v.error_class, count + v.device_id, v.model_id, v.format_id,
                          engine_words(v), significant(group.measured, 3),
                          significant(group.measured * std::exp(group.log_ratio), 3),
                          significant(std::exp(std::abs(group.log_ratio)), 2)});
  }
  return table.as_markdown();
}

std::string devices_table(const Study& study) {
  std::map<std::string, std::vector<double>> of_device;
  std::map<std::string, const ValidatedRow*> example;
  for (const AccuracyGroup& group : accuracy_groups(study.hardware().rows)) {
    const ValidatedRow& v = *group.example;
    const std::string key = v.device_id + "|" + engine_words(v) + "|" + v.error_class;
    of_device[key].push_back(group.log_ratio);
    example[key] = &v;
  }
  struct Off {
    std::string key;
    double log_ratio;
    std::size_t groups;
  };
  std::vector<Off> off;
  for (const auto& [key, ratios] : of_device) {
    if (ratios.size() >= kLeastGroupsOfADevice) off.push_back({key, median(ratios), ratios.size()});
  }
  std::stable_sort(off.begin(), off.end(),
                   [](const Off& a, const Off& b) { return std::abs(a.log_ratio) > std::abs(b.log_ratio); });
  Table table;
  table.columns = {{"device"}, {"engine"}, {"class"}, {"groups", true}, {"predicted"}};
  for (std::size_t i = 0; i < off.size() && i < kShown; ++i) {
    const ValidatedRow& v = *example[off[i].key];
    table.rows.push_back({v.device_id, engine_words(v), v.error_class, counted(static_cast<int>(off[i].groups)),
                          miss_words(off[i].log_ratio)});
  }
  return table.as_markdown();
}

}  // namespace rigwise
