#include "core/perf/banded.h"

#include <algorithm>
#include <cmath>

#include "core/perf/bands.h"

namespace rigwise {

Estimate Banding::speed(double value, const std::string& of_class, const DeviceEvidence& evidence,
                        double ceiling) const {
  const LogBand band = evidence_band(calibration, of_class, evidence, backend, engine, level);
  const bool is_prior = calibration.bands.empty() || calibration.bands.front().groups == 0;
  Estimate e;
  e.band = {value, value * std::exp(band.low * wider), value * std::exp(band.high * wider)};
  if (ceiling > 0) e.band.high = std::max(value, std::min(e.band.high, ceiling));
  e.level = level;
  e.basis = evidence.own == OwnReach::here ? Basis::measured : is_prior ? Basis::first_principles : Basis::calibrated;
  e.tier = evidence.tier;
  return e;
}

Estimate Banding::time(double prefill_s, const Estimate& prefill, double decode_s, const Estimate& decode) {
  Estimate e = prefill.tier > decode.tier ? prefill : decode;
  const auto stretch = [](const Estimate& of, double to) { return of.band.value / to; };
  e.band.value = prefill_s + decode_s;
  e.band.low = prefill_s * stretch(prefill, prefill.band.high) + decode_s * stretch(decode, decode.band.high);
  e.band.high = prefill_s * stretch(prefill, prefill.band.low) + decode_s * stretch(decode, decode.band.low);
  return e;
}

std::string error_class(const PredictQuery& query, const std::string& backend, bool prefill, int streams) {
  if (query.setup.device_count() > 1 || streams > 1) return "many";
  return std::string(prefill ? "prefill" : "decode") + (backend == "cpu" ? "_cpu" : "");
}

DeviceEvidence as_spilled(DeviceEvidence evidence, bool spills) {
  if (!spills) return evidence;
  evidence.tier = std::max(evidence.tier, Tier::t4_first_principles);
  evidence.published = std::max(evidence.published, Tier::t4_first_principles);
  return evidence;
}

double widening_of(const PredictQuery& query, bool spills) {
  constexpr double kOffload = 1.5;
  const Workload& w = query.workload;
  return (spills ? kOffload : 1) * widening_outside(w.depth_tokens + w.prompt_tokens + w.output_tokens,
                                                    std::max(1, w.concurrency), query.setup.device_count());
}

}  // namespace rigwise
