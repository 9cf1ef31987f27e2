// The seeds' memory tables S4-8 to S4-12 (seed_tables.md). Where the arithmetic of a seed holds, its figure is the
// expectation. Where it does not, the right value is tested and the seed's figure and conflict number stand beside it.
// S4-13 is the engines' feature matrix: facts of catalog/engines, nothing to compute.
#include <gtest/gtest.h>

#include "core/sizing/memory.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;

double weights_gb(const Llm& model, const Format& format, const char* container = "gguf") {
  const WeightPlan plan = weight_plan(model, format, container);
  return in_gb(plan.total + plan.off_accelerator - plan.counted_twice);
}

double kv_gb(const Llm& model, double context) {
  return in_gb(kv_allocated(kv_plan(model, nullptr), context, 1, llama_cpp().policy));
}

bool fits(const Llm& model, const Format& format, const Device& card, int count) {
  const Fit fit = fit_in(model, weight_plan(model, format, "safetensors"), kv_plan(model, nullptr), setup(card, count),
                         vllm(), {8192, 1, 0});
  return fit.verdict == FitVerdict::fits || fit.verdict == FitVerdict::likely;
}

TEST(SeedTableS4_8, Of72bHasItsEightAndSixteenBitSizesAndKv) {
  // I-45: no Qwen2.5-Coder 72B was ever released; the shape is Qwen2.5 72B's.
  EXPECT_NEAR(weights_gb(qwen2_5_72b(), q8_0()), 72 * 8.5 / 8, 1);  // seed 72: block scales left out
  EXPECT_NEAR(weights_gb(qwen2_5_72b(), f16()), 144, 2);
  EXPECT_NEAR(kv_gb(qwen2_5_72b(), 8192), 2.5, 0.2);
  EXPECT_NEAR(kv_gb(qwen2_5_72b(), 32768), 10, 0.8);
}

TEST(SeedTableS4_8, Of72bAtQ4KMIsFortySevenGbNotThirtySix) {
  // I-46: 36 GB is 4.0 bits per weight; Q4_K alone is 4.5, and 29568-wide rows fall back to larger blocks.
  EXPECT_NEAR(weights_gb(qwen2_5_72b(), q4_k_m()), 47.4, 1.0);
  EXPECT_GT(weights_gb(qwen2_5_72b(), q4_k_m()), 72.7 * 4.5 / 8);
}

TEST(SeedTableS4_9, OfDeepSeekV3HasItsSizes) {
  EXPECT_NEAR(weights_gb(deepseek_v3(), f16()), 1343, 2);
  // Seed 685 GB: the checkpoint with its next-token module of 14B; the run needs 673.
  EXPECT_NEAR(weights_gb(deepseek_v3(), fp8_block(), "safetensors"), 685 - 14 + 2, 3);
  EXPECT_NEAR(weights_gb(deepseek_v3(), ud_iq1_s()), 131, 6);
  EXPECT_NEAR(weights_gb(deepseek_v3(), awq(), "safetensors"), 352, 3);  // seed 386: 4.6 bits throughout
}

TEST(SeedTableS4_9, SetupsThatDoNotHoldTheWeightsAreRefused) {
  // I-47: 8 x H100 are 640 GB, less than FP8's 673; 5 x H100 are 400 GB, less than the seed's own minimum of 420;
  // 16 x H100 are 1,280 GB, less than 1,343.
  const Device h100 = device("h100-80gb", 80, 0.97);
  EXPECT_FALSE(fits(deepseek_v3(), fp8_block(), h100, 8));
  EXPECT_TRUE(fits(deepseek_v3(), fp8_block(), h100, 16));
  EXPECT_FALSE(fits(deepseek_v3(), awq(), h100, 5));
  EXPECT_TRUE(fits(deepseek_v3(), awq(), h100, 8));
  EXPECT_FALSE(fits(deepseek_v3(), f16(), h100, 16));
}

TEST(SeedTableS4_10, OfDeepSeekCoderV2HasItsSizes) {
  EXPECT_NEAR(weights_gb(deepseek_v2_lite(), f16()), 32, 1);
  EXPECT_NEAR(weights_gb(deepseek_v2_lite(), q8_0()), 17, 1);
  EXPECT_NEAR(weights_gb(deepseek_v2_lite(), q4_k_m()), 10, 0.6);  // seed 8 to 10
  EXPECT_NEAR(weights_gb(deepseek_coder_v2(), f16()), 480, 10);
  EXPECT_NEAR(weights_gb(deepseek_coder_v2(), q8_0()), 240 * 8.5 / 8, 6);  // seed 240: block scales left out
  EXPECT_NEAR(weights_gb(deepseek_coder_v2(), q4_k_m()), 143, 3);          // seed 120 is 4.1 bits per weight
}

TEST(SeedTableS4_11, OfLlama70bHasItsEightAndSixteenBitSizesAndKv) {
  EXPECT_NEAR(weights_gb(llama_3_1_70b(), q8_0()), 69 * 8.5 / 8, 2);  // seed 69: block scales left out
  EXPECT_NEAR(weights_gb(llama_3_1_70b(), f16()), 138, 4);
  EXPECT_NEAR(kv_gb(llama_3_1_70b(), 8192), 2.5, 0.2);
  EXPECT_NEAR(kv_gb(llama_3_1_70b(), 32768), 10, 0.8);
  EXPECT_NEAR(kv_gb(llama_3_1_70b(), 131072), 40, 3);
}

TEST(SeedTableS4_11, Of70bAtQ4KMIsFortyThreeGbNotThirtyFour) {
  // I-46: the seed itself uses 42 GB elsewhere; llama.cpp lists 43.1 for a 70B.
  EXPECT_NEAR(weights_gb(llama_3_1_70b(), q4_k_m()), 42.7, 0.5);
}

Llm with_encoder(Llm model, double encoder_params) {
  model.params_extra = encoder_params;
  model.modality = {"text", "image"};
  return model;
}

TEST(SeedTableS4_12, OfVisionModelsCountsTheEncoderBesideTheDecoder) {
  const Llm qwen2_5_vl_7b = with_encoder(qwen2_5_7b(), 0.68e9);
  EXPECT_NEAR(weights_gb(qwen2_5_vl_7b, f16()), 16.6, 0.2);    // seed 13: 7B times two is 14 even without the encoder
  EXPECT_NEAR(weights_gb(qwen2_5_vl_7b, q4_k_m()), 6.0, 0.3);  // seed 4 to 5: the encoder stays in 16 bits

  const Llm qwen3_vl_8b = with_encoder(qwen3_8b(), 0.576e9);
  EXPECT_NEAR(weights_gb(qwen3_vl_8b, f16()), 17.5, 0.2);    // seed 16
  EXPECT_NEAR(weights_gb(qwen3_vl_8b, q4_k_m()), 6.2, 0.3);  // seed 5 to 6

  LayerGroup cross = dense(attention(8, 32, 8, 128), 14336);
  cross.attention = AttentionKind::cross;
  Llm llama_11b = with_encoder(llama_3_8b(), 0.89e9);
  llama_11b.layers.push_back(cross);
  EXPECT_NEAR(weights_gb(llama_11b, f16()), 22, 1);
  EXPECT_NEAR(weights_gb(llama_11b, q4_k_m()), 7.8, 0.4);  // seed 7 to 8

  const Llm qwen2_5_vl_3b =
      with_encoder(llm("qwen2.5-vl-3b", 2048, 151936, true, 128000, {dense(attention(36, 16, 2, 128), 11008)}), 0.67e9);
  EXPECT_NEAR(weights_gb(qwen2_5_vl_3b, f16()), 7.5, 0.1);     // seed 6 is 3B times two, the model has 3.75B
  EXPECT_NEAR(weights_gb(qwen2_5_vl_3b, q4_k_m()), 3.2, 0.2);  // seed 2 to 3

  const Llm qwen3_vl_2b =
      with_encoder(llm("qwen3-vl-2b", 2048, 151936, true, 262144, {dense(attention(28, 16, 8, 128), 6144)}), 0.41e9);
  EXPECT_NEAR(weights_gb(qwen3_vl_2b, f16()), 4, 0.4);
  EXPECT_NEAR(weights_gb(qwen3_vl_2b, q4_k_m()), 1.9, 0.15);  // seed 1.5 to 2

  const Llm paddle = with_encoder(
      llm("paddleocr-vl-0.9b", 1024, 103424, false, 131072, {dense(attention(18, 16, 2, 128), 3072)}), 0.49e9);
  EXPECT_NEAR(weights_gb(paddle, f16()), 2, 0.15);
  EXPECT_LT(weights_gb(paddle, q8_0()), 1.6);  // seed: below 1 GB in 4 bits, which its 16-bit encoder alone takes

  const Llm granite = with_encoder(
      llm("granite-vision-3.3-2b", 2048, 49156, true, 131072, {dense(attention(40, 32, 8, 64), 8192)}), 0.45e9);
  EXPECT_NEAR(weights_gb(granite, f16()), 6.0, 0.2);     // seed 4 is 2B times two, the model has 2.98B
  EXPECT_NEAR(weights_gb(granite, q4_k_m()), 2.4, 0.2);  // seed 1.5 to 2
}

}  // namespace
}  // namespace rigwise
