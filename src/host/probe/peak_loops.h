#pragma once

#include <cstddef>
#include <vector>

#include "host/probe/cpu_kernels.h"

namespace rigwise {

/// Multiply-adds of one kind of number in registers: the most that a processor could compute if nothing had to be read.
struct PeakLoop {
  const char* what = "";          ///< "int8", "bf16", "int8 tiles", "bf16 tiles"
  const char* instructions = "";  ///< "AVX-512 VNNI"; empty: none of ours
  /// `blocks` blocks of ones times ones, each summed from zero. Gives how many operations it did, a multiply-add being
  /// two; `*sum` is that of all products of the last block, so that 2 * sum * blocks is what it gave.
  double (*run)(std::size_t blocks, double* sum) = nullptr;
  const char* why_not = "";  ///< why there is no loop
};

/// One for each kind of number, those that this processor lacks with the reason. The processor and the system are asked
/// here; what they refuse is never run.
/// Takes  the kernels chosen, and whether they were chosen for an engine that was built for less than the processor has
///        (then nothing beyond them is used).
std::vector<PeakLoop> peak_loops(const CpuKernels& kernels, bool is_limited);

/// Loops beyond those of CpuKernels that this processor has: bf16, tiles.
std::vector<PeakLoop> further_peak_loops();
/// That of int8 for processors with AVX-VNNI and without AVX-512; null: this is none.
double (*avx_vnni_int8())(std::size_t blocks, double* sum);

/// Steps of a block, small enough that single precision counts its ones exactly.
inline constexpr std::size_t kPeakSteps = 4096;

}  // namespace rigwise
