#include <algorithm>

#include "codec/file_header.h"
#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/fit.h"
#include "verbs/fit_request.h"

namespace rigwise {
namespace {

bool is_config(const HeaderFile& file) { return file.name == "config.json"; }

Result<ModelFile> read_model(const std::vector<HeaderFile>& files) {
  std::vector<FileHeader> headers;
  std::string_view config;
  for (const HeaderFile& file : files) {
    if (is_config(file)) {
      config = file.bytes;
      continue;
    }
    Result<FileHeader> header = read_file_header(file.bytes, file.size);
    if (!header) {
      Error error = header.error();
      error.where = file.name + (error.where.empty() ? "" : ", " + error.where);
      return fail(std::move(error));
    }
    if (header->more_bytes_needed) {
      return fail({ErrorCode::corrupt_data,
                   "the file ends inside its header",
                   file.name,
                   "a complete file, or at least its first " + std::to_string(header->next_bytes) + " bytes",
                   {}});
    }
    headers.push_back(std::move(*header));
  }
  return model_from_headers(std::move(headers), config);
}

/// Speed with the file's exact bytes: the catalog's prediction for the shape and format, its band moved to the value
/// that the exact weights give.
Json decode_json(const House& house, const ModelFile& model, const Format& format, const Setup& setup,
                 const FitQuery& fit, const KvPlan& kv) {
  PredictQuery query;
  query.model = &model.shape;
  query.format = &format;
  query.setup = setup;
  query.workload = {std::max(1.0, fit.context_tokens - 1), 1, 0, fit.sequences};
  const Result<Prediction> by_shape = predict(house.catalog, house.calibration, query);
  if (!by_shape || !by_shape->runs || by_shape->decode.band.value <= 0) return nullptr;
  query.engine = by_shape->engine;
  query.backend = by_shape->backend;
  const Result<SpeedModel> by_shape_speed =
      build_speed_model(house.catalog, house.calibration, query, weight_plan(model.shape, format, model.container), kv);
  const Result<SpeedModel> exact = build_speed_model(house.catalog, house.calibration, query, model.weights, kv);
  if (!exact || !by_shape_speed) return estimate_json(by_shape->decode);
  const double depth = fit.context_tokens;
  const double ratio =
      exact->decode_tokens_per_s(depth, fit.sequences) / by_shape_speed->decode_tokens_per_s(depth, fit.sequences);
  Estimate estimate = by_shape->decode;
  estimate.band = {estimate.band.value * ratio, estimate.band.low * ratio, estimate.band.high * ratio};
  return estimate_json(estimate);
}

Json row_json(const House& house, const ModelFile& model, const Format* format, const Setup& setup,
              const FitRequest& request, const std::string& name) {
  Json row = {{"model", name}, {"quant", model.format_name}, {"setup", setup.text}};
  const Engine* engine = nullptr;
  std::string why_not = "the catalog does not know the format \"" + model.format_name + "\"";
  if (format != nullptr) {
    const EngineChoice choice = choose_engine(house.catalog, *format, setup);
    engine = choice.engine;
    why_not = choice.why_not;
  } else if (const Result<const Engine*> usual =
                 house.catalog.engine(model.container == "gguf" ? "llama.cpp" : "vllm")) {
    engine = *usual;
  }
  if (engine == nullptr) {
    row["fits"] = "no";
    row["why"] = why_not;
    for (const char* key : {"total_gb", "free_gb", "max_context_tokens", "decode", "offload"}) row[key] = nullptr;
    return row;
  }
  const KvPlan kv = kv_plan(model.shape, nullptr);
  const Fit fit = fit_in(model.shape, model.weights, kv, setup, *engine, request.query);
  row["fits"] = fit_verdict_name(fit.verdict);
  row["probability"] = fit.probability;
  row["total_gb"] = in_gb(fit.need.total());
  row["free_gb"] = in_gb(fit.available - fit.need.total());
  row["max_context_tokens"] = fit.max_context_tokens;
  row["decode"] = format == nullptr || fit.verdict == FitVerdict::no
                      ? Json(nullptr)
                      : decode_json(house, model, *format, setup, request.query, kv);
  row["offload"] = nullptr;
  row["engine"] = engine->id;
  row["memory"] = memory_json(fit);
  row["why"] = fit.why;
  return row;
}

Json file_json(const ModelFile& model, const std::string& name) {
  Json classes = Json::array();
  for (const TensorClassSize& c : model.weights.classes) {
    classes.push_back(
        {{"name", c.name}, {"params", c.params}, {"bits_per_weight", c.bits_per_weight}, {"bytes", c.bytes.value}});
  }
  return {{"name", name},
          {"container", model.container},
          {"format", model.format_name},
          {"tensors", model.tensors.size()},
          {"weights_bytes", model.weights.total.value},
          {"off_accelerator_bytes", model.weights.off_accelerator.value},
          {"params_total_b", model.weights.params_total / 1e9},
          {"kv_bytes_per_token", kv_plan(model.shape, nullptr).bytes_per_token_all_layers()},
          {"context_tokens", model.shape.context_tokens},
          {"classes", classes},
          {"notes", model.notes}};
}

}  // namespace

Result<Json> fit_files(const House& house, const std::vector<HeaderFile>& files, const Json& json) {
  const Result<FitRequest> request = read_fit_request(house, json, false);
  if (!request) return fail(request.error());
  if (!request->models.empty() || !request->formats.empty()) {
    return invalid("a file brings its own model and format", request->models.empty() ? "quants" : "models",
                   "leave it out, or leave the file out");
  }
  const Result<ModelFile> model = read_model(files);
  if (!model) return fail(model.error());
  const Result<const Format*> format = house.catalog.format(model->format_name);
  const auto named = std::find_if(files.begin(), files.end(), [](const HeaderFile& file) { return !is_config(file); });
  const std::string name = model->shape.name.empty() && named != files.end() ? named->name : model->shape.name;

  Json response = response_head("fit", house, request->as_of);
  response["context_tokens"] = request->query.context_tokens;
  response["concurrency"] = request->query.sequences;
  response["file"] = file_json(*model, name);
  Json rows = Json::array();
  Json best = Json::array();
  for (const Setup& setup : request->setups) {
    Json row = row_json(house, *model, format ? *format : nullptr, setup, *request, name);
    const bool fits = row["fits"] == "fits" || row["fits"] == "likely";
    best.push_back({{"model", name},
                    {"setup", setup.text},
                    {"quant", fits ? row["quant"] : Json(nullptr)},
                    {"decode", fits ? row["decode"] : Json(nullptr)}});
    rows.push_back(std::move(row));
  }
  response["rows"] = std::move(rows);
  response["best"] = std::move(best);
  return response;
}

}  // namespace rigwise
