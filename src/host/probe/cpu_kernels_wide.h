#pragma once

#include "host/probe/cpu_kernels.h"

namespace rigwise {

/// Kernels of this processor's vector instructions, chosen when the program runs; null where it has none we know.
const CpuKernels* wide_kernels();

}  // namespace rigwise
