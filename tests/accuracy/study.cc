#include "study.h"

#include <future>

#include "core/base/check.h"
#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

House embedded_house() {
  Result<LoadedCatalog> loaded = load_catalog({});
  RW_CHECK(loaded.has_value());
  return {std::move(loaded->catalog), std::move(loaded->calibration)};
}

std::vector<ValidatedRow> rows_seen_by(const House& house, const std::string& name) {
  const std::vector<Measurement>& rows = house.catalog.measurements;
  if (name == "in_sample") return validate_rows(house.catalog, house.calibration, rows, kBandLevel);
  return cross_validate(house.catalog, rows, name, kBandLevel);
}

void compute(Study& study) {
  study.house = embedded_house();
  const House& house = study.house;
  study.sights = {{"hardware", "device left out", {}, {}},
                  {"model", "model left out", {}, {}},
                  {"source", "source left out", {}, {}},
                  {"in_sample", "nothing left out", {}, {}}};
  std::vector<std::future<void>> parts;
  parts.reserve(study.sights.size() + 2);
  for (Sight& sight : study.sights) {
    parts.push_back(std::async(std::launch::async, [&house, &sight] {
      sight.rows = rows_seen_by(house, sight.name);
      sight.report = summarize_accuracy(house.catalog, sight.rows);
    }));
  }
  parts.push_back(std::async(std::launch::async, [&house, &study] {
    study.refitted = fit_calibration(house.catalog, house.catalog.measurements);
  }));
  parts.push_back(std::async(std::launch::async, [&house, &study] {
    study.learned = learn_trials(house.catalog, house.catalog.measurements);
  }));
  for (std::future<void>& part : parts) part.get();
}

}  // namespace

const Sight& Study::sight(const std::string& name) const {
  for (const Sight& sight : sights) {
    if (sight.name == name) return sight;
  }
  RW_CHECK(false);
  return sights.front();
}

const Study& study() {
  static const Study kStudy = [] {
    Study made;
    compute(made);
    return made;
  }();
  return kStudy;
}

}  // namespace rigwise
