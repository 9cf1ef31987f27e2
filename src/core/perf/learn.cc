#include "core/perf/learn.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/perf/gate.h"
#include "core/perf/own_curve.h"
#include "core/sizing/memory.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr double kDeviceShrink = 1, kModelShrink = 1, kChipShrink = 2;
constexpr double kMostLogFactor = 1.2, kMostOfChip = 0.25;

/// A row that speaks: where it belongs and what it says. By keys, so that the resolved rows need not be kept.
struct Voice {
  std::string setup, device, model, chip;  ///< keys
  double beyond = 0;                       ///< against the published evidence
  bool on_host = false;                    ///< partly in the host's memory: its own set-up only
  double token_bytes = 0;
};

/// Several streams share a step: their speeds are one phase, however they are counted.
DeviceContext own_context(DeviceContext context) {
  if (context.phase == phase_name(Phase::decode) && context.at.streams > 1) {
    context.phase = phase_name(Phase::decode_total);
  }
  return context;
}

DeviceContext context_of_run(const ResolvedRow& r) {
  DeviceContext context = own_context(context_of(r));
  context.count = r.setup.device_count();  // a whole build is one machine of several cards
  return context;
}

Voice voice_of(const Calibration& shipped, const ResolvedRow& r, const DeviceContext& context, double log_ratio) {
  Voice voice;
  voice.setup = setup_key(context);
  voice.device = device_key(context);
  voice.model = model_key(context);
  voice.chip = chip_key(context);
  voice.beyond = log_ratio - published_evidence(shipped, context).log_factor;
  voice.on_host = gate_of(r) == Gate::offloaded;
  voice.token_bytes = context.token_bytes;
  return voice;
}

/// The set-up of a run as a question about it is answered: with nothing that this run did otherwise.
struct PlainSetup {
  SpeedModel model;
  std::string kv_format;
  bool is_prefill = false;
};

PlainSetup plain_setup(const Catalog& catalog, const Calibration& shipped, const ResolvedRow& r) {
  Measurement unstated = *r.row;
  for (std::string* of_this_run : {&unstated.unit_note, &unstated.source, &unstated.engine_version, &unstated.date}) {
    of_this_run->clear();
  }
  const ResolvedRow plain = resolve_row(catalog, unstated);
  const SpeedParts& parts = plain.skip_reason.empty() ? plain.parts : r.parts;
  const Format* kv = default_kv_format(catalog, *r.engine, *r.format);
  return {assemble(parts, shipped.values), kv == nullptr ? "f16" : kv->id, r.row->phase == Phase::prefill};
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
  struct OfSetup {
    const Voice* example = nullptr;
    std::vector<double> beyond;
  };
  std::map<std::string, OfSetup> of_setup;
  for (const Voice& voice : voices) {
    if (voice.on_host) continue;
    OfSetup& of = of_setup[voice.setup];
    of.example = &voice;
    of.beyond.push_back(voice.beyond);
  }
  std::map<std::string, Sum> device, chip, model;
  for (const auto& [key, of] : of_setup) {
    const double vote = median(of.beyond);
    device[of.example->device].add(vote);
    if (!of.example->chip.empty()) chip[of.example->chip].add(std::clamp(vote, -kMostOfChip, kMostOfChip));
  }
  for (const auto& [key, of] : of_setup) {
    model[of.example->model].add(median(of.beyond) - device.at(of.example->device).shrunk(kDeviceShrink));
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

/// Which set-ups stand behind the terms of a device and of a model on it.
void add_setups(const std::vector<Voice>& voices, OwnRuns& runs) {
  std::map<std::string, const Voice*> of_setup;
  for (const Voice& voice : voices) {
    if (!voice.on_host) of_setup.emplace(voice.setup, &voice);
  }
  for (const auto& [setup, voice] : of_setup) {
    const OwnSetup seen{voice->token_bytes, runs.curves.at(setup)->most_spread()};
    runs.of_term[voice->device].push_back(seen);
    runs.of_term[voice->model].push_back(seen);
  }
}

/// The nearest set-up behind a term. What a relative does of a run's residual, it does of the doubt about it.
void look_at_relatives(const OwnRuns& runs, const std::string& term, OwnReach reach, double token_bytes,
                       DeviceEvidence& evidence) {
  const auto found = runs.of_term.find(term);
  if (found == runs.of_term.end()) return;
  const double moved = reach == OwnReach::model ? 0.75 : 0.5;  // by one run: kDeviceShrink, kModelShrink
  evidence.own = reach;
  evidence.own_distance = std::numeric_limits<double>::infinity();
  for (const OwnSetup& setup : found->second) {
    const double distance = std::abs(std::log(std::max(1.0, setup.token_bytes) / std::max(1.0, token_bytes)));
    if (distance >= evidence.own_distance) continue;
    evidence.own_distance = distance;
    evidence.own_spread = moved * setup.spread;
  }
}

const std::vector<std::size_t>* runs_of(const Calibration& calibration, const DeviceContext& context) {
  const auto found = calibration.own.of_setup.find(setup_key(context));
  return found == calibration.own.of_setup.end() ? nullptr : &found->second;
}

/// What the runs of the very set-up say, in place of what its relatives do.
void look_at_setup(const OwnRuns& runs, const std::vector<std::size_t>& of_setup, const DeviceContext& context,
                   DeviceEvidence& evidence) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const std::size_t i : of_setup) nearest = std::min(nearest, run_distance(runs.runs[i].at, context.at));
  const OwnCurve& curve = *runs.curves.at(setup_key(context));
  const bool same_cache = curve.same_cache(context.kv_format);
  const OwnCurve::Reading reading = same_cache ? curve.at(context.at) : curve.overall();
  evidence.log_factor = reading.log_ratio;
  evidence.own_spread = reading.spread;
  evidence.own_distance = same_cache ? nearest : std::numeric_limits<double>::infinity();
  evidence.own = evidence.own_distance < kNearRun ? OwnReach::here : OwnReach::far;
  evidence.tier = evidence.own == OwnReach::here ? Tier::t0_measured_here : Tier::t1_same_device_and_model;
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
  std::unordered_map<std::string, PlainSetup> plain;
  voices.reserve(own.size());
  runs.runs.reserve(own.size());
  for (const Measurement& row : own) {
    const ResolvedRow resolved = resolve_row(catalog, row);
    if (std::optional<RefusedRun> why = why_refused(catalog, shipped, resolved)) {
      learned.refused.push_back(std::move(*why));
      continue;
    }
    const DeviceContext context = context_of_run(resolved);
    const double predicted = predicted_tokens_per_s(resolved, assemble(resolved.parts, shipped.values));
    const double log_ratio = std::log(row.tokens_per_s / std::max(1e-12, predicted));
    voices.push_back(voice_of(learned.calibration, resolved, context, log_ratio));
    const std::string& key = voices.back().setup;
    if (plain.find(key) == plain.end()) plain.emplace(key, plain_setup(catalog, shipped, resolved));
    runs.of_setup[key].push_back(runs.runs.size());
    runs.runs.push_back({row.id, key, context.at, log_ratio});
  }
  for (const auto& [key, of] : runs.of_setup) {
    std::vector<const OwnRun*> of_setup;
    of_setup.reserve(of.size());
    for (const std::size_t i : of) of_setup.push_back(&runs.runs[i]);
    const PlainSetup& setup = plain.at(key);
    runs.curves.emplace(key, std::make_shared<OwnCurve>(setup.model, setup.kv_format, setup.is_prefill, of_setup));
  }
  runs.terms = relative_terms(voices);
  for (std::size_t i = 0; i < runs.terms.size(); ++i) runs.term_index.emplace(runs.terms[i].key, i);
  add_setups(voices, runs);
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
    look_at_relatives(calibration.own, device->key, OwnReach::device, context.token_bytes, evidence);
    evidence.log_factor += device->value;
    evidence.tier = std::min(evidence.tier, Tier::t2_same_device);
  } else if (published.tier == Tier::t3_same_backend) {
    const std::string chip = chip_key(context);
    if (const Constant* relatives = chip.empty() ? nullptr : calibration.find_own_term(chip)) {
      evidence.log_factor += relatives->value;
    }
  }
  if (const Constant* model = calibration.find_own_term(model_key(context))) {
    look_at_relatives(calibration.own, model->key, OwnReach::model, context.token_bytes, evidence);
    evidence.log_factor += model->value;
    evidence.tier = std::min(evidence.tier, Tier::t1_same_device_and_model);
  }
  evidence.log_factor = std::clamp(evidence.log_factor, std::min(-kMostLogFactor, published.log_factor),
                                   std::max(kMostLogFactor, published.log_factor));
  const std::vector<std::size_t>* runs = runs_of(calibration, context);
  if (runs != nullptr) look_at_setup(calibration.own, *runs, context, evidence);
  return evidence;
}

std::vector<std::string> own_runs_of(const Calibration& calibration, const DeviceContext& asked) {
  const DeviceContext context = own_context(asked);
  const std::vector<std::size_t>* runs = runs_of(calibration, context);
  if (runs == nullptr) return {};
  std::vector<std::pair<double, std::size_t>> order;  // ties stay in the order the runs came in
  order.reserve(runs->size());
  for (const std::size_t i : *runs) order.emplace_back(run_distance(calibration.own.runs[i].at, context.at), i);
  const std::size_t shown = std::min(order.size(), kMostRunsNamed);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end());
  std::vector<std::string> ids;
  ids.reserve(shown);
  for (std::size_t i = 0; i < shown; ++i) ids.push_back(calibration.own.runs[order[i].second].id);
  return ids;
}

}  // namespace rigwise
