// What an engine's kernels of an era and a backend can and cannot do, seen in the times of its passes.
#include <gtest/gtest.h>

#include "core/perf/devices_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;

struct Bench {
  Catalog catalog = small_catalog();
  Device device = rtx_4090();

  SpeedModel on(const char* backend, const Llm& llm, const Format& format, const RunChoices& choices = {}) const {
    return speed_of(catalog, llm, format, setup(device), catalog.engines[0], backend, choices);
  }
};

double prompt_s(const SpeedModel& model, double depth = 0) { return model.prefill(512, depth, 1).total_s; }
double experts_s(const SpeedModel& model) { return model.prefill(512, 0, 1).layers_s; }

RunChoices built(double years_ago) {
  RunChoices choices;
  choices.age_years = years_ago;
  return choices;
}

TEST(Kernels, OfSyclLaunchEveryExpertOnItsOwn) {
  // llama.cpp on an Arc Pro B70, 35B-A3B: 615 tok/s of prompt under SYCL, 1,275 under Vulkan.
  const Bench bench;
  const double mixture = experts_s(bench.on("sycl", qwen3_30b_a3b(), q4_k_m()));
  const double dense = experts_s(bench.on("sycl", llama_3_8b(), q4_k_m()));
  EXPECT_GT(mixture, 10 * dense) << "48 layers of 128 experts";
}

TEST(Kernels, OfCudaGroupExpertsOfQuantisedWeightsOnly) {
  const Bench bench;
  EXPECT_GT(experts_s(bench.on("cuda", qwen3_30b_a3b(), f16())),
            3 * experts_s(bench.on("cuda", qwen3_30b_a3b(), q4_k_m())));
}

TEST(Kernels, SortedPicksOnTheHostBeforeAugust2025) {
  const Bench bench;
  const SpeedModel now = bench.on("cuda", qwen3_30b_a3b(), q4_k_m());
  EXPECT_GT(experts_s(bench.on("cuda", qwen3_30b_a3b(), q4_k_m(), built(1.2))), 1.5 * experts_s(now));
  EXPECT_DOUBLE_EQ(experts_s(bench.on("cuda", qwen3_30b_a3b(), q4_k_m(), built(0.5))), experts_s(now));
  EXPECT_DOUBLE_EQ(experts_s(bench.on("cuda", llama_3_8b(), q4_k_m(), built(1.2))),
                   experts_s(bench.on("cuda", llama_3_8b(), q4_k_m())))
      << "a dense model has nothing to sort";
}

TEST(Kernels, OfVulkanLookedForTheirTokensBeforeAugust2025) {
  const Bench bench;
  const auto slower = [&](const Llm& llm) {
    return prompt_s(bench.on("vulkan", llm, q4_k_m(), built(1.0))) /
           prompt_s(bench.on("vulkan", llm, q4_k_m(), built(0.7)));
  };
  EXPECT_GT(slower(qwen3_30b_a3b()), 1.2 * slower(llama_3_8b()));
}

TEST(Kernels, AttendToMlasLatentItselfUnderLlamaCpp) {
  const Bench bench;
  const Llm llm = deepseek_v2_lite();
  const Format format = q4_k_m();
  const KvPlan published = kv_plan(llm, nullptr);
  const SpeedParts local = *speed_parts(bench.catalog, llm, format, weight_plan(llm, format), published,
                                        setup(bench.device), bench.catalog.engines[0], "cuda", {});
  EXPECT_GT(local.kv.attention_flop(512, 16384), 2 * published.attention_flop(512, 16384))
      << "16 heads over a latent of 512 instead of keys of 128";
  const SpeedParts served = *speed_parts(bench.catalog, llm, f16(), weight_plan(llm, f16()), published,
                                         setup(bench.device), bench.catalog.engines[1], "cuda", {});
  EXPECT_DOUBLE_EQ(served.kv.attention_flop(512, 16384), published.attention_flop(512, 16384));
}

TEST(Kernels, ScoreALatentThatIsCheapToReadAtVectorSpeed) {
  // GLM-4.7-Flash on an M2 Ultra: 60 tok/s on an empty cache, 22 at 32,768 tokens; the cache read explains a third.
  const Bench bench;
  const StepTerms mla = bench.on("cuda", deepseek_v2_lite(), q4_k_m()).decode_step(131072, 1);
  const StepTerms gqa = bench.on("cuda", llama_3_8b(), q4_k_m()).decode_step(131072, 1);
  EXPECT_LT(mla.bytes_kv, gqa.bytes_kv / 3);
  EXPECT_GT(mla.kv_s / mla.bytes_kv, 1.4 * gqa.kv_s / gqa.bytes_kv);
}

TEST(Kernels, OfAttentionDoNotCareForTheFormatOfWeights) {
  const Bench bench;
  const auto attention_s = [&](const Format& format) {
    const SpeedModel model = bench.on("vulkan", llama_3_8b(), format);
    return prompt_s(model, 32768) - prompt_s(model, 0);
  };
  Format bf16 = f16();
  bf16.id = "bf16";
  EXPECT_NEAR(attention_s(bf16) / attention_s(q4_k_m()), 1, 1e-9);
  EXPECT_GT(prompt_s(bench.on("vulkan", llama_3_8b(), bf16)), prompt_s(bench.on("vulkan", llama_3_8b(), q4_k_m())));
}

TEST(Kernels, OfPlainRocblasAreSlowOnRdna35Only) {
  Bench bench;
  bench.device.vendor = "AMD";
  RunChoices plain;
  plain.plain_rocblas = true;
  const auto slower = [&](const char* family) {
    bench.device.family = family;
    return prompt_s(bench.on("rocm", llama_3_8b(), q4_k_m(), plain)) /
           prompt_s(bench.on("rocm", llama_3_8b(), q4_k_m()));
  };
  EXPECT_GT(slower("amd-rdna3.5"), 1.5);
  EXPECT_DOUBLE_EQ(slower("amd-rdna3"), 1);
}

TEST(Kernels, PassMambasStatesThroughMemoryOnceAToken) {
  const Bench bench;
  Llm llm = llama_3_8b();
  LayerGroup mamba = llm.layers[0];
  mamba.attention = AttentionKind::mamba2;
  mamba.ssm_heads = 64;
  mamba.ssm_head_dim = 64;
  mamba.ssm_state = 128;
  mamba.ssm_groups = 8;
  llm.layers = {mamba};
  KvPlan states = kv_plan(llm, nullptr);
  EXPECT_DOUBLE_EQ(states.groups[0].scan_bytes_per_token, 64 * 64 * 128 * 4.0);
  KvPlan chunked = states;
  chunked.groups[0].scan_bytes_per_token = 0;
  const auto seconds = [&](const KvPlan& kv, const Engine& engine) {
    const Format format = f16();
    return prompt_s(assemble(
        *speed_parts(bench.catalog, llm, format, weight_plan(llm, format), kv, setup(bench.device), engine, "cuda", {}),
        prior_values()));
  };
  const Engine& local = bench.catalog.engines[0];
  const Engine& served = bench.catalog.engines[1];
  const double bytes = 512.0 * 32 * 64 * 64 * 128 * 4.0;
  EXPECT_GT(seconds(states, local) - seconds(chunked, local), bytes / 1008e9);
  EXPECT_DOUBLE_EQ(seconds(states, served), seconds(chunked, served)) << "vLLM scans in chunks";
}

}  // namespace
}  // namespace rigwise
