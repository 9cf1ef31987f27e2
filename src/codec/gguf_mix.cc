#include "codec/gguf_mix.h"

#include <algorithm>
#include <array>

#include "codec/header_plan.h"
#include "core/base/check.h"

namespace rigwise {
namespace {

/// Layers whose value and down projections get more bits: the first and last eighth, and every third between.
bool gets_more_bits(int layer, int layers) {
  return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
}

constexpr int kMixtralExperts = 8;
constexpr int kLayersOf70b = 80;

bool is_plain(std::string_view name, const std::vector<std::uint64_t>& shape) {
  return shape.size() == 1 || !name.ends_with(".weight") || name.ends_with("norm.weight") ||
         name.find("ffn_gate_inp") != std::string_view::npos;
}

struct Fallback {
  std::string_view type, instead;
};
constexpr std::array<Fallback, 3> kFallbacks{{{"Q4_K", "Q5_0"}, {"Q5_K", "Q5_1"}, {"Q6_K", "Q8_0"}}};

/// The type itself, or the nearest whose blocks divide a row.
const GgmlType& for_row(std::string_view type, std::uint64_t row) {
  const GgmlType* chosen = ggml_type_called(type);
  RW_CHECK(chosen != nullptr);
  if (row % chosen->block_values == 0) return *chosen;
  for (const Fallback& fallback : kFallbacks) {
    if (type == fallback.type) return for_row(fallback.instead, row);
  }
  return for_row("F16", row);
}

}  // namespace

const std::vector<std::string>& gguf_mix_names() {
  static const std::vector<std::string> kFormats = {"Q4_K_M", "Q4_0", "Q6_K", "Q8_0", "F16", "BF16", "MXFP4"};
  return kFormats;
}

std::uint32_t gguf_mix_id(std::string_view format) {
  constexpr std::uint32_t kMostIds = 64;
  for (std::uint32_t id = 0; id < kMostIds; ++id) {
    if (gguf_file_type_name(id) == format) return id;
  }
  RW_CHECK(false);
  return 0;
}

std::string_view GgufMix::value_type(bool k_mix) {
  const int seen = values_seen_++;
  if (model_.experts == kMixtralExperts) return "Q8_0";
  if (!k_mix) return format_;
  if (gets_more_bits(seen, model_.attn_v_count)) return "Q6_K";
  const bool is_70b = model_.block_count == kLayersOf70b &&
                      (model_.architecture == "qwen2" || (model_.architecture == "llama" && model_.grouped_query));
  return is_70b ? "Q5_K" : "Q4_K";
}

std::string_view GgufMix::k_mixed(std::string_view name) {
  const LayerName at = layer_name(name, "blk.");
  if (at.rest.starts_with("ffn_down")) return gets_more_bits(at.layer, model_.block_count) ? "Q6_K" : "Q4_K";
  if (at.rest == "attn_output.weight" && model_.experts == kMixtralExperts) return "Q5_K";
  return "Q4_K";
}

std::string_view GgufMix::wanted(std::string_view name) {
  const bool k_mix = format_ == "Q4_K_M";
  const bool one_type = format_ == "F16" || format_ == "BF16" || format_ == "Q8_0";
  if (one_type) return format_;
  if (format_ == "MXFP4") return name.ends_with("_exps.weight") ? "MXFP4" : "Q8_0";
  const bool is_head = name == "output.weight" || (model_.tied_embeddings && name == "token_embd.weight");
  if (is_head) return "Q6_K";
  const std::string_view rest = layer_name(name, "blk.").rest;
  if (rest == "attn_v.weight") return value_type(k_mix);
  if (rest == "attn_k.weight" && model_.experts == kMixtralExperts) return "Q8_0";
  return k_mix ? k_mixed(name) : format_;
}

const GgmlType& GgufMix::type_of(std::string_view name, const std::vector<std::uint64_t>& shape) {
  if (is_plain(name, shape)) return for_row("F32", 1);
  return for_row(wanted(name), shape.front());
}

}  // namespace rigwise
