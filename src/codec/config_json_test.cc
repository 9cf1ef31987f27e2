// The configs here are those of the published models, cut down to the keys that say something about memory.
#include "codec/config_json.h"

#include <gtest/gtest.h>

#include "core/sizing/kv_cache.h"
#include "core/sizing/shapes_for_tests.h"
#include "core/sizing/weights.h"

namespace rigwise {
namespace {

ModelConfig read(std::string_view text) {
  const Result<ModelConfig> config = read_config_json(text);
  EXPECT_TRUE(config) << (config ? "" : config.error().message + " at " + config.error().where);
  return config ? *config : ModelConfig{};
}

double kv_per_token(const ModelConfig& config) { return kv_plan(config.shape, nullptr).bytes_per_token_all_layers(); }

void expect_same(const ModelConfig& config, const Llm& shape) {
  EXPECT_DOUBLE_EQ(parameter_count(config.shape), parameter_count(shape)) << shape.id;
  EXPECT_DOUBLE_EQ(active_parameter_count(config.shape), active_parameter_count(shape)) << shape.id;
  const KvPlan ours = kv_plan(config.shape, nullptr), theirs = kv_plan(shape, nullptr);
  EXPECT_DOUBLE_EQ(ours.bytes_per_token_all_layers(), theirs.bytes_per_token_all_layers()) << shape.id;
  EXPECT_DOUBLE_EQ(ours.bytes_per_token_full_layers(), theirs.bytes_per_token_full_layers()) << shape.id;
  EXPECT_DOUBLE_EQ(ours.state_per_sequence().value, theirs.state_per_sequence().value) << shape.id;
}

TEST(ConfigJson, ReadsLlama3) {
  const ModelConfig config = read(R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
    "max_position_embeddings": 8192, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "tie_word_embeddings": false, "torch_dtype": "bfloat16", "vocab_size": 128256})");
  expect_same(config, shapes::llama_3_8b());
  EXPECT_EQ(config.model_type, "llama");
  EXPECT_EQ(config.shape.context_tokens, 8192);
  EXPECT_EQ(config_format_name(config), "");
}

TEST(ConfigJson, ReadsQwen3MoeAndItsSparseStep) {
  expect_same(read(R"({"model_type": "qwen3_moe", "decoder_sparse_step": 1, "head_dim": 128, "hidden_size": 2048,
    "intermediate_size": 6144, "max_position_embeddings": 262144, "mlp_only_layers": [], "moe_intermediate_size": 768,
    "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48,
    "num_key_value_heads": 4, "sliding_window": null, "use_sliding_window": false, "vocab_size": 151936})"),
              shapes::qwen3_30b_a3b());
}

TEST(ConfigJson, ReadsQwen3NextByItsInterval) {
  const ModelConfig config = read(R"({"model_type": "qwen3_next", "full_attention_interval": 4, "head_dim": 256,
    "hidden_size": 2048, "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128, "linear_num_key_heads": 16,
    "linear_num_value_heads": 32, "linear_value_head_dim": 128, "moe_intermediate_size": 512, "num_attention_heads": 16,
    "num_experts": 512, "num_experts_per_tok": 10, "num_hidden_layers": 48, "num_key_value_heads": 2,
    "shared_expert_intermediate_size": 512, "vocab_size": 151936, "tie_word_embeddings": false})");
  EXPECT_NEAR(parameter_count(config.shape) / 1e9, 79.67, 0.3);
  EXPECT_DOUBLE_EQ(kv_per_token(config), 12 * 2 * 2 * 256 * 2);
  EXPECT_EQ(config.shape.kind, LlmKind::hybrid);
}

TEST(ConfigJson, ReadsTheTextModelInsideQwen35) {
  const ModelConfig config = read(R"({"model_type": "qwen3_5", "vision_config": {"depth": 27}, "text_config": {
    "model_type": "qwen3_5_text", "attn_output_gate": true, "full_attention_interval": 4, "head_dim": 256,
    "hidden_size": 5120, "intermediate_size": 17408, "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128,
    "linear_num_key_heads": 16, "linear_num_value_heads": 48, "linear_value_head_dim": 128, "num_attention_heads": 24,
    "num_hidden_layers": 64, "num_key_value_heads": 4, "vocab_size": 248320, "tie_word_embeddings": false}})");
  expect_same(config, shapes::qwen3_6_27b());
  EXPECT_TRUE(config.shape.sees_images());
}

TEST(ConfigJson, ReadsGemma2WhereEverySecondLayerSlides) {
  const ModelConfig config = read(R"({"model_type": "gemma2", "head_dim": 256, "hidden_size": 3584,
    "intermediate_size": 14336, "max_position_embeddings": 8192, "num_attention_heads": 16, "num_hidden_layers": 42,
    "num_key_value_heads": 8, "sliding_window": 4096, "vocab_size": 256000})");
  EXPECT_NEAR(parameter_count(config.shape) / 1e9, 9.242, 0.01);
  ASSERT_EQ(config.shape.layers.size(), 2u);
  EXPECT_EQ(config.shape.layers[0].window, 4096);
  EXPECT_EQ(config.shape.layers[0].count, 21);
  EXPECT_TRUE(config.shape.tied_embeddings);
}

TEST(ConfigJson, ReadsGemma3WithAndWithoutItsPattern) {
  const std::string text = R"({"model_type": "gemma3", "vision_config": {}, "text_config": {
    "model_type": "gemma3_text", "head_dim": 256, "hidden_size": 2560, "intermediate_size": 10240,
    "num_attention_heads": 8, "num_hidden_layers": 34, "num_key_value_heads": 4, "sliding_window": 1024,
    "max_position_embeddings": 131072, "vocab_size": 262144 PATTERN}})";
  const auto with = [&text](const std::string& more) {
    std::string config = text;
    return config.replace(config.find(" PATTERN"), 8, more);
  };
  expect_same(read(with("")), shapes::gemma_3_4b());
  expect_same(read(with(R"(, "sliding_window_pattern": 6)")), shapes::gemma_3_4b());
}

TEST(ConfigJson, ReadsGemma4WithWiderFullLayers) {
  std::string types;
  for (int i = 0; i < 60; ++i) {
    types += (i > 0 ? "," : "") + std::string(i % 6 == 5 ? "\"full_attention\"" : "\"sliding_attention\"");
  }
  const ModelConfig config = read(R"({"model_type": "gemma4", "text_config": {"model_type": "gemma4_text",
    "attention_k_eq_v": true, "global_head_dim": 512, "head_dim": 256, "hidden_size": 5376, "intermediate_size": 21504,
    "max_position_embeddings": 262144, "num_attention_heads": 32, "num_global_key_value_heads": 4,
    "num_hidden_layers": 60, "num_key_value_heads": 16, "sliding_window": 1024, "vocab_size": 262144,
    "layer_types": [)" + types + "]}}");
  expect_same(config, shapes::gemma_4_31b());
}

TEST(ConfigJson, ReadsMistralsWindowAndMixtralsExperts) {
  const ModelConfig mistral = read(R"({"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336,
    "max_position_embeddings": 32768, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "sliding_window": 4096, "vocab_size": 32000})");
  EXPECT_DOUBLE_EQ(kv_plan(mistral.shape, nullptr).bytes_per_token_full_layers(), 0);
  const ModelConfig mixtral = read(R"({"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336,
    "max_position_embeddings": 32768, "num_attention_heads": 32, "num_experts_per_tok": 2, "num_hidden_layers": 32,
    "num_key_value_heads": 8, "num_local_experts": 8, "sliding_window": null, "vocab_size": 32000})");
  EXPECT_NEAR(parameter_count(mixtral.shape) / 1e9, 46.7, 0.05);
  EXPECT_NEAR(active_parameter_count(mixtral.shape) / 1e9, 12.75, 0.05);
}

TEST(ConfigJson, ReadsDeepSeekV2AndV3) {
  expect_same(read(R"({"model_type": "deepseek_v2", "first_k_dense_replace": 1, "hidden_size": 2048,
    "intermediate_size": 10944, "kv_lora_rank": 512, "max_position_embeddings": 163840, "moe_intermediate_size": 1408,
    "moe_layer_freq": 1, "n_routed_experts": 64, "n_shared_experts": 2, "num_attention_heads": 16,
    "num_experts_per_tok": 6, "num_hidden_layers": 27, "num_key_value_heads": 16, "q_lora_rank": null,
    "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 102400})"),
              shapes::deepseek_v2_lite());
  const std::string v3 = R"("first_k_dense_replace": 3, "hidden_size": 7168, "intermediate_size": 18432,
    "kv_lora_rank": 512, "moe_intermediate_size": 2048, "moe_layer_freq": 1, "n_routed_experts": 256,
    "n_shared_experts": 1, "num_attention_heads": 128, "num_experts_per_tok": 8, "num_hidden_layers": 61,
    "num_nextn_predict_layers": 1, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
    "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}, "v_head_dim": 128,
    "vocab_size": 129280)";
  const ModelConfig config = read(R"({"model_type": "deepseek_v3", )" + v3 + "}");
  expect_same(config, shapes::deepseek_v3());
  EXPECT_EQ(config_format_name(config), "fp8-block");
  const ModelConfig sparse = read(R"({"model_type": "deepseek_v32", "index_head_dim": 128, "index_n_heads": 64,
    "index_topk": 2048, )" + v3 + "}");
  EXPECT_EQ(sparse.shape.layers[0].attention, AttentionKind::mla_sparse);
  EXPECT_DOUBLE_EQ(kv_per_token(sparse), 61 * (576 + 128) * 2);
}

TEST(ConfigJson, ReadsDeepSeekV4ByItsRatios) {
  const ModelConfig config = read(R"({"model_type": "deepseek_v4", "hidden_size": 4096, "num_hidden_layers": 4,
    "num_attention_heads": 64, "num_key_value_heads": 1, "head_dim": 512, "q_lora_rank": 1024, "o_lora_rank": 1024,
    "o_groups": 8, "qk_rope_head_dim": 64, "sliding_window": 128, "compress_ratios": [0, 4, 128, 4],
    "index_head_dim": 128, "index_n_heads": 64, "index_topk": 512, "n_routed_experts": 256, "n_shared_experts": 1,
    "num_experts_per_tok": 6, "moe_intermediate_size": 2048, "vocab_size": 129280})");
  ASSERT_EQ(config.shape.layers.size(), 3u);
  EXPECT_EQ(config.shape.layers[0].attention, AttentionKind::sliding);
  EXPECT_EQ(config.shape.layers[1].count, 2);
  EXPECT_EQ(config.shape.layers[1].index_topk, 512);
  EXPECT_EQ(config.shape.layers[2].compress_ratio, 128);
}

TEST(ConfigJson, ReadsGptOss) {
  std::string types;
  for (int i = 0; i < 24; ++i) {
    types += (i > 0 ? "," : "") + std::string(i % 2 == 1 ? "\"full_attention\"" : "\"sliding_attention\"");
  }
  const ModelConfig config = read(R"({"model_type": "gpt_oss", "experts_per_token": 4, "head_dim": 64,
    "hidden_size": 2880, "intermediate_size": 2880, "num_attention_heads": 64, "num_experts_per_tok": 4,
    "num_hidden_layers": 24, "num_key_value_heads": 8, "num_local_experts": 32, "sliding_window": 128,
    "max_position_embeddings": 131072, "quantization_config": {"quant_method": "mxfp4"}, "vocab_size": 201088,
    "layer_types": [)" + types + "]}");
  expect_same(config, shapes::gpt_oss_20b());
  EXPECT_EQ(config_format_name(config), "mxfp4");
}

TEST(ConfigJson, ReadsGlm4MoeAndPhi3) {
  expect_same(read(R"({"model_type": "glm4_moe", "first_k_dense_replace": 1, "head_dim": 128, "hidden_size": 4096,
    "intermediate_size": 10944, "moe_intermediate_size": 1408, "n_routed_experts": 128, "n_shared_experts": 1,
    "num_attention_heads": 96, "num_experts_per_tok": 8, "num_hidden_layers": 46, "num_key_value_heads": 8,
    "num_nextn_predict_layers": 1, "vocab_size": 151552, "tie_word_embeddings": false})"),
              shapes::glm_4_5_air());
  const ModelConfig phi = read(R"({"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192,
    "max_position_embeddings": 131072, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32,
    "sliding_window": 262144, "tie_word_embeddings": false, "vocab_size": 32064})");
  EXPECT_NEAR(parameter_count(phi.shape) / 1e9, 3.82, 0.01);
  EXPECT_EQ(phi.shape.layers.size(), 1u);
  EXPECT_EQ(phi.shape.layers[0].window, 0);  // wider than the context
}

TEST(ConfigJson, ReadsLlama4WithChunksAndInterleavedExperts) {
  const ModelConfig config = read(R"({"model_type": "llama4", "text_config": {"model_type": "llama4_text",
    "attention_chunk_size": 8192, "head_dim": 128, "hidden_size": 5120, "interleave_moe_layer_step": 2,
    "intermediate_size": 8192, "intermediate_size_mlp": 16384, "num_attention_heads": 40, "num_experts_per_tok": 1,
    "num_hidden_layers": 48, "num_key_value_heads": 8, "num_local_experts": 128, "vocab_size": 202048}})");
  EXPECT_NEAR(parameter_count(config.shape) / 1e9, 400.7, 1.5);
  EXPECT_DOUBLE_EQ(kv_plan(config.shape, nullptr).bytes_per_token_full_layers(), 12 * 2 * 8 * 128 * 2);
  EXPECT_NEAR(active_parameter_count(config.shape) / 1e9, 16.1, 0.3);
}

TEST(ConfigJson, ReadsMambaHybridsByPatternAndByList) {
  const ModelConfig nano = read(R"({"model_type": "nemotron_h", "hidden_size": 2688, "num_hidden_layers": 5,
    "hybrid_override_pattern": "MEM*E", "conv_kernel": 4, "head_dim": 128, "intermediate_size": 1856,
    "mamba_head_dim": 64, "mamba_num_heads": 64, "moe_intermediate_size": 1856,
    "moe_shared_expert_intermediate_size": 3712, "n_groups": 8, "n_routed_experts": 128, "n_shared_experts": 1,
    "num_attention_heads": 32, "num_experts_per_tok": 6, "num_key_value_heads": 2, "ssm_state_size": 128,
    "vocab_size": 131072})");
  ASSERT_EQ(nano.shape.layers.size(), 3u);
  EXPECT_EQ(nano.shape.layers[0].attention, AttentionKind::mamba2);
  EXPECT_EQ(nano.shape.layers[0].ffn, FfnKind::none);
  EXPECT_FALSE(nano.shape.layers[1].ffn_gated);
  EXPECT_EQ(nano.shape.layers[1].shared_intermediate_size, 3712);
  EXPECT_EQ(nano.shape.layers[2].kv_heads, 2);

  const ModelConfig granite = read(R"({"model_type": "granitemoehybrid", "hidden_size": 1536, "num_hidden_layers": 3,
    "layer_types": ["mamba", "mamba", "attention"], "intermediate_size": 512, "mamba_d_conv": 4, "mamba_d_head": 64,
    "mamba_d_state": 128, "mamba_n_groups": 1, "mamba_n_heads": 48, "num_attention_heads": 12, "num_experts_per_tok": 6,
    "num_key_value_heads": 4, "num_local_experts": 64, "shared_intermediate_size": 1024, "vocab_size": 100352,
    "tie_word_embeddings": true})");
  ASSERT_EQ(granite.shape.layers.size(), 2u);
  EXPECT_EQ(granite.shape.layers[0].experts, 64);
  EXPECT_EQ(granite.shape.layers[0].ssm_head_dim, 64);
}

TEST(ConfigJson, ReadsShortConvolutionsAndKimisLinearLayers) {
  const ModelConfig lfm2 = read(R"({"model_type": "lfm2", "hidden_size": 2048, "num_hidden_layers": 2,
    "layer_types": ["conv", "full_attention"], "conv_L_cache": 3, "block_auto_adjust_ff_dim": true,
    "block_multiple_of": 256, "intermediate_size": 12288, "num_attention_heads": 32, "num_key_value_heads": 8,
    "vocab_size": 65536})");
  EXPECT_EQ(lfm2.shape.layers[0].attention, AttentionKind::shortconv);
  EXPECT_EQ(lfm2.shape.layers[0].intermediate_size, 8192);
  EXPECT_TRUE(lfm2.shape.tied_embeddings);

  const ModelConfig kimi = read(R"({"model_type": "kimi_linear", "hidden_size": 2304, "num_hidden_layers": 4,
    "linear_attn_config": {"kda_layers": [1, 2, 3], "full_attn_layers": [4], "head_dim": 128, "num_heads": 32,
    "short_conv_kernel_size": 4}, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
    "v_head_dim": 128, "num_attention_heads": 32, "intermediate_size": 9216, "vocab_size": 163840})");
  EXPECT_DOUBLE_EQ(kv_per_token(kimi), 576 * 2);
  EXPECT_EQ(kimi.shape.layers[0].linear_value_heads, 32);
}

TEST(ConfigJson, RefusesSharedExpertsWiderThanAnyModel) {
  const Result<ModelConfig> config = read_config_json(R"({"model_type": "deepseek_v2", "hidden_size": 2048,
    "num_hidden_layers": 2, "num_attention_heads": 16, "n_routed_experts": 64, "num_experts_per_tok": 6,
    "moe_intermediate_size": 67108864, "n_shared_experts": 67108864, "vocab_size": 102400})");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().where, "n_shared_experts");
}

TEST(ConfigJson, KnowsMultiQueryAndPlainMlps) {
  const ModelConfig falcon = read(R"({"model_type": "falcon", "hidden_size": 4544, "multi_query": true,
    "num_attention_heads": 71, "num_hidden_layers": 32, "vocab_size": 65024})");
  EXPECT_DOUBLE_EQ(kv_per_token(falcon), 32 * 2 * 64 * 2);
  EXPECT_NEAR(parameter_count(falcon.shape) / 1e9, 7.2, 0.3);
}

TEST(ConfigJson, NamesTheFormat) {
  const std::string head =
      R"({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 1, )";
  const auto name = [&head](const std::string& rest) { return config_format_name(read(head + rest + "}")); };
  EXPECT_EQ(name(R"("quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128})"), "awq-4bit-g128");
  EXPECT_EQ(name(R"("quantization_config": {"quant_method": "gptq", "bits": 8})"), "gptq-8bit-g128");
  EXPECT_EQ(name(R"("quantization": {"bits": 4, "group_size": 64})"), "mlx-4bit-g64");
  EXPECT_EQ(name(R"("quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": true})"), "bnb-nf4");
  EXPECT_EQ(name(R"("vocab_size": 5)"), "");
}

TEST(ConfigJson, RefusesWhatItCannotReadByName) {
  const auto error = [](std::string_view text) {
    const Result<ModelConfig> config = read_config_json(text);
    return config ? Error{} : config.error();
  };
  EXPECT_EQ(error("{").code, ErrorCode::corrupt_data);
  EXPECT_EQ(error("[1]").code, ErrorCode::corrupt_data);
  EXPECT_EQ(error("{}").where, "hidden_size");
  EXPECT_EQ(error(R"({"hidden_size": 64})").where, "num_hidden_layers");
  EXPECT_EQ(error(R"({"hidden_size": 64, "num_hidden_layers": 100000})").where, "num_hidden_layers");
  EXPECT_EQ(error(R"({"hidden_size": "64", "num_hidden_layers": 1})").where, "hidden_size");
  EXPECT_EQ(error(R"({"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": -1})").where,
            "num_attention_heads");
  const Error unknown = error(R"({"model_type": "new", "hidden_size": 64, "num_hidden_layers": 1,
    "num_attention_heads": 1, "layer_types": ["lightning_attention"]})");
  EXPECT_EQ(unknown.code, ErrorCode::unsupported);
  EXPECT_NE(unknown.message.find("lightning_attention"), std::string::npos);
  EXPECT_EQ(error(R"({"model_type": "dbrx", "d_model": 64, "n_layers": 1, "attn_config": {"kv_n_heads": 8}})").code,
            ErrorCode::unsupported);
  EXPECT_EQ(error(std::string(2 << 20, ' ')).code, ErrorCode::corrupt_data);
}

}  // namespace
}  // namespace rigwise
