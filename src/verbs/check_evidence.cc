#include "verbs/check_evidence.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/base/text.h"
#include "core/perf/gate.h"

namespace rigwise {
namespace {

/// Names repeat over thousands of rows: each is looked up once.
class Lookup {
 public:
  explicit Lookup(const NameIndex& names) : names_(names) {}
  std::optional<std::size_t> operator()(const std::string& name) {
    const auto [at, is_new] = known_.try_emplace(name);
    if (is_new) at->second = names_.find_quietly(name);
    return at->second;
  }

 private:
  const NameIndex& names_;
  std::unordered_map<std::string, std::optional<std::size_t>> known_;
};

/// Apart by what factor, on the log scale; 0 for alike.
double log_apart(double a, double b) { return a > 0 && b > 0 ? std::fabs(std::log(a / b)) : 3; }

/// Machines with the same chip and memory run alike.
bool same_device(const Device& a, const Device& b) {
  if (a.id == b.id) return true;
  return !a.chip.empty() && a.chip == b.chip && a.memory_bandwidth && b.memory_bandwidth &&
         a.memory_bandwidth->value == b.memory_bandwidth->value;
}

constexpr double kAlikeInSize = 0.08;  // on the log scale: a claim about "7B" may be met by any 7B

/// Releases that differ in training alone run alike: Llama 3 and 3.1 8B.
bool same_shape(const Llm& a, const Llm& b) {
  return a.has_shape() && b.has_shape() && a.hidden_size == b.hidden_size && a.depth() == b.depth() &&
         a.vocab_size == b.vocab_size && std::fabs(a.params_total - b.params_total) < 0.005 * b.params_total &&
         std::fabs(a.params_active - b.params_active) < 0.005 * b.params_active;
}

double model_distance(const Llm& a, const Llm& b) {
  if (a.id == b.id || same_shape(a, b)) return 0;
  return 0.1 + log_apart(a.params_total, b.params_total) + log_apart(a.params_active, b.params_active);
}

bool is_odd(const Measurement& run) { return run.confidence == "low"; }

/// Marked or taken back; or the user's own and impossible, which learning refuses too: no evidence of anything.
bool is_no_evidence(const Catalog& catalog, const Measurement& run) {
  for (const char* mark : {"OUTLIER", "broken", "retracted"})
    if (run.unit_note.find(mark) != std::string::npos) return true;
  if (run.confidence == "retracted") return true;
  if (!run.is_own) return false;  // the catalog's are checked where they are taken in
  const ResolvedRow resolved = resolve_row(catalog, run);
  return resolved.skip_reason.empty() && is_impossible(gate_of(resolved));
}

struct Compared {
  const Device* device = nullptr;
  const Llm* model = nullptr;
  const Format* format = nullptr;
};

/// The devices are one part of like cards; mixed set-ups have no measurements of their own.
const SetupPart* single_part(const CheckQuestion& question) {
  return question.query.setup.parts.size() == 1 ? &question.query.setup.parts.front() : nullptr;
}

NearRun compare(const CheckQuestion& question, const SetupPart& part, const Measurement& run, const Compared& with) {
  constexpr double kFar = 2, kAlikeDepth = 1;
  NearRun near;
  near.run = &run;
  const bool device = same_device(*part.device, *with.device) && part.count == run.hardware_count;
  if (!device)
    near.distance += kFar + log_apart(part.device->memory_bandwidth.value_or(gbps(0)).value * part.count,
                                      with.device->memory_bandwidth.value_or(gbps(0)).value * run.hardware_count);
  const double model = model_distance(*question.query.model, *with.model);
  near.distance += model;
  const bool format = with.format != nullptr && with.format->format_class == question.query.format->format_class;
  if (!format)
    near.distance += 0.5 + (with.format == nullptr
                                ? 0.5
                                : log_apart(with.format->bits.whole_model, question.query.format->bits.whole_model));
  const int streams = question.query.workload.concurrency;
  if (streams != run.concurrency) near.distance += 0.5 + log_apart(std::max(streams, 1), std::max(run.concurrency, 1));
  const bool prefill = question.phase == Phase::prefill;
  const double asked = (prefill ? question.query.workload.prompt_tokens : question.query.workload.depth_tokens) + 2048;
  const double ran = (prefill ? run.prompt_tokens.value_or(512) : run.context_depth.value_or(0)) + 2048;
  near.distance += 0.3 * log_apart(asked, ran);
  const bool alike = model == 0 || (question.loose_model && model < 0.1 + 2 * kAlikeInSize);
  near.same =
      device && alike && format && streams == run.concurrency && log_apart(asked, ran) < kAlikeDepth && !is_odd(run);
  if (is_odd(run)) near.distance += 0.5;
  return near;
}

/// The user's own runs of the set-up and phase, in the order of their ids.
std::vector<Measurement> own_rows(const Catalog& catalog, const std::vector<std::string>& ids, Phase phase) {
  std::vector<Measurement> rows;
  for (const std::string& id : ids) {
    for (const Measurement& row : catalog.measurements) {
      if (row.is_own && row.id == id && row.phase == phase) rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace

std::vector<NearRun> nearest_runs(const Catalog& catalog, const CheckQuestion& question) {
  constexpr double kFarthest = 3.5;
  std::vector<NearRun> found;
  const SetupPart* part = question.has_setup ? single_part(question) : nullptr;
  if (part == nullptr || question.query.model == nullptr || question.query.format == nullptr) return found;
  Lookup devices(catalog.device_names), models(catalog.model_names), formats(catalog.format_names);
  for (const Measurement& run : catalog.measurements) {
    if (run.phase != question.phase || !run.defect.empty() || run.tokens_per_s <= 0) continue;
    if (is_no_evidence(catalog, run)) continue;
    const auto device = devices(run.hardware);
    const auto model = models(run.model);
    if (!device || !model) continue;
    const auto format = formats(run.quant);
    const Compared with{&catalog.devices[*device], &catalog.models[*model],
                        format ? &catalog.formats[*format] : nullptr};
    const NearRun near = compare(question, *part, run, with);
    if (near.distance <= kFarthest) found.push_back(near);
  }
  std::sort(found.begin(), found.end(), [](const NearRun& a, const NearRun& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.run->id < b.run->id;
  });
  return found;
}

std::vector<Measurement> evidence_for(const House& house, const PredictQuery& query, Phase phase,
                                      const Prediction& prediction) {
  constexpr std::size_t kMost = 5, kLookedAt = 200;
  CheckQuestion asked;
  asked.query = query;
  asked.has_setup = true;
  asked.phase = phase;
  std::vector<Measurement> rows = own_rows(house.catalog, prediction.own_runs, phase);
  std::vector<NearRun> near = nearest_runs(house.catalog, asked);
  near.resize(std::min(near.size(), kLookedAt));
  // The same model on the same device says most, then either of them; what is merely alike comes last.
  const auto unlike = [&](const NearRun& n) {
    const auto device = house.catalog.device_names.find_quietly(n.run->hardware);
    const auto model = house.catalog.model_names.find_quietly(n.run->model);
    return (device && same_device(*query.setup.parts.front().device, house.catalog.devices[*device]) ? 0 : 1) +
           (model && model_distance(*query.model, house.catalog.models[*model]) == 0 ? 0 : 1);
  };
  for (int differences = 0; differences <= 2; ++differences) {
    for (const NearRun& n : near) {
      const bool shown = std::any_of(rows.begin(), rows.end(), [&](const Measurement& r) { return r.id == n.run->id; });
      if (rows.size() < kMost && !shown && unlike(n) == differences) rows.push_back(*n.run);
    }
  }
  if (!rows.empty()) return rows;
  for (const std::string& id : prediction.evidence) {
    for (const Measurement& row : house.catalog.measurements) {
      if (row.id == id) rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace rigwise
