#pragma once

// What every claim about accuracy stands on, computed once: the published measurements predicted by constants that had
// not seen the row's device, model or source, and by the constants that are shipped.

#include <string>
#include <vector>

#include "core/perf/learn.h"
#include "core/perf/validate.h"
#include "verbs/verbs.h"

namespace rigwise {

/// The measurements as one kind of prediction sees them.
struct Sight {
  std::string name;   ///< hardware model source in_sample
  std::string words;  ///< "device left out"
  std::vector<ValidatedRow> rows;
  AccuracyReport report;
};

struct Study {
  House house;
  std::vector<Sight> sights;        ///< hardware, model, source, in_sample
  Calibration refitted;             ///< to the embedded measurements, here and now
  std::vector<LearnTrial> learned;  ///< what one run says of the others of its machine

  const Sight& sight(const std::string& name) const;
  const Sight& hardware() const { return sights.front(); }
};

/// Level of the bands everywhere in the report.
inline constexpr double kBandLevel = 0.8;

/// Computed on first use, on as many threads as there are parts.
const Study& study();

}  // namespace rigwise
