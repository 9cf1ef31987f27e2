#include "verbs/capacity_answers.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"

namespace rigwise {
namespace {

Json waits_json(const Histogram& waits) {
  if (waits.count() == 0) return nullptr;
  const auto seconds = [&](double q) { return waits.quantile(q) / kNsPerSecond; };
  return {{"p50", seconds(0.5)},
          {"p90", seconds(0.9)},
          {"p95", seconds(0.95)},
          {"p99", seconds(0.99)},
          {"mean", waits.mean() / kNsPerSecond}};
}

Json lengths_json(double mean) { return mean; }

Json load_json(const Load& load) {
  const bool open = load.arrivals == ArrivalKind::poisson || load.arrivals == ArrivalKind::gamma;
  return {{"arrivals", arrival_kind_name(load.arrivals)},
          {"requests_per_s", open ? Json(load.requests_per_s()) : Json(nullptr)},
          {"users", load.arrivals == ArrivalKind::closed ? Json(load.users()) : Json(nullptr)},
          {"prompt_tokens", lengths_json(load.mean_prompt_tokens())},
          {"output_tokens", lengths_json(load.mean_output_tokens())},
          {"prefix_hit", load.prefix_hit}};
}

Json policy_json(const Service& s) {
  const bool blocks = s.policy.kv_blocks > 0;
  return {{"batching", batching_name(s.query.engine->policy.batching)},
          {"sequences", s.policy.sequences},
          {"limited_by", s.limit == SequenceLimit::memory  ? "memory"
                         : s.limit == SequenceLimit::asked ? "request"
                                                           : "habit"},
          {"step_tokens", s.policy.step_tokens},
          {"context_tokens", s.context_tokens},
          {"kv_cache_tokens", blocks ? Json(s.policy.kv_blocks * s.policy.block_tokens)
                                     : Json(static_cast<std::int64_t>(s.policy.sequences) * s.context_tokens)},
          {"block_tokens", blocks ? Json(s.policy.block_tokens) : Json(nullptr)}};
}

/// What a model did, per second of the window.
Json model_run_json(const ServedModelRun& run, double window_s, const Slo& slo) {
  const Latencies& seen = run.latencies;
  const ServerTotals& w = run.window;
  const auto rate = [&](double count) { return window_s > 0 ? count / window_s : 0; };
  const double share =
      seen.finished > 0 ? static_cast<double>(seen.within_slo) / static_cast<double>(seen.finished) : 0;
  return {{"holds", keeps(run, slo, seen.finished)},
          {"queue_wait_s", waits_json(seen.queue_wait)},
          {"ttft_s", waits_json(seen.ttft)},
          {"tpot_s", waits_json(seen.tpot)},
          {"e2e_s", waits_json(seen.e2e)},
          {"requests_per_s", rate(w.requests_finished)},
          {"goodput_per_s", rate(w.requests_finished * share)},
          {"output_tokens_per_s", rate(w.decoded_tokens)},
          {"prompt_tokens_per_s", rate(w.prefilled_tokens)},
          {"mean_batch", w.decode_ns > 0 ? w.sequence_ns / w.decode_ns : 0},
          {"mean_in_system", rate(w.in_system_ns / kNsPerSecond)},
          {"prefill_share", w.work_ns > 0 ? w.prefill_ns / w.work_ns : 0},
          {"preemptions", w.preemptions},
          {"refused", seen.rejected},
          {"cut_to_context", seen.cut}};
}

/// Watts over the window, idle time included; null where the set-up's power is unknown.
std::optional<double> mean_power(const SimulationRun& run, const CapacityQuestion& question) {
  double joules = run.idle_w * std::max(0.0, run.window_s - run.busy_s);
  for (std::size_t i = 0; i < run.models.size(); ++i) {
    if (!question.services[i].power.is_known()) return std::nullopt;
    joules += run.models[i].window.joules;
  }
  return run.window_s > 0 ? std::optional<double>(joules / run.window_s) : std::nullopt;
}

const char* relief_name(Binding of, bool blocks) {
  switch (of) {
    case Binding::queue: return "two slots instead of one";
    case Binding::slots: return "twice the slots";
    case Binding::kv_memory: return blocks ? "twice the KV cache" : "memory for twice the slots";
    case Binding::prefill: return "prefill twice as fast";
    case Binding::decode: return "decode twice as fast";
  }
  return "";
}

}  // namespace

std::string size_text(int size, LoadUnit unit) {
  switch (unit) {
    case LoadUnit::people: return std::to_string(size) + (size == 1 ? " person" : " people");
    case LoadUnit::users: return std::to_string(size) + (size == 1 ? " user" : " users");
    case LoadUnit::percent: return std::to_string(size) + " % of the stated load";
  }
  return "";
}

Json service_json(const Service& s, const ServiceQuestion& question, const Slo& slo) {
  const bool serves = s.why_not.empty();
  return {{"model", s.query.model->id},
          {"quant", s.query.format->id},
          {"engine", s.query.engine == nullptr ? Json(nullptr) : Json(s.query.engine->id)},
          {"backend", s.query.backend},
          {"kv_type", s.query.kv_format == nullptr ? Json("f16") : Json(s.query.kv_format->id)},
          {"why_not", serves ? Json(nullptr) : Json(s.why_not)},
          {"memory", s.query.engine == nullptr ? Json(nullptr) : memory_json(s.fit)},
          {"policy", serves ? policy_json(s) : Json(nullptr)},
          {"load", load_json(question.load)},
          {"slo", {{"ttft_s", slo.ttft_s}, {"tpot_s", slo.tpot_s}, {"percentile", 100 * slo.percentile}}},
          {"decode_total", serves ? estimate_json(s.prediction.decode_total) : Json(nullptr)},
          {"prefill", serves ? estimate_json(s.prediction.prefill) : Json(nullptr)}};
}

Json sized_run_json(const SizedRun& sized, const CapacityQuestion& question) {
  const SimulationRun& run = sized.run;
  Json models = Json::array();
  double output_tokens = 0;
  for (std::size_t i = 0; i < run.models.size(); ++i) {
    Json model = {{"model", question.services[i].query.model->id}};
    model.update(model_run_json(run.models[i], run.window_s, question.slos[i]));
    models.push_back(std::move(model));
    output_tokens += run.models[i].window.decoded_tokens;
  }
  const std::optional<double> watts = mean_power(run, question);
  const bool per_token = watts && output_tokens > 0;
  return {{"size", sized.size},
          {"holds", sized.holds},
          {"overloaded", run.overloaded},
          {"utilisation", run.utilisation()},
          {"power_w", optional_json(watts)},
          {"energy_j_per_token", per_token ? Json(*watts * run.window_s / output_tokens) : Json(nullptr)},
          {"simulated_s", run.window_s},
          {"simulated_requests", run.simulated},
          {"models", std::move(models)}};
}

Json bottleneck_json(const Bottleneck& bottleneck, const CapacityQuestion& question) {
  const bool blocks = std::any_of(question.services.begin(), question.services.end(),
                                  [](const Service& s) { return s.policy.kv_blocks > 0; });
  Json reliefs = Json::array();
  double best = 0;
  for (const Relief& relief : bottleneck.reliefs) {
    reliefs.push_back({{"of", relief_name(relief.of, blocks)}, {"slo_ratio", relief.slo_ratio}});
    if (relief.of == bottleneck.binding) best = relief.slo_ratio;
  }
  const auto times = [](double ratio) {
    return ratio >= 100 ? std::string("far more than its objective") : significant(ratio, 2) + " times its objective";
  };
  const std::string reason = "at " + size_text(bottleneck.tried_size, question.unit) + " the worst wait is " +
                             times(bottleneck.slo_ratio) + "; " + relief_name(bottleneck.binding, blocks) +
                             " helps most of all: " + times(best);
  return {{"kind", binding_name(bottleneck)},
          {"reason", reason},
          {"tried_size", bottleneck.tried_size},
          {"slo_ratio", bottleneck.slo_ratio},
          {"reliefs", std::move(reliefs)}};
}

}  // namespace rigwise
