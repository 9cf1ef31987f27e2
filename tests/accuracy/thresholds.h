#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study.h"

namespace rigwise {

/// One recorded bound: a figure of the study that may not grow. Every metric is better when smaller.
struct Threshold {
  std::string holdout, by, name, error_class, metric;
  double bound = 0;
  std::string reason;  ///< why the bound was loosened by hand; empty: never

  std::string key() const { return holdout + " " + by + " " + name + " " + error_class + " " + metric; }
};

/// The figure a threshold bounds; absent when the study has no such group any more.
std::optional<double> figure(const Study& study, const Threshold& threshold);

/// Everything worth a bound: each class and each group of at least 10 groups, for every holdout.
std::vector<Threshold> wanted_thresholds(const Study& study);

/// Recorded bounds lowered to the present figures and a margin, never raised; missing ones added.
std::vector<Threshold> tightened(const std::vector<Threshold>& recorded, const Study& study);

/// tests/accuracy/thresholds.csv
std::vector<Threshold> read_thresholds(const std::string& csv);
std::string thresholds_csv(const std::vector<Threshold>& thresholds);

}  // namespace rigwise
