#include "core/perf/predict.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/perf/banded.h"
#include "core/perf/bands.h"
#include "core/perf/energy.h"
#include "core/perf/explain_terms.h"
#include "core/perf/learn.h"

namespace rigwise {
namespace {

Error unpublished(const Llm& model) {
  return {ErrorCode::unsupported,
          "the weights of \"" + model.id + "\" are not published, so nothing can run them",
          "model",
          "name a model whose weights can be downloaded",
          {}};
}

bool can_be_asked(const Llm& model) { return model.weights == WeightsStatus::published || model.has_shape(); }

struct Evidences {
  DeviceEvidence decode, prefill;
};

Evidences evidences(const Calibration& calibration, const PredictQuery& query, const EngineChoice& choice) {
  Evidences e;
  if (query.setup.parts.size() != 1) return e;
  e.decode = device_evidence(calibration, decode_context(query, choice));
  e.prefill = device_evidence(calibration, prefill_context(query, choice));
  return e;
}

/// A measured estimate names what it was measured by.
void name_runs(const std::vector<std::string>& ids, Estimate& estimate) {
  if (estimate.basis != Basis::measured) return;
  estimate.evidence.insert(estimate.evidence.end(), ids.begin(), ids.end());
}

/// The user's own runs of this set-up, then what others measured nearby.
void add_evidence(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                  const EngineChoice& choice, Prediction& p) {
  if (!calibration.own.empty() && query.setup.parts.size() == 1) {
    const std::vector<std::string> decode = own_runs_of(calibration, decode_context(query, choice));
    const std::vector<std::string> prefill = own_runs_of(calibration, prefill_context(query, choice));
    for (Estimate* e : {&p.decode, &p.decode_total, &p.ttft_s, &p.e2e_s}) name_runs(decode, *e);
    for (Estimate* e : {&p.prefill, &p.ttft_s, &p.e2e_s}) name_runs(prefill, *e);
    p.own_runs = decode;
    p.own_runs.insert(p.own_runs.end(), prefill.begin(), prefill.end());
  }
  p.evidence = p.own_runs;
  for (std::string& id : nearby_measurements(catalog, query, p)) {
    if (std::find(p.evidence.begin(), p.evidence.end(), id) == p.evidence.end()) p.evidence.push_back(std::move(id));
  }
}

Result<SpeedParts> parts_of(const Catalog& catalog, const PredictQuery& query, const EngineChoice& choice,
                            const Evidences& evidence, const WeightPlan& weights, const KvPlan& kv) {
  const auto split_by = [&](const Engine& engine) {
    return speed_parts(catalog, *query.model, *query.format, weights, kv, query.setup, engine, choice.backend,
                       choices_of(query, *choice.engine));
  };
  // An engine's record is large: it is copied only where the question changes it.
  Result<SpeedParts> parts = query.split ? split_by(splitting(*choice.engine, query.split)) : split_by(*choice.engine);
  if (!parts) return parts;
  parts->decode_speed_factor = std::exp(evidence.decode.log_factor);
  parts->prefill_speed_factor = std::exp(evidence.prefill.log_factor);
  return parts;
}

void add_records_facts(const PredictQuery& query, const WeightPlan& weights, Prediction& p) {
  const Device& device = *query.setup.parts.front().device;
  if (device.storage_bandwidth) p.load_s = (weights.total / *device.storage_bandwidth).value;
  p.sustained_factor = device.sustained_fraction;
}

void add_speeds(const PredictQuery& query, const SpeedModel& model, const Evidences& evidence, const Banding& banding,
                Prediction& p) {
  const Workload& w = query.workload;
  const int streams = std::max(1, w.concurrency);
  const double depth = w.depth_tokens + w.prompt_tokens + w.output_tokens / 2;
  const StepTerms step = model.decode_step(depth, streams);
  const StepTerms prefill = model.prefill(w.prompt_tokens, w.depth_tokens, streams);
  const std::string decode_class = error_class(query, p.backend, false, streams);
  const std::string prefill_class = error_class(query, p.backend, true, streams);
  p.ceiling_decode_tokens_per_s = 1 / step.roofline_s;
  p.ceiling_prefill_tokens_per_s = prefill.roofline_s > 0 ? w.prompt_tokens * streams / prefill.roofline_s : 0;
  p.decode = banding.speed(1 / step.total_s, decode_class, evidence.decode, p.ceiling_decode_tokens_per_s);
  p.decode_total =
      banding.speed(streams / step.total_s, decode_class, evidence.decode, streams * p.ceiling_decode_tokens_per_s);
  p.prefill = banding.speed(w.prompt_tokens * streams / prefill.total_s, prefill_class, evidence.prefill,
                            p.ceiling_prefill_tokens_per_s);
  p.ttft_s = Banding::time(prefill.total_s + model.request_s(), p.prefill, step.total_s, p.decode);
  p.e2e_s = Banding::time(prefill.total_s + model.request_s(), p.prefill, w.output_tokens * step.total_s, p.decode);
  p.bound = step.bound;
  p.energy_j_per_token = energy_per_token(query.setup, step, working_shares(query.setup, model, streams), streams);
  p.terms = decode_terms(step);
  p.prefill_terms = prefill_terms(prefill);
}

/// Weights of the draft model and its cache at the asked context.
Bytes draft_memory(const PredictQuery& query, const Engine& engine, double context_tokens) {
  if (!query.speculation || query.speculation->draft == nullptr) return Bytes{0};
  const Llm& draft = *query.speculation->draft;
  return weight_plan(draft, *query.format, container_of(engine, *query.format)).total +
         kv_allocated(kv_plan(draft, query.kv_format), context_tokens, std::max(1, query.workload.concurrency),
                      engine.policy);
}

/// What guessing ahead takes for granted and the catalog cannot vouch for.
void add_speculation_doubts(const PredictQuery& query, Prediction& p) {
  constexpr int kVocabularyMayDiffer = 128;  // llama.cpp takes a draft whose vocabulary is that near
  const Speculation& s = *query.speculation;
  if (s.method == Speculation::Method::mtp) {
    p.assumptions.push_back("that " + query.model->name +
                            " was released with a next-token (MTP) head and the engine uses it; the catalog does not "
                            "know which releases have one");
  }
  if (s.draft == nullptr) return;
  if (std::abs(s.draft->vocab_size - query.model->vocab_size) > kVocabularyMayDiffer) {
    p.assumptions.push_back(
        "the vocabularies differ (" + std::to_string(s.draft->vocab_size) + " tokens in " + s.draft->name + ", " +
        std::to_string(query.model->vocab_size) + " in " + query.model->name +
        "): most engines refuse such a pair, the others translate the guesses, which fewer survive");
  }
  if (s.draft->params_active >= query.model->params_active) {
    p.assumptions.push_back(s.draft->name + " is no smaller than " + query.model->name + ": guessing cannot pay");
  }
}

/// How far off an assumed acceptance may be; it depends on the text.
constexpr double kAcceptanceDoubt = 0.1;

double guess_s(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
               const EngineChoice& choice, const SpeedModel& model, double depth, SpeculationGain& gain) {
  const Speculation& s = *query.speculation;
  const double streams = std::max(1, query.workload.concurrency);
  if (s.method == Speculation::Method::ngram) return 0;
  if (s.method == Speculation::Method::mtp) return mtp_guess_s(model, depth, streams);
  PredictQuery of_draft = query;
  of_draft.model = s.draft;
  of_draft.setup.parts.resize(1);
  of_draft.setup.parts.front().count = 1;
  const WeightPlan weights = weight_plan(*s.draft, *query.format, container_of(*choice.engine, *query.format));
  gain.draft_weights = weights.total;
  const Result<SpeedParts> parts =
      parts_of(catalog, of_draft, choice, Evidences{}, weights, kv_plan(*s.draft, query.kv_format));
  return parts ? assemble(*parts, calibration.values).decode_step(depth, streams).total_s : 0;
}

/// Replaces the decode speeds with those of guessing ahead. May pass the ceiling of plain decoding: a pass reads the
/// weights once for several tokens.
void add_speculation(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                     const EngineChoice& choice, const SpeedModel& model, Prediction& p) {
  const Speculation& s = *query.speculation;
  const Workload& w = query.workload;
  const double depth = w.depth_tokens + w.prompt_tokens + w.output_tokens / 2;
  SpeculationGain gain;
  gain.plain_decode = p.decode;
  gain.guess_s = guess_s(catalog, calibration, query, choice, model, depth, gain);
  gain.check_s = checking_pass_s(model, s.draft_tokens, depth, std::max(1, w.concurrency));
  gain.pass_s = gain.check_s + s.draft_tokens * gain.guess_s;
  gain.tokens_per_pass = tokens_per_pass(s.acceptance, s.draft_tokens);
  const auto at = [&](double acceptance) {
    return tokens_per_pass(std::clamp(acceptance, 0.0, 1.0), s.draft_tokens) / gain.pass_s;
  };
  const Band plain = p.decode.band;
  const double value = at(s.acceptance);
  const double shorter = p.e2e_s.band.value - w.output_tokens / plain.value + w.output_tokens / value;
  p.decode.band = {value, at(s.acceptance - kAcceptanceDoubt) * plain.low / plain.value,
                   at(s.acceptance + kAcceptanceDoubt) * plain.high / plain.value};
  const double streams = std::max(1, w.concurrency);
  p.decode_total = p.decode;
  p.decode_total.band = {streams * value, streams * p.decode.band.low, streams * p.decode.band.high};
  p.e2e_s.band = {shorter, shorter * value / p.decode.band.high, shorter * value / p.decode.band.low};
  p.decode.tier = p.decode_total.tier = p.e2e_s.tier = std::max(p.decode.tier, Tier::t4_first_principles);
  if (p.energy_j_per_token) *p.energy_j_per_token *= gain.pass_s / gain.tokens_per_pass * plain.value;
  p.assumptions.push_back(
      "guessing ahead (" + std::string(method_name(s.method)) + "): " + std::to_string(s.draft_tokens) +
      " tokens a pass, each accepted with " + significant(100 * s.acceptance, 2) +
      " %; that share depends on the text, and the speed may " + "pass the ceiling of plain decoding");
  add_speculation_doubts(query, p);
  p.speculation = gain;
}

}  // namespace

Result<SpeedModel> build_speed_model(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                     const WeightPlan& weights, const KvPlan& kv) {
  if (!can_be_asked(*query.model)) return fail(unpublished(*query.model));
  const EngineChoice choice = choose_engine(catalog, *query.format, query.setup, query.engine, query.backend);
  if (choice.engine == nullptr) {
    return fail({ErrorCode::unsupported, choice.why_not, "quant", "name another format or engine", {}});
  }
  const Evidences evidence = evidences(calibration, query, choice);
  const Result<SpeedParts> parts = parts_of(catalog, query, choice, evidence, weights, kv);
  if (!parts) return fail(parts.error());
  return assemble(*parts, calibration.values);
}

Result<Prediction> predict(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query) {
  if (!can_be_asked(*query.model)) return fail(unpublished(*query.model));
  Prediction p;
  const EngineChoice choice = choose_engine(catalog, *query.format, query.setup, query.engine, query.backend);
  p.engine = choice.engine;
  p.backend = choice.backend;
  p.why_not = choice.why_not;
  if (choice.engine == nullptr) return p;
  if (p.why_not.empty()) p.why_not = cannot_split(query, *choice.engine);

  const WeightPlan weights = weight_plan(*query.model, *query.format, container_of(*choice.engine, *query.format));
  p.kv_format =
      query.kv_format != nullptr ? query.kv_format : default_kv_format(catalog, *choice.engine, *query.format);
  const KvPlan kv = kv_plan(*query.model, p.kv_format);
  Evidences evidence = evidences(calibration, query, choice);
  const Result<SpeedParts> parts = parts_of(catalog, query, choice, evidence, weights, kv);
  if (!parts) return fail(parts.error());
  const SpeedModel model = assemble(*parts, calibration.values);
  for (DeviceEvidence* e : {&evidence.decode, &evidence.prefill}) *e = as_spilled(*e, parts->host_share > 0);

  const Workload& w = query.workload;
  const double context = w.depth_tokens + w.prompt_tokens + w.output_tokens;
  p.fit = fit_in(*query.model, weights, kv, query.setup, splitting(*choice.engine, query.split),
                 {context, std::max(1, w.concurrency), 0, draft_memory(query, *choice.engine, context)});
  p.has_speeds = p.why_not.empty();
  if (!p.has_speeds) return p;
  const Banding banding{calibration, p.backend, choice.engine->id, query.level,
                        widening_of(query, parts->host_share > 0)};
  add_speeds(query, model, evidence, banding, p);
  add_records_facts(query, weights, p);
  if (parts->host_share > 0) {
    const double depth = w.depth_tokens + w.prompt_tokens + w.output_tokens / 2;
    const StepTerms step = model.decode_step(depth, std::max(1, w.concurrency));
    p.offload = HostOffload{parts->offload, weights.total * parts->host_share, BytesPerSecond{parts->host_bytes_per_s},
                            Bytes{step.bytes_host}};
  }
  p.constants = constants_that_matter(*parts, calibration, w);
  p.assumptions = parts->assumptions;
  const double outside = widening_of(query, false);
  if (outside > 1) {
    p.assumptions.push_back("beyond what was measured (65,536 tokens, 32 streams, 8 devices): the band is " +
                            significant(outside, 3) + " times as wide");
  }
  if (query.speculation) add_speculation(catalog, calibration, query, choice, model, p);
  add_usual_assumptions(query, *parts, p);
  add_evidence(catalog, calibration, query, choice, p);
  if (p.why_not.empty() && p.fit.verdict == FitVerdict::no) p.why_not = "does not fit: " + p.fit.why;
  if (query.model->weights == WeightsStatus::none) {
    p.why_not = "no such release exists; its shape is a seed document's";
  }
  p.runs = p.why_not.empty();
  return p;
}

}  // namespace rigwise
