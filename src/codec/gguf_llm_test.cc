#include "codec/gguf_llm.h"

#include <gtest/gtest.h>

#include "codec/gguf_for_tests.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using testing_files::GgufWriter;
using Dims = std::vector<std::uint64_t>;

constexpr std::uint32_t kF32 = 0, kQ8 = 8, kQ4K = 12, kQ6K = 14, kMxfp4 = 39;

GgufHeader header_of(const GgufWriter& w) {
  const auto read = read_gguf(w.header());
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? read->header : GgufHeader{};
}

std::string blk(int layer, std::string_view name) { return "blk." + std::to_string(layer) + "." + std::string(name); }

/// Keys that every model has.
GgufWriter model(const std::string& arch, std::uint32_t layers, std::uint32_t hidden, std::uint32_t heads,
                 std::uint32_t kv_heads) {
  GgufWriter w;
  w.text("general.architecture", arch).text("general.name", arch + " for tests");
  w.number(arch + ".block_count", layers).number(arch + ".embedding_length", hidden);
  w.number(arch + ".attention.head_count", heads).number(arch + ".attention.head_count_kv", kv_heads);
  return w;
}

void dot_product(GgufWriter& w, int layer, std::uint64_t hidden, std::uint64_t q, std::uint64_t kv,
                 std::uint32_t type = kQ4K) {
  w.tensor(blk(layer, "attn_norm.weight"), {hidden});
  w.tensor(blk(layer, "attn_q.weight"), {hidden, q}, type).tensor(blk(layer, "attn_k.weight"), {hidden, kv}, type);
  w.tensor(blk(layer, "attn_v.weight"), {hidden, kv}, type).tensor(blk(layer, "attn_output.weight"), {q, hidden}, type);
}

void dense(GgufWriter& w, int layer, std::uint64_t hidden, std::uint64_t width, std::uint32_t type = kQ4K) {
  w.tensor(blk(layer, "ffn_norm.weight"), {hidden}).tensor(blk(layer, "ffn_gate.weight"), {hidden, width}, type);
  w.tensor(blk(layer, "ffn_up.weight"), {hidden, width}, type);
  w.tensor(blk(layer, "ffn_down.weight"), {width, hidden}, type);
}

void experts(GgufWriter& w, int layer, std::uint64_t hidden, std::uint64_t width, std::uint64_t count,
             std::uint32_t type = kQ4K) {
  w.tensor(blk(layer, "ffn_gate_inp.weight"), {hidden, count}, kF32);
  w.tensor(blk(layer, "ffn_gate_exps.weight"), {hidden, width, count}, type);
  w.tensor(blk(layer, "ffn_up_exps.weight"), {hidden, width, count}, type);
  w.tensor(blk(layer, "ffn_down_exps.weight"), {width, hidden, count}, type);
}

Llm llm_of(const GgufHeader& header) {
  const Result<Llm> model_read = gguf_llm(header);
  EXPECT_TRUE(model_read) << (model_read ? "" : model_read.error().message);
  return model_read ? *model_read : Llm{};
}

TEST(GgufLlm, ReadsLlama3) {
  GgufWriter w = model("llama", 32, 4096, 32, 8);
  w.number("llama.context_length", 8192).number("general.file_type", 15);
  w.tensor("token_embd.weight", {4096, 128256}, kQ4K).tensor("output_norm.weight", {4096});
  for (int i = 0; i < 32; ++i) {
    dot_product(w, i, 4096, 4096, 1024);
    dense(w, i, 4096, 14336);
  }
  w.tensor("output.weight", {4096, 128256}, kQ6K).tensor("rope_freqs.weight", {64});
  const GgufHeader header = header_of(w);
  const Llm model_read = llm_of(header);
  EXPECT_DOUBLE_EQ(parameter_count(model_read), parameter_count(shapes::llama_3_8b()));
  EXPECT_DOUBLE_EQ(kv_plan(model_read, nullptr).bytes_per_token_all_layers(), 131072);
  EXPECT_FALSE(model_read.tied_embeddings);
  EXPECT_EQ(gguf_format_name(header), "Q4_K_M");

  const WeightPlan plan = gguf_weight_plan(header, model_read);
  EXPECT_TRUE(plan.exact);
  EXPECT_DOUBLE_EQ((plan.total + plan.off_accelerator).value, double(w.tensor_bytes()));
  EXPECT_DOUBLE_EQ(plan.off_accelerator.value, 4096.0 * 128256 * 4.5 / 8);
  EXPECT_DOUBLE_EQ(plan.read_by_step(1).value, plan.total.value);
  EXPECT_NEAR(plan.params_total, parameter_count(model_read), 100);
}

TEST(GgufLlm, CountsATiedTableTwice) {
  GgufWriter w = model("llama", 1, 2048, 32, 8);
  w.tensor("token_embd.weight", {2048, 1000}, kQ6K).tensor("output_norm.weight", {2048});
  dot_product(w, 0, 2048, 2048, 512);
  dense(w, 0, 2048, 8192);
  const GgufHeader header = header_of(w);
  const WeightPlan plan = gguf_weight_plan(header, llm_of(header));
  const double table = 2048.0 * 1000 * 6.5625 / 8;
  EXPECT_DOUBLE_EQ(plan.counted_twice.value, table);
  EXPECT_DOUBLE_EQ(plan.off_accelerator.value, table);
  EXPECT_DOUBLE_EQ(plan.total.value, double(w.tensor_bytes()));
}

GgufWriter gpt_oss_20b() {
  GgufWriter w = model("gpt-oss", 24, 2880, 64, 8);
  w.number("gpt-oss.attention.key_length", 64).number("gpt-oss.attention.value_length", 64);
  w.number("gpt-oss.attention.sliding_window", 128).number("gpt-oss.expert_used_count", 4);
  w.tensor("token_embd.weight", {2880, 201088}, kQ8).tensor("output_norm.weight", {2880});
  for (int i = 0; i < 24; ++i) {
    dot_product(w, i, 2880, 4096, 512, kQ8);
    w.tensor(blk(i, "attn_sinks.weight"), {64});
    experts(w, i, 2880, 2880, 32, kMxfp4);
  }
  w.tensor("output.weight", {2880, 201088}, kQ8);
  return w;
}

TEST(GgufLlm, ReadsGptOssWithItsExpertsAndWindows) {
  const GgufHeader header = header_of(gpt_oss_20b());
  const Llm model_read = llm_of(header);
  EXPECT_DOUBLE_EQ(parameter_count(model_read), parameter_count(shapes::gpt_oss_20b()));
  const KvPlan kv = kv_plan(model_read, nullptr);
  EXPECT_DOUBLE_EQ(kv.bytes_per_token_all_layers(), 49152);
  EXPECT_DOUBLE_EQ(kv.bytes_per_token_full_layers(), 24576);
  const WeightPlan plan = gguf_weight_plan(header, model_read);
  ASSERT_EQ(plan.expert_groups, 1);
  EXPECT_EQ(plan.experts[0].layers, 24);
  EXPECT_EQ(plan.experts[0].experts_per_token, 4);
  EXPECT_DOUBLE_EQ(plan.experts[0].per_expert.value, 3.0 * 2880 * 2880 * 4.25 / 8);
  EXPECT_NEAR(in_gb(plan.read_by_step(1)), 2.575, 0.03);               // gguf.md section 8
  EXPECT_NEAR(in_gb(plan.total + plan.off_accelerator), 12.10, 0.04);  // biases left out here
}

TEST(GgufLlm, ReadsTheSixLayerPeriodOfGemma3) {
  GgufWriter w = model("gemma3", 34, 2560, 8, 4);
  w.number("gemma3.attention.key_length", 256).number("gemma3.attention.value_length", 256);
  w.number("gemma3.attention.sliding_window", 1024);
  w.tensor("token_embd.weight", {2560, 262144}, kQ6K);
  for (int i = 0; i < 34; ++i) {
    dot_product(w, i, 2560, 2048, 1024);
    dense(w, i, 2560, 10240);
  }
  const Llm model_read = llm_of(header_of(w));
  EXPECT_TRUE(model_read.tied_embeddings);
  ASSERT_EQ(model_read.layers.size(), 2u);
  EXPECT_EQ(model_read.layers[0].count, 29);
  EXPECT_EQ(model_read.layers[0].window, 1024);
  EXPECT_EQ(model_read.layers[1].count, 5);
  EXPECT_NEAR(kv_allocated(kv_plan(model_read, nullptr), 32768, 1, shapes::llama_cpp().policy).value / kMib, 814, 0.5);
}

TEST(GgufLlm, ReadsPatternsHeadsAndSharingLayerByLayer) {
  // Gemma 4 style: windows by flag, wider heads and one projection in full layers, the last two without a cache.
  GgufWriter w;
  w.text("general.architecture", "gemma4").number("gemma4.block_count", 4);
  w.number("gemma4.embedding_length", 1536).number("gemma4.attention.head_count", 8);
  w.numbers("gemma4.attention.head_count_kv", {2, 1, 2, 1});
  w.number("gemma4.attention.key_length", 512).number("gemma4.attention.key_length_swa", 256);
  w.number("gemma4.attention.sliding_window", 512);
  w.flags("gemma4.attention.sliding_window_pattern", {1, 0, 1, 0});
  w.number("gemma4.attention.shared_kv_layers", 2);
  w.tensor("token_embd.weight", {1536, 100}, kQ6K).tensor("per_layer_token_embd.weight", {256, 400}, kQ4K);
  for (int i = 0; i < 4; ++i) {
    w.tensor(blk(i, "attn_q.weight"), {1536, i % 2 == 0 ? 2048u : 4096u}, kQ4K);
    w.tensor(blk(i, "attn_k.weight"), {1536, 512}, kQ4K);
    if (i % 2 == 0) w.tensor(blk(i, "attn_v.weight"), {1536, 512}, kQ4K);
    dense(w, i, 1536, 6144);
  }
  const GgufHeader header = header_of(w);
  const Llm model_read = llm_of(header);
  ASSERT_EQ(model_read.layers.size(), 4u);
  EXPECT_EQ(model_read.layers[0].head_dim, 256);
  EXPECT_EQ(model_read.layers[0].kv_heads, 2);
  EXPECT_FALSE(model_read.layers[0].shared_kv);
  EXPECT_EQ(model_read.layers[1].head_dim, 512);
  EXPECT_EQ(model_read.layers[1].kv_heads, 1);
  EXPECT_TRUE(model_read.layers[1].shared_kv);
  EXPECT_TRUE(model_read.layers[2].reuses_kv);
  EXPECT_DOUBLE_EQ(kv_plan(model_read, nullptr).bytes_per_token_all_layers(), 2 * 512 * 2 + 2 * 512 * 2);
  EXPECT_GT(gguf_weight_plan(header, model_read).off_accelerator.value, 256.0 * 400 * 4.5 / 8);
}

void mla(GgufWriter& w, int layer) {
  w.tensor(blk(layer, "attn_q.weight"), {2048, 3072}, kQ4K);
  w.tensor(blk(layer, "attn_kv_a_mqa.weight"), {2048, 576}, kQ4K);
  w.tensor(blk(layer, "attn_kv_a_norm.weight"), {512});
}

GgufWriter deepseek_v2_lite(bool latent) {
  GgufWriter w = model("deepseek2", 3, 2048, 16, latent ? 1 : 16);
  w.number("deepseek2.attention.kv_lora_rank", 512).number("deepseek2.rope.dimension_count", 64);
  w.number("deepseek2.expert_used_count", 6).number("deepseek2.expert_shared_count", 2);
  if (latent) {
    w.number("deepseek2.attention.key_length", 576).number("deepseek2.attention.value_length", 512);
    w.number("deepseek2.attention.key_length_mla", 192).number("deepseek2.attention.value_length_mla", 128);
  } else {
    w.number("deepseek2.attention.key_length", 192).number("deepseek2.attention.value_length", 128);
  }
  w.tensor("token_embd.weight", {2048, 102400}, kQ4K);
  for (int i = 0; i < 3; ++i) {
    mla(w, i);
    if (latent) {
      w.tensor(blk(i, "attn_k_b.weight"), {128, 512, 16}, kQ8).tensor(blk(i, "attn_v_b.weight"), {512, 128, 16}, kQ8);
    } else {
      w.tensor(blk(i, "attn_kv_b.weight"), {512, 4096}, kQ4K);
    }
    w.tensor(blk(i, "attn_output.weight"), {2048, 2048}, kQ4K);
    if (i == 0) {
      dense(w, i, 2048, 10944, kQ8);
    } else {
      experts(w, i, 2048, 1408, 64, kQ8);
      w.tensor(blk(i, "ffn_gate_shexp.weight"), {2048, 2816}, kQ8);
      w.tensor(blk(i, "ffn_up_shexp.weight"), {2048, 2816}, kQ8);
      w.tensor(blk(i, "ffn_down_shexp.weight"), {2816, 2048}, kQ8);
    }
  }
  w.tensor("output.weight", {2048, 102400}, kQ6K);
  return w;
}

TEST(GgufLlm, KeepsTheLatentOfMlaAndExpandsOldFiles) {
  const Llm latent = llm_of(header_of(deepseek_v2_lite(true)));
  EXPECT_DOUBLE_EQ(kv_plan(latent, nullptr).bytes_per_token_all_layers(), 3 * 1152);
  const Llm expanded = llm_of(header_of(deepseek_v2_lite(false)));
  EXPECT_DOUBLE_EQ(kv_plan(expanded, nullptr).bytes_per_token_all_layers(), 3 * 16 * (192 + 128) * 2);

  ASSERT_EQ(latent.layers.size(), 2u);
  EXPECT_EQ(latent.layers[0].intermediate_size, 10944);
  EXPECT_EQ(latent.layers[1].count, 2);
  EXPECT_EQ(latent.layers[1].shared_intermediate_size, 2816);
  Llm shape = shapes::deepseek_v2_lite();
  shape.layers[1].count = 2;
  EXPECT_DOUBLE_EQ(parameter_count(latent), parameter_count(shape));
}

TEST(GgufLlm, SortsTensorsIntoClasses) {
  const auto place = [](std::string_view name) { return gguf_tensor_place(name, 40).tensor_class; };
  EXPECT_EQ(place("token_embd.weight"), "embedding");
  EXPECT_EQ(place("output.weight"), "output");
  EXPECT_EQ(place("output_norm.weight"), "norms");
  EXPECT_EQ(place("blk.3.attn_q.weight"), "attention");
  EXPECT_EQ(place("blk.3.attn_q.bias"), "attention");
  EXPECT_EQ(place("blk.3.attn_q_norm.weight"), "norms");
  EXPECT_EQ(place("blk.3.ffn_gate_inp.weight"), "router");
  EXPECT_EQ(place("blk.3.exp_probs_b.bias"), "router");
  EXPECT_EQ(place("blk.3.ffn_up_exps.weight"), "routed_experts");
  EXPECT_EQ(place("blk.3.ffn_down_exps.bias"), "routed_experts");
  EXPECT_EQ(place("blk.3.ffn_up_shexp.weight"), "shared_experts");
  EXPECT_EQ(place("blk.3.ffn_up.weight"), "dense_ffn");
  EXPECT_EQ(place("blk.3.ssm_out.weight"), "attention");
  EXPECT_EQ(place("blk.40.attn_q.weight"), "extra");
  EXPECT_EQ(place("blk.3.nextn.eh_proj.weight"), "extra");
  EXPECT_EQ(place("v.blk.0.attn_q.weight"), "extra");
  EXPECT_EQ(place("per_layer_token_embd.weight"), "per_layer_embeddings");
  EXPECT_EQ(place("blk.x.attn_q.weight"), "norms");
}

TEST(GgufLlm, LeavesNextTokenLayersOut) {
  GgufWriter w = model("glm4moe", 3, 4096, 96, 8);
  w.number("glm4moe.attention.key_length", 128).number("glm4moe.nextn_predict_layers", 1);
  w.tensor("token_embd.weight", {4096, 1000}, kQ4K).tensor("output.weight", {4096, 1000}, kQ6K);
  for (int i = 0; i < 3; ++i) {
    dot_product(w, i, 4096, 12288, 1024);
    dense(w, i, 4096, 10944, kQ8);
  }
  w.tensor(blk(2, "nextn.eh_proj.weight"), {8192, 4096}, kQ4K);
  const GgufHeader header = header_of(w);
  const Llm model_read = llm_of(header);
  EXPECT_EQ(model_read.depth(), 2);
  const WeightPlan plan = gguf_weight_plan(header, model_read);
  EXPECT_LT((plan.total + plan.off_accelerator).value, double(w.tensor_bytes()) * 0.75);
  // The third layer and its projection are in the file's parameters, not in the run's bytes.
  EXPECT_GT(plan.params_total, parameter_count(model_read) * 1.3);
}

TEST(GgufLlm, ReadsHybridsOfQwen3Next) {
  GgufWriter w = model("qwen3next", 4, 2048, 16, 2);
  w.number("qwen3next.attention.key_length", 256).number("qwen3next.attention.value_length", 256);
  w.number("qwen3next.ssm.conv_kernel", 4)
      .number("qwen3next.ssm.group_count", 16)
      .number("qwen3next.ssm.state_size", 128);
  w.number("qwen3next.ssm.time_step_rank", 32).number("qwen3next.ssm.inner_size", 4096);
  w.number("qwen3next.expert_used_count", 10);
  w.tensor("token_embd.weight", {2048, 1000}, kQ4K).tensor("output.weight", {2048, 1000}, kQ6K);
  for (int i = 0; i < 4; ++i) {
    if (i == 3) {
      dot_product(w, i, 2048, 2 * 4096, 512);
    } else {
      w.tensor(blk(i, "attn_qkv.weight"), {2048, 8192}, kQ4K).tensor(blk(i, "ssm_conv1d.weight"), {4, 8192});
      w.tensor(blk(i, "ssm_out.weight"), {4096, 2048}, kQ4K);
    }
    experts(w, i, 2048, 512, 512);
  }
  const Llm model_read = llm_of(header_of(w));
  ASSERT_EQ(model_read.layers.size(), 2u);
  EXPECT_EQ(model_read.layers[0].count, 3);
  EXPECT_EQ(model_read.layers[0].attention, AttentionKind::gated_deltanet);
  EXPECT_EQ(model_read.layers[0].linear_value_dim, 128);
  EXPECT_TRUE(model_read.layers[1].attention_gate);
  EXPECT_EQ(model_read.kind, LlmKind::hybrid);
  EXPECT_DOUBLE_EQ(kv_plan(model_read, nullptr).state_per_sequence().value, 3 * (32 * 128 * 128 + 8192 * 3) * 4);
}

TEST(GgufLlm, ReadsMambaShortConvolutionsAndFusedMlps) {
  GgufWriter w = model("granitehybrid", 2, 1536, 12, 4);
  w.number("granitehybrid.ssm.conv_kernel", 4).number("granitehybrid.ssm.group_count", 1);
  w.number("granitehybrid.ssm.state_size", 128).number("granitehybrid.ssm.time_step_rank", 48);
  w.number("granitehybrid.ssm.inner_size", 3072).number("granitehybrid.shortconv.l_cache", 3);
  w.tensor(blk(0, "ssm_in.weight"), {1536, 6448}, kQ8).tensor(blk(0, "ssm_conv1d.weight"), {4, 3328});
  w.tensor(blk(1, "shortconv.conv.weight"), {3, 1536});
  w.tensor(blk(1, "ffn_up.weight"), {1536, 8192}, kQ8).tensor(blk(1, "ffn_down.weight"), {4096, 1536}, kQ8);
  const Llm model_read = llm_of(header_of(w));
  ASSERT_EQ(model_read.layers.size(), 2u);
  EXPECT_EQ(model_read.layers[0].attention, AttentionKind::mamba2);
  EXPECT_EQ(model_read.layers[0].ssm_head_dim, 64);
  EXPECT_EQ(model_read.layers[0].ffn, FfnKind::none);
  EXPECT_EQ(model_read.layers[1].attention, AttentionKind::shortconv);
  EXPECT_TRUE(model_read.layers[1].ffn_gated);
  EXPECT_EQ(model_read.layers[1].intermediate_size, 4096);
}

TEST(GgufLlm, WritesALayerWithTwoMixersAsTwo) {
  GgufWriter w = model("falcon-h1", 1, 1024, 8, 2);
  w.number("falcon-h1.ssm.conv_kernel", 4).number("falcon-h1.ssm.group_count", 1);
  w.number("falcon-h1.ssm.state_size", 128).number("falcon-h1.ssm.time_step_rank", 24);
  w.number("falcon-h1.ssm.inner_size", 1536);
  dot_product(w, 0, 1024, 1024, 256);
  w.tensor(blk(0, "ssm_in.weight"), {1024, 3352}, kQ8);
  const KvPlan kv = kv_plan(llm_of(header_of(w)), nullptr);
  EXPECT_DOUBLE_EQ(kv.bytes_per_token_all_layers(), 2 * 2 * 128 * 2);
  EXPECT_GT(kv.state_per_sequence().value, 0);
}

Error error_of(const GgufWriter& w) {
  const Result<Llm> model_read = gguf_llm(header_of(w));
  return model_read ? Error{} : model_read.error();
}

TEST(GgufLlm, RefusesFilesThatAreNoLanguageModel) {
  EXPECT_EQ(error_of(GgufWriter()).code, ErrorCode::corrupt_data);
  EXPECT_EQ(error_of(model("clip", 2, 64, 1, 1)).code, ErrorCode::unsupported);
  EXPECT_EQ(error_of(model("llama", 0, 64, 1, 1)).where, "llama.block_count");
  EXPECT_EQ(error_of(model("llama", 5000, 64, 1, 1)).where, "llama.block_count");
  EXPECT_EQ(error_of(model("llama", 1, 0, 1, 1)).where, "llama.embedding_length");
  GgufWriter adapter = model("llama", 1, 64, 1, 1);
  adapter.text("general.type", "adapter");
  EXPECT_NE(error_of(adapter).message.find("adapter"), std::string::npos);
}

TEST(GgufLlm, RefusesWidthsThatCannotBe) {
  GgufWriter w = model("llama", 1, 4096, 4000000000u, 8);
  dot_product(w, 0, 4096, 4096, 1024);
  EXPECT_EQ(error_of(w).where, "llama.attention.head_count");
  GgufWriter fraction;
  fraction.text("general.architecture", "llama").number("llama.block_count", 1).real("llama.embedding_length", 0.5F);
  EXPECT_EQ(error_of(fraction).code, ErrorCode::corrupt_data);
}

TEST(GgufLlm, NamesAFormatByItsLargestTypeWhenTheFileDoesNot) {
  GgufWriter w;
  w.tensor("a", {32}, kQ8).tensor("b", {256, 64}, kQ6K);
  EXPECT_EQ(gguf_format_name(header_of(w)), "Q6_K");
  EXPECT_EQ(gguf_format_name(header_of(GgufWriter())), "");
}

}  // namespace
}  // namespace rigwise
