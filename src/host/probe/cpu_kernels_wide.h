#pragma once

#include "host/probe/cpu_kernels.h"

namespace rigwise {

/// Kernels of this processor's vector instructions, chosen when the program runs; null where it has none we know.
const CpuKernels* wide_kernels();

/// Of Arm: what every 64-bit one runs, and what those with the dot product run. Ask the processor before the latter.
const CpuKernels* neon_kernels();
const CpuKernels* neon_dot_kernels();

}  // namespace rigwise
