#include <algorithm>
#include <cmath>

#include "core/perf/parts.h"
#include "core/sizing/memory.h"

namespace rigwise {
namespace {

/// Handing a step from one device to the next in llama.cpp: a copy and a wait on the host.
constexpr double kHopS = 120e-6;
/// Without peer-to-peer, transfers are staged in host memory: a further copy at half the bandwidth
/// (predicting.md 4.5: 20-40 us via host against 8-15 us).
constexpr double kViaHostLatencyS = 20e-6;
constexpr double kViaHostBandwidth = 0.5;
/// Each network hop of a step passes the network stack several times: inputs, request, and the activations fetched
/// (there and back), as llama.cpp's RPC backend does (ggml-rpc.cpp).
constexpr double kNetworkTurns = 4;
/// A remote layer of llama.cpp costs its RPC server so much more than a local one in every step: the graph is sent,
/// rebuilt and launched there. Two DGX Sparks against one, 27B with 32 layers remote: 12.42 against 12.83 tok/s
/// (LLMKube issue 1423), 80 us a layer; 22 layers of TinyLlama through a server on the same machine: 60 against 63
/// tok/s (llama.cpp pull request 6829), 36 us a layer.
constexpr double kRpcLayerS = 60e-6;
/// A collective over network cards takes no less than this, whatever the wire's latency: the proxy that drives the
/// card has to see the message and post it (predicting.md 4.5: RDMA 10-20 us).
constexpr double kNicCollectiveS = 15e-6;
/// Weights and room for caches that a replica needs on its devices.
constexpr double kReplicaHeadroom = 1.3;

/// All-reduces over network cards reach so much of the wire where the card does not read the GPU's memory itself:
/// 79.7 of 100 GB/s between Grace machines (NVIDIA/nccl issue 1579).
constexpr double kNicCollectiveShare = 0.8;

struct Connection {
  double latency_s = 10e-6, bytes_per_s = 25e9;
  bool network = false;
  bool remote_writes = true;  ///< a device can write into another's memory: no stack of protocols between
};

const Link* named_link(const Catalog& catalog, std::string_view name) {
  if (name.empty()) return nullptr;
  const Result<const Link*> link = catalog.link(name);
  return link ? *link : nullptr;
}

Connection connect(const Catalog& catalog, const Setup& setup, const RunChoices& choices) {
  const SetupPart& part = setup.parts.front();
  const Device& device = *part.device;
  const int count = setup.device_count();
  const Link* link = nullptr;
  for (const SetupPart& p : setup.parts) {
    if (p.link != nullptr) link = p.link;
  }
  if (link == nullptr && setup.parts.size() == 1 && (!device.max_linked || count <= *device.max_linked)) {
    link = named_link(catalog, device.interconnect);
  }
  if (link == nullptr && device.is_bare()) link = pcie_link(catalog, device.pcie);
  if (link == nullptr) link = named_link(catalog, "10gbe");
  Connection connection;
  if (link == nullptr) return connection;
  connection.latency_s = link->latency.value;
  connection.bytes_per_s = link->bandwidth.value;
  connection.network = link->kind == "ethernet" || link->kind == "roce" || link->kind == "thunderbolt";
  if (connection.network) {
    connection.latency_s = std::max(connection.latency_s, kNicCollectiveS);
    connection.remote_writes = link->rdma;
    if (link->kind == "roce") connection.bytes_per_s *= kNicCollectiveShare;
  }
  const bool direct = choices.peer_to_peer.value_or(device.peer_to_peer.value_or(true));
  if (link->kind == "pcie" && !direct) {
    connection.latency_s += kViaHostLatencyS;
    connection.bytes_per_s *= kViaHostBandwidth;
  }
  return connection;
}

/// Fewest devices that hold a copy of the weights with room for caches: the unit of replication at saturation.
int replica_size(const WeightPlan& weights, const Setup& setup, int devices) {
  const Device& device = *setup.parts.front().device;
  int size = 1;
  while (size < devices && weights.total.value * kReplicaHeadroom > size * device.usable_memory().value) size *= 2;
  return std::min(size, devices);
}

}  // namespace

const Format* default_kv_format(const Catalog& catalog, const Engine& engine, const Format& format) {
  const std::string& c = format.format_class;
  const bool low = c == "fp8" || c == "mxfp8" || c == "nvfp4" || c == "mxfp4";
  if (!low || engine.policy.kv_type_low_precision.empty()) return nullptr;
  const Result<const Format*> kv = catalog.kv_format(engine.policy.kv_type_low_precision);
  return kv ? *kv : nullptr;
}

const Link* pcie_link(const Catalog& catalog, const std::string& pcie) {
  const std::size_t dot = pcie.find('.');
  const std::size_t lanes = pcie.find('x');
  if (dot == std::string::npos || lanes == std::string::npos) return named_link(catalog, "pcie-4-x16");
  return named_link(catalog, "pcie-" + pcie.substr(0, dot) + "-" + pcie.substr(lanes));
}

void choose_parallelism(const Catalog& catalog, const Llm& model, const WeightPlan& weights, const Setup& setup,
                        const Engine& engine, const RunChoices& choices, SpeedParts& parts) {
  const int devices = setup.device_count();
  const bool splits_layers = engine.policy.multi_device != MultiDevice::tensor_parallel;
  parts.layer_split = devices > 1 && splits_layers && !choices.tensor_parallel;
  if (devices == 1) return;
  const Connection link = connect(catalog, setup, choices);
  parts.link_latency_s = link.latency_s;
  parts.link_bytes_per_s = link.bytes_per_s;
  parts.one_shot = link.remote_writes;
  parts.hop_s = link.network ? kNetworkTurns * link.latency_s : kHopS;

  parts.replicas = std::clamp(choices.replicas.value_or(1), 1, devices);
  if (parts.layer_split) {
    parts.pipeline_stages = devices / parts.replicas;
    if (link.network && parts.engine == EngineKind::llama_cpp) {
      parts.hop_s += kRpcLayerS * parts.layers / parts.pipeline_stages;
    }
    parts.assumptions.push_back("layers are split over the devices: memory adds up, the speed of one stream does not");
    return;
  }
  const bool stated = choices.tensor_parallel || choices.pipeline_stages || choices.replicas;
  if (!stated && choices.saturated) parts.replicas = devices / replica_size(weights, setup, devices);
  const int per_replica = std::max(1, devices / parts.replicas);
  parts.pipeline_stages = std::clamp(choices.pipeline_stages.value_or(1), 1, per_replica);
  const int share = std::max(1, per_replica / parts.pipeline_stages);
  parts.tensor_parallel =
      choices.tensor_parallel ? std::clamp(*choices.tensor_parallel, 1, share) : tensor_parallel_degree(model, share);
  if (!choices.pipeline_stages) parts.pipeline_stages = std::max(1, per_replica / parts.tensor_parallel);
  parts.expert_parallel = choices.expert_parallel && parts.tensor_parallel > 1 && parts.moe_layers > 0;
  parts.kv_shards = parts.expert_parallel ? parts.tensor_parallel : 1 / kv_cache_share(model, parts.tensor_parallel);
  if (parts.expert_parallel) {
    parts.assumptions.push_back("experts are dealt out over " + std::to_string(parts.tensor_parallel) +
                                " devices; each keeps all of the attention and serves its share of the streams");
  }
}

}  // namespace rigwise
