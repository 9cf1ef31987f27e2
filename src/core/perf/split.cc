#include <algorithm>

#include "core/perf/predict.h"

namespace rigwise {

const char* split_name(Split split) {
  switch (split) {
    case Split::layer_split: return "layer_split";
    case Split::tensor_parallel: return "tensor_parallel";
    case Split::expert_parallel: return "expert_parallel";
  }
  return "";
}

Engine splitting(const Engine& engine, std::optional<Split> split) {
  Engine asked = engine;
  if (!split) return asked;
  asked.policy.multi_device = *split == Split::layer_split ? MultiDevice::layer_split : MultiDevice::tensor_parallel;
  return asked;
}

const char* offload_name(OffloadKind kind) { return kind == OffloadKind::experts ? "experts" : "layers"; }

RunChoices choices_of(const PredictQuery& query, const Engine& engine) {
  RunChoices choices;
  const Workload& w = query.workload;
  choices.cache_tokens = (w.depth_tokens + w.prompt_tokens + w.output_tokens) * std::max(1, w.concurrency);
  const bool experts_first = query.model->is_moe() && engine.id == "llama.cpp";
  choices.offload = query.offload.value_or(experts_first ? OffloadKind::experts : OffloadKind::layers);
  choices.expert_parallel = query.split == Split::expert_parallel;
  return choices;
}

std::string cannot_split(const PredictQuery& query, const Engine& engine) {
  const int devices = query.setup.device_count();
  if (!query.split || devices < 2) return {};
  const MultiDevice habit = engine.policy.multi_device;
  if (habit == MultiDevice::none) return engine.name + " runs a model on one device only";
  if (*query.split == Split::layer_split) return {};
  if (habit == MultiDevice::layer_split) {
    return engine.name +
           " splits a model over devices by layers only; vLLM, SGLang, TensorRT-LLM and exo split inside layers";
  }
  if (*query.split == Split::expert_parallel && !query.model->is_moe()) {
    return query.model->name + " has no experts to deal out";
  }
  if (tensor_parallel_degree(*query.model, devices) < devices) {
    return "the attention heads of " + query.model->name + " do not divide over " + std::to_string(devices) +
           " devices; use a count that divides them, or split by layers";
  }
  return {};
}

}  // namespace rigwise
