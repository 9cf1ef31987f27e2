#pragma once

#include <string>

#include "core/perf/predict.h"
#include "verbs/verbs.h"

namespace rigwise {

/// The keys that predict, explain, check and compare share, resolved against the catalog.
struct SpeedQuestion {
  PredictQuery query;
  std::string as_of;
  std::optional<std::string> region;     ///< whose price of electricity counts
  bool quality_loss = false;             ///< say what the weight format costs in quality
  std::vector<std::string> assumptions;  ///< what we filled in because the request left it open
};

/// Reads model, quant, setup, engine, backend, prompt_tokens, output_tokens, depth_tokens, concurrency, kv_type,
/// split, offload, speculative, draft_tokens, acceptance, quality_loss, region, level, as_of. Names resolve by id or
/// alias; a miss lists the nearest. An absent quant becomes Q4_K_M (or the first format the wanted engine runs) and is
/// named in `assumptions`.
Result<SpeedQuestion> read_speed_question(const House& house, ObjectReader& reader);

/// "split": layer_split, tensor_parallel or expert_parallel, or their first words; a fault of the reader otherwise.
std::optional<Split> split_of(ObjectReader& reader);

/// The format to run when the request names none.
Result<const Format*> default_format(const Catalog& catalog, const Llm& model, const Engine* engine);

/// The request's names as resolved: {"model", "quant", "setup", "engine", "backend", ...}.
Json resolved_json(const SpeedQuestion& question, const Prediction& prediction);

}  // namespace rigwise
