#include "core/sizing/weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/sizing/block_fallback.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;

/// What the GGUF file itself holds: a tied table is in it once.
double file_gb(const Llm& model, const Format& format) {
  const WeightPlan plan = weight_plan(model, format);
  return in_gb(plan.total + plan.off_accelerator - plan.counted_twice);
}

TEST(ShapeArithmetic, GivesPublishedParameterCounts) {
  const auto billions = [](const Llm& m) { return parameter_count(m) / 1e9; };
  EXPECT_NEAR(billions(llama_3_8b()), 8.03, 0.01);
  EXPECT_NEAR(billions(llama_3_1_70b()), 70.55, 0.02);
  EXPECT_NEAR(billions(llama_3_2_1b()), 1.236, 0.002);
  EXPECT_NEAR(billions(qwen2_5_72b()), 72.71, 0.02);
  EXPECT_NEAR(billions(qwen3_30b_a3b()), 30.53, 0.02);
  EXPECT_NEAR(billions(deepseek_v2_lite()), 15.71, 0.02);
  EXPECT_NEAR(billions(deepseek_coder_v2()), 235.74, 0.3);
  EXPECT_NEAR(billions(deepseek_v3()), 671.03, 0.5);
  EXPECT_NEAR(billions(glm_4_5_air()), 106.85, 0.2);
  EXPECT_NEAR(billions(gpt_oss_20b()), 20.91, 0.02);
  EXPECT_NEAR(billions(gpt_oss_120b()), 116.83, 0.1);
  EXPECT_NEAR(billions(gemma_3_4b()), 3.88, 0.005);
  EXPECT_NEAR(billions(gemma_4_31b()), 31.27 - 0.55, 0.1);
  EXPECT_NEAR(billions(qwen3_6_27b()), 27.78 - 0.88, 0.1);
  EXPECT_NEAR(billions(qwen3_5_122b_a10b()), 125.09 - 2.96, 0.4);
}

TEST(ShapeArithmetic, CountsOnlyChosenExpertsAndNoEmbeddingPerToken) {
  // Publishers count with or without the embedding table: 3.3B and 5.1B have it once or not at all.
  EXPECT_NEAR(active_parameter_count(qwen3_30b_a3b()) / 1e9, 3.04, 0.02);
  EXPECT_NEAR(active_parameter_count(gpt_oss_120b()) / 1e9, 5.13, 0.02);
  EXPECT_NEAR(active_parameter_count(deepseek_v3()) / 1e9, 36.7, 0.3);
  EXPECT_DOUBLE_EQ(active_parameter_count(llama_3_2_1b()), parameter_count(llama_3_2_1b()));
}

TEST(ShapeArithmetic, StaysFiniteAtTheWidestShapeAFileMayState) {
  constexpr int kWidest = 1 << 26;
  for (int kind = 0; kind <= static_cast<int>(AttentionKind::none); ++kind) {
    LayerGroup g;
    g.attention = static_cast<AttentionKind>(kind);
    for (int* width : {&g.heads,
                       &g.kv_heads,
                       &g.head_dim,
                       &g.v_head_dim,
                       &g.window,
                       &g.kv_lora_rank,
                       &g.q_lora_rank,
                       &g.rope_dim,
                       &g.nope_dim,
                       &g.o_lora_rank,
                       &g.o_groups,
                       &g.compress_ratio,
                       &g.index_dim,
                       &g.index_heads,
                       &g.index_topk,
                       &g.linear_key_heads,
                       &g.linear_value_heads,
                       &g.linear_key_dim,
                       &g.linear_value_dim,
                       &g.conv_kernel,
                       &g.ssm_state,
                       &g.ssm_heads,
                       &g.ssm_head_dim,
                       &g.ssm_groups})
      *width = kWidest;
    const Llm wide = llm("wide", kWidest, kWidest, false, kWidest, {moe(g, kWidest, kWidest, kWidest, kWidest)});
    EXPECT_TRUE(std::isfinite(parameter_count(wide))) << attention_kind_name(g.attention);
    EXPECT_TRUE(std::isfinite(kv_plan(wide, nullptr).bytes_per_token_all_layers()));
  }
}

TEST(ShapeArithmetic, KnowsRecurrentAndLatentLayers) {
  // Nemotron 3 Nano 30B-A3B: 23 Mamba-2, 23 MoE without attention, 6 attention layers.
  LayerGroup experts;
  experts.count = 23;
  experts.attention = AttentionKind::none;
  experts.ffn_gated = false;
  LayerGroup plain = attention(6, 32, 2, 128);
  plain.ffn = FfnKind::none;
  LayerGroup recurrent = mamba2(23, 64, 64, 8);
  recurrent.ffn = FfnKind::none;
  const Llm nano =
      llm("nemotron-3-nano", 2688, 131072, false, 262144, {recurrent, moe(experts, 128, 6, 1856, 3712), plain});
  EXPECT_NEAR(parameter_count(nano) / 1e9, 31.58, 0.1);

  // Nemotron 3 Super: experts work on a latent of 1024, with a projection in and out.
  LayerGroup latent = experts;
  latent.count = 40;
  latent.expert_hidden_size = 1024;
  plain.count = 8;
  LayerGroup wide = mamba2(40, 128, 64, 8);
  wide.ffn = FfnKind::none;
  const Llm super =
      llm("nemotron-3-super", 4096, 131072, false, 262144, {wide, moe(latent, 512, 22, 2688, 5376), plain});
  EXPECT_NEAR(parameter_count(super) / 1e9, 123.61 - 2.9, 0.8);

  // LFM2 8B-A1B: short convolutions.
  LayerGroup conv;
  conv.attention = AttentionKind::shortconv;
  conv.conv_kernel = 3;
  conv.count = 2;
  LayerGroup conv_moe = conv;
  conv_moe.count = 16;
  const Llm lfm2 = llm("lfm2-8b-a1b", 2048, 65536, true, 128000,
                       {dense(conv, 7168), moe(conv_moe, 32, 4, 1792), moe(attention(6, 32, 8, 64), 32, 4, 1792)});
  EXPECT_NEAR(parameter_count(lfm2) / 1e9, 8.34, 0.02);

  // DeepSeek V4 Flash: low-rank queries and outputs, one key-value projection, 4:1 and 128:1 compressed layers.
  LayerGroup v4 = attention(43, 64, 1, 512);
  v4.attention = AttentionKind::compressed_sparse;
  v4.shared_kv = v4.single_kv = true;
  v4.q_lora_rank = v4.o_lora_rank = 1024;
  v4.o_groups = 8;
  const Llm flash = llm("deepseek-v4-flash", 4096, 129280, false, 1048576, {moe(v4, 256, 6, 2048, 2048)});
  EXPECT_NEAR(parameter_count(flash) / 1e9, 284, 2);
}

TEST(ShapeArithmetic, CountsMlpBesideExpertsCrossLayersAndSharedProjections) {
  LayerGroup base = attention(1, 16, 8, 256);
  LayerGroup beside = moe(base, 128, 8, 704);
  beside.dense_beside_moe = 2112;
  const Llm with = llm("a", 2816, 1000, true, 4096, {beside});
  beside.dense_beside_moe = 0;
  const Llm without = llm("b", 2816, 1000, true, 4096, {beside});
  EXPECT_DOUBLE_EQ(parameter_count(with) - parameter_count(without), 3.0 * 2816 * 2112);

  LayerGroup cross = base;
  cross.attention = AttentionKind::cross;
  EXPECT_DOUBLE_EQ(attention_params(cross, 4096), attention_params(base, 4096));
  LayerGroup shared = base;
  shared.shared_kv = true;
  EXPECT_DOUBLE_EQ(attention_params(base, 4096) - attention_params(shared, 4096), 4096.0 * 8 * 256);
  LayerGroup borrowed = base;
  borrowed.reuses_kv = true;
  EXPECT_DOUBLE_EQ(attention_params(base, 4096) - attention_params(borrowed, 4096), 2 * 4096.0 * 8 * 256);
}

TEST(DistinctExperts, FollowsTheExpectationOfIndependentDraws) {
  EXPECT_DOUBLE_EQ(distinct_experts(128, 8, 1), 8);
  EXPECT_NEAR(distinct_experts(128, 8, 8), 51.6, 0.05);
  EXPECT_NEAR(distinct_experts(128, 8, 32), 111.8, 0.05);
  EXPECT_NEAR(distinct_experts(128, 8, 128), 128, 0.05);
  EXPECT_NEAR(distinct_experts(256, 8, 32), 163.3, 0.05);
  EXPECT_NEAR(distinct_experts(512, 10, 8), 74.7, 0.05);
  EXPECT_NEAR(distinct_experts(8, 2, 8), 7.2, 0.05);
}

TEST(DistinctExperts, StaysBetweenOneTokensAndAllOfThem) {
  for (const double tokens : {0.0, 0.5, 1.0, 3.0, 1e6}) {
    for (const double skew : {0.0, 0.2, 1.0}) {
      const double d = distinct_experts(64, 6, tokens, skew);
      EXPECT_GE(d, 6);
      EXPECT_LE(d, 64);
    }
  }
  EXPECT_DOUBLE_EQ(distinct_experts(64, 6, 1e6, 1.0), 6);
  EXPECT_DOUBLE_EQ(distinct_experts(4, 6, 2), 4);
}

TEST(WeightPlan, GivesPublishedGgufFileSizes) {
  // Our synthetic files of these shapes and llama.cpp's model pages (gguf.md section 5), tokenizer aside.
  EXPECT_NEAR(file_gb(llama_3_8b(), q4_k_m()), 4.92, 0.03);
  EXPECT_NEAR(file_gb(llama_3_2_1b(), q4_k_m()), 0.808, 0.012);
  EXPECT_NEAR(file_gb(qwen3_8b(), q4_k_m()), 5.03, 0.04);
  EXPECT_NEAR(file_gb(qwen3_30b_a3b(), q4_k_m()), 18.56, 0.2);
  EXPECT_NEAR(file_gb(gpt_oss_20b(), mxfp4()), 12.11, 0.12);
  EXPECT_NEAR(file_gb(llama_3_1_70b(), f16()), 141.1, 0.2);
}

TEST(WeightPlan, PaysForRowsThatKQuantsCannotPack) {
  EXPECT_NEAR(file_gb(deepseek_v2_lite(), q4_k_m()), 10.37, 0.25);
  EXPECT_NEAR(file_gb(qwen2_5_72b(), q4_k_m()), 47.4, 1.0);
  // The 73 GB file also holds a next-token layer of 3.6B weights, which the shape leaves out.
  EXPECT_NEAR(file_gb(glm_4_5_air(), q4_k_m()), 73.0 - 2.4, 1.0);
}

TEST(BlockFallback, ReplacesATypeOnlyWhereRowsAreNoMultipleOf256) {
  const BlockFallback k4("k4", "gguf");
  EXPECT_DOUBLE_EQ(k4.matrix(4.5, 4096), 4.5);
  EXPECT_DOUBLE_EQ(k4.matrix(4.5, 2880), 5.5);
  EXPECT_DOUBLE_EQ(k4.matrix(6.5625, 2880), 8.5);
  EXPECT_DOUBLE_EQ(k4.matrix(4.5, 100), 16);
  EXPECT_DOUBLE_EQ(BlockFallback("q8", "gguf").matrix(8.5, 2880), 8.5);
  EXPECT_DOUBLE_EQ(BlockFallback("k4", "safetensors").matrix(4.5, 2880), 4.5);
  // Q4_K_M: gate and up Q4_K, half of down Q6_K; only down has rows of 29568.
  EXPECT_NEAR(k4.ffn(4.844, 8192, 29568, true), (2 * 4.5 + 7.0) / 3, 0.01);
  EXPECT_NEAR(k4.ffn(4.844, 8192, 28672, true), 4.844, 1e-9);
}

TEST(WeightPlan, OfGemma3_270mComesWithinOnePercentOfTheRealFile) {
  // gemma-3-270m Q4_K_M: 246,587,904 bytes of tensors; rows of 640 put the table in Q8_0 and most matrices in Q5_0.
  const Llm model = llm("gemma-3-270m", 640, 262144, true, 32768,
                        {dense(sliding(attention(15, 4, 1, 256), 512), 2048), dense(attention(3, 4, 1, 256), 2048)});
  EXPECT_NEAR(file_gb(model, q4_k_m()), 0.246587904, 0.0025);
}

TEST(BlockFallback, GivesMoreBitsToModelsWithMoreKvHeads) {
  const BlockFallback k4("k4", "gguf");
  EXPECT_NEAR(k4.attention(4.603, 0.1, 0.4, 4096, 4096), 4.603, 1e-9);
  EXPECT_NEAR(k4.attention(4.603, 0.25, 0.25, 4096, 4096), 4.76, 0.005);
  EXPECT_NEAR(k4.attention(4.603, 0.1, 0.4, 640, 1024), 5.25, 0.01);  // the real 270M file
}

TEST(WeightPlan, KeepsGgufEmbeddingOnTheHostAndATiedHeadOnTheAccelerator) {
  // llama.cpp PR #22171: gemma-3-4b f16 takes 7401 MiB on the device, with the tied head's copy.
  const WeightPlan tied = weight_plan(gemma_3_4b(), f16());
  EXPECT_NEAR(tied.total.value / kMib, 7401, 0.03 * 7401);
  EXPECT_DOUBLE_EQ(tied.off_accelerator.value, 2560.0 * 262144 * 2);
  EXPECT_DOUBLE_EQ(tied.counted_twice.value, tied.off_accelerator.value);

  const WeightPlan untied = weight_plan(llama_3_8b(), f16());
  EXPECT_DOUBLE_EQ(untied.off_accelerator.value, 4096.0 * 128256 * 2);
  EXPECT_DOUBLE_EQ(untied.counted_twice.value, 0);

  const WeightPlan vllm_plan = weight_plan(gemma_3_4b(), f16(), "safetensors");
  EXPECT_DOUBLE_EQ(vllm_plan.off_accelerator.value, 0);
  EXPECT_NEAR(vllm_plan.total.value, 2 * parameter_count(gemma_3_4b()), 0.001 * vllm_plan.total.value);
}

TEST(WeightPlan, ReadsEverythingButTheEmbeddingAndUnchosenExperts) {
  const WeightPlan dense_plan = weight_plan(llama_3_8b(), q8_0());
  EXPECT_NEAR(dense_plan.read_by_step(1).value, dense_plan.total.value, 1);
  EXPECT_DOUBLE_EQ(dense_plan.read_by_step(64).value, dense_plan.read_by_step(1).value);

  const WeightPlan sparse = weight_plan(gpt_oss_20b(), mxfp4());
  EXPECT_NEAR(sparse.read_by_step(1).value / 1e9, 2.575, 0.1);  // gguf.md section 8: bytes per token
  EXPECT_NEAR(sparse.read_by_step(1e6).value, sparse.total.value, 1);
  EXPECT_LT(sparse.read_by_step(8).value, 8 * sparse.read_by_step(1).value);
}

TEST(WeightPlan, DoesNotTakeActiveParametersForMemory) {
  // A peer called Qwen3.5-122B-A10B "perfect" at 33 GB; people need 70 to 75 GB (llmfit #230).
  const WeightPlan plan = weight_plan(qwen3_5_122b_a10b(), q4_k_m());
  EXPECT_GT(in_gb(plan.total), 70);
  EXPECT_LT(in_gb(plan.total), 78);
}

TEST(WeightPlan, CountsVisionEncodersOnlyForModelsThatSee) {
  Llm blind = llama_3_8b();
  blind.params_extra = 1e9;
  Llm seeing = blind;
  seeing.modality = {"text", "image"};
  EXPECT_DOUBLE_EQ(weight_plan(blind, q8_0()).total.value, weight_plan(llama_3_8b(), q8_0()).total.value);
  EXPECT_DOUBLE_EQ((weight_plan(seeing, q8_0()).total - weight_plan(blind, q8_0()).total).value, 2e9);
  EXPECT_DOUBLE_EQ(weight_plan(blind, q8_0()).params_total, weight_plan(seeing, q8_0()).params_total);
}

TEST(WeightPlan, LeavesPerLayerEmbeddingsOffTheAcceleratorInGguf) {
  Llm model = llama_3_8b();
  model.params_offloadable = 2e9;
  const Bytes plain = weight_plan(llama_3_8b(), q8_0()).total;
  EXPECT_DOUBLE_EQ(weight_plan(model, q8_0(), "gguf").total.value, plain.value);
  EXPECT_NEAR(weight_plan(model, q8_0(), "gguf").off_accelerator.value, (4096.0 * 128256 + 2e9) * 8.5 / 8, 1);
  EXPECT_GT(weight_plan(model, q8_0(), "safetensors").total.value, plain.value + 2e9);
}

TEST(WeightPlan, SizesAModelWithoutShapeByItsParameterCount) {
  Llm closed;
  closed.params_total = 1e12;
  closed.params_active = 3e10;
  const WeightPlan plan = weight_plan(closed, q8_0());
  EXPECT_DOUBLE_EQ(plan.total.value, 1e12 * 8.5 / 8);
  EXPECT_DOUBLE_EQ(plan.read_by_step(1).value, 3e10 * 8.5 / 8);
  ASSERT_EQ(plan.classes.size(), 1u);
  EXPECT_EQ(plan.classes[0].name, "all");
  EXPECT_FALSE(plan.from_shape);
}

TEST(WeightPlan, ScalesAnExemptShapeToThePublishedCount) {
  Llm model = llama_3_8b();
  model.params_total = 2 * parameter_count(model);
  EXPECT_NEAR(weight_plan(model, f16()).params_total, parameter_count(model), 1);
  model.shape_check_exempt = "layers differ";
  EXPECT_NEAR(weight_plan(model, f16()).params_total, model.params_total, 1);
}

TEST(WeightPlan, UsesTheContainersOwnBits) {
  Format format = mxfp4();
  format.bits_safetensors = bits(4.4, 16, 16, 4.25, 16, 16, 16);
  EXPECT_NEAR(in_gb(weight_plan(gpt_oss_120b(), format, "safetensors").total), 65.2, 0.7);
  EXPECT_NEAR(file_gb(gpt_oss_120b(), format), 63.4, 0.9);
}

TEST(WeightPlan, JoinsLayersOfLikeExpertsWithoutMovingTheSum) {
  WeightPlan plan;
  plan.add_experts({10, 64, 6, {100}, 10});
  plan.add_experts({30, 64, 6, {200}, 20});
  plan.add_experts({5, 8, 2, {1000}, 100});
  EXPECT_EQ(plan.expert_groups, 2);
  EXPECT_DOUBLE_EQ(plan.read_by_step(1).value, 10 * 600 + 30 * 1200 + 5 * 2000);
  plan.add_experts({1, 4, 1, {1}, 1});
  plan.add_experts({1, 5, 1, {1}, 1});
  EXPECT_EQ(plan.expert_groups, 3);
}

TEST(WeightPlan, ClassesAddUpToTheTotals) {
  for (const char* container : {"gguf", "safetensors", "mlx"}) {
    for (const Llm& model : {gpt_oss_20b(), gemma_3_4b(), deepseek_v3(), qwen3_6_27b()}) {
      const WeightPlan plan = weight_plan(model, q4_k_m(), container);
      double sum = 0;
      for (const TensorClassSize& c : plan.classes) sum += c.bytes.value;
      EXPECT_NEAR(sum, (plan.total + plan.off_accelerator).value, 1e-6 * sum) << model.id << " " << container;
      EXPECT_LE(plan.not_in_layers.value, plan.total.value);
    }
  }
}

}  // namespace
}  // namespace rigwise
