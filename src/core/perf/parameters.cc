#include "core/perf/parameters.h"

#include "core/base/check.h"

namespace rigwise {
namespace {

using enum Param;

constexpr const char* kTable43 = "predicting.md 4.3, starting constants";
constexpr const char* kTable44 = "predicting.md 4.4, priors";
constexpr const char* kGuess = "round figure from a first look at the measurements";

constexpr ParamSpec kSpecs[] = {
    {bandwidth_share, "decode.bandwidth_share", 0.85, 0.08, "share of peak memory bandwidth that streams reach",
     kTable43},
    {bandwidth_share_hbm, "decode.bandwidth_share.hbm", 0.85, 0, "times that on stacked memory", kGuess},
    {bandwidth_share_metal, "decode.bandwidth_share.metal", 1, 0.04, "times that under Metal", kGuess},
    {unit_bandwidth_cuda, "decode.unit_bandwidth.cuda", 12, 0.6, "GB/s of weights one multiprocessor takes in per GHz",
     kGuess},
    {unit_bandwidth_metal, "decode.unit_bandwidth.metal", 8, 0.6, "GB/s per Apple GPU core and GHz", kGuess},
    {unit_bandwidth_rocm, "decode.unit_bandwidth.rocm", 6, 0, "GB/s per AMD compute unit and GHz under ROCm", kGuess},
    {unit_bandwidth_vulkan, "decode.unit_bandwidth.vulkan", 10, 0.6, "GB/s per compute unit and GHz under Vulkan",
     kGuess},
    {unit_bandwidth_cpu, "decode.unit_bandwidth.cpu", 2.5, 0.6, "GB/s per processor core and GHz", kGuess},
    {unit_bandwidth_vulkan_intel, "decode.unit_bandwidth.vulkan_intel", 0.6, 0.5, "times the Vulkan figure on Intel",
     kTable43},
    {unit_bandwidth_k_quants, "decode.unit_bandwidth.k_quants", 0.7, 0.4,
     "times that for K and IQ formats: unpacking costs", kGuess},
    {kv_share, "decode.kv_share", 0.75, 0.25, "share of peak memory bandwidth for the KV cache", kTable43},
    {score_rate_metal, "decode.score_rate.metal", 0.01, 0.8,
     "10^9 head-tokens per core and GHz without flash attention", kGuess},
    {bf16_rate, "decode.bf16_rate.sycl", 0.5, 0, "10^9 BF16 weights converted per Xe core and GHz", kGuess},
    {layer_us, "decode.layer_us", 12, 0.5, "launch overhead of one dense layer in a step", kTable43},
    {layer_sycl, "decode.layer_us.sycl", 2, 0.5, "times that under SYCL", kGuess},
    {layer_cuda_graph, "decode.layer_us.cuda_graph", 0.6, 0.4,
     "times that where llama.cpp replays a recorded CUDA graph", kGuess},
    {layer_moe, "decode.layer_moe", 4, 0.4, "further dense layers' worth of overhead that experts cost", kTable43},
    {layer_linear, "decode.layer_linear", 3, 0.5, "the same for recurrent layers (DeltaNet, Mamba)", kGuess},
    {step_ms, "decode.step_ms", 0.8, 0.6, "fixed time of a step: sampling, synchronisation", kTable43},
    {step_ms_metal, "decode.step_ms.metal", 2, 0.8, "further fixed time of llama.cpp on Metal", kGuess},
    {step_ms_llamafile, "decode.step_ms.llamafile", 1, 0.8, "further fixed time of llamafile", kGuess},
    {decode_llamafile_metal, "decode.llamafile.metal", 1, 0.4, "times the step time of llama.cpp", kGuess},
    {decode_llamafile_rocm, "decode.llamafile.rocm", 1, 0.4, "times the step time of llama.cpp", kGuess},
    {llamafile_generic_gbps, "decode.llamafile.generic_gbps", 250, 0,
     "GB/s of its generic kernels, used on Hopper and Blackwell", kGuess},
    {unit_bandwidth_pascal, "decode.unit_bandwidth.pascal", 0.8, 0.4, "times the CUDA figure", kGuess},
    {power_decode_exponent, "decode.power_exponent", 0.25, 0, "a power limit slows a step by (limit/board power)^-this",
     kGuess},
    {unit_flop_cuda, "prefill.unit_tflops.cuda", 0.5, 0.6, "TFLOP/s of matrix work per multiprocessor and GHz",
     kTable44},
    {unit_flop_metal, "prefill.unit_tflops.metal", 0.25, 0.6, "TFLOP/s per Apple GPU core and GHz", kTable44},
    {unit_flop_rocm, "prefill.unit_tflops.rocm", 0.3, 0.6, "TFLOP/s per AMD compute unit and GHz under ROCm", kTable44},
    {unit_flop_vulkan, "prefill.unit_tflops.vulkan", 0.25, 0.6, "TFLOP/s per compute unit and GHz under Vulkan",
     kTable44},
    {unit_flop_sycl, "prefill.unit_tflops.sycl", 0.4, 0.6, "TFLOP/s per Xe core and GHz under SYCL", kTable44},
    {unit_flop_mlx, "prefill.unit_tflops.mlx", 0.2, 0.6, "TFLOP/s per Apple GPU core and GHz under MLX", kTable44},
    {unit_flop_cpu, "prefill.unit_tflops.cpu", 0.02, 0.6, "TFLOP/s per processor core and GHz", kTable44},
    {unit_flop_pascal, "prefill.unit_tflops.pascal", 0.6, 0.4, "times the CUDA figure: no matrix unit", kGuess},
    {unit_flop_turing, "prefill.unit_tflops.turing", 0.7, 0, "times the CUDA figure on Volta and Turing", kGuess},
    {unit_flop_rdna35, "prefill.unit_tflops.rdna35", 0.8, 0.4, "times the AMD figure on RDNA 3.5", kGuess},
    {unit_flop_m5, "prefill.unit_tflops.m5", 1, 0.5, "times the Metal figure on M5", kGuess},
    {unit_flop_vulkan_nvidia, "prefill.unit_tflops.vulkan_nvidia", 2, 0,
     "times the Vulkan figure: cooperative matrices", kGuess},
    {prefill_k_quants, "prefill.k_quants", 0.9, 0.2, "times the rate for K and IQ formats", kGuess},
    {prefill_bf16, "prefill.bf16", 0.5, 0.5, "times the rate for BF16 under Vulkan and SYCL", kGuess},
    {power_exponent, "prefill.power_exponent", 0.5, 0, "rate grows with (watts per unit / the family's usual)^this",
     kGuess},
    {half_tokens, "prefill.half_tokens", 40, 0.5, "tokens a weight must meet before half the rate is reached",
     kTable44},
    {attention_share, "prefill.attention_share", 0.8, 0.5, "rate of attention relative to matrix work under CUDA",
     kGuess},
    {attention_share_metal, "prefill.attention_share.metal", 0.5, 0.5, "the same under Metal", kGuess},
    {attention_share_other, "prefill.attention_share.other", 0.2, 0.5, "the same under ROCm, Vulkan and SYCL", kGuess},
    {attention_no_flash, "prefill.attention_no_flash", 0.5, 0.5, "times that without flash attention", kGuess},
    {prefill_experts, "prefill.experts", 1, 0.3, "times the compute time of routed experts", kGuess},
    {prefill_layer, "prefill.layer", 4, 0, "launch overhead of a prefill chunk relative to a decode step", kGuess},
    {prefill_llamafile_ms, "prefill.llamafile_ms", 10, 0.8, "fixed time of a prompt in llamafile's server", kGuess},
    {prefill_llamafile_cuda, "prefill.llamafile.cuda", 1, 0.4, "times the compute time of llama.cpp", kGuess},
    {prefill_llamafile_rocm, "prefill.llamafile.rocm", 1.5, 0.5, "times the compute time of llama.cpp", kGuess},
    {prefill_age_metal, "prefill.age.metal", 1.1, 0, "times the compute time per year of age of a Metal build", kGuess},
    {prefill_age_amd, "prefill.age.amd", 1.2, 0.3, "times the compute time per year of age of a ROCm or Vulkan build",
     kGuess},
    {serving_bandwidth_share, "serving.bandwidth_share", 0.75, 0, "share of peak memory bandwidth in vLLM-like engines",
     kTable43},
    {serving_mfu, "serving.mfu", 0.5, 0.3, "share of the peak of the data type it computes in", kTable44},
    {serving_request_ms, "serving.request_ms", 30, 0, "fixed time of a request", kTable44},
    {serving_tensorrt, "serving.tensorrt", 1, 0.4, "times the time of vLLM", kGuess},
    {serving_sglang, "serving.sglang", 1, 0.3, "times the time of vLLM", kGuess},
};
static_assert(std::size(kSpecs) == kParamCount);

constexpr bool table_is_in_order() {
  for (int i = 0; i < kParamCount; ++i) {
    if (static_cast<int>(kSpecs[i].param) != i) return false;
  }
  return true;
}
static_assert(table_is_in_order());

}  // namespace

const ParamSpec& param_spec(int index) {
  RW_CHECK(index >= 0 && index < kParamCount);
  return kSpecs[index];
}

const ParamSpec& param_spec(Param param) { return param_spec(static_cast<int>(param)); }

int param_index(std::string_view key) {
  for (int i = 0; i < kParamCount; ++i) {
    if (key == kSpecs[i].key) return i;
  }
  return -1;
}

ParamValues prior_values() {
  ParamValues values{};
  for (int i = 0; i < kParamCount; ++i) values[static_cast<std::size_t>(i)] = kSpecs[i].prior;
  return values;
}

}  // namespace rigwise
