#include "core/sizing/weights.h"

#include <algorithm>
#include <cmath>

#include "core/sizing/block_fallback.h"

namespace rigwise {
namespace {

/// Encoders for images and sound stay in 16 bits whatever the language model's format is.
constexpr double kEncoderBits = 16;

bool is(const TensorClassSize& c, std::string_view name) { return c.name == name; }

/// Mean bits of a tensor class over the layers, rows that the format cannot pack taken into account.
class ClassBits {
 public:
  ClassBits(const Llm& model, const Format& format, const WeightBits& bits, std::string_view container)
      : model_(model), bits_(bits), fallback_(format.format_class, container) {}

  double of(const TensorClassSize& c, bool table_is_head) const {
    if (is(c, "embedding")) return fallback_.matrix(table_is_head ? bits_.output : bits_.embedding, model_.hidden_size);
    if (is(c, "per_layer_embeddings")) return bits_.embedding;
    if (is(c, "attention")) return mean([this](const LayerGroup& g) { return attention(g); });
    if (is(c, "dense_ffn")) return mean([this](const LayerGroup& g) { return dense(g); });
    if (is(c, "shared_experts")) return mean([this](const LayerGroup& g) { return shared(g); });
    if (is(c, "routed_experts")) return mean([this](const LayerGroup& g) { return routed(g); });
    if (is(c, "output")) return fallback_.matrix(bits_.output, model_.hidden_size);
    return is(c, "extra") ? kEncoderBits : bits_.other;
  }

  double of_expert(const LayerGroup& g) const {
    const int input = g.expert_hidden_size > 0 ? g.expert_hidden_size : model_.hidden_size;
    return fallback_.ffn(bits_.experts, input, g.expert_intermediate_size, g.ffn_gated);
  }

 private:
  struct Weighed {
    double params = 0, bits = 0;
  };

  Weighed attention(const LayerGroup& g) const {
    const double attention_bits = model_.kind == LlmKind::hybrid ? bits_.attention_of_hybrids : bits_.attention;
    const double params = attention_params(g, model_.hidden_size);
    const double v = double(g.v_head_dim > 0 ? g.v_head_dim : g.head_dim);
    // Latent and recurrent layers have no V of their own to be rich in; all of their matrices get the average.
    if (g.kv_heads <= 0 || g.kv_lora_rank > 0 || params <= 0) {
      return {params, fallback_.matrix(attention_bits, model_.hidden_size)};
    }
    const double v_share = g.reuses_kv || g.shared_kv ? 0 : g.kv_heads * v * model_.hidden_size / params;
    const double o_share = g.o_lora_rank > 0 ? 0 : g.heads * v * model_.hidden_size / params;
    return {params, fallback_.attention(attention_bits, v_share, o_share, model_.hidden_size, g.heads * v)};
  }
  Weighed dense(const LayerGroup& g) const {
    const int width = g.ffn == FfnKind::dense ? g.intermediate_size : g.dense_beside_moe;
    return {double(width), fallback_.ffn(bits_.ffn, model_.hidden_size, width, g.ffn_gated)};
  }
  Weighed shared(const LayerGroup& g) const {
    const double width = g.shared_intermediate_size > 0 ? g.shared_intermediate_size
                                                        : double(g.shared_experts) * g.expert_intermediate_size;
    return {width, fallback_.ffn(bits_.ffn, model_.hidden_size, width, g.ffn_gated)};
  }
  Weighed routed(const LayerGroup& g) const { return {g.experts * expert_params(g, model_.hidden_size), of_expert(g)}; }

  template <class Of>
  double mean(Of of_group) const {
    double params = 0, weighed = 0;
    for (const LayerGroup& g : model_.layers) {
      const Weighed w = of_group(g);
      params += g.count * w.params;
      weighed += g.count * w.params * w.bits;
    }
    return params > 0 ? weighed / params : bits_.ffn;
  }

  const Llm& model_;
  const WeightBits& bits_;
  BlockFallback fallback_;
};

Bytes bytes_of(double params, double bits) { return {params * bits / 8}; }

WeightPlan plan_without_shape(const Llm& model, const WeightBits& bits) {
  WeightPlan plan;
  plan.params_total = model.params_total;
  plan.params_read_per_token = model.params_active > 0 ? model.params_active : model.params_total;
  plan.total = bytes_of(model.params_total, bits.whole_model);
  plan.always_read = bytes_of(plan.params_read_per_token, bits.whole_model);
  plan.classes.push_back({"all", model.params_total, bits.whole_model, plan.total});
  return plan;
}

/// How much larger than the shape's the published count is, where the catalog says the shape cannot give it.
double published_over_shape(const Llm& model, double by_shape) {
  if (model.shape_check_exempt.empty() || model.params_total <= 0 || by_shape <= 0) return 1;
  return model.params_total / by_shape;
}

void add_all_experts(WeightPlan& plan, const Llm& model, const ClassBits& bits, double scale) {
  for (const LayerGroup& g : model.layers) {
    if (g.ffn != FfnKind::moe || g.experts <= 0) continue;
    const double params = expert_params(g, model.hidden_size) * scale;
    plan.add_experts({g.count, g.experts, g.experts_per_token, bytes_of(params, bits.of_expert(g)), params});
  }
}

/// Books one class into the sums of the plan.
void place(WeightPlan& plan, const TensorClassSize& c, bool gguf, bool tied) {
  const bool table = is(c, "embedding");
  const bool on_host = gguf && (table || is(c, "per_layer_embeddings"));
  (on_host ? plan.off_accelerator : plan.total) += c.bytes;
  if (is(c, "output") || is(c, "extra") || (table && !gguf)) plan.not_in_layers += c.bytes;
  const bool read = !is(c, "routed_experts") && !is(c, "extra") && !is(c, "per_layer_embeddings");
  if (read && (!table || (tied && !gguf))) plan.always_read += c.bytes;
}

}  // namespace

double distinct_experts(int experts, int experts_per_token, double tokens, double skew) {
  const double most = experts;
  const double least = std::min(experts_per_token, experts);
  if (tokens <= 1 || most <= 0) return least;
  const double independent = most * (1 - std::pow(1 - least / most, tokens));
  return std::clamp(independent * (1 - skew) + least * skew, least, most);
}

Bytes WeightPlan::read_by_step(double tokens, double skew) const {
  double bytes = always_read.value;
  for (int i = 0; i < expert_groups; ++i) {
    const ExpertGroup& g = experts[static_cast<std::size_t>(i)];
    bytes += g.layers * g.per_expert.value * distinct_experts(g.experts, g.experts_per_token, tokens, skew);
  }
  return {bytes};
}

void WeightPlan::add_experts(const ExpertGroup& group) {
  if (group.layers <= 0 || group.experts <= 0) return;
  ExpertGroup* into = nullptr;
  for (int i = 0; i < expert_groups; ++i) {
    ExpertGroup& g = experts[static_cast<std::size_t>(i)];
    if (g.experts == group.experts && g.experts_per_token == group.experts_per_token) into = &g;
  }
  if (into == nullptr && expert_groups < static_cast<int>(experts.size())) {
    experts[static_cast<std::size_t>(expert_groups++)] = group;
    return;
  }
  // A fourth kind of MoE layer joins the last group; no known model has one.
  if (into == nullptr) into = &experts.back();
  const double layers = into->layers + group.layers;
  const auto mean = [&](double a, double b) { return (a * into->layers + b * group.layers) / layers; };
  into->per_expert.value = mean(into->per_expert.value, group.per_expert.value);
  into->params_per_expert = mean(into->params_per_expert, group.params_per_expert);
  into->layers += group.layers;
}

WeightPlan weight_plan(const Llm& model, const Format& format, std::string_view container) {
  const WeightBits& bits =
      container == "safetensors" && format.bits_safetensors ? *format.bits_safetensors : format.bits;
  if (!model.has_shape()) return plan_without_shape(model, bits);

  const bool gguf = container == "gguf";
  const bool table_is_head = gguf && model.tied_embeddings;
  const ClassBits class_bits(model, format, bits, container);
  const double scale = published_over_shape(model, parameter_count(model));
  WeightPlan plan;
  plan.from_shape = true;
  for (TensorClassSize& c : parameter_classes(model)) {
    c.params *= scale;
    plan.params_total += c.params;
    if (is(c, "extra") && !model.sees_images()) continue;
    c.bits_per_weight = class_bits.of(c, table_is_head);
    c.bytes = bytes_of(c.params, c.bits_per_weight);
    place(plan, c, gguf, model.tied_embeddings);
    plan.classes.push_back(std::move(c));
  }
  if (table_is_head) {
    TensorClassSize head{"output", double(model.hidden_size) * model.vocab_size * scale, 0, {}};
    head.bits_per_weight = class_bits.of(head, true);
    head.bytes = bytes_of(head.params, head.bits_per_weight);
    place(plan, head, gguf, true);
    plan.counted_twice = head.bytes;
    plan.classes.push_back(head);
  }
  plan.params_read_per_token = active_parameter_count(model) * scale;
  add_all_experts(plan, model, class_bits, scale);
  return plan;
}

}  // namespace rigwise
