#include "codec/gguf_mix.h"

#include <gtest/gtest.h>

#include "codec/gguf_types.h"

namespace rigwise {
namespace {

std::string blk(int layer, std::string_view name) { return "blk." + std::to_string(layer) + "." + std::string(name); }

MixedModel llama(int layers) {
  MixedModel m;
  m.architecture = "llama";
  m.block_count = m.attn_v_count = layers;
  m.grouped_query = true;
  return m;
}

std::string_view type_in(std::string_view format, const MixedModel& model, const std::string& name,
                         const std::vector<std::uint64_t>& shape = {4096, 4096}) {
  return GgufMix(format, model).type_of(name, shape).name;
}

/// Layers whose tensor is not the plain Q4_K.
std::vector<int> richer_layers(const MixedModel& model, std::string_view tensor) {
  GgufMix mix("Q4_K_M", model);
  std::vector<int> layers;
  for (int i = 0; i < model.block_count; ++i) {
    if (mix.type_of(blk(i, tensor), {4096, 4096}).name == "Q6_K") layers.push_back(i);
  }
  return layers;
}

TEST(GgufMix, GivesMoreBitsToTheFirstAndLastEighthAndEveryThirdBetween) {
  const std::vector<int> expected = {0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31};
  EXPECT_EQ(richer_layers(llama(32), "ffn_down.weight"), expected);
  EXPECT_EQ(richer_layers(llama(32), "attn_v.weight"), expected);
  EXPECT_EQ(richer_layers(llama(32), "attn_q.weight"), std::vector<int>{});
  EXPECT_EQ(richer_layers(llama(2), "ffn_down_exps.weight"), std::vector<int>{1});
}

TEST(GgufMix, GivesTheHeadQ6KWhetherItIsTiedOrNot) {
  MixedModel tied = llama(16);
  tied.tied_embeddings = true;
  for (const char* format : {"Q4_K_M", "Q4_0", "Q6_K"}) {
    EXPECT_EQ(type_in(format, llama(16), "output.weight"), "Q6_K") << format;
    EXPECT_EQ(type_in(format, tied, "token_embd.weight"), "Q6_K") << format;
  }
  EXPECT_EQ(type_in("Q4_K_M", llama(16), "token_embd.weight"), "Q4_K");
  EXPECT_EQ(type_in("Q4_0", llama(16), "token_embd.weight"), "Q4_0");
  EXPECT_EQ(type_in("Q8_0", llama(16), "output.weight"), "Q8_0");
  EXPECT_EQ(type_in("BF16", tied, "token_embd.weight"), "BF16");
}

TEST(GgufMix, LeavesVectorsNormsBiasesAndRoutersAlone) {
  for (const std::string& format : gguf_mix_names()) {
    EXPECT_EQ(type_in(format, llama(16), "output_norm.weight", {4096}), "F32");
    EXPECT_EQ(type_in(format, llama(16), "blk.0.attn_sinks.weight", {64}), "F32");
    EXPECT_EQ(type_in(format, llama(16), "blk.0.ffn_gate_inp.weight", {4096, 128}), "F32");
    EXPECT_EQ(type_in(format, llama(16), "blk.0.ffn_up_exps.bias", {2880, 32}), "F32");
  }
}

TEST(GgufMix, FallsBackWhereABlockDoesNotDivideARow) {
  const std::string q = "blk.9.attn_q.weight", down = "blk.0.ffn_down.weight";
  EXPECT_EQ(type_in("Q4_K_M", llama(32), q, {896, 896}), "Q5_0");
  EXPECT_EQ(type_in("Q4_K_M", llama(32), down, {896, 896}), "Q8_0");
  EXPECT_EQ(type_in("Q6_K", llama(32), q, {896, 896}), "Q8_0");
  EXPECT_EQ(type_in("Q4_K_M", llama(32), q, {900, 896}), "F16");
  EXPECT_EQ(type_in("Q4_0", llama(32), q, {896, 896}), "Q4_0");
  EXPECT_EQ(type_in("Q8_0", llama(32), q, {40, 896}), "F16");
}

TEST(GgufMix, KeepsKeysAndValuesOfEightExpertsInQ8) {
  MixedModel mixtral = llama(32);
  mixtral.experts = 8;
  EXPECT_EQ(type_in("Q4_K_M", mixtral, "blk.9.attn_v.weight"), "Q8_0");
  EXPECT_EQ(type_in("Q4_K_M", mixtral, "blk.9.attn_k.weight"), "Q8_0");
  EXPECT_EQ(type_in("Q4_K_M", mixtral, "blk.9.attn_output.weight"), "Q5_K");
  EXPECT_EQ(type_in("Q4_0", mixtral, "blk.9.attn_output.weight"), "Q4_0");
  EXPECT_EQ(type_in("Q4_0", mixtral, "blk.9.attn_k.weight"), "Q8_0");
}

TEST(GgufMix, KnowsTheEightyLayersOfA70B) {
  GgufMix mix("Q4_K_M", llama(80));
  std::vector<std::string_view> types;
  types.reserve(12);
  for (int i = 0; i < 12; ++i) types.push_back(mix.type_of(blk(i, "attn_v.weight"), {8192, 1024}).name);
  EXPECT_EQ(types.front(), "Q6_K");
  EXPECT_EQ(types[10], "Q5_K") << "not in the first eighth, and no third layer";
  MixedModel other = llama(80);
  other.architecture = "qwen3";
  other.block_count = 80;
  GgufMix plain("Q4_K_M", other);
  for (int i = 0; i < 10; ++i) plain.type_of(blk(i, "attn_v.weight"), {8192, 1024});
  EXPECT_EQ(plain.type_of(blk(10, "attn_v.weight"), {8192, 1024}).name, "Q4_K");
}

TEST(GgufMix, PutsExpertsAloneInMxfp4) {
  EXPECT_EQ(type_in("MXFP4", llama(24), "blk.0.ffn_down_exps.weight", {2880, 2880, 32}), "MXFP4");
  EXPECT_EQ(type_in("MXFP4", llama(24), "blk.0.attn_q.weight", {2880, 4096}), "Q8_0");
  EXPECT_EQ(type_in("MXFP4", llama(24), "output.weight", {2880, 201088}), "Q8_0");
}

TEST(GgufMix, NumbersItsFormatsAsTheEngineDoes) {
  EXPECT_EQ(gguf_mix_id("F16"), 1U);
  EXPECT_EQ(gguf_mix_id("Q8_0"), 7U);
  EXPECT_EQ(gguf_mix_id("Q4_K_M"), 15U);
  EXPECT_EQ(gguf_mix_id("BF16"), 32U);
  EXPECT_EQ(gguf_mix_id("MXFP4"), 38U);
}

}  // namespace
}  // namespace rigwise
