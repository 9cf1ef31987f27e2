#include "verbs/predict.h"

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/question.h"

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

}  // namespace

Result<Json> predict_verb(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  const Result<SpeedQuestion> question = read_speed_question(house, reader);
  if (!question) return fail(question.error());
  const Result<Prediction> answer = predict(house.catalog, house.calibration, question->query);
  if (!answer) return fail(answer.error());

  const std::string why_not = answer->why_not.empty() ? beyond_context(question->query) : answer->why_not;
  Json response = response_head("predict", house, question->as_of);
  response["request"] = resolved_json(*question, *answer);
  response["runs"] = answer->runs && why_not.empty();
  response["why_not"] = why_not.empty() ? Json(nullptr) : Json(why_not);
  response["fits"] = fit_verdict_name(answer->fit.verdict);
  response["memory"] = memory_json(answer->fit);
  response["decode"] = estimate_json(answer->decode);
  response["decode_total"] = estimate_json(answer->decode_total);
  response["prefill"] = estimate_json(answer->prefill);
  response["ttft_s"] = estimate_json(answer->ttft_s);
  response["e2e_s"] = estimate_json(answer->e2e_s);
  response["load_s"] = optional_json(answer->load_s);
  response["burst"] = {{"decode", estimate_json(answer->decode)}};
  response["sustained"] = {{"decode", estimate_json(sustained(*answer))}};
  response["energy_j_per_token"] = optional_json(answer->energy_j_per_token);
  response["bound"] = bound_name(answer->bound);
  response["ceiling"] = {{"decode", answer->ceiling_decode_tokens_per_s},
                         {"prefill", answer->ceiling_prefill_tokens_per_s}};
  response["terms"] = terms_json(answer->terms);
  response["prefill_terms"] = terms_json(answer->prefill_terms);
  Json assumptions = question->assumptions;
  for (const std::string& assumption : answer->assumptions) assumptions.push_back(assumption);
  response["assumptions"] = assumptions.is_null() ? Json::array() : assumptions;
  response["evidence"] = answer->evidence.empty() ? Json::array() : Json(answer->evidence);
  return response;
}

}  // namespace rigwise
