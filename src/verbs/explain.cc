#include "verbs/explain.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/perf/resolve.h"
#include "core/perf/validate.h"
#include "verbs/answers.h"
#include "verbs/check_evidence.h"
#include "verbs/explanation.h"
#include "verbs/predict.h"

namespace rigwise {
namespace {

/// Short and other verbs' names of the same numbers.
constexpr std::array<std::pair<const char*, const char*>, 14> kOtherNames = {
    {{"burst", "burst.decode"},
     {"sustained", "sustained.decode"},
     {"ceiling", "ceiling.decode"},
     {"ceiling.tokens_per_s", "ceiling.decode"},
     {"memory", "memory.total_bytes"},
     {"total_gb", "memory.total_bytes"},
     {"free_gb", "memory.available_bytes"},
     {"max_context_tokens", "memory.max_context_tokens"},
     {"max_sequences", "memory.max_sequences"},
     {"weights_bytes", "memory.weights_bytes"},
     {"kv_cache_bytes", "memory.kv_cache_bytes"},
     {"total_bytes", "memory.total_bytes"},
     {"prediction", "decode"},
     {"verdict", "memory.verdict"}}};

Result<std::string> canonical_key(std::string key) {
  for (const std::string_view suffix : {".value", ".low", ".high"})
    if (key.size() > suffix.size() && key.ends_with(suffix)) key.resize(key.size() - suffix.size());
  const std::vector<std::string>& keys = explained_keys();
  if (std::find(keys.begin(), keys.end(), key) != keys.end()) return key;
  for (const auto& [other, ours] : kOtherNames)
    if (key == other) return std::string(ours);
  return fail({ErrorCode::not_found, "no number of the answer is called \"" + key + "\"", "key",
               "one of: " + join(keys, ", "), nearest_names(key, keys)});
}

/// The only name in a text or a list of one; an error when there are several: a number belongs to one of them.
Result<std::string> only(const Json& request, const char* key) {
  const auto found = request.find(key);
  if (found == request.end()) return std::string();
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array() && found->size() == 1 && found->front().is_string()) return found->front().get<std::string>();
  return invalid("\"" + std::string(key) + "\" must name exactly one, as a number belongs to one of them",
                 "request." + std::string(key), "a list of one");
}

/// The question behind a number of fit or compare, as predict is asked it.
Result<Json> as_predict_request(const Json& request, const std::string& verb) {
  if (!request.is_object()) return invalid("\"request\" must be an object", "request", "the request to explain");
  if (verb == "predict") return request;
  constexpr std::array<std::pair<const char*, const char*>, 3> kLists = {
      {{"models", "model"}, {"setups", "setup"}, {"quants", "quant"}}};
  Json question = Json::object();
  for (const auto& [list, name] : kLists) {
    Result<std::string> value = only(request, list);
    if (!value) return fail(value.error());
    if (!value->empty()) question[name] = *value;
  }
  for (const char* key : {"quant", "concurrency", "as_of"})
    if (request.contains(key)) question[key] = request[key];
  if (request.contains("context_tokens") && request["context_tokens"].is_number()) {
    question["prompt_tokens"] = std::max(1.0, request["context_tokens"].get<double>() - 1);
    question["output_tokens"] = 1;
  }
  const auto workload = request.find("workload");
  if (workload != request.end() && workload->is_object()) question.update(*workload);
  return question;
}

Json source_json(const SourceNote& source) {
  return {{"kind", source.kind}, {"ref", source.ref}, {"soft", source.soft}};
}

Json inputs_json(const std::vector<ExplainInput>& inputs) {
  Json list = Json::array();
  for (const ExplainInput& input : inputs)
    list.push_back({{"name", input.name},
                    {"symbol", input.symbol},
                    {"value", input.value},
                    {"unit", input.unit},
                    {"source", source_json(input.source)}});
  return list;
}

Json steps_json(const std::vector<ExplainStep>& steps) {
  Json list = Json::array();
  for (const ExplainStep& step : steps)
    list.push_back({{"symbol", step.symbol},
                    {"formula", step.formula},
                    {"value", step.value},
                    {"unit", step.unit},
                    {"why", step.why}});
  return list;
}

Json constants_json(const std::vector<Constant>& constants) {
  Json list = Json::array();
  for (const Constant& constant : constants)
    list.push_back(
        {{"key", constant.key}, {"value", constant.value}, {"groups", constant.groups}, {"from", constant.from}});
  return list;
}

Json terms_json(const std::vector<Term>& terms) {
  Json list = Json::array();
  for (const Term& term : terms)
    list.push_back({{"name", term.name},
                    {"seconds", term.seconds},
                    {"bytes", term.bytes},
                    {"flops", term.flop},
                    {"formula", term.formula}});
  return list;
}

/// The phase whose measurements speak to a number.
Phase phase_of(const std::string& key, const SpeedQuestion& question) {
  if (key.find("prefill") != std::string::npos || key == "ttft_s") return Phase::prefill;
  return question.query.workload.concurrency > 1 ? Phase::decode_total : Phase::decode;
}

/// What was measured nearby, and what these constants say about that very run.
Json evidence_json(const ExplainCase& c, const std::string& key) {
  Json list = Json::array();
  // What was timed says nothing of bytes.
  if (key.starts_with("memory.") || key == "load_s") return list;
  const std::vector<Measurement> rows =
      evidence_for(c.house, c.question.query, phase_of(key, c.question), c.prediction);
  for (const ValidatedRow& row : validate_rows(c.house.catalog, c.house.calibration, rows, c.question.query.level)) {
    Json entry = measurement_json(*row.row);
    entry["predicted"] =
        row.predicted ? Json{{"value", *row.predicted}, {"low", *row.low}, {"high", *row.high}} : Json(nullptr);
    list.push_back(std::move(entry));
  }
  return list;
}

/// The value of a dotted key in a response; an estimate's value.
Json value_in(const Json& response, const std::string& key) {
  const Json* at = &response;
  for (const std::string_view part : split(key, '.')) {
    const auto found = at->find(std::string(part));
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at->is_object() && at->contains("value") ? (*at)["value"] : *at;
}

/// "decode = 1 / step; step = ...": the answer first.
std::string formula_text(const std::vector<ExplainStep>& steps) {
  std::vector<std::string> equations;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    equations.push_back(step->symbol + " = " + step->formula);
  return join(equations, "; ");
}

Json response_of(const ExplainCase& c, const Json& answer, const std::string& verb, Explanation e) {
  e.value = value_in(answer, e.key);
  Json response = response_head("explain", c.house, c.question.as_of);
  response["verb"] = verb;
  response["key"] = e.key;
  response["request"] = answer["request"];
  response["value"] = e.value;
  response["unit"] = e.unit;
  response["formula"] = formula_text(e.steps);
  response["steps"] = steps_json(e.steps);
  response["inputs"] = inputs_json(e.inputs);
  response["constants"] = constants_json(e.constants);
  response["terms"] = terms_json(e.terms);
  response["measurements"] = evidence_json(c, e.key);
  std::vector<std::string> notes = e.notes;
  for (const Json& assumption : answer["assumptions"]) notes.push_back("assumed: " + assumption.get<std::string>());
  response["notes"] = notes;
  return response;
}

}  // namespace

Result<Json> explain_verb(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  const std::string verb = reader.text("verb").value_or("predict");
  const std::string asked = reader.required_text("key", "\"decode\" or \"memory.kv_cache_bytes\"");
  const Json* inner = reader.raw("request");
  if (inner == nullptr)
    reader.refuse({ErrorCode::invalid_input,
                   "\"request\" is missing",
                   "request",
                   "the request whose answer is to be explained",
                   {}});
  if (verb != "predict" && verb != "fit" && verb != "compare")
    reader.refuse({ErrorCode::unsupported, "numbers of \"" + verb + "\" are not explained", "verb",
                   "predict, fit or compare", nearest_names(verb, {"predict", "fit", "compare"})});
  if (std::optional<Error> fault = reader.done()) return fail(*fault);
  const Result<std::string> key = canonical_key(asked);
  if (!key) return fail(key.error());
  Result<Json> as_predict = as_predict_request(*inner, verb);
  if (!as_predict) return fail(as_predict.error());

  ObjectReader inner_reader(*as_predict, "request");
  const Result<SpeedQuestion> question = read_speed_question(house, inner_reader);
  if (!question) return fail(question.error());
  const Result<Prediction> prediction = predict(house.catalog, house.calibration, question->query);
  if (!prediction) return fail(prediction.error());
  const Result<Json> answer = predict_verb(house, *as_predict);
  if (!answer) return fail(answer.error());
  if (!prediction->has_speeds)
    return fail({ErrorCode::unsupported, "nothing is predicted: " + prediction->why_not, "request", "", {}});

  ExplainCase c{house, *question, *prediction, {}, {}};
  const Llm& model = *question->query.model;
  const Format& format = *question->query.format;
  c.weights = weight_plan(model, format, container_of(*prediction->engine, format));
  c.kv = kv_plan(model, prediction->kv_format);
  Explanation explanation;
  explanation.key = *key;
  if (!explain_memory(c, *key, explanation)) explain_speed(c, *key, explanation);
  return response_of(c, *answer, verb, std::move(explanation));
}

}  // namespace rigwise
