#include "core/base/text.h"
#include "core/deploy/serving_engine.h"

namespace rigwise {
namespace {

constexpr const char* kRpcPort = "50052";

/// What each device takes of the model, in the order in which llama.cpp counts devices: RPC servers first.
std::vector<double> shares(const KitPlan& plan, const EngineProcess& process) {
  const PlannedModel& model = plan.model_of(process);
  const auto share_of = [&](int device) {
    for (std::size_t i = 0; i < model.on.size() && i < model.on_gb.size(); ++i) {
      if (model.on[i] == device) return model.on_gb[i];
    }
    return plan.devices[device].available_gb;
  };
  std::vector<double> list;
  for (const EngineWorker& worker : process.workers) {
    for (const int device : worker.devices) list.push_back(share_of(device));
  }
  for (const int device : process.devices) list.push_back(share_of(device));
  return list;
}

void add_split(const KitPlan& plan, const EngineProcess& process, std::vector<std::string>& words) {
  const std::vector<double> parts = shares(plan, process);
  if (parts.size() < 2) {
    words.insert(words.end(), {"--split-mode", "none"});
    return;
  }
  std::vector<std::string> proportions;
  proportions.reserve(parts.size());
  for (const double part : parts) proportions.push_back(significant(part, 3));
  words.insert(words.end(), {"--split-mode", "layer", "--tensor-split", join(proportions, ",")});
}

}  // namespace

std::vector<std::string> llama_server_command(const KitPlan& plan, const EngineProcess& process,
                                              const EnginePlace& place) {
  const PlannedModel& model = plan.model_of(process);
  const bool on_cpu = model.backend == "cpu";
  const bool is_sure = model.backend == "cuda" || model.backend == "rocm" || model.backend == "metal";
  std::vector<std::string> words = {"llama-server",
                                    "--model",
                                    place.models + "/" + process.file,
                                    "--alias",
                                    process.name,
                                    "--host",
                                    place.host,
                                    "--port",
                                    place.port,
                                    "--ctx-size",
                                    std::to_string(static_cast<long long>(model.context_tokens) * model.streams),
                                    "--parallel",
                                    std::to_string(model.streams),
                                    "--n-gpu-layers",
                                    on_cpu ? "0" : "999"};
  if (!process.encoder_file.empty()) words.insert(words.end(), {"--mmproj", place.models + "/" + process.encoder_file});
  // Plans leave no layer and no expert to the host's RAM, and are packed with a cache of 16 bits.
  words.insert(words.end(),
               {"--flash-attn", is_sure ? "on" : "auto", "--cache-type-k", "f16", "--cache-type-v", "f16"});
  if (!on_cpu) add_split(plan, process, words);
  if (!process.workers.empty()) {
    std::vector<std::string> servers;
    for (const std::string& address : place.worker_addresses) {
      servers.push_back(address);
      servers.back() += ":";
      servers.back() += kRpcPort;
    }
    words.insert(words.end(), {"--rpc", join(servers, ",")});
  }
  const KitDevice& first = plan.devices[process.devices.front()];
  if (on_cpu && first.device->cpu_cores) {
    words.insert(words.end(), {"--threads", std::to_string(*first.device->cpu_cores)});
  }
  // The numbers above are the plan's: the engine must not change them by itself.
  words.insert(words.end(), {"--fit", "off", "--metrics", "--api-key-file", place.key_file});
  if (!plan.node_of(process).is_portable) words.emplace_back("--no-webui");
  return words;
}

std::vector<std::string> llama_worker_command(const EnginePlace& place) {
  return {"rpc-server", "--host", place.own_address, "--port", kRpcPort, "--cache"};
}

}  // namespace rigwise
