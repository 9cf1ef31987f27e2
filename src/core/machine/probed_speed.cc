#include "core/machine/probed_speed.h"

#include <cmath>

#include "core/perf/predict.h"

namespace rigwise {

const Llm* yardstick_model(const Catalog& catalog) {
  constexpr double kMostWeights = 8.5e9;
  const Llm* best = nullptr;
  for (const Llm& model : catalog.models) {
    if (model.params_total != model.params_active || model.params_total > kMostWeights) continue;
    if (best == nullptr || model.params_total > best->params_total) best = &model;
  }
  return best;
}

std::optional<double> weights_term(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                   double bytes_per_s) {
  const Result<Prediction> prediction = predict(catalog, calibration, query);
  if (!prediction || !prediction->has_speeds) return std::nullopt;
  double all_s = 0, weights_s = 0, bytes = 0;
  for (const Term& term : prediction->terms) {
    if (term.name == "compute") continue;  // inside the weights' soft maximum
    all_s += term.seconds;
    if (term.name == "weights") {
      weights_s = term.seconds;
      bytes = term.bytes;
    }
  }
  const double measured_s = all_s - weights_s + bytes / bytes_per_s;
  if (bytes <= 0 || all_s <= 0 || measured_s <= 0) return std::nullopt;
  return std::log(all_s / measured_s);
}

void learn_probed_speed(const Catalog& catalog, const Device& here, const ProbedSpeed& speed,
                        Calibration& calibration) {
  const Llm* model = yardstick_model(catalog);
  const Result<const Format*> format = catalog.format("q4_k_m");
  if (model == nullptr || !format || !speed.q4_gbps || here.processor != Processor::cpu) return;
  std::vector<Constant> terms;
  for (const Engine& engine : catalog.engines) {
    PredictQuery query;
    query.model = model;
    query.format = *format;
    query.setup.text = here.id;
    query.setup.parts.push_back({&here, 1, nullptr, nullptr});
    query.engine = &engine;
    query.backend = "cpu";
    query.workload = {1, 1, 0, 1};
    if (!choose_engine(catalog, **format, query.setup, &engine, "cpu").why_not.empty()) continue;
    const std::optional<double> term = weights_term(catalog, calibration, query, *speed.q4_gbps * kGb);
    if (!term) continue;
    for (const char* phase : {"decode/", "decode_total/"})
      terms.push_back({phase + here.id + "/" + engine.id + "/cpu", *term, 1, "probe"});
  }
  for (Constant& term : terms) calibration.device_terms.push_back(std::move(term));
  calibration.reindex();
}

}  // namespace rigwise
