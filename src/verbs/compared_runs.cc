#include "verbs/compared_runs.h"

#include "core/base/text.h"
#include "core/perf/learn.h"
#include "core/perf/resolve.h"
#include "core/perf/validate.h"
#include "verbs/answers.h"

namespace rigwise {
namespace {

/// Why nothing is predicted for a row; empty: something is.
std::string why_not_predicted(const House& house, const ValidatedRow& v, const std::optional<RefusedRun>& refused) {
  if (!v.skip_reason.empty()) return refused ? refused->message : v.skip_reason;
  const bool engine_unknown = !v.row->engine.empty() && engine_of_row(house.catalog, v.row->engine) == nullptr;
  return engine_unknown ? refused ? refused->message : "engine_unknown" : "";
}

/// What a row's mark says; nothing when it has none.
std::optional<std::string> why_marked(const Measurement& row) {
  constexpr std::string_view kMark = "OUTLIER: ";
  const std::size_t at = row.unit_note.find(kMark);
  if (at == std::string::npos) return std::nullopt;
  return row.unit_note.substr(at + kMark.size());
}

Json predicted_json(const ValidatedRow& v, double level) {
  return {{"value", *v.predicted}, {"low", *v.low},    {"high", *v.high},
          {"level", level},        {"basis", v.basis}, {"tier", v.tier}};
}

Json run_json(const Measurement& row) {
  return {{"id", row.id},
          {"hardware", row.hardware},
          {"hardware_count", row.hardware_count},
          {"model", row.model},
          {"quant", row.quant},
          {"engine", row.engine},
          {"backend", row.backend},
          {"phase", phase_name(row.phase)},
          {"test", test_of_row(row)},
          {"streams", row.concurrency},
          {"prompt_tokens", optional_json(row.prompt_tokens)},
          {"gen_tokens", optional_json(row.gen_tokens)},
          {"context_depth", optional_json(row.context_depth)},
          {"measured_tokens_per_s", row.tokens_per_s},
          {"predicted_tokens_per_s", nullptr},
          {"inside", nullptr},
          {"ratio", nullptr},
          {"refused", nullptr},
          {"not_predicted", nullptr}};
}

std::string count(double tokens) { return fixed(tokens, 0); }

}  // namespace

std::string test_of_row(const Measurement& row) {
  const double prompt = row.prompt_tokens.value_or(0), generated = row.gen_tokens.value_or(0);
  const double depth = row.context_depth.value_or(0);
  std::string test;
  switch (row.phase) {
    case Phase::prefill: test = prompt > 0 ? "pp" + count(prompt) : "pp"; break;
    case Phase::decode:
    case Phase::decode_total: test = generated > 0 ? "tg" + count(generated) : "tg"; break;
    case Phase::e2e: test = prompt > 0 ? "pp" + count(prompt) + "+tg" + count(generated) : "requests"; break;
  }
  if (depth > 0) test += " @ d" + count(depth);
  if (row.concurrency == 0) test += ", saturated";
  if (row.concurrency > 1) test += ", " + std::to_string(row.concurrency) + " streams";
  return test;
}

Json compared_runs(const House& house, const std::vector<Measurement>& rows, double level) {
  const Calibration published = published_only(house.calibration);
  const std::vector<ValidatedRow> validated = validate_rows(house.catalog, published, rows, level);
  Json compared = Json::array();
  for (const ValidatedRow& v : validated) {
    Json run = run_json(*v.row);
    const std::optional<RefusedRun> refused = why_refused(house.catalog, published, resolve_row(house.catalog, *v.row));
    const std::string not_predicted = why_not_predicted(house, v, refused);
    if (not_predicted.empty() && v.predicted && *v.predicted > 0) {
      run["predicted_tokens_per_s"] = predicted_json(v, level);
      run["inside"] = v.row->tokens_per_s >= *v.low && v.row->tokens_per_s <= *v.high;
      run["ratio"] = v.row->tokens_per_s / *v.predicted;
      if (refused && refused->reason != "e2e") run["refused"] = why_marked(*v.row).value_or(refused->message);
    } else {
      run["not_predicted"] = not_predicted.empty() ? "nothing is predicted for it" : not_predicted;
    }
    compared.push_back(std::move(run));
  }
  return compared;
}

}  // namespace rigwise
