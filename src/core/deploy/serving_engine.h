#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/deploy/kit_plan.h"

namespace rigwise {

/// Which program serves a model of the plan, with which weights, and why; node, devices and workers from where the plan
/// put it. `wanted` (the plan's engine where absent) is refused, with what would do, where the format or the hardware
/// forbids it. Where no program of ours serves it at all the error says so.
///
/// Takes  nodes and devices of the plan; `index` of a model that is loaded.
Result<EngineProcess> serving_process(const KitPlan& plan, std::size_t index, std::optional<ServingEngine> wanted);

/// "llama.cpp", "llama-server", "vllm", ... Null: none that a kit starts.
std::optional<ServingEngine> serving_engine_of(const std::string& name);

/// Whether the plan's speeds are for this engine.
bool was_predicted_for(const PlannedModel& model, ServingEngine engine);

/// Whether the process asks for a key itself. What does not is reached by loopback or the containers' network only.
bool checks_key(ServingEngine engine);

/// Whether llama-server reads the model's image encoder from a file of its own (--mmproj). Llama 3.2 Vision's, whose
/// images come by cross-attention, it does not read at all.
bool needs_encoder_file(const PlannedModel& model, ServingEngine engine);

/// What the API calls the model that this process serves.
std::string served_name(const EngineProcess& process);

/// Where a process runs: addresses and folders as the process sees them.
struct EnginePlace {
  std::string host, port;
  std::string models;    ///< folder of the weights
  std::string key_file;  ///< file with the key
  bool in_container = false;
  std::vector<std::string> worker_addresses;  ///< of the other nodes, by worker
  std::string own_address;                    ///< of this node on the private link
};

/// The command that starts it, program first. One function an engine, each in its own file; flags are those of the
/// version that `image_for` pins.
std::vector<std::string> llama_server_command(const KitPlan& plan, const EngineProcess& process,
                                              const EnginePlace& place);
std::vector<std::string> ollama_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place);
std::vector<std::string> vllm_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place);
std::vector<std::string> sglang_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place);
std::vector<std::string> mlx_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place);
/// The one of these that belongs to the process.
std::vector<std::string> engine_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place);

/// The command of a worker on another node: llama.cpp's RPC server, or vLLM without its API.
std::vector<std::string> llama_worker_command(const EnginePlace& place);
std::vector<std::string> vllm_worker_command(const KitPlan& plan, const EngineProcess& process, std::size_t worker,
                                             const EnginePlace& place);

/// Settings that an engine takes from its environment, in order; no secrets.
std::vector<std::pair<std::string, std::string>> ollama_environment(const KitPlan& plan, const EngineProcess& process,
                                                                    const EnginePlace& place);
/// Ollama's description of the model.
std::string ollama_modelfile(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place);

/// Share of a device's memory that vLLM or SGLang may take for this process: what the plan gives it, in hundredths,
/// rounded up; all that models may have, rounded down, where nothing else stands on its devices.
double memory_share(const KitPlan& plan, const EngineProcess& process);

}  // namespace rigwise
