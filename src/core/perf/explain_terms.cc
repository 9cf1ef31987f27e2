#include "core/perf/explain_terms.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostEvidence = 5;
constexpr double kNudge = 1.02, kMatters = 1e-4;

bool is_named(const std::string& name, const std::string& id, const std::string& shown,
              const std::vector<std::string>& aliases) {
  return name == id || name == shown || std::find(aliases.begin(), aliases.end(), name) != aliases.end();
}

void add(std::vector<Term>& terms, const char* name, const char* formula, double seconds, double bytes, double flop) {
  if (seconds > 0) terms.push_back({name, formula, seconds, bytes, flop});
}

}  // namespace

std::vector<Term> decode_terms(const StepTerms& t) {
  std::vector<Term> terms;
  add(terms, "weights",
      "soft maximum of: weights read / (share * bandwidth), weights read / (units * clock * rate), "
      "matrix work / its rate",
      t.weights_s, t.bytes_weights, 0);
  add(terms, "compute", "2 * active parameters * streams / matrix rate (inside the soft maximum of weights)",
      t.compute_s, 0, t.flop);
  add(terms, "kv_cache", "cache read at this depth / (share * bandwidth)", t.kv_s, t.bytes_kv, 0);
  add(terms, "layers", "(layers + extra for experts and recurrent layers) * launch overhead", t.layers_s, 0, 0);
  add(terms, "fixed", "sampling and synchronisation of a step", t.fixed_s, 0, 0);
  add(terms, "link", "2 all-reduces per layer (tensor parallel) or one hop per stage (layer split)", t.link_s,
      t.link_bytes, 0);
  return terms;
}

std::vector<Term> prefill_terms(const StepTerms& t) {
  std::vector<Term> terms;
  add(terms, "compute", "2 * active parameters * tokens * (1 + h/u) / matrix rate + attention / its rate", t.compute_s,
      0, t.flop);
  add(terms, "weights", "weights read per chunk / (share * bandwidth) * chunks (overlaps with compute)", t.weights_s,
      t.bytes_weights, 0);
  add(terms, "layers", "chunks * (layers + extra) * launch overhead", t.layers_s, 0, 0);
  add(terms, "fixed", "fixed time of a prompt", t.fixed_s, 0, 0);
  add(terms, "link", "2 all-reduces per layer and chunk, or one hop per stage", t.link_s, 0, 0);
  return terms;
}

std::vector<Constant> constants_that_matter(const SpeedParts& parts, const Calibration& calibration,
                                            const Workload& workload) {
  const double depth = workload.depth_tokens + workload.prompt_tokens + workload.output_tokens / 2;
  const auto seconds = [&](const ParamValues& values) {
    const SpeedModel model = assemble(parts, values);
    return std::pair(model.decode_step(depth, workload.concurrency).total_s,
                     model.prefill(workload.prompt_tokens, workload.depth_tokens, workload.concurrency).total_s);
  };
  const auto [step, prefill] = seconds(calibration.values);
  std::vector<Constant> used;
  for (int i = 0; i < kParamCount; ++i) {
    ParamValues nudged = calibration.values;
    nudged[static_cast<std::size_t>(i)] *= kNudge;
    const auto [nudged_step, nudged_prefill] = seconds(nudged);
    if (std::abs(nudged_step / step - 1) < kMatters && std::abs(nudged_prefill / prefill - 1) < kMatters) continue;
    const Constant* constant = calibration.find(param_spec(i).key);
    used.push_back(constant != nullptr ? *constant
                                       : Constant{param_spec(i).key, param_spec(i).prior, 0, param_spec(i).from});
  }
  return used;
}

void add_usual_assumptions(const PredictQuery& query, const SpeedParts& parts, Prediction& prediction) {
  std::vector<std::string>& says = prediction.assumptions;
  if (query.engine == nullptr) {
    says.push_back(prediction.engine->name + " on " + prediction.backend + " (no engine was named)");
  }
  if (query.kv_format == nullptr) {
    says.push_back(prediction.kv_format == nullptr ? "KV cache in F16"
                                                   : prediction.kv_format->name + ", which " + prediction.engine->name +
                                                         " takes unasked for such weights");
  }
  if (parts.path != KernelPath::cpu && parts.path != KernelPath::serving) {
    says.push_back("prompts are taken in by chunks of " + std::to_string(parts.chunk_tokens) + " tokens");
  }
  const bool half_of_gguf = query.format->format_class == "mxfp4" && !query.model->is_moe() &&
                            container_of(*prediction.engine, *query.format) == "gguf";
  if (half_of_gguf) says.push_back("MXFP4 files of llama.cpp hold experts only: a dense model stays in Q8_0");
  if (parts.moe_layers > 0) says.push_back("experts are picked nearly at random (skew 0.1)");
  if (prediction.energy_j_per_token && query.setup.parts.front().device->is_bare()) {
    says.push_back("energy is the cards' own; the machine around them is not counted");
  }
}

std::vector<std::string> nearby_measurements(const Catalog& catalog, const PredictQuery& query,
                                             const Prediction& prediction) {
  const Device& device = *query.setup.parts.front().device;
  const Llm& model = *query.model;
  std::vector<std::pair<int, const Measurement*>> found;
  for (const Measurement& row : catalog.measurements) {
    const bool same_device = is_named(row.hardware, device.id, device.name, device.aliases);
    const bool same_model = is_named(row.model, model.id, model.name, model.aliases);
    if (!same_device || (!same_model && row.phase != Phase::decode)) continue;
    int distance = same_model ? 0 : 8;
    if (row.hardware_count != query.setup.device_count()) distance += 4;
    if (lower(row.backend) != prediction.backend) distance += 2;
    if (row.phase != Phase::decode) distance += 16;  // another phase says least
    found.emplace_back(distance, &row);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> ids;
  for (const auto& [distance, row] : found) {
    if (ids.size() == kMostEvidence) break;
    ids.push_back(row->id);
  }
  return ids;
}

}  // namespace rigwise
