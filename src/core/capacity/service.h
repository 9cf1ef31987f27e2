#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/capacity/simulate.h"
#include "core/perf/predict.h"

namespace rigwise {

/// What somebody sets about an engine; absent: its habit.
struct ServiceWish {
  std::optional<int> sequences;    ///< slots, --max-num-seqs, OLLAMA_NUM_PARALLEL
  std::optional<int> step_tokens;  ///< --max-num-batched-tokens, -b
  std::optional<int> context_tokens;
};

/// What limits how many sequences are served at once.
enum class SequenceLimit { asked, habit, memory };

/// One model of a set-up, from facts to what the simulator takes.
struct Service {
  PredictQuery query;     ///< engine, backend and a typical workload filled in
  Prediction prediction;  ///< at a typical concurrency: bands, tier, engine
  Fit fit;                ///< of one sequence at the full context, beside the neighbours
  std::string why_not;    ///< set: it cannot be served, and nothing below counts
  int context_tokens = 0;
  int memory_sequences = 0;  ///< that the memory holds at the full context
  SequenceLimit limit = SequenceLimit::habit;
  ServingPolicy policy;
  std::optional<StepTable> table;
  StepFactors low, high;  ///< on the times: the ends of the speeds' bands
  PowerUse power;
  Bound decode_bound = Bound::bandwidth;  ///< of a step with half of the sequences
};

/// A model that somebody wants served.
struct ServiceQuestion {
  PredictQuery query;  ///< workload ignored
  ServiceWish wish;
  Load load;
};

/// Facts -> services, all models on the same set-up at once.
///
/// Memory: each model takes its weights, buffers and one sequence; what is left becomes cache, shared out by how many
/// bytes of cache the requests of each load keep for how long (arrivals x lengths). Continuous engines turn their share
/// into blocks, others into slots of a full context each.
///
/// Takes  set-ups that are the same for all. Errors: what predict() refuses.
Result<std::vector<Service>> plan_services(const Catalog& catalog, const Calibration& calibration,
                                           const std::vector<ServiceQuestion>& questions);

/// What the simulator takes, with the service's own speeds or an end of their band.
ServedModel served_model(const Service& service, const Load& load, const Slo& slo, const StepFactors& factors = {});

/// Longest prompt and answer together that a load plans for: twice the mean, at least 4,096, in steps of 1,024, at most
/// what the model can hold.
int usual_context(const Load& load, const Llm& model);

}  // namespace rigwise
