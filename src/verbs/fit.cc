#include "verbs/fit.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/fit_request.h"
#include "verbs/question.h"
#include "verbs/serving_cost.h"

namespace rigwise {
namespace {

/// Formats tried when the request names none, from the most precise down: what a GGUF user chooses among.
constexpr const char* kLadder[] = {"f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m", "q2_k"};
constexpr std::size_t kMostRows = 20000;

/// The formats to try for a model: those asked for; else its own 4-bit release format, else the ladder.
std::vector<const Format*> formats_for(const Catalog& catalog, const Llm& model, const FitRequest& fit) {
  if (!fit.formats.empty()) return fit.formats;
  std::vector<const Format*> formats;
  const Result<const Format*> native = catalog.format(model.native_format);
  if (native && (*native)->format_class == "mxfp4") return {*native};
  for (const char* name : kLadder) {
    if (const Result<const Format*> format = catalog.format(name)) formats.push_back(*format);
  }
  return formats;
}

struct Candidate {
  Json row;
  bool fits = false;
  double bits = 0;
};

/// A set-up with its price, so that each speed on it has a cost.
struct PricedSetup {
  const Setup& setup;
  SetupMachine machine;
  ServingTerms terms;
};

PricedSetup priced(const House& house, const Setup& setup, const std::string& as_of) {
  const Exchange exchange(house.catalog.rates, as_of);
  ServingTerms terms;
  std::string tariff;
  terms.per_kwh = electricity_price(house.catalog, exchange, terms.currency, std::nullopt, tariff);
  return {setup, setup_machine(house.catalog, setup, exchange, terms.currency, as_of), terms};
}

Candidate fit_row(const House& house, const Llm& model, const Format& format, const PricedSetup& on,
                  const FitRequest& fit) {
  const Setup& setup = on.setup;
  PredictQuery query;
  query.model = &model;
  query.format = &format;
  query.setup = setup;
  query.workload.prompt_tokens = std::max(1.0, fit.query.context_tokens - 1);
  query.workload.output_tokens = 1;
  query.workload.concurrency = fit.query.sequences;
  Candidate candidate;
  candidate.bits = format.bits.whole_model;
  candidate.row = {{"model", model.id}, {"quant", format.id}, {"setup", setup.text}};
  const EngineChoice choice = choose_engine(house.catalog, format, setup);
  if (choice.engine == nullptr) {
    candidate.row["fits"] = "no";
    candidate.row["why"] = choice.why_not;
    for (const char* key :
         {"total_gb", "free_gb", "max_context_tokens", "decode", "energy_j_per_token", "cost_per_mtok", "offload"})
      candidate.row[key] = nullptr;
    return candidate;
  }
  const std::string container = choice.engine->containers.empty() ? "gguf" : choice.engine->containers.front();
  const Fit result =
      fit_in(model, weight_plan(model, format, container), kv_plan(model, nullptr), setup, *choice.engine, fit.query);
  candidate.fits = result.verdict == FitVerdict::fits || result.verdict == FitVerdict::likely;
  candidate.row["fits"] = fit_verdict_name(result.verdict);
  candidate.row["probability"] = result.probability;
  candidate.row["total_gb"] = in_gb(result.need.total());
  candidate.row["free_gb"] = in_gb(result.available - result.need.total());
  candidate.row["max_context_tokens"] = result.max_context_tokens;
  for (const char* key : {"decode", "energy_j_per_token", "cost_per_mtok", "offload"}) candidate.row[key] = nullptr;
  if (const Result<Prediction> prediction = predict(house.catalog, house.calibration, query)) {
    Json offload = offload_json(*prediction);
    if (offload.is_object()) offload["decode"] = estimate_json(prediction->decode);
    candidate.row["offload"] = std::move(offload);
    if (result.verdict != FitVerdict::no) {
      candidate.row["decode"] = estimate_json(prediction->decode);
      candidate.row["energy_j_per_token"] = optional_json(prediction->energy_j_per_token);
      candidate.row["cost_per_mtok"] = serving_cost_json(serving_cost(on.machine, *prediction, on.terms), on.terms);
    }
  }
  candidate.row["engine"] = choice.engine->id;
  candidate.row["why"] = result.why;
  return candidate;
}

}  // namespace

Result<Json> fit_verb(const House& house, const Json& request) {
  if (request.is_object() && request.contains("file_header")) return fit_file_header(house, request);
  const Result<FitRequest> fit = read_fit_request(house, request, true);
  if (!fit) return fail(fit.error());
  const std::size_t formats = fit->formats.empty() ? std::size(kLadder) : fit->formats.size();
  if (fit->models.size() * fit->setups.size() * formats > kMostRows) {
    return invalid(std::to_string(fit->models.size()) + " models on " + std::to_string(fit->setups.size()) +
                       " set-ups are too many rows for one answer",
                   "models", "name some models or some set-ups");
  }
  Json rows = Json::array();
  Json best = Json::array();
  for (const Setup& setup : fit->setups) {
    const PricedSetup on = priced(house, setup, fit->as_of);
    for (const Llm* model : fit->models) {
      const Candidate* finest = nullptr;
      const Candidate* spilled = nullptr;  // the lightest that runs with the host's RAM
      std::vector<Candidate> tried;
      for (const Format* format : formats_for(house.catalog, *model, *fit)) {
        tried.push_back(fit_row(house, *model, *format, on, *fit));
      }
      for (const Candidate& candidate : tried) {
        const Json& offload = candidate.row["offload"];
        if (offload.is_object() && (spilled == nullptr || candidate.bits < spilled->bits)) spilled = &candidate;
        if (candidate.fits && (finest == nullptr || candidate.bits > finest->bits)) finest = &candidate;
        rows.push_back(candidate.row);
      }
      best.push_back({{"model", model->id},
                      {"setup", setup.text},
                      {"quant", finest == nullptr ? Json(nullptr) : finest->row["quant"]},
                      {"decode", finest == nullptr ? Json(nullptr) : finest->row["decode"]}});
      if (finest != nullptr || spilled == nullptr) continue;
      best.back()["offload"] = spilled->row["offload"];
      best.back()["offload"]["quant"] = spilled->row["quant"];
    }
  }
  Json response = response_head("fit", house, fit->as_of);
  response["context_tokens"] = fit->query.context_tokens;
  response["concurrency"] = fit->query.sequences;
  response["rows"] = std::move(rows);
  response["best"] = std::move(best);
  return response;
}

}  // namespace rigwise
