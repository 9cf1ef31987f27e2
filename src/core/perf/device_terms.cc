#include "core/perf/device_terms.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/perf/learn.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr double kDeviceShrink = 2.0, kModelShrink = 1.0, kChipShrink = 2.0;
constexpr double kMostLogFactor = 1.2;
/// What one group may say about the same chip in another machine: a badly set up machine is not the chip's fault.
constexpr double kMostOfChip = 0.25;

/// "chip:ad102-1008x16384" for an RTX 4090: what it shares with the same chip in another machine. Empty where the
/// record names no chip.
std::string chip_name(const Device& device) {
  if (device.chip.empty() || !device.memory_bandwidth) return {};
  std::string key = "chip:" + fold_name(device.chip) + "-" + significant(device.memory_bandwidth->value / kGb, 4);
  if (device.gpu_cores) key += "x" + std::to_string(*device.gpu_cores);
  return key;
}

std::string key_of(const DeviceContext& c, std::string_view device) {
  std::string key;
  key.reserve(c.phase.size() + device.size() + c.engine.size() + c.backend.size() + 8);
  key += c.phase;
  key += '/';
  key += device;
  if (c.count > 1) key += "*" + std::to_string(c.count);
  key += '/';
  key += c.engine;
  key += '/';
  key += c.backend;
  return key;
}

/// Median residual of a group over the rows that pass the gate.
struct Vote {
  double log_ratio = 0;
  std::string device, model, chip;  ///< keys
};

std::map<int, Vote> votes_of(const FitRows& rows, const std::vector<double>& residuals) {
  std::map<int, std::vector<double>> of_group;
  std::map<int, Vote> votes;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const FitRow& row = rows.rows[i];
    if (row.weight <= 0) continue;
    of_group[row.group].push_back(residuals[i]);
    const DeviceContext context = context_of(row.resolved);
    votes.emplace(row.group, Vote{0, device_key(context), model_key(context), chip_key(context)});
  }
  for (auto& [group, vote] : votes) vote.log_ratio = median(of_group[group]);
  return votes;
}

struct Sum {
  double total = 0;
  int n = 0;

  double shrunk(double by) const { return n == 0 ? 0 : total / (n + by); }
};

/// Sums by device key, and by model key with the device's own term still inside.
struct Sums {
  std::map<std::string, Sum> device, model, chip;
};

Sums sums_of(const std::map<int, Vote>& votes) {
  Sums sums;
  for (const auto& [group, vote] : votes) {
    Sum& device = sums.device[vote.device];
    device.total += vote.log_ratio;
    ++device.n;
    Sum& model = sums.model[vote.model];
    model.total += vote.log_ratio;
    ++model.n;
    if (vote.chip.empty()) continue;
    Sum& chip = sums.chip[vote.chip];
    chip.total += std::clamp(vote.log_ratio, -kMostOfChip, kMostOfChip);
    ++chip.n;
  }
  return sums;
}

double model_term(const Sum& model, double device_term) {
  return model.n == 0 ? 0 : (model.total - model.n * device_term) / (model.n + kModelShrink);
}

}  // namespace

std::string device_key(const DeviceContext& c) { return key_of(c, c.device->id); }

std::string format_key(const DeviceContext& c) {
  std::string key = device_key(c) + "/format/";
  key += c.format;
  return key;
}

std::string chip_key(const DeviceContext& c) {
  const std::string chip = chip_name(*c.device);
  return chip.empty() ? chip : key_of(c, chip);
}

std::string model_key(const DeviceContext& c) {
  std::string key = device_key(c) + "/";
  key += c.model;
  return key;
}

std::string setup_key(const DeviceContext& c) {
  std::string key = model_key(c) + "/";
  key += c.format;
  return key;
}

double token_bytes(const Llm& model, const Format& format) { return model.params_active * format.bits.whole_model / 8; }

DeviceContext context_of(const ResolvedRow& row) {
  return {phase_name(row.row->phase),
          &row.device(),
          row.engine->id,
          row.backend,
          row.model->id,
          std::max(1, row.row->hardware_count),
          row.format->id,
          run_point(row),
          {},
          token_bytes(*row.model, *row.format)};
}

DeviceContext decode_context(const PredictQuery& query, const EngineChoice& choice) {
  const Workload& w = query.workload;
  const double streams = std::max(1, w.concurrency);
  const double depth = w.depth_tokens + w.prompt_tokens + w.output_tokens / 2;
  return {phase_name(streams > 1 ? Phase::decode_total : Phase::decode),
          query.setup.parts.front().device,
          choice.engine->id,
          choice.backend,
          query.model->id,
          query.setup.device_count(),
          query.format->id,
          {0, depth, streams},
          query.kv_format == nullptr ? std::string_view{} : query.kv_format->id,
          token_bytes(*query.model, *query.format)};
}

DeviceContext prefill_context(const PredictQuery& query, const EngineChoice& choice) {
  DeviceContext context = decode_context(query, choice);
  context.phase = phase_name(Phase::prefill);
  context.at = {query.workload.prompt_tokens, query.workload.depth_tokens, context.at.streams};
  return context;
}

std::vector<Constant> fit_device_terms(const FitRows& rows, const std::vector<double>& residuals) {
  const std::map<int, Vote> votes = votes_of(rows, residuals);
  const Sums sums = sums_of(votes);
  std::map<std::string, std::string> device_of_model;
  for (const auto& [group, vote] : votes) device_of_model.emplace(vote.model, vote.device);
  std::vector<Constant> terms;
  terms.reserve(sums.device.size() + sums.model.size() + sums.chip.size());
  for (const auto& [key, sum] : sums.device) terms.push_back({key, sum.shrunk(kDeviceShrink), sum.n, "fit"});
  for (const auto& [key, sum] : sums.model) {
    const double device = sums.device.at(device_of_model.at(key)).shrunk(kDeviceShrink);
    terms.push_back({key, model_term(sum, device), sum.n, "fit"});
  }
  for (const auto& [key, sum] : sums.chip) terms.push_back({key, sum.shrunk(kChipShrink), sum.n, "fit"});
  return terms;
}

DeviceEvidence device_evidence(const Calibration& calibration, const DeviceContext& context) {
  const DeviceEvidence published = published_evidence(calibration, context);
  return calibration.own.empty() ? published : with_own_runs(calibration, context, published);
}

LogBand evidence_band(const Calibration& calibration, const std::string& error_class, const DeviceEvidence& evidence,
                      const std::string& backend, const std::string& engine, double level) {
  const Tier tier = evidence.own == OwnReach::none ? evidence.tier : evidence.published;
  LogBand published = band_for(calibration, error_class, tier, backend, engine, level);
  const LogBand stranger = band_for(calibration, error_class, Tier::t3_same_backend, backend, engine, level);
  published.low = std::min(published.low, stranger.low * evidence.shrunk_away);
  published.high = std::max(published.high, stranger.high * evidence.shrunk_away);
  const OwnNearness nearness{evidence.own, evidence.own_distance, evidence.own_spread};
  const bool known = evidence.published != Tier::t3_same_backend;
  return own_band(calibration, error_class, nearness, known, published, backend, engine, level);
}

DeviceEvidence published_evidence(const Calibration& calibration, const DeviceContext& context) {
  DeviceEvidence evidence;
  if (calibration.device_terms.empty()) return evidence;
  if (const Constant* probed = calibration.find_device_term(format_key(context))) {
    // A product that was measured, however far from what is usual.
    evidence.tier = Tier::t2_same_device;
    evidence.log_factor = probed->value;
    return evidence;
  }
  const Constant* device = calibration.find_device_term(device_key(context));
  if (device == nullptr) {
    const std::string chip = chip_key(context);
    if (const Constant* relatives = chip.empty() ? nullptr : calibration.find_device_term(chip)) {
      evidence.log_factor = std::clamp(relatives->value, -kMostLogFactor, kMostLogFactor);
    }
    return evidence;
  }
  evidence.tier = Tier::t2_same_device;
  evidence.log_factor = device->value;
  if (const Constant* model = calibration.find_device_term(model_key(context))) {
    evidence.tier = Tier::t1_same_device_and_model;
    evidence.log_factor += model->value;
    evidence.shrunk_away =
        kDeviceShrink / (device->groups + kDeviceShrink) * kModelShrink / (model->groups + kModelShrink);
  }
  evidence.log_factor = std::clamp(evidence.log_factor, -kMostLogFactor, kMostLogFactor);
  return evidence;
}

std::vector<DeviceEvidence> leave_one_out(const FitRows& rows, const std::vector<double>& residuals) {
  const std::map<int, Vote> votes = votes_of(rows, residuals);
  const Sums sums = sums_of(votes);
  std::vector<DeviceEvidence> evidence(rows.groups.size());
  Calibration all;
  all.device_terms = fit_device_terms(rows, residuals);
  all.reindex();
  for (const FitRow& row : rows.rows) {
    // Groups the gate refused have no vote of their own to leave out.
    if (row.weight <= 0) evidence[static_cast<std::size_t>(row.group)] = device_evidence(all, context_of(row.resolved));
  }
  for (const auto& [group, vote] : votes) {
    Sum device = sums.device.at(vote.device), model = sums.model.at(vote.model);
    device.total -= vote.log_ratio;
    model.total -= vote.log_ratio;
    evidence[static_cast<std::size_t>(group)] = {};
    if (--device.n == 0) continue;
    DeviceEvidence& e = evidence[static_cast<std::size_t>(group)];
    e.tier = Tier::t2_same_device;
    e.log_factor = device.shrunk(kDeviceShrink);
    if (--model.n > 0) {
      e.tier = Tier::t1_same_device_and_model;
      e.log_factor += model_term(model, e.log_factor);
    }
    e.log_factor = std::clamp(e.log_factor, -kMostLogFactor, kMostLogFactor);
  }
  return evidence;
}

}  // namespace rigwise
