#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/facts/format.h"
#include "core/facts/llm.h"

namespace rigwise {

/// Parameters of one tensor class and what they weigh in a format; the rows of `rigwise explain` for memory.
struct TensorClassSize {
  std::string name;  ///< embedding attention dense_ffn shared_experts router routed_experts output norms extra
  double params = 0;
  double bits_per_weight = 0;
  Bytes bytes;
};

/// Routed experts of one group of like MoE layers.
struct ExpertGroup {
  int layers = 0;
  int experts = 0;
  int experts_per_token = 0;
  Bytes per_expert;         ///< one expert of one layer
  double params_per_expert = 0;
};

/// What a model weighs in a format, and what one forward pass must read. Computed once per (model, format).
struct WeightPlan {
  std::vector<TensorClassSize> classes;
  Bytes total;                ///< everything an accelerator must hold to run it (off-accelerator tables excluded)
  Bytes off_accelerator;      ///< token embedding on the host (GGUF), per-layer embeddings
  Bytes always_read;          ///< read in every step whatever the batch: attention, dense and shared FFN, router, norms, head
  std::array<ExpertGroup, 3> experts{};
  int expert_groups = 0;
  double params_total = 0;         ///< by shape arithmetic, extra weights included
  double params_read_per_token = 0;  ///< multiplied per token: FLOP = 2 x this (no embedding lookup, head included)
  bool exact = false;              ///< from a file header rather than shape and averages

  /// Bytes of weights read by a step of `tokens` tokens: always_read plus the expected distinct experts
  ///     E * (1 - (1 - k/E)^tokens) per MoE layer, moved a share `skew` towards k (routing reuse). Never fewer than k.
  /// From  predicting.md 4.3.
  Bytes read_by_step(double tokens, double skew = 0.0) const;
};

/// Parameters by tensor class from the model's shape alone (no format).
/// Holds for every attention and FFN kind of the catalog; formulas in weights.cc beside each kind.
std::vector<TensorClassSize> parameter_classes(const Llm& model);

/// Total parameters by shape arithmetic, `params_extra` included. 0 when the model has no shape.
double parameter_count(const Llm& model);
/// Parameters multiplied per token by shape arithmetic (experts_per_token experts, head, no embedding table).
double active_parameter_count(const Llm& model);

/// Sizes every tensor class with the format's bits. `container` ("gguf", "safetensors", "mlx") chooses overrides.
/// A closed model or one without a shape gives params_total * whole_model bits in one class "all".
WeightPlan weight_plan(const Llm& model, const Format& format, std::string_view container = "gguf");

}  // namespace rigwise
