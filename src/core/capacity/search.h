#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/capacity/service.h"

namespace rigwise {

/// What the size of a load counts.
enum class LoadUnit {
  people,  ///< of a mix of roles, in the stated proportions
  users,   ///< busy streams
  percent  ///< of the stated rate or trace
};
const char* load_unit_name(LoadUnit unit);

/// A load multiplied: rates and users by `factor` (users rounded up, so that nobody disappears), a trace faster by it.
Load scaled(const Load& load, double factor);

/// Models and loads of one set-up, as stated; a size is a multiple of `stated_size`.
struct CapacityQuestion {
  std::vector<Service> services;
  std::vector<Load> loads;
  std::vector<Slo> slos;
  LoadUnit unit = LoadUnit::people;
  int stated_size = 1;
  std::uint64_t seed = 1;
  std::uint64_t requests = 10000;  ///< that count, in each run
};

/// The services at one size of the load.
struct SizedRun {
  int size = 0;
  bool holds = false;
  SimulationRun run;
};

/// Largest size for which every objective holds.
struct LargestLoad {
  int size = 0;          ///< 0: not even one
  bool is_open = false;  ///< larger ones hold too: the search ended at its own limit
  int runs = 0;
};

/// Which end of the speeds' band is simulated.
enum class SpeedEnd { low, expected, high };

/// How much one run simulates: as many requests as asked, fewer where each takes thousands of steps.
///     measured = min(asked, 2,000,000 / (output/leap + prompt/step + 3)), at least 300;  warm-up a tenth, or two
///     rounds of all users
SimulationSize run_size(const CapacityQuestion& question, double factor);

/// Runs one size from beginning to end.
SizedRun run_at(const CapacityQuestion& question, int size, SpeedEnd end = SpeedEnd::expected);

/// Doubles or halves from `start` until the answer turns, then bisects to 1 or to 0.4 % of the size.
///
/// Takes  the same seed for all sizes: the n-th request is the same in each, and gaps shrink in proportion (common
///        random numbers), so that sizes differ by load alone and the answer is monotone but for the noise of a tail.
/// Gives  a size whose run keeps the objectives while the next one tried does not.
LargestLoad largest_load(const CapacityQuestion& question, int start, SpeedEnd end = SpeedEnd::expected);

/// What more of would serve more.
enum class Binding { queue, slots, kv_memory, prefill, decode };

/// One relief, tried at a load a quarter beyond the limit.
struct Relief {
  Binding of = Binding::decode;
  double slo_ratio = 0;  ///< worst percentile over its objective with it: below 1 all would hold
};

struct Bottleneck {
  Binding binding = Binding::decode;
  Bound decode_bound = Bound::bandwidth;
  int tried_size = 1;
  double slo_ratio = 0;         ///< without any relief
  std::vector<Relief> reliefs;  ///< each alone: twice the sequences, the cache, the prefill speed, the decode speed
};

/// What binds: of four things the one whose doubling brings the objectives nearest. A symptom (a queue) has many
/// causes, and in an overload all of them are full; so the cause is found by changing it.
Bottleneck bottleneck(const CapacityQuestion& question, int largest);

/// "kv_memory", "prefill_compute", "decode_bandwidth", "slots", "queue", ...
std::string binding_name(const Bottleneck& bottleneck);

/// Worst percentile of a model's waits over its objective; a thousand when overloaded.
double slo_ratio(const ServedModelRun& run, const Slo& slo);

}  // namespace rigwise
