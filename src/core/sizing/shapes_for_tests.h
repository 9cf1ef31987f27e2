#pragma once

// Model shapes, formats, engines and devices written by hand, so that the claims about sizes stand on their own and a
// change of the catalog cannot move them.

#include <string>
#include <utility>
#include <vector>

#include "core/facts/device.h"
#include "core/facts/engine.h"
#include "core/facts/format.h"
#include "core/facts/llm.h"
#include "core/facts/setup.h"

namespace rigwise::shapes {

inline LayerGroup attention(int count, int heads, int kv_heads, int head_dim) {
  LayerGroup g;
  g.count = count;
  g.heads = heads;
  g.kv_heads = kv_heads;
  g.head_dim = head_dim;
  return g;
}

inline LayerGroup sliding(LayerGroup g, int window) {
  g.attention = AttentionKind::sliding;
  g.window = window;
  return g;
}

inline LayerGroup mla(int count, int heads, int q_lora_rank) {
  LayerGroup g = attention(count, heads, 1, 192);
  g.attention = AttentionKind::mla;
  g.v_head_dim = 128;
  g.kv_lora_rank = 512;
  g.q_lora_rank = q_lora_rank;
  g.rope_dim = 64;
  g.nope_dim = 128;
  return g;
}

inline LayerGroup deltanet(int count, int value_heads) {
  LayerGroup g;
  g.count = count;
  g.attention = AttentionKind::gated_deltanet;
  g.linear_key_heads = 16;
  g.linear_value_heads = value_heads;
  g.linear_key_dim = 128;
  g.linear_value_dim = 128;
  g.conv_kernel = 4;
  return g;
}

inline LayerGroup mamba2(int count, int heads, int head_dim, int groups) {
  LayerGroup g;
  g.count = count;
  g.attention = AttentionKind::mamba2;
  g.ssm_state = 128;
  g.ssm_heads = heads;
  g.ssm_head_dim = head_dim;
  g.ssm_groups = groups;
  g.conv_kernel = 4;
  return g;
}

inline LayerGroup dense(LayerGroup g, int width) {
  g.ffn = FfnKind::dense;
  g.intermediate_size = width;
  return g;
}

inline LayerGroup moe(LayerGroup g, int experts, int top, int width, int shared_width = 0) {
  g.ffn = FfnKind::moe;
  g.experts = experts;
  g.experts_per_token = top;
  g.expert_intermediate_size = width;
  g.shared_experts = shared_width > 0 ? 1 : 0;
  g.shared_intermediate_size = shared_width;
  return g;
}

inline LayerGroup gated(LayerGroup g) {
  g.attention_gate = true;
  return g;
}

inline Llm llm(std::string id, int hidden, int vocab, bool tied, int context, std::vector<LayerGroup> layers) {
  Llm m;
  m.id = std::move(id);
  m.hidden_size = hidden;
  m.vocab_size = vocab;
  m.tied_embeddings = tied;
  m.context_tokens = context;
  m.modality = {"text"};
  m.layers = std::move(layers);
  return m;
}

inline Llm llama_3_8b() {
  return llm("llama-3-8b", 4096, 128256, false, 8192, {dense(attention(32, 32, 8, 128), 14336)});
}
inline Llm llama_3_1_70b() {
  return llm("llama-3.1-70b", 8192, 128256, false, 131072, {dense(attention(80, 64, 8, 128), 28672)});
}
inline Llm llama_3_2_1b() {
  return llm("llama-3.2-1b", 2048, 128256, true, 131072, {dense(attention(16, 32, 8, 64), 8192)});
}
inline Llm qwen2_5_7b() {
  return llm("qwen2.5-7b", 3584, 152064, false, 131072, {dense(attention(28, 28, 4, 128), 18944)});
}
inline Llm qwen2_5_72b() {
  return llm("qwen2.5-72b", 8192, 152064, false, 131072, {dense(attention(80, 64, 8, 128), 29568)});
}
inline Llm qwen3_8b() { return llm("qwen3-8b", 4096, 151936, false, 40960, {dense(attention(36, 32, 8, 128), 12288)}); }
inline Llm qwen3_30b_a3b() {
  return llm("qwen3-30b-a3b", 2048, 151936, false, 262144, {moe(attention(48, 32, 4, 128), 128, 8, 768)});
}
inline Llm deepseek_v2_lite() {
  return llm("deepseek-v2-lite", 2048, 102400, false, 32768,
             {dense(mla(1, 16, 0), 10944), moe(mla(26, 16, 0), 64, 6, 1408, 2816)});
}
inline Llm deepseek_coder_v2() {
  return llm("deepseek-coder-v2", 5120, 102400, false, 163840,
             {dense(mla(1, 128, 1536), 12288), moe(mla(59, 128, 1536), 160, 6, 1536, 3072)});
}
inline Llm deepseek_v3() {
  return llm("deepseek-v3", 7168, 129280, false, 163840,
             {dense(mla(3, 128, 1536), 18432), moe(mla(58, 128, 1536), 256, 8, 2048, 2048)});
}
inline Llm glm_4_5_air() {
  return llm("glm-4.5-air", 4096, 151552, false, 131072,
             {dense(attention(1, 96, 8, 128), 10944), moe(attention(45, 96, 8, 128), 128, 8, 1408, 1408)});
}
inline Llm gpt_oss(std::string id, int layers, int experts) {
  const int half = layers / 2;
  return llm(std::move(id), 2880, 201088, false, 131072,
             {moe(sliding(attention(half, 64, 8, 64), 128), experts, 4, 2880),
              moe(attention(half, 64, 8, 64), experts, 4, 2880)});
}
inline Llm gpt_oss_20b() { return gpt_oss("gpt-oss-20b", 24, 32); }
inline Llm gpt_oss_120b() { return gpt_oss("gpt-oss-120b", 36, 128); }
inline Llm gemma_3_4b() {
  return llm("gemma-3-4b", 2560, 262144, true, 131072,
             {dense(sliding(attention(29, 8, 4, 256), 1024), 10240), dense(attention(5, 8, 4, 256), 10240)});
}
inline Llm gemma_4_31b() {
  LayerGroup full = attention(10, 32, 4, 512);
  full.shared_kv = true;
  return llm("gemma-4-31b", 5376, 262144, true, 262144,
             {dense(sliding(attention(50, 32, 16, 256), 1024), 21504), dense(full, 21504)});
}
inline Llm qwen3_5_9b() {
  return llm("qwen3.5-9b", 4096, 248320, false, 262144,
             {dense(deltanet(24, 32), 12288), dense(gated(attention(8, 16, 4, 256)), 12288)});
}
inline Llm qwen3_6_27b() {
  return llm("qwen3.6-27b", 5120, 248320, false, 262144,
             {dense(deltanet(48, 48), 17408), dense(gated(attention(16, 24, 4, 256)), 17408)});
}
inline Llm qwen3_5_122b_a10b() {
  return llm("qwen3.5-122b-a10b", 3072, 248320, false, 262144,
             {moe(deltanet(36, 64), 256, 8, 1024, 1024), moe(gated(attention(12, 32, 2, 256)), 256, 8, 1024, 1024)});
}

inline Format format(std::string id, std::string format_class, WeightBits bits) {
  Format f;
  f.id = std::move(id);
  f.format_class = std::move(format_class);
  f.bits = bits;
  return f;
}

inline WeightBits bits(double whole, double attention, double ffn, double experts, double embedding, double output,
                       double other = 32) {
  WeightBits b;
  b.whole_model = whole;
  b.attention = attention;
  b.ffn = ffn;
  b.experts = experts;
  b.embedding = embedding;
  b.output = output;
  b.other = other;
  return b;
}

inline Format f16() { return format("f16", "f16", bits(16, 16, 16, 16, 16, 16)); }
inline Format q8_0() { return format("q8_0", "q8", bits(8.5, 8.5, 8.5, 8.5, 8.5, 8.5)); }
inline Format q4_k_m() { return format("q4_k_m", "k4", bits(4.8944, 4.603, 4.844, 4.844, 4.5, 6.5625)); }
inline Format mxfp4() { return format("mxfp4", "mxfp4", bits(4.35, 8.5, 8.5, 4.25, 8.5, 8.5)); }
inline Format fp8_block() { return format("fp8-block", "fp8", bits(8.003, 8.003, 8.003, 8.003, 16, 16, 16)); }
inline Format awq() { return format("awq-4bit-g128", "awq4", bits(5.7, 4.16, 4.16, 4.16, 16, 16, 16)); }
inline Format ud_iq1_s() { return format("ud-iq1_s", "iq1", bits(1.56, 4.6, 4.8, 1.52, 4.5, 6.5625)); }
inline Format kv_q8_0() { return format("kv-q8_0", "q8", bits(8.5, 8.5, 8.5, 8.5, 8.5, 8.5)); }

inline Engine llama_cpp() {
  Engine e;
  e.id = e.base = "llama.cpp";
  e.name = "llama.cpp";
  e.containers = {"gguf"};
  return e;
}

inline Engine vllm() {
  Engine e;
  e.id = e.base = "vllm";
  e.name = "vLLM";
  e.containers = {"safetensors"};
  e.policy.multi_device = MultiDevice::tensor_parallel;
  e.policy.batching = Batching::continuous;
  e.policy.sliding_window_capped = false;
  e.policy.kv_block_tokens = 16;
  e.policy.prefill_chunk_tokens = 2048;
  e.policy.memory_pool_fraction = 0.9;
  e.policy.runtime_gib = 0.28;
  return e;
}

inline Device device(std::string id, double capacity_gib, double usable_fraction) {
  Device d;
  d.id = std::move(id);
  d.memory_capacity = gib(capacity_gib);
  d.usable_fraction = usable_fraction;
  return d;
}

inline Device unified(std::string id, double capacity_gib, double usable_fraction, Processor processor) {
  Device d = device(std::move(id), capacity_gib, usable_fraction);
  d.unified_memory = true;
  d.processor = processor;
  d.kind = DeviceKind::desktop;
  return d;
}

/// `count` of a device; the device must outlive the set-up.
inline Setup setup(const Device& d, int count = 1) {
  Setup s;
  s.parts.push_back({&d, count, nullptr, nullptr});
  return s;
}

}  // namespace rigwise::shapes
