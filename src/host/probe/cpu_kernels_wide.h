#pragma once

#include "host/probe/cpu_kernels.h"

/// Before a loop over sums that are to stay in registers: at -O2 compilers leave twelve of them in memory, and what is
/// measured then is how fast memory takes them.
#define RIGWISE_IN_REGISTERS _Pragma("GCC unroll 16")

namespace rigwise {

/// Kernels of this processor's vector instructions, found when the program runs, the best last; none where it has none
/// that we know.
std::vector<const CpuKernels*> wide_kernels();

/// The same with the layouts that engines use on processors with AVX2 (cpu_kernels_x86_k.cc).
CpuKernels with_engine_layouts(CpuKernels kernels);

/// Of Arm: what every 64-bit one runs, and what those with the dot product run. Ask the processor before the latter.
const CpuKernels* neon_kernels();
const CpuKernels* neon_dot_kernels();

}  // namespace rigwise
