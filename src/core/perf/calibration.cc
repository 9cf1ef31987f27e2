#include "core/perf/calibration.h"

#include <algorithm>

namespace rigwise {

const char* const kFormulaVersion = "2";

const Constant* Calibration::find(std::string_view key) const {
  const auto found = index.find(std::string(key));
  return found == index.end() ? nullptr : &constants[found->second];
}

const Constant* Calibration::find_device_term(const std::string& key) const {
  const auto found = device_index.find(key);
  return found == device_index.end() ? nullptr : &device_terms[found->second];
}

const Constant* Calibration::find_own_term(const std::string& key) const {
  const auto found = own.term_index.find(key);
  return found == own.term_index.end() ? nullptr : &own.terms[found->second];
}

const BandRecord* Calibration::find_band(const std::string& key) const {
  const auto found = band_index.find(key);
  return found == band_index.end() ? nullptr : &bands[found->second];
}

int Calibration::fitted_constants() const {
  return static_cast<int>(
      std::count_if(constants.begin(), constants.end(), [](const Constant& c) { return c.from == "fit"; }));
}

void Calibration::reindex() {
  index.clear();
  device_index.clear();
  band_index.clear();
  values = prior_values();
  for (std::size_t i = 0; i < constants.size(); ++i) {
    index.emplace(constants[i].key, i);
    const int param = param_index(constants[i].key);
    if (param >= 0 && constants[i].value > 0) values[static_cast<std::size_t>(param)] = constants[i].value;
  }
  for (std::size_t i = 0; i < device_terms.size(); ++i) device_index.emplace(device_terms[i].key, i);
  for (std::size_t i = 0; i < bands.size(); ++i) band_index.emplace(bands[i].key, i);
}

Calibration calibration_of(const ParamValues& values) {
  Calibration calibration;
  calibration.formula_version = kFormulaVersion;
  for (int i = 0; i < kParamCount; ++i) {
    const ParamSpec& spec = param_spec(i);
    calibration.constants.push_back({spec.key, values[static_cast<std::size_t>(i)], 0, spec.from});
  }
  calibration.reindex();
  return calibration;
}

Calibration prior_calibration() {
  Calibration calibration = calibration_of(prior_values());
  // predicting.md 4.10, starting 80 % bands: T0 +-8 %, T1 +-15 %, T2 +-20 %, T3 -25/+35 %, T4 -35/+55 %, T5 x/:2.2;
  // first tokens 1.5 times as wide.
  calibration.bands = {
      {"decode/t0", -0.083, 0.077, 0},  {"prefill/t0", -0.125, 0.116, 0}, {"decode/t1", -0.163, 0.140, 0},
      {"prefill/t1", -0.245, 0.21, 0},  {"decode/t2", -0.223, 0.182, 0},  {"prefill/t2", -0.335, 0.273, 0},
      {"decode/t3", -0.288, 0.300, 0},  {"prefill/t3", -0.432, 0.450, 0}, {"decode/t4", -0.431, 0.438, 0},
      {"prefill/t4", -0.646, 0.657, 0}, {"decode/t5", -0.788, 0.788, 0},  {"prefill/t5", -1.183, 1.183, 0},
      {"many/t3", -0.576, 0.6, 0},      {"e2e/t3", -0.576, 0.6, 0},       {"many/t4", -0.862, 0.876, 0},
      {"e2e/t4", -0.862, 0.876, 0},
  };
  calibration.reindex();
  return calibration;
}

}  // namespace rigwise
