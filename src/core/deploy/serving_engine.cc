#include "core/deploy/serving_engine.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/deploy/images.h"

namespace rigwise {
namespace {

bool has(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool runs_gguf(const Format& format) { return has(format.containers, "gguf"); }
bool runs_safetensors(const Format& format) { return has(format.containers, "safetensors"); }
bool runs_mlx(const Format& format) { return has(format.containers, "mlx"); }

/// Why an engine cannot serve this model where it stands; empty: it can.
std::string why_not(const PlannedModel& model, const std::vector<KitNode>& nodes, int node, std::size_t spans,
                    ServingEngine engine) {
  const Format& format = *model.format;
  const std::string what = model.model->id + " in " + format.id;
  switch (engine) {
    case ServingEngine::llama_server: return runs_gguf(format) ? std::string() : what + " is no GGUF file";
    case ServingEngine::ollama:
      if (!runs_gguf(format)) return what + " is no GGUF file";
      return spans > 1 ? "Ollama serves from one machine, and " + what + " stands on several" : std::string();
    case ServingEngine::vllm:
      if (!runs_safetensors(format)) return what + " is no safetensors format";
      return nodes[node].is_mac ? "vLLM does not run on a Mac's GPU" : std::string();
    case ServingEngine::sglang:
      if (!runs_safetensors(format)) return what + " is no safetensors format";
      if (nodes[node].is_mac) return "SGLang does not serve from a Mac in this kit";
      return spans > 1 ? "this kit starts SGLang on one machine, and " + what + " stands on several" : std::string();
    case ServingEngine::mlx:
      if (!runs_mlx(format) && !runs_safetensors(format)) return what + " is no MLX format";
      if (!nodes[node].is_mac) return "MLX runs on Apple silicon";
      return spans > 1 ? "mlx_lm.server serves from one machine, and " + what + " stands on several" : std::string();
  }
  return {};
}

/// MXFP4 comes in all three: the engine says which is meant.
std::string kind_of_weights(const Format& format, ServingEngine engine) {
  if (engine == ServingEngine::llama_server || engine == ServingEngine::ollama) return "GGUF";
  return engine == ServingEngine::mlx && runs_mlx(format) ? "MLX" : "safetensors";
}

/// Why this one: what the plan says, and where another would be worth a thought.
std::string reason_for(const PlannedModel& model, ServingEngine engine, bool was_wanted) {
  std::string why = std::string(was_wanted ? "asked for; " : "") + model.format->name + " comes as " +
                    kind_of_weights(*model.format, engine) + ", which " + serving_engine_name(engine) + " reads";
  if (!was_wanted && model.engine != nullptr) why += ", and the plan's speeds are for " + model.engine->name;
  if (!model.backend.empty()) why += " on " + model.backend;
  return why;
}

bool has_cross_attention(const Llm& model) {
  return std::any_of(model.layers.begin(), model.layers.end(),
                     [](const LayerGroup& group) { return group.attention == AttentionKind::cross; });
}

bool answers_text_only(const PlannedModel& model, ServingEngine engine) {
  if (!model.model->sees_images()) return false;
  if (engine == ServingEngine::llama_server) return has_cross_attention(*model.model);
  return engine == ServingEngine::ollama || engine == ServingEngine::mlx;
}

void add_notes(const KitPlan& plan, const PlannedModel& model, EngineProcess& process) {
  if (answers_text_only(model, process.engine)) {
    process.notes.push_back(std::string("the model sees images, ") + serving_engine_name(process.engine) +
                            " in this kit does not: it answers to text alone");
  }
  const auto is_laptop = [&](const EngineWorker& worker) { return plan.nodes[worker.node].is_portable; };
  if (std::any_of(process.workers.begin(), process.workers.end(), is_laptop)) {
    process.notes.emplace_back("a part of it stands on a laptop: while that sleeps or is away, nobody is answered");
  }
  const auto is_mac = [&](const EngineWorker& worker) { return plan.nodes[worker.node].is_mac; };
  if (std::any_of(process.workers.begin(), process.workers.end(), is_mac)) {
    process.notes.emplace_back(
        "its parts talk by llama.cpp's RPC over IP, on Thunderbolt too: what RDMA adds (exo, MLX) is not in this kit");
  }
  if (was_predicted_for(model, process.engine)) return;
  process.notes.push_back("the plan's speeds are for " + model.engine->name + ", not for " +
                          serving_engine_name(process.engine) + ": what confirm.sh measures may differ");
}

/// Splits the plan's devices of a model: those of the node that serves it, and workers.
void lay_out(const KitPlan& plan, const PlannedModel& model, EngineProcess& process) {
  process.node = plan.devices[model.on.front()].node;
  // A model over several nodes is served from the gateway when the gateway has a part of it.
  for (const int d : model.on) {
    if (plan.devices[d].node == plan.gateway) process.node = plan.gateway;
  }
  for (const int d : model.on) {
    const int node = plan.devices[d].node;
    if (node == process.node) {
      process.devices.push_back(d);
      continue;
    }
    if (process.workers.empty() || process.workers.back().node != node) process.workers.push_back({node, {}});
    process.workers.back().devices.push_back(d);
  }
}

}  // namespace

const char* serving_engine_name(ServingEngine engine) {
  switch (engine) {
    case ServingEngine::llama_server: return "llama-server";
    case ServingEngine::ollama: return "ollama";
    case ServingEngine::vllm: return "vllm";
    case ServingEngine::sglang: return "sglang";
    case ServingEngine::mlx: return "mlx";
  }
  return "";
}

std::optional<ServingEngine> serving_engine_of(const std::string& name) {
  const std::string folded = fold_name(name);
  if (folded == "llama.cpp" || folded == "llamaserver" || folded == "llamacpp") return ServingEngine::llama_server;
  if (folded == "ollama") return ServingEngine::ollama;
  if (folded == "vllm") return ServingEngine::vllm;
  if (folded == "sglang") return ServingEngine::sglang;
  if (folded == "mlx" || folded == "mlxlm") return ServingEngine::mlx;
  return std::nullopt;
}

bool was_predicted_for(const PlannedModel& model, ServingEngine engine) {
  if (model.engine == nullptr) return true;
  return serving_engine_of(model.engine->id) == engine;
}

bool checks_key(ServingEngine engine) { return engine == ServingEngine::llama_server || engine == ServingEngine::vllm; }

bool needs_encoder_file(const PlannedModel& model, ServingEngine engine) {
  return engine == ServingEngine::llama_server && model.model->sees_images() && !has_cross_attention(*model.model);
}

std::string served_name(const EngineProcess& process) {
  // mlx_lm.server knows the model that it was started with by this name alone.
  return process.engine == ServingEngine::mlx ? "default_model" : process.name;
}

Result<EngineProcess> serving_process(const KitPlan& plan, std::size_t index, std::optional<ServingEngine> wanted) {
  const PlannedModel& model = plan.models[index];
  EngineProcess process;
  process.model = index;
  lay_out(plan, model, process);
  const std::size_t spans = 1 + process.workers.size();
  std::vector<ServingEngine> tries;
  if (wanted) {
    tries = {*wanted};
  } else {
    if (model.engine != nullptr) {
      if (const auto own = serving_engine_of(model.engine->id)) tries.push_back(*own);
    }
    for (const ServingEngine engine : {ServingEngine::llama_server, ServingEngine::vllm, ServingEngine::mlx}) {
      if (tries.empty() || tries.front() != engine) tries.push_back(engine);
    }
  }
  std::string refused;
  for (const ServingEngine engine : tries) {
    const std::string why = why_not(model, plan.nodes, process.node, spans, engine);
    if (!why.empty()) {
      if (refused.empty()) refused = why;
      continue;
    }
    process.engine = engine;
    process.reason = reason_for(model, engine, wanted.has_value());
    add_notes(plan, model, process);
    process.image = image_for(plan, process);
    return process;
  }
  return fail({ErrorCode::invalid_input,
               refused,
               "engine",
               "a kit starts llama-server or ollama (GGUF), vllm or sglang (safetensors), mlx (on a Mac)",
               {}});
}

std::vector<std::string> engine_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place) {
  switch (process.engine) {
    case ServingEngine::llama_server: return llama_server_command(plan, process, place);
    case ServingEngine::ollama: return ollama_command(plan, process, place);
    case ServingEngine::vllm: return vllm_command(plan, process, place);
    case ServingEngine::sglang: return sglang_command(plan, process, place);
    case ServingEngine::mlx: return mlx_command(plan, process, place);
  }
  return {};
}

double memory_share(const KitPlan& plan, const EngineProcess& process) {
  const PlannedModel& model = plan.model_of(process);
  double share = 0;
  for (std::size_t i = 0; i < model.on.size(); ++i) {
    const KitDevice& device = plan.devices[model.on[i]];
    const bool is_alone = std::none_of(plan.processes.begin(), plan.processes.end(), [&](const EngineProcess& other) {
      const std::vector<int>& on = plan.model_of(other).on;
      return other.model != process.model && std::find(on.begin(), on.end(), model.on[i]) != on.end();
    });
    const double own = i < model.on_gb.size() ? model.on_gb[i] : model.total_gb / static_cast<double>(model.on.size());
    const double most = std::floor(100 * (device.available_gb - device.services_gb) / device.capacity_gb) / 100;
    const double here = is_alone ? most : std::min(most, std::ceil(100 * own / device.capacity_gb) / 100);
    share = std::max(share, here);
  }
  return share;
}

}  // namespace rigwise
