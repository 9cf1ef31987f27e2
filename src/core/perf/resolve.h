#pragma once

#include <string>
#include <vector>

#include "core/perf/parts.h"
#include "core/perf/predict.h"
#include "core/perf/validate.h"

namespace rigwise {

/// A measurement row whose names the catalog knows, with everything needed to say what we would have predicted.
struct ResolvedRow {
  const Measurement* row = nullptr;
  const Llm* model = nullptr;
  const Format* format = nullptr;
  const Engine* engine = nullptr;
  Setup setup;
  std::string backend;
  RunConditions conditions;
  SpeedParts parts;
  std::string error_class;  ///< decode prefill many decode_cpu prefill_cpu e2e
  std::string skip_reason;  ///< set: nothing else counts
  int saturated_streams = 1;

  const Device& device() const { return *setup.parts.front().device; }
};

/// Resolves one row. Never guesses: what the catalog cannot state is a skip reason.
ResolvedRow resolve_row(const Catalog& catalog, const Measurement& row);

/// What the model says the row should show, in tokens per second as the row counts them.
double predicted_tokens_per_s(const ResolvedRow& row, const SpeedModel& model);
/// The physical bound on the same figure: no overheads, peak bandwidth, peak compute.
double ceiling_tokens_per_s(const ResolvedRow& row, const SpeedModel& model);

/// The workload a row was measured at.
RunPoint run_point(const ResolvedRow& row);

/// The engine a row names, "Ollama (llama.cpp)" too; null when the catalog knows none of that name.
const Engine* engine_of_row(const Catalog& catalog, const std::string& name);

/// (device, count, model, format, engine, backend, phase): rows that share it vote once.
std::string group_key(const ResolvedRow& row);

}  // namespace rigwise
