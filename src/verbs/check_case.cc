#include "verbs/check_case.h"

#include <algorithm>

#include "core/perf/resolve.h"

namespace rigwise {
namespace {

/// Host memory around the cards: the device's own machine, else that of a host for so many cards.
BytesPerSecond host_bandwidth(const Catalog& catalog, const Setup& setup, bool fastest) {
  BytesPerSecond best{0};
  for (const SetupPart& part : setup.parts)
    best = std::max(best, part.device->host_memory_bandwidth.value_or(BytesPerSecond{0}));
  if (best.value > 0) return best;
  int fewest = 0;
  for (const HostTemplate& host : catalog.hosts) {
    if (!host.ram_bandwidth || host.max_cards < setup.device_count()) continue;
    const bool closer = fewest == 0 || host.max_cards < fewest;
    if (fastest || (host.max_cards == fewest)) {
      best = std::max(best, *host.ram_bandwidth);
    } else if (closer) {
      best = *host.ram_bandwidth;
    }
    if (closer) fewest = host.max_cards;
  }
  return best;
}

/// True when what the engine is built on would run the set-up as well: a fork is as fast as its base, within the band.
bool base_does(const Catalog& catalog, const Engine& engine, const PredictQuery& query) {
  const Engine* base = nullptr;
  for (const Engine& other : catalog.engines)
    if (other.id == engine.base && other.id != engine.id) base = &other;
  if (base == nullptr) return false;
  if (query.setup.device_count() > 1 && base->policy.multi_device == MultiDevice::none) return false;
  return choose_engine(catalog, *query.format, query.setup, base, query.backend).why_not.empty();
}

/// Backends beside an engine's own that people run on a device without saying so: Vulkan where the vendor's own stack
/// is not on every machine, the processor where it shares the memory.
bool runs_unsaid(const Device& device, std::string_view backend) {
  if (backend == "cpu") return device.unified_memory || device.processor == Processor::cpu;
  const bool is_gpu = device.processor == Processor::gpu || device.processor == Processor::igpu;
  return is_gpu && device.family.rfind("nvidia-", 0) != 0;
}

/// The format an open width is taken to mean under an engine.
const Format* format_under(const CheckCase& c, const PredictQuery& query, const Engine& engine) {
  if (!c.question.loose_format || c.question.bits == 0) return query.format;
  const Result<const Format*> format = typical_format(c.house.catalog, c.question.bits, *query.model, &engine);
  return format ? *format : query.format;
}

/// Ways to run the claim that it leaves open: each widely run engine that takes the format, or what its width means
/// there, on its own backend for these devices and on those that runs_unsaid() names.
std::vector<PredictQuery> open_ways(const CheckCase& c, const PredictQuery& query) {
  const Catalog& catalog = c.house.catalog;
  std::vector<PredictQuery> ways;
  const Device& device = *query.setup.parts.front().device;
  for (const Engine& engine : catalog.engines) {
    if (query.engine != nullptr && query.engine != &engine) continue;
    PredictQuery way = query;
    way.engine = &engine;
    way.format = format_under(c, query, engine);
    if (query.engine == nullptr && (!is_widely_run(engine) || base_does(catalog, engine, way))) continue;
    const EngineChoice choice = choose_engine(catalog, *way.format, query.setup, &engine, query.backend);
    if (!choice.why_not.empty()) continue;
    for (const char* backend : {choice.backend.c_str(), "vulkan", "cpu"}) {
      const bool offered = std::find(engine.backends.begin(), engine.backends.end(), backend) != engine.backends.end();
      if (backend != choice.backend && !(query.backend.empty() && offered && runs_unsaid(device, backend))) continue;
      way.backend = backend;
      ways.push_back(way);
    }
  }
  return ways;
}

/// The ways worth looking at: where the user measured this very set-up, that one alone.
std::vector<PredictQuery> ways_of(const CheckCase& c, const PredictQuery& query) {
  if (estimate_for(*c.usual, c.question.phase).tier != Tier::t0_measured_here) return open_ways(c, query);
  PredictQuery own = query;
  own.engine = c.usual->engine;
  own.backend = c.usual->backend;
  return {own};
}

/// How much slower than the widely run engines one may be that a claim does not name: a fork, an old build. As far as
/// a borrowed prediction may be off (predicting.md 4.10).
constexpr double kUnnamedEngine = 2.2;

/// The slowest to the fastest that any of the open ways reaches in 99 of 100 cases.
std::optional<Estimate> widest_band(const CheckCase& c, PredictQuery query) {
  constexpr double kWide = 0.99;
  query.level = kWide;
  std::optional<Estimate> widest;
  for (const PredictQuery& way : ways_of(c, query)) {
    const Result<Prediction> prediction = predict(c.house.catalog, c.house.calibration, way);
    if (!prediction) continue;
    const Estimate& estimate = estimate_for(*prediction, c.question.phase);
    if (estimate.band.value <= 0) continue;
    if (!widest) {
      widest = estimate;
      continue;
    }
    widest->band.low = std::min(widest->band.low, estimate.band.low);
    widest->band.high = std::max(widest->band.high, estimate.band.high);
    widest->band.value = std::max(widest->band.value, estimate.band.value);
    widest->tier = std::max(widest->tier, estimate.tier);
  }
  const bool measured = widest && widest->tier == Tier::t0_measured_here;
  if (widest && query.engine == nullptr && !measured) widest->band.low /= kUnnamedEngine;
  return widest;
}

/// How the devices work together: as claimed, else as the named engine does, else as favours the claim.
MultiDevice split_of(const CheckQuestion& question) {
  if (question.split) return *question.split;
  if (question.query.engine != nullptr && question.query.engine->policy.multi_device != MultiDevice::none)
    return question.query.engine->policy.multi_device;
  return MultiDevice::tensor_parallel;
}

}  // namespace

Bytes all_weights(const WeightPlan& plan) { return plan.total + plan.off_accelerator - plan.counted_twice; }

Bytes lightest_weights(const CheckCase& c) {
  const double params = c.weights.params_total > 0 ? c.weights.params_total : c.question.query.model->params_total;
  if (!c.question.loose_format) return all_weights(c.weights);
  const double bits = c.question.bits > 0 ? c.question.bits : 2;
  return std::min(all_weights(c.weights), Bytes{params * bits / 8});
}

void prepare_model(CheckCase& c) {
  const PredictQuery& query = c.question.query;
  const Catalog& catalog = c.house.catalog;
  c.engine = query.engine;
  if (c.engine == nullptr && c.question.has_setup) c.engine = choose_engine(catalog, *query.format, query.setup).engine;
  if (c.engine == nullptr) {
    const Result<const Engine*> usual = catalog.engine("llama.cpp");
    if (usual) c.engine = *usual;
  }
  c.weights =
      weight_plan(*query.model, *query.format, c.engine == nullptr ? "gguf" : container_of(*c.engine, *query.format));
  c.kv = kv_plan(*query.model, query.kv_format);
  // A cache of unstated type may be as light as engines offer.
  const Result<const Format*> light = catalog.kv_format("kv-q4_0");
  c.lightest_kv = query.kv_format == nullptr && light ? kv_plan(*query.model, *light) : c.kv;
}

const Estimate& estimate_for(const Prediction& prediction, Phase phase) {
  if (phase == Phase::prefill) return prediction.prefill;
  return phase == Phase::decode_total ? prediction.decode_total : prediction.decode;
}

void prepare_speed(CheckCase& c) {
  const Catalog& catalog = c.house.catalog;
  c.runs = nearest_runs(catalog, c.question);
  PredictQuery query = c.question.query;
  query.workload.concurrency = std::max(query.workload.concurrency, 1);
  Result<Prediction> usual = predict(catalog, c.house.calibration, query);
  if (!usual) {
    c.assumptions.push_back("nothing is predicted: " + usual.error().message);
    return;
  }
  if (!usual->why_not.empty()) c.assumptions.push_back(usual->why_not);
  if (estimate_for(*usual, c.question.phase).band.value <= 0) return;
  c.usual = std::move(*usual);
  c.wide = widest_band(c, query);
  for (const std::string& assumption : c.usual->assumptions) c.assumptions.push_back(assumption);
}

CeilingQuery ceiling_query(const CheckCase& c, bool fastest_host) {
  const PredictQuery& query = c.question.query;
  CeilingQuery asked;
  asked.model = query.model;
  asked.weights = &c.weights;
  asked.kv = &c.lightest_kv;
  asked.setup = &query.setup;
  asked.phase = c.question.phase;
  asked.prompt_tokens = query.workload.prompt_tokens;
  asked.depth_tokens = query.workload.depth_tokens;
  asked.concurrency = query.workload.concurrency;
  asked.split = split_of(c.question);
  asked.host_bandwidth = host_bandwidth(c.house.catalog, query.setup, fastest_host);
  return asked;
}

SpeedEvidence evidence_of(const CheckCase& c) {
  SpeedEvidence evidence;
  if (c.usual) evidence.usual = estimate_for(*c.usual, c.question.phase);
  evidence.wide = c.wide;
  for (const NearRun& near : c.runs)
    if (near.same) evidence.same.push_back({near.run->id, near.run->tokens_per_s, near.run->is_own});
  return evidence;
}

SizeFacts size_facts(const CheckCase& c) {
  const PredictQuery& query = c.question.query;
  SizeFacts facts;
  facts.model = query.model->name;
  facts.format = query.format->name;
  facts.params = c.weights.params_total > 0 ? c.weights.params_total : query.model->params_total;
  facts.weights = all_weights(c.weights);
  facts.lightest = lightest_weights(c);
  facts.lightest_format = std::to_string(c.question.bits > 0 ? c.question.bits : 2) + " bits a weight";
  facts.most = facts.weights;
  if (c.engine != nullptr) {
    const double context = query.model->context_tokens > 0 ? query.model->context_tokens : 4096;
    facts.most += kv_allocated(c.kv, context, 1, c.engine->policy) +
                  compute_buffers(*query.model, *c.engine, context, 1) + gib(c.engine->policy.runtime_gib);
  }
  return facts;
}

Bytes need_at_usual_context(const CheckCase& c) {
  constexpr double kUsualContext = 4096;
  if (c.engine == nullptr) return all_weights(c.weights);
  return all_weights(c.weights) + kv_allocated(c.kv, kUsualContext, 1, c.engine->policy) +
         compute_buffers(*c.question.query.model, *c.engine, kUsualContext, 1) + gib(c.engine->policy.runtime_gib);
}

}  // namespace rigwise
