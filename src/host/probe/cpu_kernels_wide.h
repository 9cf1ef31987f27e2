#pragma once

#include "host/probe/cpu_kernels.h"

namespace rigwise {

/// Kernels of this processor's vector instructions, found when the program runs, the best last; none where it has none
/// that we know.
std::vector<const CpuKernels*> wide_kernels();

/// The same with the layouts that engines use on processors with AVX2 (cpu_kernels_x86_k.cc).
CpuKernels with_engine_layouts(CpuKernels kernels);

}  // namespace rigwise
