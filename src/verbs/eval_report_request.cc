#include <algorithm>
#include <set>

#include "codec/result_set.h"
#include "core/base/text.h"
#include "core/cost/exchange.h"
#include "verbs/answers.h"
#include "verbs/eval_report_parts.h"
#include "verbs/prompt_mix.h"

namespace rigwise {
namespace {

constexpr double kThreshold = 0.7, kThresholdOfReference = 0.9;

Result<ResultSet> read_results(const Json* json) {
  if (json == nullptr) {
    return invalid("nothing to report on: \"results\" is missing", "results",
                   "a result set, or a list of them (\"format\": \"" + std::string(kResultSetFormat) + "\")");
  }
  return read_result_sets(*json, "results");
}

/// A column by its id, or by the name that was asked for where only one has it.
Result<std::size_t> find_column(const ResultSet& results, const std::string& name) {
  std::vector<std::size_t> found;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < results.models.size(); ++i) {
    const EvaluatedModel& model = results.models[i];
    if (model.id == name) return i;
    if (fold_name(model.requested) == fold_name(name) || fold_name(model.id) == fold_name(name)) found.push_back(i);
    names.push_back(model.id);
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    return fail({ErrorCode::ambiguous,
                 "several columns are called \"" + name + "\"",
                 "reference",
                 "a column's id",
                 {results.models[found[0]].id, results.models[found[1]].id}});
  }
  return fail({ErrorCode::not_found, "no model of the results is called \"" + name + "\"", "reference",
               "one of: " + join(names, ", "), nearest_names(name, names)});
}

Result<std::vector<std::string>> find_roles(const ResultSet& results,
                                            const std::optional<std::vector<std::string>>& wanted) {
  std::set<std::string> known;
  for (const EvaluatedTask& task : results.tasks) {
    if (!task.role.empty()) known.insert(task.role);
  }
  std::vector<std::string> all(known.begin(), known.end());
  if (!wanted) return all;
  for (const std::string& role : *wanted) {
    if (known.contains(role)) continue;
    return fail({ErrorCode::not_found, "no task of the results is of the role \"" + role + "\"", "roles",
                 all.empty() ? "these tasks name no roles" : "one of: " + join(all, ", "), nearest_names(role, all)});
  }
  return *wanted;
}

}  // namespace

Result<EvalReportRequest> read_eval_report_request(const House& house, const Json& json,
                                                   std::optional<ResultSet> given) {
  ObjectReader reader(json, "");
  EvalReportRequest request;
  const Json* results = reader.raw("results");
  request.level = reader.number("level", 0.5, 0.999).value_or(request.level);
  const std::optional<double> threshold = reader.number("threshold", 0, 1);
  const std::optional<std::vector<std::string>> roles = reader.texts("roles");
  const std::optional<std::string> reference = reader.text("reference");
  request.context_tokens = reader.number("context_tokens", 1, 1e7).value_or(request.context_tokens);
  const std::string currency = reader.text("currency").value_or("USD");
  request.as_of = read_as_of(reader, house);
  if (auto fault = reader.done()) return fail(std::move(*fault));
  Result<ResultSet> set = given ? Result<ResultSet>(std::move(*given)) : read_results(results);
  if (!set) return fail(set.error());
  request.results = std::move(*set);
  if (reference) {
    const Result<std::size_t> column = find_column(request.results, *reference);
    if (!column) return fail(column.error());
    request.target.reference = *column;
  }
  request.target.threshold = threshold.value_or(reference ? kThresholdOfReference : kThreshold);
  if (!threshold) {
    request.assumptions.push_back("good enough is " + significant(100 * request.target.threshold) + " % of the " +
                                  (reference ? "reference's score" : "full mark") + " (no threshold was given)");
  }
  Result<std::vector<std::string>> found = find_roles(request.results, roles);
  if (!found) return fail(found.error());
  request.roles = std::move(*found);
  const Result<std::string> code = Exchange(house.catalog.rates, request.as_of).currency(currency);
  if (!code) return fail(code.error());
  request.currency = *code;
  return request;
}

}  // namespace rigwise
