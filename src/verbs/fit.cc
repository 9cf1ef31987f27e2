#include "verbs/fit.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/question.h"

namespace rigwise {
namespace {

/// Formats tried when the request names none, from the most precise down: what a GGUF user chooses among.
constexpr const char* kLadder[] = {"f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m", "q2_k"};
constexpr std::size_t kMostRows = 20000;

struct FitRequest {
  std::vector<const Llm*> models;
  std::vector<const Format*> formats;
  std::vector<Setup> setups;
  FitQuery query;
  std::string as_of;
};

/// Resolves a list of names with `find`, wording faults as "models[2]".
template <class T, class Find>
Result<std::vector<T>> resolve_all(const std::vector<std::string>& names, const char* key, Find find) {
  std::vector<T> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto item = find(names[i]);
    if (!item) {
      Error error = item.error();
      if (error.where.empty()) error.where = std::string(key) + "[" + std::to_string(i) + "]";
      return fail(std::move(error));
    }
    found.push_back(std::move(*item));
  }
  return found;
}

bool can_be_run(const Llm& model) {
  return model.weights == WeightsStatus::published && model.has_shape() &&
         std::find(model.modality.begin(), model.modality.end(), "text") != model.modality.end();
}

std::vector<const Llm*> every_model(const Catalog& catalog) {
  std::vector<const Llm*> models;
  for (const Llm& model : catalog.models) {
    if (can_be_run(model)) models.push_back(&model);
  }
  return models;
}

std::vector<Setup> every_single_device(const Catalog& catalog) {
  std::vector<Setup> setups;
  for (const Device& device : catalog.devices) {
    if (device.status == DeviceStatus::seed || !device.memory_bandwidth || !device.parts.empty()) continue;
    Setup setup;
    setup.text = device.id;
    setup.parts.push_back({&device, 1, nullptr, nullptr});
    setups.push_back(std::move(setup));
  }
  return setups;
}

Result<FitRequest> read_fit_request(const House& house, const Json& request, bool needs_models) {
  const Catalog& catalog = house.catalog;
  ObjectReader reader(request, "");
  FitRequest fit;
  const std::vector<std::string> models = reader.texts("models").value_or(std::vector<std::string>{});
  const std::vector<std::string> quants = reader.texts("quants").value_or(std::vector<std::string>{});
  const std::vector<std::string> setups = reader.texts("setups").value_or(std::vector<std::string>{});
  fit.query.context_tokens = reader.number("context_tokens", 1, 1e8).value_or(8192);
  fit.query.sequences = reader.integer("concurrency", 1, 100000).value_or(1);
  fit.query.headroom = reader.number("headroom", 0, 0.9).value_or(0);
  fit.as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*fault);
  if (needs_models && models.empty() && setups.empty()) {
    return invalid("neither models nor set-ups are named", "models",
                   "--model NAME, --setup SETUP or --file MODEL.gguf");
  }
  const auto found_models = resolve_all<const Llm*>(models, "models", [&](const auto& n) { return catalog.model(n); });
  if (!found_models) return fail(found_models.error());
  const auto found_formats =
      resolve_all<const Format*>(quants, "quants", [&](const auto& n) { return catalog.format(n); });
  if (!found_formats) return fail(found_formats.error());
  auto found_setups = resolve_all<Setup>(setups, "setups", [&](const auto& n) { return parse_setup(catalog, n); });
  if (!found_setups) return fail(found_setups.error());
  fit.models = needs_models && models.empty() ? every_model(catalog) : *found_models;
  fit.setups = setups.empty() ? every_single_device(catalog) : std::move(*found_setups);
  fit.formats = *found_formats;
  return fit;
}

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

Candidate fit_row(const House& house, const Llm& model, const Format& format, const Setup& setup,
                  const FitRequest& fit) {
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
    for (const char* key : {"total_gb", "free_gb", "max_context_tokens", "decode", "offload"})
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
  candidate.row["decode"] = nullptr;
  if (result.verdict != FitVerdict::no) {
    if (const Result<Prediction> prediction = predict(house.catalog, house.calibration, query)) {
      candidate.row["decode"] = estimate_json(prediction->decode);
    }
  }
  candidate.row["offload"] = nullptr;
  candidate.row["engine"] = choice.engine->id;
  candidate.row["why"] = result.why;
  return candidate;
}

}  // namespace

Result<Json> fit_verb(const House& house, const Json& request) {
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
    for (const Llm* model : fit->models) {
      const Candidate* finest = nullptr;
      std::vector<Candidate> tried;
      for (const Format* format : formats_for(house.catalog, *model, *fit)) {
        tried.push_back(fit_row(house, *model, *format, setup, *fit));
      }
      for (const Candidate& candidate : tried) {
        if (candidate.fits && (finest == nullptr || candidate.bits > finest->bits)) finest = &candidate;
        rows.push_back(candidate.row);
      }
      best.push_back({{"model", model->id},
                      {"setup", setup.text},
                      {"quant", finest == nullptr ? Json(nullptr) : finest->row["quant"]},
                      {"decode", finest == nullptr ? Json(nullptr) : finest->row["decode"]}});
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
