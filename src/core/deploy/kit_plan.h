#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/provenance.h"
#include "core/facts/device.h"
#include "core/facts/engine.h"
#include "core/facts/format.h"
#include "core/facts/llm.h"

namespace rigwise {

/// A set-up kit: a packing plan made into programs that run. Nodes have devices, an engine process serves one model on
/// devices of one node (or, with workers, of several), a router gives the models names by tier.

/// Programs that serve models over HTTP and that a kit can start.
enum class ServingEngine { llama_server, ollama, vllm, sglang, mlx };
const char* serving_engine_name(ServingEngine engine);  ///< "llama-server", "vllm", ...

/// A machine of the set-up: one whole machine, or the host of all its bare cards.
struct KitNode {
  std::string name;                 ///< "node1": folder and host name of the kit
  const Device* machine = nullptr;  ///< null: a host of bare cards
  const Link* link = nullptr;       ///< to the other nodes, where the set-up names one
  bool is_mac = false;
  bool is_portable = false;  ///< a laptop: it serves its own user and nobody else
  std::vector<int> devices;  ///< numbers of the plan
};

/// A device of the plan with its memory map, GB.
struct KitDevice {
  const Device* device = nullptr;
  int node = 0;
  int index = 0;  ///< among the devices of its node: what drivers number from 0
  double capacity_gb = 0, kept_gb = 0, available_gb = 0, weights_gb = 0, kv_cache_gb = 0, buffers_gb = 0,
         services_gb = 0, free_gb = 0;
};

/// What a prediction says of a model at one number of streams.
struct PredictedLevel {
  int streams = 1;
  std::optional<Estimate> decode;        ///< tokens/s of one stream
  std::optional<Estimate> decode_total;  ///< of all streams
  std::optional<Estimate> ttft_s, e2e_s;
};

/// A model that the plan keeps loaded.
struct PlannedModel {
  const Llm* model = nullptr;
  const Format* format = nullptr;
  const Engine* engine = nullptr;  ///< the one that the plan was computed for
  std::string backend;             ///< cuda rocm vulkan metal sycl xpu cpu
  int streams = 1;
  int context_tokens = 8192;  ///< of each stream
  std::vector<int> on;        ///< devices
  std::vector<double> on_gb;  ///< what it takes on each, where the plan says
  double weights_gb = 0, kv_cache_gb = 0, total_gb = 0;
  double quality = 0;                  ///< by the plan; 0: nobody scored it
  std::vector<PredictedLevel> levels;  ///< alone on its devices, at one stream and at all of its own
  double input_usd_per_mtok = 0, output_usd_per_mtok = 0;  ///< own cost of a token; 0: unknown
};

/// A container image and how its tag is known.
struct ContainerImage {
  std::string name;    ///< with its tag; empty: none that this kit can name
  std::string source;  ///< in words
};

/// A part of a model on another node.
struct EngineWorker {
  int node = 0;
  std::vector<int> devices;  ///< numbers of the plan
};

/// One process that serves one model.
struct EngineProcess {
  std::size_t model = 0;  ///< index of the plan's models
  ServingEngine engine = ServingEngine::llama_server;
  std::string name;          ///< of its service: "qwen3-32b"
  std::string file;          ///< of its weights below the models' folder
  std::string encoder_file;  ///< llama.cpp's second file of a model that sees images; empty: it needs none
  std::string reason;        ///< why this engine
  int node = 0;
  int port = 0;
  std::vector<int> devices;  ///< of its own node, numbers of the plan
  std::vector<EngineWorker> workers;
  ContainerImage image;
  std::vector<std::string> notes;
};

/// Names by which people ask for a model, whatever it is today.
struct RouterTier {
  std::string name;  ///< fast standard premium
  std::size_t process = 0;
  std::string why;
};

/// People of one role, who share keys, models and a budget.
struct KitGroup {
  std::string role, name;
  int people = 0;
  std::string tier;                                          ///< the best that they may ask for
  double requests_per_hour = 0;                              ///< of each person, by the catalog
  double tokens_in_per_month = 0, tokens_out_per_month = 0;  ///< of all of them
  double burst_factor = 1;
};

/// What `capacity` says of the people whose best model one process serves.
struct ServedPeople {
  std::size_t process = 0;
  int people = 0;
  bool holds = false;               ///< all of them within the objectives in their busiest hour
  std::optional<Estimate> largest;  ///< as many such people as it serves within them; absent: no prediction says
  bool is_open = false;             ///< more than the search tries
  std::string why_not;              ///< empty where it holds
};

/// How people sign in to the chat page: with passwords that it keeps, or at a provider that speaks OpenID Connect.
enum class PageSignIn { passwords, oidc };

/// Everything that the files of a kit are written from.
struct KitPlan {
  std::string setup, as_of, catalog_hash;
  std::vector<KitNode> nodes;
  std::vector<KitDevice> devices;
  std::vector<PlannedModel> models;
  std::vector<EngineProcess> processes;
  int gateway = -1;  ///< node of router, chat page, database and proxy; -1: laptops only, no gateway
  std::vector<RouterTier> tiers;
  std::vector<KitGroup> groups;
  std::vector<ServedPeople> served;
  PageSignIn sign_in = PageSignIn::passwords;
  int prompt_tokens = 1024, output_tokens = 256;  ///< of the confirming load
  double level = 0.8;
  std::vector<std::string> assumptions;

  const PlannedModel& model_of(const EngineProcess& process) const { return models[process.model]; }
  const KitNode& node_of(const EngineProcess& process) const { return nodes[process.node]; }
  bool has_gateway() const { return gateway >= 0; }
  bool has_many_nodes() const { return nodes.size() > 1; }
  /// Whether the gateway's router asks this process: not those of laptops beside another machine.
  bool is_routed(const EngineProcess& process) const { return has_gateway() && !is_private(process); }
  bool is_private(const EngineProcess& process) const {
    return process.node != gateway && nodes[process.node].is_portable;
  }
  /// Whether a node holds a part of a model that another node serves.
  bool has_worker(int node) const {
    for (const EngineProcess& process : processes) {
      for (const EngineWorker& worker : process.workers) {
        if (worker.node == node) return true;
      }
    }
    return false;
  }
  /// "node2/", or nothing where the kit has one node.
  std::string folder(int node) const { return has_many_nodes() ? nodes[node].name + "/" : std::string(); }
};

}  // namespace rigwise
