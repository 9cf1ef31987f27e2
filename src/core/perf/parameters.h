#pragma once

#include <array>
#include <string_view>

namespace rigwise {

/// Constants of the speed model. Every one is positive; the fit moves its logarithm away from a prior.
/// What each multiplies is said in assemble.cc, beside the formula that uses it.
enum class Param : int {
  bandwidth_share,
  bandwidth_share_hbm,
  bandwidth_share_metal,
  unit_bandwidth_cuda,
  unit_bandwidth_metal,
  unit_bandwidth_rocm,
  unit_bandwidth_vulkan,
  unit_bandwidth_cpu,
  unit_bandwidth_vulkan_intel,
  unit_bandwidth_k_quants,
  kv_share,
  score_rate_metal,
  bf16_rate,
  layer_us,
  layer_sycl,
  layer_cuda_graph,
  layer_moe,
  layer_linear,
  step_ms,
  step_ms_metal,
  step_ms_llamafile,
  decode_llamafile_metal,
  decode_llamafile_rocm,
  llamafile_generic_gbps,
  unit_bandwidth_pascal,
  power_decode_exponent,
  unit_flop_cuda,
  unit_flop_metal,
  unit_flop_rocm,
  unit_flop_vulkan,
  unit_flop_sycl,
  unit_flop_mlx,
  unit_flop_cpu,
  unit_flop_pascal,
  unit_flop_turing,
  unit_flop_rdna35,
  unit_flop_m5,
  unit_flop_vulkan_nvidia,
  prefill_k_quants,
  prefill_bf16,
  power_exponent,
  half_tokens,
  attention_share,
  attention_share_metal,
  attention_share_other,
  attention_no_flash,
  prefill_experts,
  prefill_layer,
  prefill_llamafile_ms,
  prefill_llamafile_cuda,
  prefill_llamafile_rocm,
  prefill_age_metal,
  prefill_age_amd,
  serving_bandwidth_share,
  serving_mfu,
  serving_request_ms,
  serving_tensorrt,
  serving_sglang,
  count
};

inline constexpr int kParamCount = static_cast<int>(Param::count);

/// All parameters by number, in their own units (not logarithms).
using ParamValues = std::array<double, kParamCount>;

struct ParamSpec {
  Param param;
  const char* key;  ///< "decode.unit_bandwidth.cuda"
  double prior;
  double log_sd;        ///< how far the prior trusts itself, on the natural-log scale; 0: not fitted
  const char* meaning;  ///< unit and what it is, for people
  const char* from;     ///< source of the prior
};

const ParamSpec& param_spec(Param param);
const ParamSpec& param_spec(int index);
/// Number of the parameter with this key, or -1.
int param_index(std::string_view key);
ParamValues prior_values();

inline double value_of(const ParamValues& values, Param param) { return values[static_cast<std::size_t>(param)]; }

}  // namespace rigwise
