#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"
#include "core/perf/parts.h"
#include "core/perf/speculation.h"
#include "core/sizing/memory.h"

namespace rigwise {

struct Workload {
  double prompt_tokens = 512, output_tokens = 128;
  double depth_tokens = 0;  ///< tokens already cached before the prompt
  int concurrency = 1;
};

/// How one model is laid over several devices, where the asker says so.
enum class Split { layer_split, tensor_parallel, expert_parallel };
const char* split_name(Split split);

/// A resolved question. Pointers into the catalog; null engine, empty backend: the best known for the set-up.
struct PredictQuery {
  const Llm* model = nullptr;
  const Format* format = nullptr;
  const Format* kv_format = nullptr;  ///< null: f16
  Setup setup;
  const Engine* engine = nullptr;
  std::string backend;
  Workload workload;
  std::optional<Split> split;  ///< absent: the engine's habit
  std::optional<Speculation> speculation;
  std::optional<OffloadKind> offload;  ///< absent: the engine's habit
  double level = 0.8;
};

/// One named part of a prediction, for the why-panel.
struct Term {
  std::string name;     ///< weights kv_cache compute layers fixed link ...
  std::string formula;  ///< in plain text with GLOSSARY symbols
  double seconds = 0, bytes = 0, flop = 0;
};

/// What of the weights the devices' memory does not hold: it stays in the host's RAM.
struct HostOffload {
  OffloadKind kind = OffloadKind::layers;
  Bytes weights;
  BytesPerSecond bandwidth;  ///< at which a decode step reaches them
  Bytes read_per_step;       ///< of them, in one decode step
};

/// What guessing ahead makes of a prediction.
struct SpeculationGain {
  double tokens_per_pass = 1;
  double check_s = 0, guess_s = 0;  ///< of a pass over all guesses, and of guessing one token
  double pass_s = 0;                ///< check_s + draft_tokens * guess_s
  Estimate plain_decode;            ///< without it
  Bytes draft_weights;              ///< of the draft model; memory counts them
};

struct Prediction {
  bool runs = false;  ///< false: see why_not
  /// False when this engine cannot run this at all (format, backend, split): no speed is given then. What only lacks
  /// memory has the speeds it would have.
  bool has_speeds = false;
  std::string why_not;  ///< "engine cannot run this format", ...
  const Engine* engine = nullptr;
  std::string backend;
  const Format* kv_format = nullptr;  ///< as asked or the engine's own; null: f16
  Fit fit;
  std::optional<HostOffload> offload;          ///< the speeds count it
  Estimate decode;                             ///< tokens/s of one stream
  std::optional<SpeculationGain> speculation;  ///< decode and what follows from it count it
  Estimate decode_total;                       ///< of all streams
  Estimate prefill;                            ///< prompt tokens/s
  Estimate ttft_s, e2e_s;
  std::optional<double> load_s;            ///< cold start from disk, when the storage speed is known
  std::optional<double> sustained_factor;  ///< long-run share of the burst speed, from the record
  std::optional<double> energy_j_per_token;
  Bound bound = Bound::bandwidth;
  double ceiling_decode_tokens_per_s = 0, ceiling_prefill_tokens_per_s = 0;
  std::vector<Term> terms, prefill_terms;
  std::vector<Constant> constants;  ///< calibration constants used, with their evidence counts
  std::vector<std::string> assumptions;
  std::vector<std::string> evidence;  ///< ids of nearby measurements, the user's own of this set-up first
  std::vector<std::string> own_runs;  ///< ids of the user's own runs of this very set-up
};

/// Engine and backend a set-up runs best with for this format ("llama.cpp"/"cuda", "mlx"/"metal", ...).
struct EngineChoice {
  const Engine* engine = nullptr;
  std::string backend;
  std::string why_not;  ///< set when nothing runs it
};
EngineChoice choose_engine(const Catalog& catalog, const Format& format, const Setup& setup,
                           const Engine* wanted = nullptr, std::string_view backend = {});

/// True for the engines that people run unless they say otherwise; forks and special-purpose ones are not among them.
bool is_widely_run(const Engine& engine);

/// The engine as it is asked to split models; unchanged without a wish.
Engine splitting(const Engine& engine, std::optional<Split> split);
const char* offload_name(OffloadKind kind);
/// The choices about a run that the question makes. llama.cpp itself keeps a mixture's experts with the host first
/// (since its end of 2025); the engines on top of it move whole layers.
RunChoices choices_of(const PredictQuery& query, const Engine& engine);
/// Why the engine cannot split this model so over these devices; empty when it can.
std::string cannot_split(const PredictQuery& query, const Engine& engine);

/// Default backend of a device for an engine: cuda, rocm, vulkan, metal, sycl, cpu.
std::string default_backend(const Device& device, const Engine& engine);

/// Builds the plain-number model behind a prediction. Errors: device without known bandwidth, closed weights.
Result<SpeedModel> build_speed_model(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                     const WeightPlan& weights, const KvPlan& kv);

/// Container a format is kept in under an engine: "gguf", "safetensors", "mlx", "exl".
std::string container_of(const Engine& engine, const Format& format);

/// The whole answer. Errors only for what cannot be asked (unknown bandwidth, unpublished weights).
Result<Prediction> predict(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query);

}  // namespace rigwise
