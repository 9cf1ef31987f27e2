#include "core/perf/refused_run.h"

#include "core/base/text.h"
#include "core/perf/gate.h"

namespace rigwise {
namespace {

/// A run this much slower than predicted, and under 1 % of the roofline, was limited by something else.
constexpr double kLeastOfPredicted = 0.1;

std::string rate(double tokens_per_s) { return significant(tokens_per_s, 3) + " tok/s"; }

/// A name the catalog does not know, in the words of its own look-up.
template <class Record>
RefusedRun unknown_name(const Measurement& row, const std::string& reason, const Result<const Record*>& found) {
  return found ? RefusedRun{row.id, reason, reason, {}}
               : RefusedRun{row.id, reason, found.error().message, found.error().did_you_mean};
}

RefusedRun why_skipped(const Catalog& catalog, const Measurement& row, const std::string& reason) {
  if (reason == "hardware_unknown") return unknown_name(row, reason, catalog.device(row.hardware));
  if (reason == "model_unknown") return unknown_name(row, reason, catalog.model(row.model));
  if (reason == "format_unknown") return unknown_name(row, reason, catalog.format(row.quant));
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

/// Why physics or the row's own note forbid learning from it; empty: nothing does.
std::optional<RefusedRun> why_gated(const ResolvedRow& r, const SpeedModel& model) {
  const Measurement& row = *r.row;
  const Gate gate = gate_of(r);
  const bool crawls = row.tokens_per_s < kLeastOfPredicted * predicted_tokens_per_s(r, model);
  const auto refuse = [&](std::string message) { return RefusedRun{row.id, gate_name(gate), std::move(message), {}}; };
  switch (gate) {
    case Gate::passes:
    case Gate::offloaded: break;
    case Gate::marked_outlier: return refuse("its note marks it as an outlier");
    case Gate::speculative: return refuse("speculative decoding: not the speed of the model alone");
    case Gate::above_ceiling:
      return refuse(rate(row.tokens_per_s) + " is above " + rate(hard_ceiling(r)) +
                    ", which memory and arithmetic of " + r.device().id + " allow " + r.model->id + " in " +
                    r.format->id);
    case Gate::far_below:
      if (!crawls) break;  // processors take in prompts at less than that
      return refuse(rate(row.tokens_per_s) + " is below 1 % of what " + r.device().id +
                    " allows and a tenth of what is predicted: something else was the limit");
  }
  const double tokens = row.prompt_tokens.value_or(0) + row.context_depth.value_or(0);
  if (r.model->context_tokens > 0 && tokens > r.model->context_tokens) {
    return RefusedRun{row.id,
                      "beyond_context",
                      significant(tokens, 6) + " tokens are more than the " + std::to_string(r.model->context_tokens) +
                          " that " + r.model->id + " takes",
                      {}};
  }
  if (row.phase == Phase::e2e) {
    return RefusedRun{row.id, "e2e", "a whole request tells neither prefill nor decode: give them apart", {}};
  }
  return std::nullopt;
}

/// An engine that nobody knows would silently become the usual one.
std::optional<RefusedRun> unknown_engine(const Catalog& catalog, const Measurement& row) {
  if (row.engine.empty() || engine_of_row(catalog, row.engine) != nullptr) return std::nullopt;
  return unknown_name(row, "engine_unknown", catalog.engine(row.engine));
}

}  // namespace

std::optional<RefusedRun> why_refused(const Catalog& catalog, const Calibration& shipped, const ResolvedRow& r) {
  if (!r.skip_reason.empty()) return why_skipped(catalog, *r.row, r.skip_reason);
  if (std::optional<RefusedRun> engine = unknown_engine(catalog, *r.row)) return engine;
  if (r.setup.parts.size() != 1) return RefusedRun{r.row->id, "unlike_devices", "a set-up of unlike devices", {}};
  return why_gated(r, assemble(r.parts, shipped.values));
}

}  // namespace rigwise
