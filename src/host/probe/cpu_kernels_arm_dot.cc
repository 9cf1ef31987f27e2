// Compiled for Armv8.2 with the dot product (cmake/gpu.cmake); nothing here runs before the processor was asked for it.
#include "host/probe/cpu_kernels_wide.h"

#if defined(__ARM_NEON)
#include "host/probe/cpu_kernels_neon.h"

namespace rigwise {

const CpuKernels* neon_dot_kernels() {
#if defined(__ARM_FEATURE_DOTPROD)
  static const CpuKernels kDot{.name = "NEON with dot products",
                               .read = read_neon,
                               .q4_rows = q4_neon,
                               .q8_rows = q8_neon,
                               .fma = fma_neon,
                               .int8_dots = int8_neon,
                               .stream = {copy_neon, nullptr, triad_neon, nullptr}};
  return &kDot;
#else
  return neon_kernels();
#endif
}

}  // namespace rigwise
#endif
