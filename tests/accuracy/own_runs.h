#pragma once

// What one run of a machine says of its others, held to the bands that promise it.

#include <string>
#include <vector>

#include "study.h"

namespace rigwise {

/// Pairs of published runs of one machine, one of them known to the prediction of the other.
struct OwnRunsLine {
  std::string error_class, what;
  int pairs = 0, groups = 0, devices = 0;
  double coverage = 0;           ///< each device weighing the same, and each of its groups
  double before = 0, after = 0;  ///< median width of the band as a factor: high / low
  double narrowed = 0;           ///< median of after's width over before's, natural log
};

/// By class and nearness; lines of fewer than five devices are left away.
std::vector<OwnRunsLine> own_runs_lines(const Study& study);

/// All other groups of a device that nobody had published, whatever their model and format.
OwnRunsLine other_groups_line(const Study& study, const std::string& error_class);

}  // namespace rigwise
