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

/// A format on a set-up: what its memory says, and the row once its speed was asked for.
struct Candidate {
  const Format* format = nullptr;
  EngineChoice choice;
  Fit memory;
  bool fits = false;
  Json row;
};

/// A set-up with its price, so that each speed on it has a cost.
struct PricedSetup {
  const Setup& setup;
  SetupMachine machine;
  ServingTerms terms;
};

PricedSetup priced(const House& house, const Setup& setup, const std::string& as_of, const ServingTerms& terms) {
  const Exchange exchange(house.catalog.rates, as_of);
  return {setup, setup_machine(house.catalog, setup, exchange, terms.currency, as_of), terms};
}

Candidate weighed(const House& house, const Llm& model, const Format& format, const Setup& setup,
                  const FitRequest& fit) {
  Candidate candidate;
  candidate.format = &format;
  candidate.choice = choose_engine(house.catalog, format, setup);
  if (candidate.choice.engine == nullptr) return candidate;
  const Engine& engine = *candidate.choice.engine;
  const std::string container = engine.containers.empty() ? "gguf" : engine.containers.front();
  candidate.memory =
      fit_in(model, weight_plan(model, format, container), kv_plan(model, nullptr), setup, engine, fit.query);
  candidate.fits = candidate.memory.verdict == FitVerdict::fits || candidate.memory.verdict == FitVerdict::likely;
  return candidate;
}

void add_speed(const House& house, const Llm& model, const PricedSetup& on, const FitRequest& fit,
               Candidate& candidate) {
  PredictQuery query;
  query.model = &model;
  query.format = candidate.format;
  query.setup = on.setup;
  query.workload.prompt_tokens = std::max(1.0, fit.query.context_tokens - 1);
  query.workload.output_tokens = 1;
  query.workload.concurrency = fit.query.sequences;
  const Result<Prediction> prediction = predict(house.catalog, house.calibration, query);
  if (!prediction) return;
  Json offload = offload_json(*prediction);
  if (offload.is_object()) offload["decode"] = estimate_json(prediction->decode);
  candidate.row["offload"] = std::move(offload);
  if (candidate.memory.verdict == FitVerdict::no) return;
  candidate.row["decode"] = estimate_json(prediction->decode);
  candidate.row["energy_j_per_token"] = optional_json(prediction->energy_j_per_token);
  candidate.row["cost_per_mtok"] = serving_cost_json(serving_cost(on.machine, *prediction, on.terms), on.terms);
}

void write_row(const House& house, const Llm& model, const PricedSetup& on, const FitRequest& fit,
               Candidate& candidate) {
  Json& row = candidate.row;
  row = {{"model", model.id}, {"quant", candidate.format->id}, {"setup", on.setup.text}};
  if (candidate.choice.engine == nullptr) {
    row["fits"] = "no";
    row["why"] = candidate.choice.why_not;
    for (const char* key :
         {"total_gb", "free_gb", "max_context_tokens", "decode", "energy_j_per_token", "cost_per_mtok", "offload"})
      row[key] = nullptr;
    return;
  }
  const Fit& memory = candidate.memory;
  row["fits"] = fit_verdict_name(memory.verdict);
  row["probability"] = memory.probability;
  row["total_gb"] = in_gb(memory.need.total());
  row["free_gb"] = in_gb(memory.available - memory.need.total());
  row["max_context_tokens"] = memory.max_context_tokens;
  for (const char* key : {"decode", "energy_j_per_token", "cost_per_mtok", "offload"}) row[key] = nullptr;
  add_speed(house, model, on, fit, candidate);
  row["engine"] = candidate.choice.engine->id;
  row["why"] = memory.why;
}

bool spills(const Candidate& candidate) {
  const auto offload = candidate.row.find("offload");
  return offload != candidate.row.end() && offload->is_object();
}

/// A model on a set-up: the finest format that fits; else the lightest that runs with the host's RAM; else none.
struct Best {
  const Candidate* finest = nullptr;
  const Candidate* spilled = nullptr;
};

double bits(const Candidate& candidate) { return candidate.format->bits.whole_model; }

/// Writes the row of every candidate.
Best best_of_all(const House& house, const Llm& model, const PricedSetup& on, const FitRequest& fit,
                 std::vector<Candidate>& tried) {
  Best best;
  for (Candidate& candidate : tried) {
    write_row(house, model, on, fit, candidate);
    if (spills(candidate) && (best.spilled == nullptr || bits(candidate) < bits(*best.spilled))) {
      best.spilled = &candidate;
    }
    if (candidate.fits && (best.finest == nullptr || bits(candidate) > bits(*best.finest))) best.finest = &candidate;
  }
  return best;
}

/// The same choice, with as few predictions as it takes: memory alone says what fits, and where nothing does the
/// lightest is tried first. Keeps the one row that was chosen, or the lightest where nothing runs.
Best best_alone(const House& house, const Llm& model, const PricedSetup& on, const FitRequest& fit,
                std::vector<Candidate>& tried) {
  const auto lighter = [](const Candidate& a, const Candidate& b) {
    return a.fits != b.fits ? b.fits : bits(a) < bits(b);
  };
  auto chosen = std::max_element(tried.begin(), tried.end(), lighter);
  if (chosen == tried.end()) return {};
  if (chosen->fits) {
    write_row(house, model, on, fit, *chosen);
  } else {
    std::stable_sort(tried.begin(), tried.end(), lighter);
    for (chosen = tried.begin(); chosen != tried.end(); ++chosen) {
      write_row(house, model, on, fit, *chosen);
      if (spills(*chosen)) break;
    }
    if (chosen == tried.end()) chosen = tried.begin();
  }
  std::swap(tried.front(), *chosen);
  tried.resize(1);
  const Candidate& kept = tried.front();
  return {kept.fits ? &kept : nullptr, spills(kept) ? &kept : nullptr};
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
  ServingTerms terms;
  std::string tariff;
  ElectricityWish electricity;
  electricity.region = fit->region;
  const Result<Money> per_kwh =
      electricity_price(house.catalog, Exchange(house.catalog.rates, fit->as_of), terms.currency, electricity, tariff);
  if (!per_kwh) return fail(per_kwh.error());
  terms.per_kwh = *per_kwh;
  Json rows = Json::array();
  Json best = Json::array();
  for (const Setup& setup : fit->setups) {
    const PricedSetup on = priced(house, setup, fit->as_of, terms);
    for (const Llm* model : fit->models) {
      std::vector<Candidate> tried;
      for (const Format* format : formats_for(house.catalog, *model, *fit)) {
        tried.push_back(weighed(house, *model, *format, setup, *fit));
      }
      const Best found = (fit->best_only ? best_alone : best_of_all)(house, *model, on, *fit, tried);
      for (const Candidate& candidate : tried) rows.push_back(candidate.row);
      const Candidate* finest = found.finest;
      best.push_back({{"model", model->id},
                      {"setup", setup.text},
                      {"quant", finest == nullptr ? Json(nullptr) : finest->row["quant"]},
                      {"decode", finest == nullptr ? Json(nullptr) : finest->row["decode"]}});
      if (finest != nullptr || found.spilled == nullptr) continue;
      best.back()["offload"] = found.spilled->row["offload"];
      best.back()["offload"]["quant"] = found.spilled->row["quant"];
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
