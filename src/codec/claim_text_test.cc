#include "codec/claim_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Device device(std::string id, std::string name, std::string chip, double gib_capacity, double bandwidth,
              std::vector<std::string> aliases = {}) {
  Device d;
  d.id = std::move(id);
  d.name = std::move(name);
  d.chip = std::move(chip);
  d.aliases = std::move(aliases);
  d.memory_capacity = gib(gib_capacity);
  d.memory_bandwidth = gbps(bandwidth);
  d.unified_memory = d.chip.starts_with("Apple") || d.chip.starts_with("Ryzen");
  return d;
}

Catalog small_catalog() {
  Catalog c;
  c.devices = {
      device("framework-desktop", "Framework Desktop (Ryzen AI Max+ 395, 128GB)", "Ryzen AI Max+ 395", 128, 256,
             {"strix halo", "ryzen ai max+ 395"}),
      device("nvidia-rtx-4090", "NVIDIA GeForce RTX 4090", "AD102", 24, 1008, {"rtx 4090", "4090"}),
      device("nvidia-rtx-3090", "NVIDIA GeForce RTX 3090", "GA102", 24, 936, {"rtx 3090", "3090"}),
      device("nvidia-rtx-a6000", "NVIDIA RTX A6000", "GA102", 48, 768, {"a6000"}),
      device("nvidia-rtx-4060-ti-8gb", "NVIDIA GeForce RTX 4060 Ti 8GB", "AD106", 8, 288),
      device("nvidia-rtx-4060-ti-16gb", "NVIDIA GeForce RTX 4060 Ti 16GB", "AD106", 16, 288),
      device("nvidia-a100-40gb", "NVIDIA A100 40GB PCIe", "GA100", 40, 1555, {"a100 40gb"}),
      device("nvidia-a100-80gb", "NVIDIA A100 80GB PCIe", "GA100", 80, 1935, {"a100 80gb"}),
      device("mac-studio-m3-ultra-96gb", "Apple Mac Studio (M3 Ultra, 60-core GPU, 96GB)",
             "Apple M3 Ultra (60-core GPU)", 96, 819),
      device("mac-studio-m3-ultra-256gb", "Apple Mac Studio (M3 Ultra, 80-core GPU, 256GB)",
             "Apple M3 Ultra (80-core GPU)", 256, 819),
      device("mac-studio-m4-max-128gb", "Apple Mac Studio (M4 Max, 40-core GPU, 128GB)", "Apple M4 Max (40-core GPU)",
             128, 546),
      device("macbook-pro-m4-max-128gb", "Apple MacBook Pro 16 (M4 Max, 40-core GPU, 128GB)",
             "Apple M4 Max (40-core GPU)", 128, 546),
  };
  for (const char* id : {"gpt-oss-120b", "llama-3.1-8b", "qwen3-30b-a3b", "glm-4.7-flash", "mixtral-8x7b"}) {
    Llm m;
    m.id = m.name = id;
    c.models.push_back(m);
  }
  c.models[1].aliases = {"llama 3.1"};
  for (const char* id : {"q4_k_m", "mlx-4bit-g64", "f16", "mxfp4"}) {
    Format f;
    f.id = f.name = id;
    c.formats.push_back(f);
  }
  c.formats[1].aliases = {"4-bit"};
  for (const char* id : {"llama.cpp", "mlx", "vllm"}) {
    Engine e;
    e.id = e.name = id;
    c.engines.push_back(e);
  }
  Link link;
  link.id = "10gbe";
  c.links = {link};
  c.index_names();
  return c;
}

ClaimText read(std::string_view text) {
  static const Catalog catalog = small_catalog();
  const Result<ClaimText> claim = parse_claim_text(catalog, text);
  EXPECT_TRUE(claim) << text << ": " << (claim ? "" : claim.error().message);
  return claim ? *claim : ClaimText();
}

TEST(ClaimText, FindsSpeedSizeWidthAndDevice) {
  const ClaimText claim = read("7B Q4 at 90 tok/s on Strix Halo");
  EXPECT_EQ(claim.size_b, 7);
  EXPECT_EQ(claim.bits, 4);
  EXPECT_EQ(claim.setup, "framework-desktop");
  ASSERT_TRUE(claim.tokens_per_s);
  EXPECT_EQ(claim.tokens_per_s->low, 90);
  EXPECT_EQ(claim.tokens_per_s->high, 90);
  EXPECT_THAT(claim.not_understood, IsEmpty());
}

TEST(ClaimText, ReadsEveryWayToWriteTokensPerSecond) {
  for (const char* text : {"90 tok/s", "90 t/s", "90 TPS", "90 tokens per second", "90tok/s", "90 tokens/s", "~90t/s",
                           "90 tokens a second", "90 tk/s", "90 toks/sec", "\u224890 tokens/second"}) {
    const ClaimText claim = read(text);
    ASSERT_TRUE(claim.tokens_per_s) << text;
    EXPECT_EQ(claim.tokens_per_s->high, 90) << text;
  }
}

TEST(ClaimText, KeepsBothEndsOfARange) {
  for (const char* text : {"25-30 tok/s", "~25\u201330 tok/s", "25 to 30 tok/s", "between 25 and 30 t/s"}) {
    const ClaimText claim = read(text);
    ASSERT_TRUE(claim.tokens_per_s) << text;
    EXPECT_EQ(claim.tokens_per_s->low, 25) << text;
    EXPECT_EQ(claim.tokens_per_s->high, 30) << text;
  }
}

TEST(ClaimText, DoesNotReadANameAsTheStartOfARange) {
  const ClaimText claim = read("RTX 4090 - 9000 tok/s prefill");
  EXPECT_EQ(claim.setup, "nvidia-rtx-4090");
  EXPECT_EQ(claim.tokens_per_s->low, 9000);
  EXPECT_EQ(claim.phase, Phase::prefill);
  EXPECT_EQ(read("qwen3-30b-a3b-90 tok/s").tokens_per_s->low, 90);
}

TEST(ClaimText, ReadsThousandsSeparators) { EXPECT_EQ(read("1,792.5 tok/s").tokens_per_s->high, 1792.5); }

TEST(ClaimText, CountsDevicesHoweverTheCountIsWritten) {
  for (const char* text : {"2x RTX 3090", "2 x RTX 3090", "2x3090", "2\u00d7 RTX 3090", "2\u00d73090", "dual RTX 3090s",
                           "RTX 3090 x2", "two 3090s", "2 RTX 3090"}) {
    EXPECT_EQ(read(std::string(text) + " fits 70B").setup, "2x nvidia-rtx-3090") << text;
  }
}

TEST(ClaimText, JoinsUnlikeDevicesAndKeepsTheLink) {
  EXPECT_EQ(read("70B on 2x A6000 + RTX 4090").setup, "2x nvidia-rtx-a6000 + nvidia-rtx-4090");
  EXPECT_EQ(read("4x strix halo@10gbe").setup, "4x framework-desktop@10gbe");
  EXPECT_EQ(read("Strix Halo, 4 nodes").setup, "4x framework-desktop");
}

TEST(ClaimText, TakesALooseNameForTheDeviceWithTheStatedMemory) {
  EXPECT_EQ(read("M3 Ultra 256GB").setup, "mac-studio-m3-ultra-256gb");
  EXPECT_EQ(read("M3 Ultra (96 GB)").setup, "mac-studio-m3-ultra-96gb");
  EXPECT_EQ(read("RTX 4060 Ti 16GB").setup, "nvidia-rtx-4060-ti-16gb");
  EXPECT_EQ(read("A100").setup, "nvidia-a100-80gb") << "the fastest of its kin";
  EXPECT_THAT(read("A100").assumptions, ElementsAre(HasSubstr("NVIDIA A100 80GB PCIe")));
  EXPECT_EQ(read("MacBook Pro M4 Max").setup, "macbook-pro-m4-max-128gb");
  EXPECT_EQ(read("Mac Studio M4 Max").setup, "mac-studio-m4-max-128gb");
}

TEST(ClaimText, TakesWordsWithoutDigitsForADeviceOnlyWhenNothingElseNamesOne) {
  EXPECT_EQ(read("70B Q4 fits Framework Desktop").setup, "framework-desktop");
  EXPECT_EQ(read("Mac Studio").setup, "mac-studio-m3-ultra-256gb") << "the fastest, the largest";
  EXPECT_EQ(read("7B MLX on M3 Ultra at 100 t/s").setup, "mac-studio-m3-ultra-256gb");
}

TEST(ClaimText, ReadsPowerWithoutTakingLoadForAVerb) {
  const ClaimText claim = read("4x M3 Ultra take 66 W under load");
  EXPECT_EQ(claim.power_w->high, 66);
  EXPECT_FALSE(claim.fits);
}

TEST(ClaimText, LeavesAMemoryThatNoDeviceHasToTheClaim) {
  const ClaimText claim = read("gpt-oss-120b on A6000 80 GB");
  EXPECT_EQ(claim.setup, "nvidia-rtx-a6000");
  ASSERT_TRUE(claim.memory_gb);
  EXPECT_EQ(claim.memory_gb->high, 80);
}

TEST(ClaimText, TellsSizeFromCapacityAndBandwidth) {
  const ClaimText size = read("glm-4.7-flash needs ~4 GB");
  EXPECT_EQ(size.model, "glm-4.7-flash");
  EXPECT_EQ(size.memory_gb->high, 4);
  EXPECT_EQ(size.memory_meaning, MemoryMeaning::size);
  const ClaimText fits = read("14B Q8 fits in 16 GB");
  EXPECT_EQ(fits.memory_gb->high, 16);
  EXPECT_EQ(fits.memory_meaning, MemoryMeaning::fits_in);
  EXPECT_EQ(fits.fits, true);
  const ClaimText bandwidth = read("A6000 with 1.9 TB/s");
  EXPECT_EQ(bandwidth.bandwidth_gbps->high, 1900);
  EXPECT_FALSE(bandwidth.memory_gb);
  EXPECT_EQ(read("strix halo 256GB/s").bandwidth_gbps->high, 256);
  EXPECT_EQ(read("gpt-oss-120b reads ~10 GB per token").read_gb_per_token->high, 10);
}

TEST(ClaimText, HearsADenial) {
  EXPECT_EQ(read("70B does not fit an A6000").fits, false);
  EXPECT_EQ(read("70B doesn't fit an A6000").fits, false);
  EXPECT_EQ(read("70B fits an A6000").fits, true);
}

TEST(ClaimText, TellsTotalFromActiveParameters) {
  const ClaimText slash = read("gpt-oss-120b, 120B / ~20B active");
  EXPECT_EQ(slash.params_b, 120);
  EXPECT_EQ(slash.active_params_b, 20);
  EXPECT_EQ(read("gpt-oss-120b 20B active").active_params_b, 20);
  EXPECT_EQ(read("30B A3B Q4").active_params_b, 3);
  EXPECT_EQ(read("30B A3B Q4").size_b, 30);
  EXPECT_EQ(read("1T Q4 on strix halo").size_b, 1000);
}

TEST(ClaimText, PrefersANamedFormatAndLeavesWidthsToTheEngine) {
  EXPECT_EQ(read("llama 3.1 8B Q4_K_M").quant, "q4_k_m");
  EXPECT_EQ(read("llama-3.1-8b 4-bit").bits, 4);
  EXPECT_EQ(read("llama-3.1-8b 4-bit").quant, "");
  EXPECT_EQ(read("70B unquantized").bits, 16);
  EXPECT_EQ(read("gpt-oss-120b MXFP4 on vLLM").engine, "vllm");
}

TEST(ClaimText, KeepsTheSizeInsideAModelName) {
  const ClaimText claim = read("Mixtral-8x7B Q4_K_M 30 tok/s on a 4090");
  EXPECT_EQ(claim.model, "mixtral-8x7b");
  EXPECT_FALSE(claim.size_b);
  EXPECT_EQ(claim.setup, "nvidia-rtx-4090");
}

TEST(ClaimText, ReadsDepthUsersSplitAndSpeculation) {
  const ClaimText claim =
      read("70B Q4 on 2x 3090 layer split at 32K context with 8 users, speculative, 20 tok/s total");
  EXPECT_EQ(claim.depth_tokens, 32768);
  EXPECT_EQ(claim.concurrency, 8);
  EXPECT_EQ(claim.split, MultiDevice::layer_split);
  EXPECT_TRUE(claim.speculative);
  EXPECT_EQ(claim.phase, Phase::decode_total);
  EXPECT_EQ(read("70B FP16 on 4x 4090 TP=4 at 40 t/s").split, MultiDevice::tensor_parallel);
}

TEST(ClaimText, RefusesTwoSpeedsAndTwoModels) {
  const Catalog catalog = small_catalog();
  const Result<ClaimText> speeds = parse_claim_text(catalog, "7B at 90 tok/s or 100 tok/s");
  ASSERT_FALSE(speeds);
  EXPECT_THAT(speeds.error().message, HasSubstr("90 tok/s"));
  const Result<ClaimText> models = parse_claim_text(catalog, "gpt-oss-120b like glm-4.7-flash at 9 t/s");
  ASSERT_FALSE(models);
  EXPECT_THAT(models.error().message, HasSubstr("glm-4.7-flash"));
  EXPECT_FALSE(parse_claim_text(catalog, std::string(401, 'x')));
}

TEST(ClaimText, RefusesASpeedBelowZeroButNotADash) {
  const Catalog catalog = small_catalog();
  const Result<ClaimText> negative = parse_claim_text(catalog, "7B on rtx 4090 at -5 tok/s");
  ASSERT_FALSE(negative);
  EXPECT_THAT(negative.error().message, HasSubstr("\"-5 tok/s\", is below zero"));
  EXPECT_EQ(read("7B on rtx 4090 - 5 tok/s").tokens_per_s->high, 5);
  EXPECT_EQ(read("7B-90 tok/s").tokens_per_s->high, 90);
  EXPECT_EQ(read("7B at 25-30 tok/s").tokens_per_s->low, 25);
}

TEST(ClaimText, ListsWhatItDidNotUnderstand) {
  EXPECT_THAT(read("7B Q4 at 90 tok/s on Frobnicator 9000").not_understood, Contains("Frobnicator"));
}

}  // namespace
}  // namespace rigwise
