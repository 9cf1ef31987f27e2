#include "verbs/validate.h"

#include "codec/csv.h"
#include "codec/measurement_csv.h"
#include "core/base/text.h"
#include "core/perf/learn.h"
#include "verbs/answers.h"
#include "verbs/compared_runs.h"

namespace rigwise {
namespace {

Json line_json(const AccuracyLine& line) {
  return {{"rows", line.rows},           {"groups", line.groups},
          {"devices", line.devices},     {"median_error", line.median_error},
          {"p90_error", line.p90_error}, {"median_log_error", line.median_log_error},
          {"coverage", line.coverage}};
}

Json classes_json(const std::map<std::string, AccuracyLine>& lines) {
  Json classes = Json::object();
  for (const auto& [name, line] : lines) classes[name] = line_json(line);
  return classes;
}

/// How many constants the data were asked for, and how much data each stands on.
Json constants_json(const Calibration& calibration) {
  constexpr int kFew = 30;
  const int fitted = calibration.fitted_constants();
  int few = 0;
  for (const Constant& constant : calibration.constants) few += constant.from == "fit" && constant.groups < kFew;
  Json constants = {{"fitted", fitted},
                    {"groups", calibration.groups},
                    {"moved_by_fewer_than_30_groups", few},
                    {"device_terms", calibration.device_terms.size()}};
  constants["groups_per_constant"] = fitted > 0 ? Json(1.0 * calibration.groups / fitted) : Json(nullptr);
  return constants;
}

std::string number_cell(const std::optional<double>& value) { return value ? significant(*value, 6) : ""; }

}  // namespace

Json accuracy_json(const AccuracyReport& report, double level) {
  Json response;
  response["rows"] = report.rows;
  response["predicted"] = report.predicted;
  Json skipped = Json::object();
  for (const auto& [reason, count] : report.skipped) skipped[reason] = count;
  response["skipped"] = std::move(skipped);
  Json refused = Json::object();
  for (const auto& [reason, count] : report.refused) refused[reason] = count;
  response["refused"] = std::move(refused);
  response["level"] = level;
  response["classes"] = classes_json(report.classes);
  response["classes_without_device_terms"] = classes_json(report.classes_without_device_terms);
  Json by = Json::array();
  for (const AccuracyReport::By& entry : report.by) {
    Json line = line_json(entry.line);
    Json item = {{"by", entry.by}, {"name", entry.name}, {"class", entry.error_class}};
    item.update(line);
    by.push_back(std::move(item));
  }
  response["by"] = std::move(by);
  return response;
}

std::string validated_csv(const std::vector<ValidatedRow>& rows) {
  std::string text = std::string(kMeasurementColumns) + ",predicted,low,high,basis,tier,error,skip_reason,refused\n";
  for (const ValidatedRow& row : rows) {
    text += measurement_cells(*row.row);
    for (const std::string& cell : {number_cell(row.predicted), number_cell(row.low), number_cell(row.high), row.basis,
                                    row.tier, number_cell(row.error), row.skip_reason, row.refused}) {
      text.append(",").append(csv_cell(cell));
    }
    text += "\n";
  }
  return text;
}

Result<Json> validate_verb(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  const std::optional<std::string> csv = reader.text("measurements");
  const std::optional<std::string> holdout = reader.text("holdout");
  const double level = reader.number("level", 0.5, 0.99).value_or(0.8);
  const bool with_rows = reader.boolean("rows").value_or(false);
  const bool each = reader.boolean("each").value_or(false);
  const std::string as_of = read_as_of(reader, house);
  if (holdout && *holdout != "hardware" && *holdout != "model" && *holdout != "source") {
    reader.refuse({ErrorCode::invalid_input, "\"holdout\" is \"" + *holdout + "\"", "holdout",
                   "hardware, model or source", nearest_names(*holdout, {"hardware", "model", "source"})});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*fault);

  std::vector<Measurement> rows;
  if (csv) {
    Result<std::vector<Measurement>> decoded = decode_measurements(*csv, "measurements");
    if (!decoded) return fail(decoded.error());
    rows = std::move(*decoded);
  } else {
    rows = house.catalog.measurements;
  }
  // What was learned from the user's rows would find itself again in them.
  const std::vector<ValidatedRow> validated =
      holdout ? cross_validate(house.catalog, rows, *holdout, level)
              : validate_rows(house.catalog, published_only(house.calibration), rows, level);
  Json response = response_head("validate", house, as_of);
  if (holdout) response["holdout"] = *holdout;
  response.update(accuracy_json(summarize_accuracy(house.catalog, validated), level));
  response["constants"] = constants_json(house.calibration);
  if (each) response["runs"] = compared_runs(house, rows, level);
  if (with_rows) response["rows_csv"] = validated_csv(validated);
  return response;
}

}  // namespace rigwise
