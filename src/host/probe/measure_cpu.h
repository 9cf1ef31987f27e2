#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/machine/found_machine.h"
#include "core/machine/probed_speed.h"

namespace rigwise {

/// What to measure and for how long.
struct MeasureChoices {
  bool quick = false;        ///< a third of the time: fewer numbers of threads and passes
  double sustained_s = 0;    ///< reads on for as long, to see what heat leaves; 0: not
  std::string instructions;  ///< of kernels_named(); empty: the best that the processor has
  std::string disk_file;     ///< read from the disk, past the system's cache; empty: not
};

/// What is told while it runs: "memory, 2 threads", and the share of all work that is done.
using MeasureProgress = std::function<void(const std::string& phase, double share)>;

/// Where threads run: hardware threads this process may use, one of each core first, and how many of them a quota pays.
struct WorkPlaces {
  std::vector<int> processors;
  int cores = 1;  ///< how many of the first are on cores of their own
  int fast_cores =
      1;  ///< how many of those on performance cores, which come first; as many as `cores` where all are alike
};
WorkPlaces work_places(const FoundMachine& machine);

/// Reads of plain memory, products with matrices in 4 and 8 bits, multiply-adds: what decides the speed of a model on
/// this processor.
/// Takes  what was found here, for the sizes of caches and memory; `is_stopped` is asked between passes.
/// Gives  what was measured until then. A buffer is four times the last-level caches, at least 512 MiB, at most a
///        quarter of the memory that is free.
/// Errors  too little memory to measure anything; a disk file that cannot be read.
Result<ProbedSpeed> measure_cpu(const FoundMachine& machine, const MeasureChoices& choices,
                                const std::function<bool()>& is_stopped, const MeasureProgress& progress);

/// GB/s at which a file comes from the disk, past the system's cache where the file system allows; 2 GB of it at most.
Result<double> measure_disk_read(const std::string& path);

}  // namespace rigwise
