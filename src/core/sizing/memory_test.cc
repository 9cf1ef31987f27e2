#include "core/sizing/memory.h"

#include <gtest/gtest.h>

#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;

Fit fit_gguf(const Llm& model, const Format& format, const Setup& where, const FitQuery& query = {}) {
  return fit_in(model, weight_plan(model, format), kv_plan(model, nullptr), where, llama_cpp(), query);
}

TEST(ComputeBuffers, MatchLlamaCppsLogs) {
  const auto mib_of = [](const Llm& model, double context) {
    return compute_buffers(model, llama_cpp(), context, 1).value / kMib;
  };
  EXPECT_NEAR(mib_of(gemma_3_4b(), 32768), 517, 0.03 * 517);  // PR #22171
  EXPECT_NEAR(mib_of(llama_3_8b(), 2048), 258.5, 0.1);        // "CUDA0 compute buffer size"
  EXPECT_NEAR(mib_of(qwen2_5_7b(), 2048), 304.0, 0.1);
}

TEST(ComputeBuffers, HoldTheMaskOfALongContext) {
  // 1M tokens x 512 queries x 2 bytes.
  EXPECT_GT(compute_buffers(llama_3_8b(), llama_cpp(), 1048576, 1).value, 2.0 * 512 * 1048576);
}

TEST(KvPool, OfVllmOnAnA100MatchesItsLog) {
  // ridgepoint: Llama 3 8B in 16 bits, utilisation 0.9, 55.11 GiB for the cache.
  const Device a100 = device("a100-80gb", 80, 0.97);
  const WeightPlan plan = weight_plan(llama_3_8b(), f16(), "safetensors");
  EXPECT_NEAR(in_gib(kv_pool(llama_3_8b(), plan, a100, vllm())), 55.11, 0.02 * 55.11);
}

TEST(KvPool, LeavesRoomForTheKernelsOfExperts) {
  const Device h200 = device("h200", 141, 0.97);
  const auto runtime_gib = [&](const Llm& model) {
    const WeightPlan plan = weight_plan(model, f16(), "safetensors");
    return in_gib(check_fit(model, plan, kv_plan(model, nullptr), setup(h200), vllm(), {4096, 1, 0}).need.runtime);
  };
  EXPECT_NEAR(runtime_gib(llama_3_8b()), 0.28, 1e-9);
  EXPECT_NEAR(runtime_gib(qwen3_30b_a3b()), 0.70, 1e-9);
}

TEST(Fit, OfGemma3SumsModelContextAndCompute) {
  const Device card = device("24gb", 24, 0.94);
  const Fit fit = fit_gguf(gemma_3_4b(), f16(), setup(card), {32768, 1, 0});
  EXPECT_NEAR(fit.need.weights.value / kMib, 7401, 0.03 * 7401);
  EXPECT_NEAR(fit.need.kv_cache.value / kMib, 814, 0.03 * 814);
  EXPECT_NEAR(fit.need.compute.value / kMib, 517, 0.03 * 517);
  EXPECT_EQ(fit.verdict, FitVerdict::fits);
}

TEST(Fit, AsksForTheContextOfTheRunNotTheModelsNativeOne) {
  // A peer took the native 262,144 tokens and wanted 26.3 GB for a model that runs in 8 (llmfit #302).
  const Device card = device("12gb", 12, 0.94);
  const Fit fit = fit_gguf(qwen3_5_9b(), q4_k_m(), setup(card));
  EXPECT_LT(in_gb(fit.need.total()), 8);
  EXPECT_EQ(fit.verdict, FitVerdict::fits);
}

TEST(Fit, CountsUnifiedMemoryOnce) {
  // A peer let a 40 GB model spill from the GPU's half of a 32 GB Mac to the CPU's half (whichllm #44, #49).
  Device mac = unified("mac-32gb", 32, 0.75, Processor::apple_gpu);
  mac.host_memory_capacity = gib(32);
  const Fit fit = fit_gguf(llama_3_1_70b(), q4_k_m(), setup(mac));
  EXPECT_EQ(fit.verdict, FitVerdict::no);
  EXPECT_DOUBLE_EQ(fit.available.value, gib(24).value);
}

TEST(Fit, StopsAtTheWorkingSetNotAtInstalledMemory) {
  // A 42.7 GB model on a 48 GB Mac "loads" and then crawls at 0.1 tok/s (osaurus PR #1958): macOS wires 75 %.
  const Device mac = unified("mac-48gb", 48, 0.75, Processor::apple_gpu);
  EXPECT_EQ(fit_gguf(llama_3_1_70b(), q4_k_m(), setup(mac)).verdict, FitVerdict::no);
}

TEST(Fit, OfHybridQwenAtFullContextIsWhatLmStudioMeasured) {
  // Predicted about 75 GB, measured about 47 (LM Studio #1862).
  const Device big = device("96gb", 96, 0.95);
  const Fit fit = fit_gguf(qwen3_6_27b(), q8_0(), setup(big), {65536, 4, 0});
  EXPECT_NEAR(in_gb(fit.need.total()), 47, 2);
}

TEST(Fit, KeepsASecondCopyOfATiedTableOnlyWhereTheFileIsNotMappedOnce) {
  const Device card = device("card", 16, 1);
  const Device mac = unified("mac", 16, 1, Processor::apple_gpu);
  const Device apu = unified("apu", 16, 1, Processor::igpu);
  const double table = 2560.0 * 262144 * 2;
  const double on_card = fit_gguf(gemma_3_4b(), f16(), setup(card)).need.weights.value;
  EXPECT_DOUBLE_EQ(fit_gguf(gemma_3_4b(), f16(), setup(mac)).need.weights.value, on_card);
  EXPECT_DOUBLE_EQ(fit_gguf(gemma_3_4b(), f16(), setup(apu)).need.weights.value, on_card + table);
}

TEST(Fit, NeedsTheEmbeddingTooWhereHostAndAcceleratorShareMemory) {
  const Device mac = unified("mac", 16, 1, Processor::apple_gpu);
  const Device card = device("card", 16, 1);
  const Bytes more =
      fit_gguf(llama_3_8b(), f16(), setup(mac)).need.weights - fit_gguf(llama_3_8b(), f16(), setup(card)).need.weights;
  EXPECT_DOUBLE_EQ(more.value, 4096.0 * 128256 * 2);
}

TEST(LayerSplit, MovesWholeLayers) {
  // Four layers of 6.4 GB: two cards with room for one and a half layers each hold two layers, not three.
  Llm coarse = llm("coarse", 8192, 1000, false, 4096, {dense(attention(4, 64, 64, 128), 120000)});
  const Device card = device("card", 10.5, 1);
  const WeightPlan plan = weight_plan(coarse, f16());
  const KvPlan kv = kv_plan(coarse, nullptr);
  const FitQuery query{256, 1, 0};
  const FitCheck two = check_fit(coarse, plan, kv, setup(card, 3), llama_cpp(), query);
  EXPECT_GT(two.available.value, two.need.total().value);
  EXPECT_LT(two.margin.value, 0);
  const FitCheck four = check_fit(coarse, plan, kv, setup(card, 4), llama_cpp(), query);
  EXPECT_GT(four.margin.value, 0);
  const Fit words = fit_in(coarse, plan, kv, setup(card, 3), llama_cpp(), query);
  EXPECT_NE(words.why.find("no device has room for its share"), std::string::npos) << words.why;
}

TEST(LayerSplit, UsesUnlikeDevicesAndPaysBuffersOnEach) {
  const Device big = device("48gb", 48, 0.95), small = device("24gb", 24, 0.95);
  rigwise::Setup both = setup(big, 1);
  both.parts.push_back({&small, 1, nullptr, nullptr});
  const Fit fit = fit_gguf(llama_3_1_70b(), q4_k_m(), both, {8192, 1, 0});
  EXPECT_EQ(fit.verdict, FitVerdict::fits);
  const Fit alone = fit_gguf(llama_3_1_70b(), q4_k_m(), setup(big), {8192, 1, 0});
  EXPECT_DOUBLE_EQ(fit.need.runtime.value, 2 * alone.need.runtime.value);
  EXPECT_DOUBLE_EQ(fit.need.compute.value, 2 * alone.need.compute.value);
  EXPECT_DOUBLE_EQ(fit.need.kv_cache.value, alone.need.kv_cache.value);
}

TEST(LayerSplit, NeverBeatsOneDeviceOfTheSameTotal) {
  const Device whole = device("96gb", 96, 0.95), quarter = device("24gb", 24, 0.95);
  const WeightPlan plan = weight_plan(llama_3_1_70b(), q8_0());
  const KvPlan kv = kv_plan(llama_3_1_70b(), nullptr);
  for (const double context : {1024.0, 16384.0, 65536.0}) {
    const FitQuery query{context, 1, 0};
    EXPECT_LE(check_fit(llama_3_1_70b(), plan, kv, setup(quarter, 4), llama_cpp(), query).margin.value,
              check_fit(llama_3_1_70b(), plan, kv, setup(whole), llama_cpp(), query).margin.value);
  }
}

TEST(TensorParallel, NeedsADegreeThatDividesTheHeads) {
  // S4 line 307 runs Llama 70B with three devices in parallel; 64 heads do not divide (conflict I-54).
  EXPECT_EQ(tensor_parallel_degree(llama_3_1_70b(), 3), 1);
  EXPECT_EQ(tensor_parallel_degree(llama_3_1_70b(), 4), 4);
  EXPECT_EQ(tensor_parallel_degree(llama_3_1_70b(), 6), 2);
  EXPECT_EQ(tensor_parallel_degree(llama_3_1_70b(), 1), 1);
}

TEST(TensorParallel, IsLimitedByTheSmallestDevice) {
  const Device big = device("80gb", 80, 0.97), small = device("24gb", 24, 0.97);
  rigwise::Setup mixed = setup(big, 1);
  mixed.parts.push_back({&small, 1, nullptr, nullptr});
  const WeightPlan plan = weight_plan(llama_3_1_70b(), fp8_block(), "safetensors");
  const KvPlan kv = kv_plan(llama_3_1_70b(), nullptr);
  EXPECT_EQ(fit_in(llama_3_1_70b(), plan, kv, mixed, vllm(), {}).verdict, FitVerdict::no);
  EXPECT_EQ(fit_in(llama_3_1_70b(), plan, kv, setup(big, 2), vllm(), {}).verdict, FitVerdict::fits);
}

TEST(TensorParallel, RepeatsTheLatentCacheOnEveryDevice) {
  const Device h200 = device("h200", 141, 0.97);
  const WeightPlan plan = weight_plan(deepseek_v3(), fp8_block(), "safetensors");
  const KvPlan kv = kv_plan(deepseek_v3(), nullptr);
  const FitQuery query{32768, 4, 0};
  const FitCheck check = check_fit(deepseek_v3(), plan, kv, setup(h200, 8), vllm(), query);
  EXPECT_DOUBLE_EQ(check.need.kv_cache.value, 8 * kv_allocated(kv, 32768, 4, vllm().policy).value);
  EXPECT_GT(check.margin.value, 0);
}

TEST(SingleDeviceEngine, UsesTheLargestDeviceAlone) {
  Engine mlx = llama_cpp();
  mlx.id = mlx.base = "mlx";
  mlx.name = "MLX";
  mlx.policy.multi_device = MultiDevice::none;
  const Device mac = unified("mac-64gb", 64, 0.75, Processor::apple_gpu);
  const Fit fit = fit_in(llama_3_1_70b(), weight_plan(llama_3_1_70b(), q8_0(), "mlx"),
                         kv_plan(llama_3_1_70b(), nullptr), setup(mac, 2), mlx, {});
  EXPECT_EQ(fit.verdict, FitVerdict::no);
  EXPECT_NE(fit.why.find("MLX uses one device"), std::string::npos) << fit.why;
}

TEST(FitProbability, IsOneHalfWhereNeedMeetsMemory) {
  const WeightPlan plan = weight_plan(llama_3_8b(), q4_k_m());
  const KvPlan kv = kv_plan(llama_3_8b(), nullptr);
  const Device roomy = device("64gb", 64, 1);
  const Bytes need = check_fit(llama_3_8b(), plan, kv, setup(roomy), llama_cpp(), {}).need.total();
  const Device exact = device("exact", in_gib(need), 1);
  const Fit fit = fit_in(llama_3_8b(), plan, kv, setup(exact), llama_cpp(), {});
  EXPECT_NEAR(fit.probability, 0.5, 1e-9);
  EXPECT_EQ(fit.verdict, FitVerdict::tight);
}

TEST(FitProbability, IsNarrowerForAHeaderThanForAverages) {
  WeightPlan shape = weight_plan(llama_3_1_70b(), q4_k_m());
  WeightPlan header = shape;
  header.exact = true;
  WeightPlan count = shape;
  count.from_shape = false;
  const KvPlan kv = kv_plan(llama_3_1_70b(), nullptr);
  const Device card = device("48gb", 48, 0.95);
  const auto probability = [&](const WeightPlan& plan) {
    return check_fit(llama_3_1_70b(), plan, kv, setup(card), llama_cpp(), {4096, 1, 0}).probability;
  };
  EXPECT_GT(probability(header), probability(shape));
  EXPECT_GT(probability(shape), probability(count));
  EXPECT_GT(probability(count), 0.5);
}

TEST(FitVerdict, HasFourGrades) {
  EXPECT_EQ(fit_verdict(0.95), FitVerdict::fits);
  EXPECT_EQ(fit_verdict(0.94), FitVerdict::likely);
  EXPECT_EQ(fit_verdict(0.69), FitVerdict::tight);
  EXPECT_EQ(fit_verdict(0.29), FitVerdict::no);
  EXPECT_STREQ(fit_verdict_name(FitVerdict::tight), "tight");
}

TEST(Fit, SaysTheLargestContextAndMostSequences) {
  const Device card = device("24gb", 24, 0.94);
  const Fit fit = fit_gguf(llama_3_1_70b(), q4_k_m(), setup(card, 2), {8192, 1, 0});
  EXPECT_GT(fit.max_context_tokens, 8192);
  EXPECT_LT(fit.max_context_tokens, 20000);
  EXPECT_GE(fit.max_sequences, 1);
  const Fit at_most = fit_gguf(llama_3_1_70b(), q4_k_m(), setup(card, 2), {fit.max_context_tokens, 1, 0});
  EXPECT_GE(at_most.probability, 0.70);
  const Fit beyond = fit_gguf(llama_3_1_70b(), q4_k_m(), setup(card, 2), {fit.max_context_tokens + 256, 1, 0});
  EXPECT_LT(beyond.probability, 0.70);
  const Fit one_more = fit_gguf(llama_3_1_70b(), q4_k_m(), setup(card, 2), {8192, fit.max_sequences + 1, 0});
  EXPECT_LT(one_more.probability, 0.70);
}

TEST(Fit, CapsTheContextAtTheModelsOwn) {
  const Device card = device("24gb", 24, 0.94);
  EXPECT_DOUBLE_EQ(fit_gguf(llama_3_8b(), q4_k_m(), setup(card)).max_context_tokens, 8192);
}

TEST(Fit, GivesNoContextWhenTheWeightsAloneDoNotFit) {
  const Device card = device("8gb", 8, 0.94);
  const Fit fit = fit_gguf(llama_3_1_70b(), q4_k_m(), setup(card));
  EXPECT_DOUBLE_EQ(fit.max_context_tokens, 0);
  EXPECT_EQ(fit.max_sequences, 0);
  EXPECT_EQ(fit.why.rfind("short by ", 0), 0u) << fit.why;
}

TEST(Fit, KeepsTheAskedHeadroom) {
  const Device card = device("24gb", 24, 1);
  const Fit fit = fit_gguf(llama_3_8b(), q4_k_m(), setup(card), {4096, 1, 0.25});
  EXPECT_DOUBLE_EQ(fit.available.value, gib(18).value);
}

TEST(Fit, SizesAModelWithoutShape) {
  Llm closed;
  closed.params_total = 12e9;
  const Device card = device("24gb", 24, 0.94);
  const Fit fit = fit_gguf(closed, q8_0(), setup(card));
  EXPECT_EQ(fit.verdict, FitVerdict::fits);
  EXPECT_GT(in_gb(fit.need.total()), 12.75);
  EXPECT_EQ(fit_gguf(closed, f16(), setup(device("20gb", 20, 0.94))).verdict, FitVerdict::no);
}

TEST(Fit, OfASetupWithoutDevicesIsNo) {
  EXPECT_EQ(fit_gguf(llama_3_8b(), q4_k_m(), rigwise::Setup{}).verdict, FitVerdict::no);
}

}  // namespace
}  // namespace rigwise
