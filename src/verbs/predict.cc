#include "verbs/predict.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/perf/quantization_loss.h"
#include "verbs/answers.h"
#include "verbs/check_evidence.h"
#include "verbs/question.h"
#include "verbs/serving_cost.h"

namespace rigwise {
namespace {

Json terms_json(const std::vector<Term>& terms) {
  Json list = Json::array();
  for (const Term& term : terms) {
    list.push_back({{"name", term.name},
                    {"seconds", term.seconds},
                    {"bytes", term.bytes},
                    {"flops", term.flop},
                    {"formula", term.formula}});
  }
  return list;
}

/// Burst is what a cold machine does; sustained what it keeps up, where its record says that it throttles.
Estimate sustained(const Prediction& prediction) {
  Estimate estimate = prediction.decode;
  const double factor = prediction.sustained_factor.value_or(1.0);
  estimate.band.value *= factor;
  estimate.band.low *= factor;
  estimate.band.high *= factor;
  return estimate;
}

/// Why the model cannot hold so many tokens, or nothing.
std::string beyond_context(const PredictQuery& query) {
  const Workload& workload = query.workload;
  const double tokens = workload.depth_tokens + workload.prompt_tokens + workload.output_tokens;
  if (query.model->context_tokens == 0 || tokens <= query.model->context_tokens) return {};
  return fixed(tokens, 0) + " tokens are more than the model's context of " +
         std::to_string(query.model->context_tokens);
}

/// "does not fit in the GPU's memory (short by 50 GB); with ... in the host's RAM it runs at ..."
std::string why_not_alone(const PredictQuery& query, const Prediction& p) {
  const Estimate& decode = p.decode;
  return std::string("does not fit in the ") + (query.setup.device_count() > 1 ? "GPUs'" : "GPU's") + " memory (" +
         p.fit.why + "); with " + significant(weights_in_host(p).value / 1e9, 3) +
         " GB of its weights in the host's RAM (" + fixed(*host_ram_gib(weights_in_host(p)), 0) +
         " GiB or more) it runs at " + significant(decode.band.value, 2) + " tok/s (" +
         significant(decode.band.low, 2) + " - " + significant(decode.band.high, 2) + ")";
}

/// Why the host's RAM is no way out.
std::string why_no_host_helps(const Prediction& p) {
  if (!host_ram_gib(weights_in_host(p))) return ", more than any usual host's RAM holds";
  return "; the KV cache of " + significant(p.fit.need.kv_cache.value / 1e9, 3) +
         " GB is what is too large: a shorter context, fewer streams or a smaller --kv-type helps";
}

/// What a million tokens cost, with the catalog's prices; null where the set-up has none or does not run the model.
Result<Json> token_cost_json(const House& house, const SpeedQuestion& question, const Prediction& p) {
  ServingTerms terms;
  std::string tariff;
  const Exchange exchange(house.catalog.rates, question.as_of);
  ElectricityWish electricity;
  electricity.region = question.region;
  const Result<Money> per_kwh = electricity_price(house.catalog, exchange, terms.currency, electricity, tariff);
  if (!per_kwh) return fail(per_kwh.error());
  terms.per_kwh = *per_kwh;
  const SetupMachine machine =
      setup_machine(house.catalog, question.query.setup, exchange, terms.currency, question.as_of);
  return serving_cost_json(serving_cost(machine, p, terms), terms);
}

/// What guessing ahead does; null where nobody asked for it.
Json speculative_json(const PredictQuery& query, const Prediction& p) {
  if (!query.speculation || !p.speculation) return nullptr;
  const Speculation& s = *query.speculation;
  return {{"method", method_name(s.method)},
          {"draft_model", s.draft == nullptr ? Json(nullptr) : Json(s.draft->id)},
          {"draft_tokens", s.draft_tokens},
          {"acceptance", s.acceptance},
          {"tokens_per_pass", p.speculation->tokens_per_pass},
          {"speedup", p.decode.band.value / p.speculation->plain_decode.band.value},
          {"draft_weights_bytes", p.speculation->draft_weights.value},
          {"plain_decode", estimate_json(p.speculation->plain_decode)}};
}

/// What the weight format costs in quality; null where nobody asked or nothing near was measured.
Json quality_loss_json(const House& house, const SpeedQuestion& question) {
  if (!question.quality_loss) return nullptr;
  const std::optional<QuantizationLossEstimate> loss =
      quantization_loss(house.catalog, *question.query.model, *question.query.format);
  if (!loss) return nullptr;
  constexpr std::size_t kMost = 8;
  Json evidence = Json::array();
  for (std::size_t i = 0; i < std::min(loss->evidence.size(), kMost); ++i) {
    const QuantizationLoss& row = *loss->evidence[i];
    evidence.push_back({{"format", row.format},
                        {"model_name", row.model_name},
                        {"perplexity_increase", row.perplexity_increase},
                        {"source", row.source}});
  }
  const Band& increase = loss->perplexity_increase;
  return {{"perplexity_increase", {{"value", increase.value}, {"low", increase.low}, {"high", increase.high}}},
          {"top_token_differs", optional_json(loss->top_token_differs)},
          {"basis", basis_name(loss->basis)},
          {"tier", tier_name(loss->tier)},
          {"why", loss->why},
          {"evidence", std::move(evidence)}};
}

/// Speeds, times and what they are made of; null each where this engine cannot run this at all.
void add_speeds(const Prediction& p, Json& response) {
  const auto quantity = [&](const Estimate& estimate) {
    return p.has_speeds ? estimate_json(estimate) : Json(nullptr);
  };
  response["decode"] = quantity(p.decode);
  response["decode_total"] = quantity(p.decode_total);
  response["prefill"] = quantity(p.prefill);
  response["ttft_s"] = quantity(p.ttft_s);
  response["e2e_s"] = quantity(p.e2e_s);
  response["load_s"] = optional_json(p.load_s);
  response["burst"] = {{"decode", quantity(p.decode)}};
  response["sustained"] = {{"decode", quantity(sustained(p))}};
  response["energy_j_per_token"] = optional_json(p.energy_j_per_token);
  response["bound"] = p.has_speeds ? Json(bound_name(p.bound)) : Json(nullptr);
  response["ceiling"] = {{"decode", p.has_speeds ? Json(p.ceiling_decode_tokens_per_s) : Json(nullptr)},
                         {"prefill", p.has_speeds ? Json(p.ceiling_prefill_tokens_per_s) : Json(nullptr)}};
  response["terms"] = terms_json(p.terms);
  response["prefill_terms"] = terms_json(p.prefill_terms);
}

}  // namespace

Result<Json> predict_verb(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  const Result<SpeedQuestion> question = read_speed_question(house, reader);
  if (!question) return fail(question.error());
  const Result<Prediction> answer = predict(house.catalog, house.calibration, question->query);
  if (!answer) return fail(answer.error());

  std::string why_not = answer->why_not.empty() ? beyond_context(question->query) : answer->why_not;
  const bool only_too_large = why_not.starts_with("does not fit");
  const bool host_cannot_help = only_too_large && answer->offload && !host_helps(*answer);
  if (only_too_large && host_helps(*answer)) why_not = why_not_alone(question->query, *answer);
  if (host_cannot_help) why_not += why_no_host_helps(*answer);
  Json response = response_head("predict", house, question->as_of);
  response["request"] = resolved_json(*question, *answer);
  response["runs"] = answer->runs && why_not.empty();
  response["why_not"] = why_not.empty() ? Json(nullptr) : Json(why_not);
  response["fits"] = fit_verdict_name(answer->fit.verdict);
  response["memory"] = memory_json(answer->fit);
  response["offload"] = offload_json(*answer);
  response["speculative"] = speculative_json(question->query, *answer);
  response["quality_loss"] = quality_loss_json(house, *question);
  add_speeds(*answer, response);
  Result<Json> cost = token_cost_json(house, *question, *answer);
  if (!cost) return fail(cost.error());
  response["cost_per_mtok"] = *std::move(cost);
  Json assumptions = question->assumptions;
  for (const std::string& assumption : answer->assumptions) {
    if (host_cannot_help && assumption.find("of the weights do not fit") != std::string::npos) continue;
    assumptions.push_back(assumption);
  }
  response["assumptions"] = assumptions.is_null() ? Json::array() : assumptions;
  response["evidence"] = Json::array();
  const Phase phase = question->query.workload.concurrency > 1 ? Phase::decode_total : Phase::decode;
  if (!answer->has_speeds) return response;
  for (const Measurement& row : evidence_for(house, question->query, phase, *answer)) {
    response["evidence"].push_back(row.id);
  }
  return response;
}

}  // namespace rigwise
