#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts/format.h"
#include "core/facts/llm.h"

namespace rigwise {

/// Parameters of one tensor class and what they weigh in a format; the rows of `rigwise explain` for memory.
struct TensorClassSize {
  /// embedding per_layer_embeddings attention dense_ffn shared_experts router routed_experts output norms extra,
  /// or "all" for a model without a shape.
  std::string name;
  double params = 0;
  double bits_per_weight = 0;
  Bytes bytes;
};

/// Routed experts of one group of like MoE layers.
struct ExpertGroup {
  int layers = 0;
  int experts = 0;
  int experts_per_token = 0;
  Bytes per_expert;  ///< one expert of one layer
  double params_per_expert = 0;
};

/// What a model weighs in a format, and what one forward pass must read. Computed once per (model, format).
struct WeightPlan {
  std::vector<TensorClassSize> classes;
  Bytes total;            ///< everything an accelerator must hold to run it (off-accelerator tables excluded)
  Bytes off_accelerator;  ///< token embedding on the host (GGUF), per-layer embeddings
  Bytes always_read;      ///< read in every step at any batch: attention, dense and shared FFN, router, norms, head
  std::array<ExpertGroup, 3> experts{};
  int expert_groups = 0;
  double params_total = 0;           ///< by shape arithmetic, extra weights included
  double params_read_per_token = 0;  ///< multiplied per token: FLOP = 2 x this (no embedding lookup, head included)
  bool exact = false;                ///< from a file header rather than shape and averages
  bool from_shape = false;           ///< tensor by tensor class; false and not exact: from the parameter count alone
  Bytes counted_twice;  ///< tied GGUF table, in `total` as the head and in `off_accelerator` as the embedding
  Bytes not_in_layers;  ///< share of `total` that no layer owns: head, final norm, embedding, vision encoder

  /// Bytes of weights read by a step of `tokens` tokens: always_read plus the expected distinct experts
  ///     E * (1 - (1 - k/E)^tokens) per MoE layer, moved a share `skew` towards k (routing reuse). Never fewer than k.
  /// From  predicting.md 4.3.
  Bytes read_by_step(double tokens, double skew = 0.0) const;

  /// Adds a group of MoE layers. Groups with the same experts and experts_per_token become one with the mean
  /// expert, which leaves every sum over layers unchanged.
  void add_experts(const ExpertGroup& group);
};

/// Expected distinct routed experts of one layer when `tokens` tokens each pick `experts_per_token` of `experts`.
///
///     D(n) = E * (1 - (1 - k/E)^n);   D~ = D * (1 - skew) + k * skew
///
/// Takes  1 <= k <= E; tokens >= 0 (below 1 counts as 1); skew in [0, 1]: 0 independent routing, 1 all tokens alike.
/// Gives  a count in [k, E], growing with tokens.
/// From   predicting.md 4.3: (E128,k8) 8, 51.6, 111.8, 128 at n = 1, 8, 32, 128.
double distinct_experts(int experts, int experts_per_token, double tokens, double skew = 0.0);

/// Parameters by tensor class from the model's shape alone (no format).
/// Holds for every attention and FFN kind of the catalog; formulas in shape_arithmetic.cc beside each kind.
/// Biases and the norms inside attention are left out (below 0.1 % everywhere in the catalog).
std::vector<TensorClassSize> parameter_classes(const Llm& model);

/// Total parameters by shape arithmetic, `params_extra` and `params_offloadable` included. 0 without a shape.
double parameter_count(const Llm& model);
/// Parameters multiplied per token by shape arithmetic (experts_per_token experts, head, no embedding table).
double active_parameter_count(const Llm& model);

/// Weights of the attention (or its recurrent stand-in) of one layer of the group.
double attention_params(const LayerGroup& group, int hidden_size);
/// Weights of one routed expert.
double expert_params(const LayerGroup& group, int hidden_size);

/// Sizes every tensor class with the format's bits. `container` ("gguf", "safetensors", "mlx") chooses overrides.
///
/// GGUF: the token embedding is a table on the host (off_accelerator) and the head is on the accelerator; a tied
/// table is loaded at both places (counted_twice). Other containers hold the embedding once, on the accelerator.
/// Vision encoders are counted at 16 bits when the model sees images; MTP weights of text models are not loaded.
/// A closed model or one without a shape gives params_total * whole_model bits in one class "all".
WeightPlan weight_plan(const Llm& model, const Format& format, std::string_view container = "gguf");

}  // namespace rigwise
