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

/// llama-bench's pg test: a prompt and an answer one after the other, with no server between.
bool is_bare_request(const Measurement& row) {
  return row.phase == Phase::e2e && row.concurrency == 1 && row.unit_note.starts_with("llama-bench") &&
         row.prompt_tokens.value_or(0) > 0 && row.gen_tokens.value_or(0) > 0;
}

/// Such a request by its two phases, as predict adds them up: what servers lose under load (the e2e terms of a device)
/// is not lost here. Low with low and high with high, as if both phases erred alike.
void say_by_phases(const Catalog& catalog, const Calibration& calibration, double level, ValidatedRow& v) {
  Measurement prefill = *v.row, decode = *v.row;
  prefill.phase = Phase::prefill;
  decode.phase = Phase::decode;
  decode.context_depth = v.row->context_depth.value_or(0) + *v.row->prompt_tokens;
  const std::vector<Measurement> rows = {prefill, decode};
  const std::vector<ValidatedRow> phases = validate_rows(catalog, calibration, rows, level);
  const ValidatedRow &of_prompt = phases[0], &of_answer = phases[1];
  if (!of_prompt.predicted || !of_answer.predicted) return;
  const auto whole = [&](double prompt_rate, double answer_rate) {
    return *v.row->gen_tokens / (*v.row->prompt_tokens / prompt_rate + *v.row->gen_tokens / answer_rate);
  };
  v.predicted = whole(*of_prompt.predicted, *of_answer.predicted);
  v.low = whole(*of_prompt.low, *of_answer.low);
  v.high = whole(*of_prompt.high, *of_answer.high);
  if (v.row->tokens_per_s > 0) v.error = std::exp(std::abs(std::log(*v.predicted / v.row->tokens_per_s))) - 1;
  v.basis = of_answer.basis;
  v.tier = std::max(of_prompt.tier, of_answer.tier);  // "t0" to "t3": the weaker
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
    if (v.predicted && is_bare_request(row)) say_by_phases(catalog, calibration, level, v);
    validated.push_back(std::move(v));
  }
  return validated;
}

void predict_left_out(const ResolvedRow& row, const Calibration& calibration, double level, ValidatedRow& validated) {
  validated = named(row);
  if (row.skip_reason.empty()) say(row, calibration, device_evidence(calibration, context_of(row)), level, validated);
}

}  // namespace rigwise
