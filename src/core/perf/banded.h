#pragma once

#include <string>

#include "core/perf/device_terms.h"
#include "core/perf/predict.h"

namespace rigwise {

/// How predictions of one question are wrapped in bands.
struct Banding {
  const Calibration& calibration;
  std::string backend, engine;
  double level = 0.8;
  double wider = 1;  ///< factor on the band's logarithms

  /// A speed in the band of its class ("decode", "many", ...) and tier; never above `ceiling` (0: no ceiling).
  Estimate speed(double value, const std::string& of_class, const DeviceEvidence& evidence, double ceiling) const;
  /// A time made of two speeds' reciprocals: slow speeds make it long.
  static Estimate time(double prefill_s, const Estimate& prefill, double decode_s, const Estimate& decode);
};

/// The class of errors a run belongs to: decode, prefill, decode_cpu, prefill_cpu or many.
std::string error_class(const PredictQuery& query, const std::string& backend, bool prefill, int streams);

/// The evidence as it speaks of a run with part of the weights in the host's memory: what was measured on the device
/// alone is no nearer than first principles (predicting.md 4.10, the worst tier wins).
DeviceEvidence as_spilled(DeviceEvidence evidence, bool spills);

/// How much wider than its class's a question's band is: weights in the host's memory (predicting.md 4.10: offload
/// 1.5x), and workloads beyond what was measured.
double widening_of(const PredictQuery& query, bool spills);

}  // namespace rigwise
