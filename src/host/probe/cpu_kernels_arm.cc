#if !defined(__x86_64__)

#include "host/probe/cpu_kernels_wide.h"

#if defined(__ARM_NEON)
#include "host/probe/cpu_kernels_neon.h"
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

namespace rigwise {

#if defined(__ARM_NEON)

const CpuKernels* neon_kernels() {
  static const CpuKernels kNeon{.name = "NEON",
                                .read = read_neon,
                                .q4_rows = q4_neon,
                                .q8_rows = q8_neon,
                                .fma = fma_neon,
                                .int8_dots = int8_neon,
                                .stream = {copy_neon, nullptr, triad_neon, nullptr}};
  return &kNeon;
}

namespace {

bool has_dot_product() {
#if defined(__linux__) && defined(__aarch64__)
  constexpr unsigned long kHwcapAsimdDotProduct = 1UL << 20U;  // HWCAP_ASIMDDP of the kernel's asm/hwcap.h
  return (getauxval(AT_HWCAP) & kHwcapAsimdDotProduct) != 0;
#else
  return true;  // every Apple chip that this runs on
#endif
}

}  // namespace

std::vector<const CpuKernels*> wide_kernels() {
  if (has_dot_product()) return {neon_kernels(), neon_dot_kernels()};
  return {neon_kernels()};
}

#else

std::vector<const CpuKernels*> wide_kernels() { return {}; }

#endif

}  // namespace rigwise

#endif
