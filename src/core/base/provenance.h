#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/units.h"

namespace rigwise {

/// Where a group of facts comes from. `covers` names groups (TOML tables) or "all".
struct Source {
  std::vector<std::string> covers;
  std::string kind;  ///< vendor-spec datasheet table config measured seed recalled estimated derived
  std::string ref;
  std::string read_on;
};

/// True when nobody fetched the figure from a primary source: shown with '~' everywhere.
inline bool is_soft(const Source& s) { return s.kind == "recalled" || s.kind == "estimated"; }

/// A quantity with its band: 80 % of such answers should lie in [low, high] when level is 0.8.
struct Band {
  double value = 0;
  double low = 0;
  double high = 0;
};

enum class Basis { measured, calibrated, first_principles };
/// Contract spelling: "measured", "calibrated", "first_principles".
const char* basis_name(Basis basis);

/// How near the evidence is. The worst tier used wins.
enum class Tier {
  t0_measured_here,
  t1_same_device_and_model,
  t2_same_device,
  t3_same_backend,
  t4_first_principles,
  t5_borrowed
};
/// "T0" .. "T5".
const char* tier_name(Tier tier);

struct Estimate {
  Band band;
  double level = 0.8;
  Basis basis = Basis::first_principles;
  Tier tier = Tier::t4_first_principles;
  std::vector<std::string> evidence = {};  ///< of a measured one: ids of the measurements
};

}  // namespace rigwise
