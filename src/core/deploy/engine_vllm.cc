#include "core/base/text.h"
#include "core/deploy/serving_engine.h"

namespace rigwise {
namespace {

int heads_of(const Llm& model) {
  for (const LayerGroup& group : model.layers) {
    if (group.heads > 0) return group.heads;
  }
  return 0;
}

/// Tensor parallel over the devices of a node, layers over nodes; layers over everything where the heads do not divide.
struct Parallel {
  int tensor = 1, pipeline = 1;
};

Parallel parallel_of(const KitPlan& plan, const EngineProcess& process) {
  const int here = static_cast<int>(process.devices.size());
  const int nodes = 1 + static_cast<int>(process.workers.size());
  const int heads = heads_of(*plan.model_of(process).model);
  if (heads > 0 && heads % here != 0) return {1, here * nodes};
  return {here, nodes};
}

/// What all parts of the model must agree on.
std::vector<std::string> shared_words(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place) {
  const PlannedModel& model = plan.model_of(process);
  const Parallel parallel = parallel_of(plan, process);
  return {"vllm",
          "serve",
          place.models + "/" + process.file,
          "--served-model-name",
          process.name,
          "--tensor-parallel-size",
          std::to_string(parallel.tensor),
          "--pipeline-parallel-size",
          std::to_string(parallel.pipeline),
          "--max-model-len",
          std::to_string(model.context_tokens),
          "--max-num-seqs",
          std::to_string(model.streams),
          "--gpu-memory-utilization",
          fixed(memory_share(plan, process), 2),
          "--kv-cache-dtype",
          "auto"};
}

void add_nodes(const EngineProcess& process, std::size_t rank, const std::string& head,
               std::vector<std::string>& words) {
  if (process.workers.empty()) return;
  words.insert(words.end(), {"--nnodes", std::to_string(1 + process.workers.size()), "--node-rank",
                             std::to_string(rank), "--master-addr", head});
}

}  // namespace

std::vector<std::string> vllm_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place) {
  std::vector<std::string> words = shared_words(plan, process, place);
  words.insert(words.end(), {"--host", place.host, "--port", place.port});
  add_nodes(process, 0, place.own_address, words);
  return words;
}

std::vector<std::string> vllm_worker_command(const KitPlan& plan, const EngineProcess& process, std::size_t worker,
                                             const EnginePlace& place) {
  std::vector<std::string> words = shared_words(plan, process, place);
  add_nodes(process, worker + 1, place.worker_addresses.front(), words);
  words.emplace_back("--headless");
  return words;
}

}  // namespace rigwise
