#include "core/perf/refused_run.h"

#include "core/base/text.h"
#include "core/perf/gate.h"

namespace rigwise {
namespace {

/// A run this much slower than predicted, and under 1 % of the roofline, was limited by something else.
constexpr double kLeastOfPredicted = 0.1;

std::string rate(double tokens_per_s) { return significant(tokens_per_s, 3) + " tok/s"; }

/// What a row says in place of a name that its source does not state (run_names.h writes it).
constexpr std::string_view kUnstated = "not stated";

/// A name the catalog does not know, in the words of its own look-up; what the row does not name is not looked up.
template <class Record>
RefusedRun unknown_name(const Measurement& row, const std::string& reason, const std::string& name, const char* what,
                        const Result<const Record*>& found) {
  if (name.empty() || name == kUnstated) return {row.id, reason, std::string("the run names no ") + what, {}};
  return found ? RefusedRun{row.id, reason, reason, {}}
               : RefusedRun{row.id, reason, found.error().message, found.error().did_you_mean};
}

RefusedRun why_skipped(const Catalog& catalog, const Measurement& row, const std::string& reason) {
  if (reason == "hardware_unknown")
    return unknown_name(row, reason, row.hardware, "machine", catalog.device(row.hardware));
  if (reason == "model_unknown") return unknown_name(row, reason, row.model, "model", catalog.model(row.model));
  if (reason == "format_unknown")
    return unknown_name(row, reason, row.quant, "weight format", catalog.format(row.quant));
  const std::string where = "\"" + row.hardware + "\"";
  std::string message = reason;
  if (reason == "row_unreadable") message = row.defect;
  if (reason == "memory_config_unknown") message = where + " has no known memory bandwidth: name the configuration";
  if (reason == "model_unpublished") message = "the weights of \"" + row.model + "\" are not published";
  if (reason == "exceeds_memory") message = "\"" + row.model + "\" is far larger than the memory of " + where;
  if (reason == "engine_unknown") {
    message = "nothing known runs " + row.quant + " on " + where + " with engine \"" + row.engine +
              "\" and backend \"" + row.backend + "\"";
  }
  return {row.id, reason, message, {}};
}

/// " behind 32768 tokens, even of a q4_0 cache": what a ceiling of decoding counts beside the weights.
std::string depth_words(const ResolvedRow& r) {
  const double depth = r.row->context_depth.value_or(0);
  const std::string_view type = stated_cache_type(*r.row);
  if (r.row->phase == Phase::prefill || !(depth > 0)) return {};
  return " behind " + fixed(depth, 0) + " tokens, " +
         (type.empty() ? "even with a q4_0 cache" : "with its " + std::string(type) + " cache");
}

/// A run that only a lighter cache than the engine's usual one explains: what it teaches hangs on which it was.
std::optional<RefusedRun> why_asked_for_cache(const ResolvedRow& r) {
  const std::optional<double> ceiling = passed_usual_cache(r);
  if (!ceiling) return std::nullopt;
  return RefusedRun{r.row->id,
                    "cache_type_unknown",
                    rate(r.row->tokens_per_s) + " behind " + fixed(r.row->context_depth.value_or(0), 0) +
                        " tokens is above " + rate(*ceiling) + ", which " + r.device().id +
                        " allows with the usual KV cache: was it q8_0 or q4_0? say \"KV q8_0\" in the row's unit_note",
                    {}};
}

/// Why physics or the row's own note forbid learning from it; empty: nothing does.
std::optional<RefusedRun> why_gated(const ResolvedRow& r, const SpeedModel& model) {
  const Measurement& row = *r.row;
  const Gate gate = gate_of(r);
  const bool crawls = row.tokens_per_s < kLeastOfPredicted * predicted_tokens_per_s(r, model);
  const auto refuse = [&](std::string message) { return RefusedRun{row.id, gate_name(gate), std::move(message), {}}; };
  const double tokens = row.prompt_tokens.value_or(0) + row.context_depth.value_or(0);
  if (r.model->context_tokens > 0 && tokens > r.model->context_tokens) {
    return RefusedRun{row.id,
                      "beyond_context",
                      significant(tokens, 6) + " tokens are more than the " + std::to_string(r.model->context_tokens) +
                          " that " + r.model->id + " takes",
                      {}};
  }
  switch (gate) {
    case Gate::passes:
    case Gate::offloaded: break;
    case Gate::marked_outlier: return refuse("its note marks it as an outlier");
    case Gate::speculative: return refuse("speculative decoding: not the speed of the model alone");
    case Gate::above_ceiling:
      return refuse(rate(row.tokens_per_s) + " is above " + rate(hard_ceiling(r)) +
                    ", which memory and arithmetic of " + r.device().id + " allow " + r.model->id + " in " +
                    r.format->id + depth_words(r));
    case Gate::far_below:
      if (!crawls) break;  // processors take in prompts at less than that
      return refuse(rate(row.tokens_per_s) + " is below 1 % of what " + r.device().id +
                    " allows and a tenth of what is predicted: something else was the limit");
  }
  if (std::optional<RefusedRun> asked = why_asked_for_cache(r)) return asked;
  if (row.phase == Phase::e2e) {
    return RefusedRun{row.id, "e2e", "a whole request tells neither prefill nor decode: give them apart", {}};
  }
  return std::nullopt;
}

/// An engine that nobody knows would silently become the usual one.
std::optional<RefusedRun> unknown_engine(const Catalog& catalog, const Measurement& row) {
  if (row.engine.empty() || engine_of_row(catalog, row.engine) != nullptr) return std::nullopt;
  return unknown_name(row, "engine_unknown", row.engine, "engine", catalog.engine(row.engine));
}

}  // namespace

std::optional<RefusedRun> why_refused(const Catalog& catalog, const Calibration& shipped, const ResolvedRow& r) {
  if (!r.skip_reason.empty()) return why_skipped(catalog, *r.row, r.skip_reason);
  if (std::optional<RefusedRun> engine = unknown_engine(catalog, *r.row)) return engine;
  if (r.setup.parts.size() != 1) return RefusedRun{r.row->id, "unlike_devices", "a set-up of unlike devices", {}};
  return why_gated(r, assemble(r.parts, shipped.values));
}

}  // namespace rigwise
