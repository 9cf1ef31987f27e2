#include "core/machine/probed_gpu.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/machine/catalog_match.h"
#include "core/machine/probed_speed.h"
#include "core/perf/predict.h"

namespace rigwise {
namespace {

/// Reads of the device in question, by the id that its record has.
std::optional<double> read_of(const std::string& device, const Catalog& catalog, const std::vector<ProbedGpu>& gpus) {
  std::optional<double> slowest;
  for (const ProbedGpu& gpu : gpus) {
    if (gpu.is_software || !gpu.read_gbps) continue;
    FoundGpu found;
    found.name = gpu.name;
    if (gpu.memory_bytes) found.memory = Bytes{*gpu.memory_bytes};
    const CatalogMatch match = match_gpu(catalog, found);
    if (match.device == nullptr || match.device->id != device) continue;
    slowest = std::min(slowest.value_or(*gpu.read_gbps), *gpu.read_gbps);
  }
  return slowest;
}

void add_term(const std::string& key, double term, Calibration& calibration) {
  const auto known = std::find_if(calibration.device_terms.begin(), calibration.device_terms.end(),
                                  [&](const Constant& constant) { return constant.key == key; });
  if (known == calibration.device_terms.end()) {
    calibration.device_terms.push_back({key, term, 1, "probe"});
  } else {
    known->value += term;
    known->from += " and probe";
  }
}

}  // namespace

const ProbedGpu* measured_card(const FoundGpu& found, const std::vector<ProbedGpu>& gpus) {
  const bool has_address = found.id.find(':') != std::string::npos;
  for (const ProbedGpu& gpu : gpus) {
    if (gpu.is_software) continue;
    const bool knows_address = gpu.id.find(':') != std::string::npos;
    if (has_address && knows_address ? gpu.id == found.id : fold_name(gpu.name) == fold_name(found.name)) return &gpu;
  }
  return nullptr;
}

void learn_probed_gpus(const Catalog& catalog, const Device& here, const std::vector<ProbedGpu>& gpus,
                       Calibration& calibration) {
  const Llm* model = yardstick_model(catalog);
  const Result<const Format*> format = catalog.format("q4_k_m");
  if (model == nullptr || !format) return;
  std::vector<std::pair<std::string, double>> terms;
  for (const BuildPart& part : here.parts) {
    const Result<const Device*> card = catalog.device(part.device);
    const std::optional<double> read_gbps = read_of(part.device, catalog, gpus);
    if (!card || !read_gbps) continue;
    for (const Engine& engine : catalog.engines) {
      for (const std::string& backend : engine.backends) {
        PredictQuery query;
        query.model = model;
        query.format = *format;
        query.setup.text = (*card)->id;
        query.setup.parts.push_back({*card, 1, nullptr, nullptr});
        query.engine = &engine;
        query.backend = backend;
        query.workload = {1, 1, 0, 1};
        if (!choose_engine(catalog, **format, query.setup, &engine, backend).why_not.empty()) continue;
        const std::optional<double> term = weights_term(catalog, calibration, query, *read_gbps * kGb);
        if (!term || *term >= 0) continue;  // the memory is no slower than what is predicted
        for (const char* phase : {"decode/", "decode_total/"}) {
          std::string key = phase + (*card)->id;
          if (part.count > 1) key += "*" + std::to_string(part.count);
          terms.emplace_back(key.append("/").append(engine.id).append("/").append(backend), *term);
        }
      }
    }
  }
  for (const auto& [key, term] : terms) add_term(key, term, calibration);
  if (!terms.empty()) calibration.reindex();
}

}  // namespace rigwise
