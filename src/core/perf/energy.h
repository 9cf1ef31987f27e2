#pragma once

#include <optional>
#include <vector>

#include "core/facts/setup.h"
#include "core/perf/speed.h"

namespace rigwise {

/// Share of a decode step in which one device of each part works.
///
///     share_i = devices / stages * (memory_i / bandwidth_i) / sum over devices of (memory_j / bandwidth_j)
///
/// Takes  layers dealt out by memory, each device reading its own: stages of a layer split work one after the other.
/// Gives  1 for every device where they work side by side: tensor parallel, or a micro-batch for each stage.
/// Holds  for one machine and for a cluster; where a bandwidth is unknown devices count alike.
/// From   predicting.md 4.5 and 4.11.
std::vector<double> working_shares(const Setup& setup, const SpeedModel& model, double streams);

/// Joules per output token.
///
///     P * t_step / streams, P = sum of share * max(P_max * (0.3 + 0.4 u_c + 0.2 u_m + 0.1 u_l), P_idle)
///                                 + (1 - share) * P_idle
///
/// Takes  u, the share of the step that compute, memory and links are busy; `shares` as working_shares() gives them.
/// Gives  nothing where a device states no power; an idle power that nobody states counts as none.
/// From   predicting.md 4.11 (GenZ's priors for the shares of power).
std::optional<double> energy_per_token(const Setup& setup, const StepTerms& step, const std::vector<double>& shares,
                                       double streams);

}  // namespace rigwise
