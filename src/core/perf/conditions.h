#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "core/facts/measurement.h"

namespace rigwise {

/// Prompt and output lengths of one request.
struct RequestShape {
  double prompt_tokens = 512, output_tokens = 128;
};

/// The nine tests that LocalScore averages, as its single-test rows list them.
inline constexpr std::array<RequestShape, 9> kLocalScoreTests = {{{1024, 16},
                                                                  {4096, 256},
                                                                  {2048, 256},
                                                                  {2048, 768},
                                                                  {1024, 1024},
                                                                  {1280, 3072},
                                                                  {384, 1152},
                                                                  {64, 1024},
                                                                  {16, 1536}}};

/// How a measured run was set up beyond its columns: what its note, interconnect and date state.
struct RunConditions {
  bool localscore_average = false;      ///< mean speed over kLocalScoreTests
  bool sustained = false;               ///< "sustained": after minutes of load, throttled where the machine throttles
  std::optional<int> chunk_tokens;      ///< "ubatch 2048"
  std::optional<bool> flash_attention;  ///< "FA on", "FA off"
  bool plain_rocblas = false;           ///< a HIP build that multiplies with rocBLAS, hipBLASLt left out
  std::optional<double> power_limit_w;  ///< "power limit 220W"
  std::optional<int> tensor_parallel;   ///< "TP4", "tp2"
  bool expert_parallel = false;         ///< "DEP4": attention by streams, experts by device
  bool pipelined = false;               ///< interconnect "..., pipeline": a stage per device
  std::optional<int> pipeline_stages;   ///< "PP2"
  std::optional<int> replicas;          ///< "instances 2", "dp2"
  std::optional<int> requests;          ///< "all 500 requests sent at once"
  std::optional<RequestShape> shape;    ///< of a benchmark whose protocol fixes it (MLPerf)
  double age_years = 0;                 ///< of the engine build, seen from kReferenceYear
  bool flash_attention_by_default = true;  ///< whether builds of that date used it unasked
};

/// The date that constants describe and predictions are made for.
inline constexpr double kReferenceYear = 2026.5;

/// Reads the conditions a row states, and what its source states for it; what neither states stays absent.
RunConditions run_conditions(const Measurement& row, std::span<const SourceCondition> of_sources = {});

/// Middle of a date or range ("2025", "2025-08", "2023-11 to 2025") as a year with fraction; absent when unreadable.
std::optional<double> date_as_year(std::string_view date);

}  // namespace rigwise
