#pragma once

#include <string_view>
#include <vector>

#include "codec/header_tensor.h"
#include "core/facts/llm.h"
#include "core/sizing/weights.h"

namespace rigwise {

/// Where a tensor of a file belongs in a weight plan.
struct TensorPlace {
  std::string_view tensor_class = "norms";  ///< as in TensorClassSize::name
  int layer = -1;                           ///< -1: none
};

/// Adds up the tensors of a file into a weight plan with exact bytes.
class PlanFromTensors {
 public:
  /// `gguf`: embedding tables stay on the host and a missing head is the table's second copy.
  PlanFromTensors(const Llm& shape, bool gguf) : shape_(shape), gguf_(gguf) {}

  void add(const HeaderTensor& tensor, TensorPlace place);

  /// `elements_are_weights` false: packed formats, whose weights are counted by shape arithmetic instead.
  WeightPlan finish(bool elements_are_weights) const;

 private:
  struct Sum {
    double params = 0, bytes = 0;
  };
  Sum& sum(std::string_view tensor_class);
  const Sum* find(std::string_view tensor_class) const;
  void book_classes(WeightPlan& plan) const;
  void book_tied_head(WeightPlan& plan) const;
  void book_experts(WeightPlan& plan) const;
  void count_by_shape(WeightPlan& plan) const;

  const Llm& shape_;
  bool gguf_ = false;
  std::vector<TensorClassSize> classes_;
  std::vector<Sum> sums_;
  std::vector<Sum> routed_by_layer_;
};

/// The number after `prefix` in a tensor's name and what follows its dot: ("blk.12.attn_q.weight", "blk.") gives 12 and
/// "attn_q.weight". Layer -1 when the name has another form.
struct LayerName {
  int layer = -1;
  std::string_view rest;
};
LayerName layer_name(std::string_view name, std::string_view prefix);

/// Most layers a model file may have; llama.cpp itself stops at 512.
inline constexpr int kMaxLayers = 1024;

/// Collects layers one by one and joins like ones into groups, first come first.
class LayerCollector {
 public:
  void add(const LayerGroup& layer);
  std::vector<LayerGroup> take() { return std::move(groups_); }

 private:
  std::vector<LayerGroup> groups_;
};

/// Active parameters, kind (dense, moe, hybrid) and total of a shape read from a file.
void complete_from_shape(Llm& model);

}  // namespace rigwise
