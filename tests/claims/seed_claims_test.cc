// Claims of the seed documents that contradict physics or published facts (I-1 to I-56), one test each.
#include <gmock/gmock.h>

#include "claims.h"

namespace rigwise {
namespace {

using testing::HasSubstr;

TEST(SeedClaims, I2_LargeModelsDoNotFitSmallMemories) {
  EXPECT_EQ(verdict("Qwen3-Coder-Next Q4 fits in 16 GB"), "impossible");
  EXPECT_EQ(verdict("DeepSeek V3.1 Q4_K_M fits in 64 GB"), "impossible");
  EXPECT_EQ(verdict("DeepSeek R1 Q4_K_M fits in 128 GB"), "impossible");
}

TEST(SeedClaims, I5_CapacityClaimsContradictWeights) {
  EXPECT_EQ(verdict("405B Q4_K_M fits in 128 GB"), "impossible");
  EXPECT_EQ(verdict({{"model", "llama-3.1-405b"}, {"quant", "q4_k_m"}, {"setup", "m3 ultra 192gb"}, {"fits", true}}),
            "impossible");
  EXPECT_EQ(verdict({{"model", "llama-3.1-405b"}, {"quant", "q8_0"}, {"setup", "2x m3 ultra 192gb"}, {"fits", true}}),
            "impossible");
  EXPECT_EQ(verdict("1T Q4_K_M fits 4x Framework Desktop"), "impossible");
  EXPECT_EQ(verdict("1T Q4 fits 4x Framework Desktop"), "implausible") << "at exactly 4 bits, with nothing else loaded";
  EXPECT_EQ(verdict("1T Q8 on 4x M3 Ultra 192GB fits"), "impossible");
  EXPECT_FALSE(is_caught(verdict("70B Q4 fits Framework Desktop"))) << "the seed's true row";
}

TEST(SeedClaims, I9_FourUltrasUnderLoadDoNotTake66W) {
  EXPECT_EQ(verdict("4x M3 Ultra take 66 W under load"), "implausible");
}

TEST(SeedClaims, I10_DgxSparkHasNo500GBs) {
  EXPECT_EQ(verdict("DGX Spark has ~500 GB/s"), "impossible");
  EXPECT_EQ(verdict("DGX Spark has 273 GB/s"), "matches_evidence");
}

TEST(SeedClaims, I11_27BOnStrixHaloNever20) {
  EXPECT_TRUE(is_caught(verdict("27B Q4_K_M at 15-20 tok/s on Framework Desktop")));
}

TEST(SeedClaims, I22_A100Of80GBDoesNotHoldAnUnquantized70B) {
  EXPECT_EQ(verdict("unquantized 70B fits A100 80GB"), "impossible");
}

TEST(SeedClaims, I24_StrixHaloNever90On7BQ4) {
  const Json answer = checked({{"claim", "7B Q4 at 90 tok/s on Strix Halo"}});
  EXPECT_EQ(answer["verdict"], "impossible");
  EXPECT_NEAR(answer["ceiling"]["tokens_per_s"].get<double>(), 58, 2.5);
  EXPECT_THAT(answer["because"].get<std::string>(), HasSubstr("256 GB/s"));
  EXPECT_EQ(verdict("Strix Halo, 7B Q4, 90 tok/s"), "impossible");
}

TEST(SeedClaims, I25_SpecificationsOfThreeMachines) {
  EXPECT_EQ(verdict("2x RTX A6000 have ~1,900 GB/s"), "impossible");
  EXPECT_EQ(verdict("RTX 5090 Laptop has ~960 GB/s"), "impossible");
}

TEST(SeedClaims, I27_Qwen3CoderIsNeither8BActiveNor15GB) {
  EXPECT_EQ(verdict({{"model", "qwen3-coder-30b-a3b"}, {"active_params_b", 8}}), "impossible");
  EXPECT_EQ(verdict({{"model", "qwen3-coder-30b-a3b"}, {"quant", "q4_k_m"}, {"memory_gb", 15.3}}), "impossible");
  EXPECT_EQ(verdict({{"model", "qwen3-coder-30b-a3b"}, {"quant", "q4_k_m"}, {"read_gb_per_token", 5.2}}),
            "implausible");
  EXPECT_FALSE(is_caught(verdict({{"model", "qwen3-coder-30b-a3b"}, {"active_params_b", 3.3}})));
}

TEST(SeedClaims, I28_SizesBehindTheStatedEfficiencies) {
  EXPECT_EQ(verdict({{"model", "qwen2.5-coder-14b"}, {"quant", "q4_k_m"}, {"memory_gb", 7.4}}), "impossible");
  EXPECT_EQ(verdict({{"model", "glm-4.7-flash"}, {"quant", "q4_k_m"}, {"memory_gb", 5}}), "impossible");
}

TEST(SeedClaims, I30_GlmFlashIsNot4GB) {
  const Json answer = checked({{"claim", "GLM-4.7-Flash needs ~4 GB RAM"}});
  EXPECT_EQ(answer["verdict"], "impossible") << "not even at 2 bits";
  EXPECT_THAT(answer["because"].get<std::string>(), HasSubstr("31.2B"));
  EXPECT_FALSE(is_caught(verdict("GLM-4.7-Flash Q4_K_M needs 19 GB")));
}

TEST(SeedClaims, I31_MiniMaxM25HasNo15BActive) {
  EXPECT_EQ(verdict({{"model", "minimax-m2.5"}, {"active_params_b", 15}}), "impossible");
  EXPECT_TRUE(is_caught(verdict("MiniMax M2.5 4-bit needs 100 GB")));
}

TEST(SeedClaims, I32_Llama70BDoesFit128GB) {
  EXPECT_EQ(verdict("Llama 3.3 70B Q4_K_M does not fit M4 Max 128GB"), "implausible");
}

TEST(SeedClaims, I34_GptOssActiveParameters) {
  EXPECT_EQ(verdict("gpt-oss-120B, 120B / ~20B active"), "impossible");
  EXPECT_EQ(verdict({{"model", "gpt-oss-20b"}, {"active_params_b", 5}}), "implausible");
  EXPECT_EQ(verdict({{"model", "gpt-oss-120b"}, {"active_params_b", 5.1}}), "matches_evidence");
}

TEST(SeedClaims, I35_GptOss120BIsNeither80GBNorReads10) {
  EXPECT_TRUE(is_caught(verdict("gpt-oss-120B takes ~80 GB on disk")));
  EXPECT_TRUE(is_caught(verdict("gpt-oss-120B reads ~10 GB per token")));
  EXPECT_FALSE(is_caught(verdict("gpt-oss-120B needs ~65 GB")));
}

TEST(SeedClaims, I36_RaspberryPi5HasNo30GBs) {
  EXPECT_EQ(verdict({{"setup", "raspberry-pi-5-8gb"}, {"bandwidth_gbps", 30}}), "impossible");
}

TEST(SeedClaims, I42_SeventyBillionAtQ4OnTheseCards) {
  EXPECT_EQ(verdict("70B Q4_K_M on RTX A6000 at 30-35 tok/s"), "impossible");
  EXPECT_EQ(verdict("70B Q4_K_M on 2x RTX 3090, layer split, 20-25 tok/s"), "impossible");
  EXPECT_EQ(verdict("70B Q4_K_M on 2x RTX 4090, layer split, 25-30 tok/s"), "impossible");
  EXPECT_TRUE(is_caught(verdict("70B Q4_K_M on RTX 5090 at 25-30 tok/s")));
  EXPECT_TRUE(is_caught(verdict("70B Q4_K_M on RTX 4090 at 15-20 tok/s")));
}

TEST(SeedClaims, I44_SevenBillionWithMlxOnUltras) {
  EXPECT_EQ(verdict("7B Q4 MLX on M2 Ultra at 230 tok/s"), "impossible");
  EXPECT_EQ(verdict("7B Q4 MLX on M3 Ultra at 240+ tok/s"), "impossible");
}

TEST(SeedClaims, I46_SeventyBillionAtQ4KMWeighMore) {
  EXPECT_EQ(verdict({{"model", "llama-3.1-70b"}, {"quant", "q4_k_m"}, {"memory_gb", 34}}), "impossible");
  EXPECT_EQ(verdict({{"model", "qwen2.5-72b"}, {"quant", "q4_k_m"}, {"memory_gb", 36}}), "impossible");
  EXPECT_FALSE(is_caught(verdict({{"model", "llama-3.1-70b"}, {"quant", "q4_k_m"}, {"memory_gb", 43}})));
}

TEST(SeedClaims, I47_DeepSeekV3DoesNotFitTheseServers) {
  EXPECT_TRUE(is_caught(
      verdict({{"model", "deepseek-v3"}, {"quant", "fp8"}, {"setup", "8x nvidia-h100-80gb-sxm"}, {"fits", true}})));
  EXPECT_TRUE(is_caught(
      verdict({{"model", "deepseek-v3"}, {"quant", "bf16"}, {"setup", "16x nvidia-h100-80gb-sxm"}, {"fits", true}})));
  EXPECT_FALSE(is_caught(
      verdict({{"model", "deepseek-v3"}, {"quant", "fp8"}, {"setup", "16x nvidia-h100-80gb-sxm"}, {"fits", true}})));
}

}  // namespace
}  // namespace rigwise
