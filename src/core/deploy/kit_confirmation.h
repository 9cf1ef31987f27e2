#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"

namespace rigwise {

/// What a kit predicted and what was measured, at one number of streams.
struct ConfirmedFigure {
  std::string quantity;  ///< decode ttft_s
  int streams = 1;
  Band predicted;
  double measured = 0;
  /// A speed above its interval and a time below it are as wrong as the others: the prediction is off.
  bool is_inside() const { return measured >= predicted.low && measured <= predicted.high; }
};

/// Whether every figure lies in its interval. No figure at all confirms nothing.
bool is_confirmed(const std::vector<ConfirmedFigure>& figures);

}  // namespace rigwise
