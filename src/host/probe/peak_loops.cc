#include "host/probe/peak_loops.h"

#include <string_view>

namespace rigwise {

std::vector<PeakLoop> peak_loops(const CpuKernels& kernels, bool is_limited) {
  PeakLoop bytes{"int8", kernels.name, kernels.int8_dots, ""};
  if (const auto vnni = avx_vnni_int8(); !is_limited && vnni != nullptr && std::string_view(kernels.name) == "AVX2") {
    bytes.instructions = "AVX-VNNI";
    bytes.run = vnni;
  }
  std::vector<PeakLoop> loops = {bytes};
  for (PeakLoop loop : further_peak_loops()) {
    if (is_limited) {
      loop.run = nullptr;
      loop.instructions = "";
      loop.why_not = "left out: measured as an engine does that was built for less";
    }
    loops.push_back(loop);
  }
  return loops;
}

#if !defined(__x86_64__)

std::vector<PeakLoop> further_peak_loops() {
  constexpr const char* kNone = "this program has no loop for it on such processors";
  return {{"bf16", "", nullptr, kNone}, {"int8 tiles", "", nullptr, kNone}, {"bf16 tiles", "", nullptr, kNone}};
}

double (*avx_vnni_int8())(std::size_t, double*) { return nullptr; }

#endif

}  // namespace rigwise
