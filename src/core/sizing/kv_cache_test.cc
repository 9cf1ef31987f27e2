#include "core/sizing/kv_cache.h"

#include <gtest/gtest.h>

#include "core/base/units.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;

/// llama.cpp without the room of a prefill chunk: windows exactly.
EnginePolicy exact_windows() {
  EnginePolicy policy = llama_cpp().policy;
  policy.prefill_chunk_tokens = 0;
  return policy;
}

TEST(KvCache, TakesPublishedBytesPerToken) {
  EXPECT_DOUBLE_EQ(kv_plan(llama_3_8b(), nullptr).bytes_per_token_all_layers(), 131072);       // vLLM
  EXPECT_DOUBLE_EQ(kv_plan(deepseek_v2_lite(), nullptr).bytes_per_token_all_layers(), 31104);  // vLLM
  EXPECT_DOUBLE_EQ(kv_plan(deepseek_v3(), nullptr).bytes_per_token_all_layers(), 70272);
  EXPECT_DOUBLE_EQ(kv_plan(llama_3_1_70b(), nullptr).bytes_per_token_all_layers(), 327680);
}

TEST(KvCache, TellsSlidingFromFullLayers) {
  const KvPlan plan = kv_plan(gpt_oss_120b(), nullptr);
  EXPECT_DOUBLE_EQ(plan.bytes_per_token_all_layers(), 73728);  // hf-mem #60, vLLM's log
  EXPECT_DOUBLE_EQ(plan.bytes_per_token_full_layers(), 36864);
}

TEST(KvCache, OfGptOss20bDependsOnTheEnginesWindowPolicy) {
  const KvPlan plan = kv_plan(gpt_oss_20b(), nullptr);
  EXPECT_NEAR(in_gib(kv_allocated(plan, 8192, 32, vllm().policy)), 12.00, 0.005);  // hf-mem #70
  EXPECT_NEAR(in_gib(kv_allocated(plan, 8192, 32, exact_windows())), 6.09, 0.005);
}

TEST(KvCache, OfGemma4FillsWholePagesInVllm) {
  // hf-mem #61: 983,040 bytes per token at length 1, i.e. one page of 16 tokens in each of 60 layers.
  const KvPlan plan = kv_plan(gemma_4_31b(), nullptr);
  EXPECT_DOUBLE_EQ(kv_allocated(plan, 1, 1, vllm().policy).value / 16, 983040);
  // Without page rounding the ten full layers are half as wide.
  EXPECT_DOUBLE_EQ(plan.bytes_per_token_all_layers(), 50 * 16384 + 10 * 8192);
}

TEST(KvCache, OfGemma4At262144TokensMatchesFitLlm) {
  const KvPlan plan = kv_plan(gemma_4_31b(), nullptr);
  EXPECT_DOUBLE_EQ(kv_allocated(plan, 262144, 1, exact_windows()).value, 22313697280.0);
}

TEST(KvCache, OfGemma3IsPaddedWindowsPlusPrefillChunk) {
  // llama.cpp PR #22171: -c 32768 gives 814 MiB: 5 full layers, 29 of 1024 + 512 tokens.
  const KvPlan plan = kv_plan(gemma_3_4b(), nullptr);
  EXPECT_NEAR(kv_allocated(plan, 32768, 1, llama_cpp().policy).value / kMib, 814, 0.5);
}

TEST(KvCache, OfHybridQwenMatchesLlamaCppsLog) {
  // LM Studio bug-tracker #1862: 262,144 tokens in 4 slots.
  const KvPlan plan = kv_plan(qwen3_6_27b(), nullptr);
  const double state = 4 * plan.state_per_sequence().value;
  EXPECT_NEAR(state / kMib, 598.5, 0.05);
  EXPECT_NEAR((kv_allocated(plan, 65536, 4, llama_cpp().policy).value - state) / kMib, 16384, 0.5);
}

TEST(KvCache, ChargesHybridModelsOnlyForTheirAttentionLayers) {
  // A peer multiplied by all 64 layers and said about 75 GB where the run took 47 (LM Studio #1862).
  EXPECT_DOUBLE_EQ(kv_plan(qwen3_6_27b(), nullptr).bytes_per_token_all_layers(), 16 * 2 * 4 * 256 * 2);
}

TEST(KvCache, KeepsOneLatentForAllHeadsOfMla) {
  // hf-mem counted DeepSeek per head, 25 to 57 times too much; gguf-parser 320 elements instead of 576.
  const KvPlan plan = kv_plan(deepseek_v3(), nullptr);
  EXPECT_DOUBLE_EQ(plan.groups[0].bytes_per_token_k, 576 * 2);
  EXPECT_DOUBLE_EQ(plan.groups[0].bytes_per_token_v, 0);
}

TEST(KvCache, PaysBlockScalesOfQuantizedCaches) {
  const Format q8 = kv_q8_0();
  EXPECT_DOUBLE_EQ(kv_plan(llama_3_8b(), &q8).bytes_per_token_all_layers(), 131072 / 2 * 34.0 / 32);
}

TEST(KvCache, GivesTheSeedsLlama70bContexts) {
  // S4-11 and S4-8 say about 2.5, 10 and 40 GB; the formula there gives these (GB, f16).
  const KvPlan plan = kv_plan(llama_3_1_70b(), nullptr);
  EXPECT_NEAR(in_gb(kv_allocated(plan, 8192, 1, llama_cpp().policy)), 2.68, 0.01);
  EXPECT_NEAR(in_gb(kv_allocated(plan, 32768, 1, llama_cpp().policy)), 10.74, 0.01);
  EXPECT_NEAR(in_gb(kv_allocated(plan, 131072, 1, llama_cpp().policy)), 42.95, 0.01);
}

TEST(KvCache, StoresNothingForLayersThatReuseAnothersButReadsThere) {
  LayerGroup own = attention(20, 8, 2, 256), borrowed = attention(15, 8, 2, 256);
  borrowed.reuses_kv = true;
  const KvPlan plan = kv_plan(llm("m", 2048, 1000, true, 4096, {own, borrowed}), nullptr);
  EXPECT_DOUBLE_EQ(plan.bytes_per_token_all_layers(), 20 * 2048);
  EXPECT_DOUBLE_EQ(plan.read_at(100).value, 35 * 2048 * 100);
}

TEST(KvCache, CompressesDeepSeekV4) {
  LayerGroup sparse = attention(21, 64, 1, 512), far = attention(20, 64, 1, 512);
  for (LayerGroup* g : {&sparse, &far}) {
    g->attention = AttentionKind::compressed_sparse;
    g->shared_kv = g->single_kv = true;
    g->window = 128;
  }
  sparse.compress_ratio = 4;
  sparse.index_dim = 128;
  sparse.index_heads = 64;
  sparse.index_topk = 512;
  far.compress_ratio = 128;
  const KvPlan plan = kv_plan(llm("v4", 4096, 1000, false, 1048576, {sparse, far}), nullptr);
  const double per_token = 21 * (1024 + 256) / 4.0 + 20 * 1024 / 128.0;
  EXPECT_DOUBLE_EQ(plan.bytes_per_token_full_layers(), per_token);
  const double window = 41 * 1024 * 128;
  EXPECT_DOUBLE_EQ(kv_allocated(plan, 1048576, 1, exact_windows()).value, per_token * 1048576 + 2 * window);
  // A step reads 512 compressed entries and the window, but every indexer key.
  EXPECT_DOUBLE_EQ(plan.read_at(1048576).value,
                   window + 21 * (512 * 1024 + 1048576 / 4 * 256.0) + 20 * 1024 * 1048576.0 / 128);
}

TEST(KvCache, ReadsWindowsLatentsAndStatesPerStep) {
  EXPECT_DOUBLE_EQ(kv_plan(llama_3_8b(), nullptr).read_at(1000).value, 131072.0 * 1000);
  EXPECT_DOUBLE_EQ(kv_plan(gpt_oss_120b(), nullptr).read_at(10000).value, 36864.0 * 10000 + 36864.0 * 128);
  const KvPlan hybrid = kv_plan(qwen3_6_27b(), nullptr);
  EXPECT_DOUBLE_EQ(hybrid.read_at(0).value, 2 * hybrid.state_per_sequence().value);
}

TEST(KvCache, ReadsOnlyTopTokensUnderSparseAttention) {
  Llm model = deepseek_v3();
  for (LayerGroup& g : model.layers) {
    g.attention = AttentionKind::mla_sparse;
    g.index_dim = 128;
    g.index_heads = 64;
    g.index_topk = 2048;
  }
  const KvPlan plan = kv_plan(model, nullptr);
  EXPECT_DOUBLE_EQ(plan.bytes_per_token_all_layers(), 61 * (576 + 128) * 2);
  EXPECT_DOUBLE_EQ(plan.read_at(100000).value, 61 * (2048.0 * 576 + 100000.0 * 128) * 2);
}

TEST(CausalPairs, AgreesWithCountingOneByOne) {
  for (const int limit : {0, 1, 7, 100}) {
    for (const int depth : {0, 5, 50}) {
      double counted = 0;
      for (int i = 1; i <= 40; ++i) counted += limit == 0 ? depth + i : std::min(depth + i, limit);
      EXPECT_DOUBLE_EQ(causal_pairs(40, depth, limit), counted) << limit << " " << depth;
    }
  }
}

TEST(AttentionFlop, IsFourHeadsWidthsPerPair) {
  const KvPlan plan = kv_plan(llama_3_8b(), nullptr);
  EXPECT_DOUBLE_EQ(plan.attention_flop(1, 999), 32 * 4.0 * 32 * 128 * 1000);
  EXPECT_DOUBLE_EQ(plan.attention_flop(512, 0), 32 * 4.0 * 32 * 128 * (512 * 513 / 2.0));
}

TEST(AttentionFlop, OfMlaExpandsHeadsInPrefillAndNotInAStep) {
  const KvPlan plan = kv_plan(deepseek_v3(), nullptr);
  EXPECT_DOUBLE_EQ(plan.attention_flop(1, 99), 61 * 2.0 * 128 * (512 + 512 + 64) * 100);
  EXPECT_DOUBLE_EQ(plan.attention_flop(2, 0), 61 * 2.0 * 128 * (128 + 64 + 128) * 3);
}

TEST(KvPlan, KeepsItsSumsWhenLayersAreOfMoreKindsThanItHasRoomFor) {
  // Llama-Nemotron style: a different number of KV heads in every layer.
  std::vector<LayerGroup> layers;
  double per_token = 0;
  for (int i = 1; i <= 20; ++i) {
    layers.push_back(attention(i, 32, i, 128));
    per_token += i * i * 2 * 128 * 2;
  }
  const KvPlan plan = kv_plan(llm("m", 4096, 1000, false, 4096, layers), nullptr);
  EXPECT_LE(plan.group_count, 6);
  EXPECT_NEAR(plan.bytes_per_token_all_layers(), per_token, 1e-6 * per_token);
  EXPECT_NEAR(plan.read_at(1000).value, per_token * 1000, 1e-3 * per_token);
}

TEST(KvAllocated, GrowsWithContextAndSequences) {
  for (const Llm& model : {gpt_oss_20b(), gemma_4_31b(), qwen3_6_27b(), deepseek_v3()}) {
    const KvPlan plan = kv_plan(model, nullptr);
    for (const EnginePolicy& policy : {llama_cpp().policy, vllm().policy}) {
      double before = -1;
      for (const double context : {0.0, 1.0, 300.0, 5000.0, 1e5}) {
        const double bytes = kv_allocated(plan, context, 2, policy).value;
        EXPECT_GE(bytes, before) << model.id;
        EXPECT_LE(bytes, kv_allocated(plan, context, 3, policy).value) << model.id;
        before = bytes;
      }
    }
  }
}

}  // namespace
}  // namespace rigwise
