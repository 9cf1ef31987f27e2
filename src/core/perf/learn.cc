#include "core/perf/learn.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/text.h"
#include "core/perf/gate.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr double kDeviceShrink = 1, kModelShrink = 1, kChipShrink = 2;
constexpr double kMostLogFactor = 1.2, kMostOfChip = 0.25, kLeastOfPredicted = 0.1;

/// A row that speaks: where it belongs and what it says.
struct Voice {
  DeviceContext context;
  double log_ratio = 0;  ///< against the constants alone
  double beyond = 0;     ///< against the published evidence
  bool on_host = false;  ///< partly in the host's memory: its own set-up only
};

/// Several streams share a step: their speeds are one phase, however they are counted.
DeviceContext own_context(DeviceContext context) {
  if (context.phase == phase_name(Phase::decode) && context.at.streams > 1) {
    context.phase = phase_name(Phase::decode_total);
  }
  return context;
}

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

std::optional<RefusedRun> refused(const Catalog& catalog, const Calibration& shipped, const ResolvedRow& r) {
  if (!r.skip_reason.empty()) return why_skipped(catalog, *r.row, r.skip_reason);
  if (std::optional<RefusedRun> engine = unknown_engine(catalog, *r.row)) return engine;
  if (r.setup.parts.size() != 1) return RefusedRun{r.row->id, "unlike_devices", "a set-up of unlike devices", {}};
  return why_gated(r, assemble(r.parts, shipped.values));
}

Voice voice_of(const Calibration& shipped, const ResolvedRow& r) {
  Voice voice;
  voice.context = own_context(context_of(r));
  voice.context.count = r.setup.device_count();  // a whole build is one machine of several cards
  const double predicted = predicted_tokens_per_s(r, assemble(r.parts, shipped.values));
  voice.log_ratio = std::log(r.row->tokens_per_s / std::max(1e-12, predicted));
  voice.beyond = voice.log_ratio - published_evidence(shipped, voice.context).log_factor;
  voice.on_host = gate_of(r) == Gate::offloaded;
  return voice;
}

struct Sum {
  double total = 0;
  int n = 0;

  void add(double value) {
    total += value;
    ++n;
  }
  double shrunk(double by) const { return n == 0 ? 0 : total / (n + by); }
};

/// The terms of relatives: one vote a set-up, the median of its runs.
std::vector<Constant> relative_terms(const std::vector<Voice>& voices) {
  std::map<std::string, std::vector<double>> of_setup;
  std::map<std::string, DeviceContext> context;
  for (const Voice& voice : voices) {
    if (voice.on_host) continue;
    const std::string key = setup_key(voice.context);
    of_setup[key].push_back(voice.beyond);
    context.emplace(key, voice.context);
  }
  std::map<std::string, Sum> device, chip, model;
  for (const auto& [key, ratios] : of_setup) {
    const double vote = median(ratios);
    device[device_key(context.at(key))].add(vote);
    const std::string chip_name = chip_key(context.at(key));
    if (!chip_name.empty()) chip[chip_name].add(std::clamp(vote, -kMostOfChip, kMostOfChip));
  }
  for (const auto& [key, ratios] : of_setup) {
    const DeviceContext& c = context.at(key);
    model[model_key(c)].add(median(ratios) - device.at(device_key(c)).shrunk(kDeviceShrink));
  }
  std::vector<Constant> terms;
  const auto add = [&](const std::map<std::string, Sum>& sums, double shrink) {
    for (const auto& [key, sum] : sums) terms.push_back({key, sum.shrunk(shrink), sum.n, "own runs"});
  };
  add(device, kDeviceShrink);
  add(model, kModelShrink);
  add(chip, kChipShrink);
  return terms;
}

/// Runs of the set-up that are closer than any other, and how they average.
struct SameSetup {
  double log_ratio = 0, nearest = std::numeric_limits<double>::infinity();
};

SameSetup same_setup(const Calibration& calibration, const std::vector<std::size_t>& runs, const RunPoint& at) {
  constexpr double kSoft = 1e-3;  // a run at the very workload outweighs one a factor of e away a thousand times
  SameSetup same;
  double weights = 0;
  for (const std::size_t i : runs) {
    const OwnRun& run = calibration.own.runs[i];
    const double distance = run_distance(run.at, at);
    const double weight = 1 / (distance * distance + kSoft);
    same.log_ratio += weight * run.log_ratio;
    weights += weight;
    same.nearest = std::min(same.nearest, distance);
  }
  if (weights > 0) same.log_ratio /= weights;
  return same;
}

const std::vector<std::size_t>* runs_of(const Calibration& calibration, const DeviceContext& context) {
  const auto found = calibration.own.of_setup.find(setup_key(context));
  return found == calibration.own.of_setup.end() ? nullptr : &found->second;
}

}  // namespace

double run_distance(const RunPoint& a, const RunPoint& b) {
  constexpr double kShortPrompt = 64, kShortCache = 2048;
  const auto apart = [](double x, double y, double alike) { return std::abs(std::log((x + alike) / (y + alike))); };
  return std::max({apart(a.prompt_tokens, b.prompt_tokens, kShortPrompt),
                   apart(a.depth_tokens, b.depth_tokens, kShortCache), apart(a.streams, b.streams, 0)});
}

Learned learn_from(const Catalog& catalog, const Calibration& shipped, const std::vector<Measurement>& own) {
  Learned learned{published_only(shipped), static_cast<int>(own.size()), {}};
  OwnRuns& runs = learned.calibration.own;
  std::vector<Voice> voices;
  std::vector<ResolvedRow> resolved;
  resolved.reserve(own.size());  // contexts point into them
  for (const Measurement& row : own) {
    resolved.push_back(resolve_row(catalog, row));
    if (std::optional<RefusedRun> why = refused(catalog, shipped, resolved.back())) {
      learned.refused.push_back(std::move(*why));
      continue;
    }
    voices.push_back(voice_of(learned.calibration, resolved.back()));
    const Voice& voice = voices.back();
    const std::string key = setup_key(voice.context);
    runs.of_setup[key].push_back(runs.runs.size());
    runs.runs.push_back({row.id, key, voice.context.at, voice.log_ratio});
  }
  runs.terms = relative_terms(voices);
  for (std::size_t i = 0; i < runs.terms.size(); ++i) runs.term_index.emplace(runs.terms[i].key, i);
  return learned;
}

Calibration published_only(Calibration calibration) {
  calibration.own = {};
  return calibration;
}

DeviceEvidence with_own_runs(const Calibration& calibration, const DeviceContext& asked, DeviceEvidence published) {
  const DeviceContext context = own_context(asked);
  DeviceEvidence evidence = published;
  evidence.published = published.tier;
  const Constant* device = calibration.find_own_term(device_key(context));
  if (device != nullptr) {
    evidence.own = OwnReach::device;
    evidence.log_factor += device->value;
    evidence.tier = std::min(evidence.tier, Tier::t2_same_device);
  } else if (published.tier == Tier::t3_same_backend) {
    const std::string chip = chip_key(context);
    if (const Constant* relatives = chip.empty() ? nullptr : calibration.find_own_term(chip)) {
      evidence.log_factor += relatives->value;
    }
  }
  if (const Constant* model = calibration.find_own_term(model_key(context))) {
    evidence.own = OwnReach::model;
    evidence.log_factor += model->value;
    evidence.tier = std::min(evidence.tier, Tier::t1_same_device_and_model);
  }
  evidence.log_factor = std::clamp(evidence.log_factor, -kMostLogFactor, kMostLogFactor);
  const std::vector<std::size_t>* runs = runs_of(calibration, context);
  if (runs == nullptr) return evidence;
  const SameSetup same = same_setup(calibration, *runs, context.at);
  evidence.log_factor = same.log_ratio;
  evidence.own = same.nearest < kNearRun ? OwnReach::here : OwnReach::far;
  evidence.tier = evidence.own == OwnReach::here ? Tier::t0_measured_here : Tier::t1_same_device_and_model;
  return evidence;
}

std::vector<std::string> own_runs_of(const Calibration& calibration, const DeviceContext& asked) {
  const DeviceContext context = own_context(asked);
  const std::vector<std::size_t>* runs = runs_of(calibration, context);
  if (runs == nullptr) return {};
  std::vector<std::pair<double, std::size_t>> order;  // ties stay in the order the runs came in
  for (const std::size_t i : *runs) order.emplace_back(run_distance(calibration.own.runs[i].at, context.at), i);
  std::sort(order.begin(), order.end());
  std::vector<std::string> ids;
  ids.reserve(order.size());
  for (const auto& [distance, i] : order) ids.push_back(calibration.own.runs[i].id);
  return ids;
}

}  // namespace rigwise
