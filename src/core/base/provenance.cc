#include "core/base/provenance.h"

namespace rigwise {

const char* basis_name(Basis basis) {
  switch (basis) {
    case Basis::measured: return "measured";
    case Basis::calibrated: return "calibrated";
    case Basis::first_principles: return "first_principles";
  }
  return "first_principles";
}

const char* tier_name(Tier tier) {
  static constexpr const char* kNames[] = {"T0", "T1", "T2", "T3", "T4", "T5"};
  return kNames[static_cast<int>(tier)];
}

}  // namespace rigwise
