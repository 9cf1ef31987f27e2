#include "core/perf/validate.h"

#include <algorithm>
#include <cmath>

#include "core/perf/bands.h"
#include "core/perf/device_terms.h"
#include "core/perf/gate.h"
#include "core/perf/resolve.h"

namespace rigwise {
namespace {

/// The model's speed times a factor, never above the ceiling, with the band of a tier.
BandedSpeed banded(const ResolvedRow& r, const Calibration& calibration, const DeviceEvidence& evidence, double speed,
                   double ceiling, double level) {
  const double value = std::min(speed * std::exp(evidence.log_factor), ceiling);
  const LogBand band = evidence_band(calibration, r.error_class, evidence, r.backend, r.engine->id, level);
  return {value, value * std::exp(band.low), std::min(std::max(value, ceiling), value * std::exp(band.high))};
}

/// A prediction of one row: value, band and where they stand.
void say(const ResolvedRow& r, const Calibration& calibration, const DeviceEvidence& evidence, double level,
         ValidatedRow& v) {
  const SpeedModel model = assemble(r.parts, calibration.values);
  const double ceiling = ceiling_tokens_per_s(r, model);
  const double speed = predicted_tokens_per_s(r, model);
  const BandedSpeed said = banded(r, calibration, evidence, speed, ceiling, level);
  v.predicted = said.value;
  v.low = said.low;
  v.high = said.high;
  v.without_device_terms = banded(r, calibration, {}, speed, ceiling, level);
  if (r.row->tokens_per_s > 0) v.error = std::exp(std::abs(std::log(said.value / r.row->tokens_per_s))) - 1;
  if (const Gate gate = gate_of(r); is_impossible(gate)) v.refused = gate_name(gate);
  v.tier = tier_name(evidence.tier);
  const bool prior =
      calibration.constants.empty() || calibration.bands.empty() || calibration.bands.front().groups == 0;
  const bool measured = evidence.own == OwnReach::here;
  v.basis = basis_name(measured ? Basis::measured : prior ? Basis::first_principles : Basis::calibrated);
}

ValidatedRow named(const ResolvedRow& r) {
  ValidatedRow v;
  v.row = r.row;
  v.skip_reason = r.skip_reason;
  v.backend = r.backend;
  if (!r.setup.parts.empty()) v.device_id = r.device().id;
  if (r.model != nullptr) v.model_id = r.model->id;
  if (r.format != nullptr) v.format_id = r.format->id;
  if (r.engine != nullptr) v.engine_id = r.engine->id;
  v.error_class = r.error_class;
  return v;
}

}  // namespace

std::vector<ValidatedRow> validate_rows(const Catalog& catalog, const Calibration& calibration,
                                        const std::vector<Measurement>& rows, double level) {
  std::vector<ValidatedRow> validated;
  validated.reserve(rows.size());
  for (const Measurement& row : rows) {
    const ResolvedRow r = resolve_row(catalog, row);
    ValidatedRow v = named(r);
    if (r.skip_reason.empty()) say(r, calibration, device_evidence(calibration, context_of(r)), level, v);
    validated.push_back(std::move(v));
  }
  return validated;
}

void predict_left_out(const ResolvedRow& row, const Calibration& calibration, double level, ValidatedRow& validated) {
  validated = named(row);
  if (row.skip_reason.empty()) say(row, calibration, device_evidence(calibration, context_of(row)), level, validated);
}

}  // namespace rigwise
