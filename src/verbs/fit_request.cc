#include "verbs/fit_request.h"

#include <algorithm>

#include "verbs/answers.h"

namespace rigwise {
namespace {

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

}  // namespace

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
  fit.best_only = reader.boolean("best_only").value_or(false);
  fit.region = reader.text("region");
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

}  // namespace rigwise
