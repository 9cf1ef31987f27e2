#include "verbs/bench_compare.h"

#include <algorithm>

#include "codec/bench_result.h"

namespace rigwise {
namespace {

struct MetricOfSample {
  const char* name;
  std::optional<double> RequestSample::* member;
};
constexpr MetricOfSample kCompared[] = {
    {"ttft_s", &RequestSample::ttft_s}, {"tpot_s", &RequestSample::tpot_s}, {"e2e_s", &RequestSample::e2e_s}};

std::string verdict_of(const PairedChange& change) {
  if (!change.interval) return "too few pairs";
  if (change.interval->low > 1) return "slower";
  if (change.interval->high < 1) return "faster";
  return "no difference shown";
}

Json change_json(const char* metric, const PairedChange& change) {
  Json json = {{"metric", metric},
               {"pairs", change.pairs},
               {"first_mean", change.first_mean},
               {"second_mean", change.second_mean},
               {"ratio", change.ratio},
               {"interval", nullptr}};
  if (change.interval) json["interval"] = {change.interval->low, change.interval->high};
  json["verdict"] = verdict_of(change);
  return json;
}

Json level_json(const SavedLevel& first, const SavedLevel& second) {
  Json level = {{"concurrency", first.streams},
                {"rate", first.rate_per_s},
                {"grades", {first.grade, second.grade}},
                {"not_comparable_because", nullptr},
                {"changes", Json::array()}};
  const std::string reason = why_not_comparable(first.samples, second.samples);
  if (!reason.empty()) {
    level["not_comparable_because"] = reason;
    return level;
  }
  for (const MetricOfSample& metric : kCompared) {
    const PairedChange change = compare_paired(first.samples, second.samples, metric.member);
    if (change.pairs > 0) level["changes"].push_back(change_json(metric.name, change));
  }
  return level;
}

/// One of the two, with the name it goes by.
Result<SavedBench> side(ObjectReader& reader, std::string_view key, const std::string& name) {
  const Json* const report = reader.raw(key);
  if (report != nullptr) return saved_bench_of(*report, name);
  return invalid("there is no " + std::string(key) + " result", std::string(key),
                 "a result that `rigwise bench --out` wrote");
}

}  // namespace

Result<Json> bench_compare_verb(const House&, const Json& request) {
  ObjectReader reader(request, "");
  const std::string first_name = reader.text("first_name").value_or("first");
  const std::string second_name = reader.text("second_name").value_or("second");
  const Result<SavedBench> first = side(reader, "first", first_name), second = side(reader, "second", second_name);
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  if (!first) return fail(first.error());
  if (!second) return fail(second.error());
  Json levels = Json::array(), notes = Json::array();
  for (const SavedLevel& level : first->levels) {
    const auto twin = std::find_if(second->levels.begin(), second->levels.end(), [&](const SavedLevel& other) {
      return other.streams == level.streams && other.rate_per_s == level.rate_per_s;
    });
    if (twin == second->levels.end()) continue;
    levels.push_back(level_json(level, *twin));
    if (level.grade > "B" || twin->grade > "B") {
      notes.push_back("a client graded " + std::max(level.grade, twin->grade) +
                      " measured one of them: look at its reasons first");
    }
  }
  if (levels.empty()) {
    return invalid("the two have no load in common", first_name + " " + second_name,
                   "two runs with the same --concurrency or --rate");
  }
  if (first->seed != second->seed) notes.push_back("the seeds differ: the two did not ask the same");
  return Json{{"schema", "rigwise.bench_compare/1"},
              {"first", first_name},
              {"second", second_name},
              {"levels", std::move(levels)},
              {"notes", std::move(notes)}};
}

}  // namespace rigwise
