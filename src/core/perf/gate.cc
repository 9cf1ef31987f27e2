#include "core/perf/gate.h"

#include <algorithm>
#include <limits>

namespace rigwise {
namespace {

constexpr double kMostOfCeiling = 1.02, kLeastOfRoofline = 0.01;
constexpr double kMostOffloadFitted = 0.02;
/// Bits per weight are averages over one model; another model's mix of the same name may be this much lighter.
constexpr double kLighterMix = 1.05;

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// Blocks of 32 values of 4 bits with a scale of 16: the lightest cache that engines offer (catalog: kv-q4_0).
constexpr double kLightestCacheBits = 4.5;

KvPlan lightest_cache(const ResolvedRow& r) {
  if (!stated_cache_type(*r.row).empty()) return r.parts.kv;
  Format light;
  light.bits.whole_model = kLightestCacheBits;
  return kv_plan(*r.model, &light);
}

/// hard_ceiling() with a given cache.
double ceiling_with(const ResolvedRow& r, const KvPlan& cache) {
  const SpeedParts& p = r.parts;
  double flop = 2 * p.dense_params, bytes = p.always_read;
  for (int i = 0; i < p.expert_groups; ++i) {
    const ExpertGroup& group = p.experts[i];
    flop += 2 * group.layers * group.params_per_expert * group.experts_per_token;
    bytes += group.layers * group.per_expert.value * group.experts_per_token;
  }
  const double devices = r.setup.device_count();
  double ceiling = std::numeric_limits<double>::infinity();
  if (p.best_peak > 0 && flop > 0) ceiling = devices * p.best_peak / flop;
  if (r.row->phase != Phase::prefill && r.row->concurrency > 0 && bytes > 0) {
    const double streams = r.row->concurrency, counted = r.row->phase == Phase::decode ? 1 : streams;
    // A mean over LocalScore's nine tests has no depth of its own.
    const double depth = r.conditions.localscore_average ? 0 : r.row->context_depth.value_or(0);
    if (depth > 0) bytes += streams * cache.read_at(depth).value;
    ceiling = std::min(ceiling, counted * devices * p.bandwidth / bytes);
  }
  return ceiling;
}

}  // namespace

std::string_view stated_cache_type(const Measurement& row) {
  constexpr std::string_view kTypes[] = {"f16", "bf16", "fp16", "fp8", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"};
  const std::string_view note = row.unit_note;
  for (const std::string_view type : kTypes) {
    for (const char* label : {"KV ", "KV cache "}) {
      const std::string words = label + std::string(type);
      const std::size_t at = note.find(words);
      if (at == std::string_view::npos) continue;
      const std::string_view behind = note.substr(at + words.size());
      if (behind.empty() || behind.front() == ';' || behind.front() == ',' || behind.front() == ' ') return type;
    }
  }
  return {};
}

double hard_ceiling(const ResolvedRow& r) { return ceiling_with(r, lightest_cache(r)); }

std::optional<double> passed_usual_cache(const ResolvedRow& r) {
  const double ceiling = ceiling_with(r, r.parts.kv);
  const bool passed = r.row->tokens_per_s > kLighterMix * ceiling && ceiling < hard_ceiling(r);
  return passed ? std::optional<double>(ceiling) : std::nullopt;
}

const char* gate_name(Gate gate) {
  switch (gate) {
    case Gate::passes: return "passes";
    case Gate::marked_outlier: return "marked_outlier";
    case Gate::above_ceiling: return "above_ceiling";
    case Gate::speculative: return "speculative";
    case Gate::offloaded: return "offloaded";
    case Gate::far_below: return "far_below";
  }
  return "";
}

Gate gate_of(const ResolvedRow& r) {
  for (const char* mark : {"OUTLIER", "broken"}) {
    if (contains(r.row->unit_note, mark)) return Gate::marked_outlier;
  }
  if (r.row->confidence == "retracted") return Gate::marked_outlier;
  if (contains(r.row->unit_note, "speculative decoding enabled")) return Gate::speculative;
  if (r.row->tokens_per_s > kMostOfCeiling * hard_ceiling(r)) return Gate::above_ceiling;
  if (r.parts.host_share > kMostOffloadFitted) return Gate::offloaded;
  const double roofline = ceiling_tokens_per_s(r, assemble(r.parts, prior_values()));
  return r.row->tokens_per_s < kLeastOfRoofline * roofline ? Gate::far_below : Gate::passes;
}

std::optional<double> implausible_share(const ResolvedRow& r, const SpeedModel& shipped) {
  constexpr double kSmallModel = 1.5e9, kLeastLocalScore = 0.2, kLeastLocalScoreSmall = 0.085;
  constexpr double kLeast = 0.08, kLeastOfShipped = 0.4;
  const bool one_of_each = r.row->concurrency == 1 && r.setup.device_count() == 1 && r.row->hardware_count == 1;
  if (r.row->phase != Phase::decode || !one_of_each || r.parts.path == KernelPath::cpu) return std::nullopt;
  const double speed = r.row->tokens_per_s;
  const bool small = r.model->params_total <= kSmallModel, offloaded = r.parts.host_share > kMostOffloadFitted;
  const double of_roofline = speed / ceiling_tokens_per_s(r, assemble(r.parts, prior_values()));
  if (contains(r.row->unit_note, "LocalScore")) {  // its tests are of one card alone
    const double share = offloaded ? speed / hard_ceiling(r) : of_roofline;
    return share < (small ? kLeastLocalScoreSmall : kLeastLocalScore) ? std::optional<double>(share) : std::nullopt;
  }
  if (small || offloaded || of_roofline >= kLeast) return std::nullopt;
  const bool crawls = speed < kLeastOfShipped * predicted_tokens_per_s(r, shipped);
  return crawls ? std::optional<double>(of_roofline) : std::nullopt;
}

bool is_impossible(Gate gate) { return gate == Gate::marked_outlier || gate == Gate::above_ceiling; }

}  // namespace rigwise
