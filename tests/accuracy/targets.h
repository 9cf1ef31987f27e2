#pragma once

#include <string>
#include <vector>

#include "peers.h"
#include "study.h"

namespace rigwise {

/// A target of the project and where we stand. Targets are fixed; only the figures move.
struct TargetLine {
  std::string what, target, value, verdict;  ///< verdict: "met", "missed, x1.2", "missed by 3 points"
  bool met = false;
};

/// Every target, hardware left out.
std::vector<TargetLine> target_lines(const Study& study, const std::vector<Contest>& contests);

/// Coverage of the 80 % bands over all groups of a vendor or backend, each device weighing the same.
struct CoverageLine {
  std::string by, name;
  int devices = 0, groups = 0;
  double coverage = 0, tolerance = 0;  ///< tolerance: 95 % of what chance does to so many devices
  bool inside() const;
};
/// Of everything together ("all"), then of each vendor and backend with at least `least_devices`.
std::vector<CoverageLine> coverage_lines(const Study& study, int least_devices);

/// A group of at least 10 that is worse than the target of its class, by how much.
struct WeakGroup {
  AccuracyReport::By of;
  double times = 0;  ///< the larger of median / target and p90 / target
};
/// Weakest first.
std::vector<WeakGroup> weak_groups(const Study& study);

}  // namespace rigwise
