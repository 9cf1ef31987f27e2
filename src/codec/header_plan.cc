#include "codec/header_plan.h"

#include <algorithm>
#include <string>

namespace rigwise {
namespace {

bool same_attention(const LayerGroup& a, const LayerGroup& b) {
  return a.attention == b.attention && a.heads == b.heads && a.kv_heads == b.kv_heads && a.head_dim == b.head_dim &&
         a.v_head_dim == b.v_head_dim && a.window == b.window && a.shared_kv == b.shared_kv &&
         a.single_kv == b.single_kv && a.reuses_kv == b.reuses_kv && a.attention_gate == b.attention_gate &&
         a.kv_lora_rank == b.kv_lora_rank && a.q_lora_rank == b.q_lora_rank && a.rope_dim == b.rope_dim &&
         a.nope_dim == b.nope_dim && a.o_lora_rank == b.o_lora_rank && a.o_groups == b.o_groups &&
         a.compress_ratio == b.compress_ratio && a.index_dim == b.index_dim && a.index_heads == b.index_heads &&
         a.index_topk == b.index_topk;
}

bool same_recurrence(const LayerGroup& a, const LayerGroup& b) {
  return a.linear_key_heads == b.linear_key_heads && a.linear_value_heads == b.linear_value_heads &&
         a.linear_key_dim == b.linear_key_dim && a.linear_value_dim == b.linear_value_dim &&
         a.conv_kernel == b.conv_kernel && a.ssm_state == b.ssm_state && a.ssm_heads == b.ssm_heads &&
         a.ssm_head_dim == b.ssm_head_dim && a.ssm_groups == b.ssm_groups;
}

bool same_ffn(const LayerGroup& a, const LayerGroup& b) {
  return a.ffn == b.ffn && a.ffn_gated == b.ffn_gated && a.intermediate_size == b.intermediate_size &&
         a.experts == b.experts && a.experts_per_token == b.experts_per_token &&
         a.expert_intermediate_size == b.expert_intermediate_size && a.expert_hidden_size == b.expert_hidden_size &&
         a.shared_experts == b.shared_experts && a.shared_intermediate_size == b.shared_intermediate_size &&
         a.dense_beside_moe == b.dense_beside_moe;
}

bool is_recurrent(const LayerGroup& g) {
  return g.attention == AttentionKind::gated_deltanet || g.attention == AttentionKind::mamba2 ||
         g.attention == AttentionKind::shortconv;
}

}  // namespace

LayerName layer_name(std::string_view name, std::string_view prefix) {
  LayerName result;
  if (!name.starts_with(prefix)) return result;
  name.remove_prefix(prefix.size());
  int layer = 0;
  std::size_t digits = 0;
  while (digits < name.size() && digits < 5 && name[digits] >= '0' && name[digits] <= '9') {
    layer = 10 * layer + (name[digits] - '0');
    ++digits;
  }
  if (digits == 0 || digits >= name.size() || name[digits] != '.') return result;
  result.layer = layer;
  result.rest = name.substr(digits + 1);
  return result;
}

void LayerCollector::add(const LayerGroup& layer) {
  for (LayerGroup& group : groups_) {
    if (!same_attention(group, layer) || !same_recurrence(group, layer) || !same_ffn(group, layer)) continue;
    group.count += layer.count;
    return;
  }
  groups_.push_back(layer);
}

void complete_from_shape(Llm& model) {
  model.params_total = parameter_count(model);
  model.params_active = active_parameter_count(model);
  const auto any = [&model](auto&& holds) { return std::any_of(model.layers.begin(), model.layers.end(), holds); };
  model.kind = model.is_moe() ? LlmKind::moe : LlmKind::dense;
  if (any(is_recurrent)) model.kind = LlmKind::hybrid;
}

PlanFromTensors::Sum& PlanFromTensors::sum(std::string_view tensor_class) {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    if (classes_[i].name == tensor_class) return sums_[i];
  }
  classes_.push_back({std::string(tensor_class), 0, 0, {}});
  sums_.emplace_back();
  return sums_.back();
}

void PlanFromTensors::add(const HeaderTensor& tensor, TensorPlace place) {
  Sum& s = sum(place.tensor_class);
  const double params = static_cast<double>(tensor.elements), bytes = static_cast<double>(tensor.bytes);
  s.params += params;
  s.bytes += bytes;
  if (place.tensor_class != "routed_experts" || place.layer < 0 || place.layer >= kMaxLayers) return;
  const auto layer = static_cast<std::size_t>(place.layer);
  if (routed_by_layer_.size() <= layer) routed_by_layer_.resize(layer + 1);
  routed_by_layer_[layer].params += params;
  routed_by_layer_[layer].bytes += bytes;
}

const PlanFromTensors::Sum* PlanFromTensors::find(std::string_view tensor_class) const {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    if (classes_[i].name == tensor_class) return &sums_[i];
  }
  return nullptr;
}

void PlanFromTensors::book_classes(WeightPlan& plan) const {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    TensorClassSize c = classes_[i];
    c.bytes = {sums_[i].bytes};
    c.params = sums_[i].params;
    c.bits_per_weight = c.params > 0 ? 8 * c.bytes.value / c.params : 0;
    plan.params_total += c.params;
    const bool embedding = c.name == "embedding", per_layer = c.name == "per_layer_embeddings",
               extra = c.name == "extra";
    // Next-token layers of a text model are in the file, but no engine loads them unasked.
    if (gguf_ && (embedding || per_layer)) {
      plan.off_accelerator += c.bytes;
    } else if (!extra || shape_.sees_images()) {
      plan.total += c.bytes;
      if (embedding || extra || c.name == "output") plan.not_in_layers += c.bytes;
    }
    if (!embedding && !per_layer && !extra && c.name != "routed_experts") {
      plan.always_read += c.bytes;
      plan.params_read_per_token += c.params;
    }
    plan.classes.push_back(std::move(c));
  }
}

/// Without a head of its own a model multiplies by the embedding table; GGUF engines load it a second time for that.
void PlanFromTensors::book_tied_head(WeightPlan& plan) const {
  const Sum* table = find("embedding");
  if (table == nullptr || table->params <= 0 || find("output") != nullptr) return;
  const Bytes bytes{table->bytes};
  plan.always_read += bytes;
  plan.params_read_per_token += table->params;
  if (!gguf_) return;
  plan.total += bytes;
  plan.not_in_layers += bytes;
  plan.counted_twice = bytes;
  plan.classes.push_back({"output", table->params, 8 * table->bytes / table->params, bytes});
}

void PlanFromTensors::book_experts(WeightPlan& plan) const {
  // All layers with routed experts have the same count and choice in every known file: the largest stand for all.
  int experts = 0, chosen = 0;
  for (const LayerGroup& g : shape_.layers) {
    experts = std::max(experts, g.experts);
    chosen = std::max(chosen, g.experts_per_token);
  }
  if (experts <= 0) return;
  for (const Sum& layer : routed_by_layer_) {
    if (layer.bytes <= 0) continue;
    plan.add_experts({1, experts, chosen, {layer.bytes / experts}, layer.params / experts});
    plan.params_read_per_token += layer.params * std::min(1.0, double(chosen) / experts);
  }
}

void PlanFromTensors::count_by_shape(WeightPlan& plan) const {
  plan.params_total = parameter_count(shape_);
  plan.params_read_per_token = active_parameter_count(shape_);
  const std::vector<TensorClassSize> known = parameter_classes(shape_);
  for (TensorClassSize& c : plan.classes) {
    const auto same = std::find_if(known.begin(), known.end(), [&c](const auto& k) { return k.name == c.name; });
    c.params = same == known.end() ? 0 : same->params;
    c.bits_per_weight = c.params > 0 ? 8 * c.bytes.value / c.params : 0;
  }
  for (int i = 0; i < plan.expert_groups; ++i) {
    ExpertGroup& g = plan.experts[static_cast<std::size_t>(i)];
    for (const LayerGroup& layer : shape_.layers) {
      if (layer.experts == g.experts) g.params_per_expert = expert_params(layer, shape_.hidden_size);
    }
  }
}

WeightPlan PlanFromTensors::finish(bool elements_are_weights) const {
  WeightPlan plan;
  plan.exact = true;
  plan.from_shape = shape_.has_shape();
  book_classes(plan);
  book_tied_head(plan);
  book_experts(plan);
  if (!elements_are_weights && shape_.has_shape()) count_by_shape(plan);
  return plan;
}

}  // namespace rigwise
