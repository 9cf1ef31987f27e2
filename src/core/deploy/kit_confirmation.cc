#include "core/deploy/kit_confirmation.h"

#include <algorithm>

namespace rigwise {

bool is_confirmed(const std::vector<ConfirmedFigure>& figures) {
  return !figures.empty() &&
         std::all_of(figures.begin(), figures.end(), [](const ConfirmedFigure& f) { return f.is_inside(); });
}

}  // namespace rigwise
