#include "core/deploy/images.h"

#include "core/deploy/serving_engine.h"

namespace rigwise {
namespace {

constexpr const char* kLlamaCppBuild = "b9603";
constexpr const char* kSeen = "tag as shown in the project's container registry";
constexpr const char* kByRule =
    "tag by the rule of the project's publishing workflow, not looked up: see its container registry before you pull";
constexpr const char* kByRelease =
    "tag of the release that PyPI has, not looked up: see the project's container registry before you pull";

ContainerImage llama_image(const std::string& backend) {
  const std::string name = "ghcr.io/ggml-org/llama.cpp:server";
  const std::string build = std::string("-") + kLlamaCppBuild;
  if (backend == "cuda") return {name + "-cuda12" + build, kSeen};
  if (backend == "rocm") return {name + "-rocm" + build, kByRule};
  if (backend == "vulkan") return {name + "-vulkan" + build, kByRule};
  if (backend == "sycl") return {name + "-intel" + build, kByRule};
  if (backend == "cpu") return {name + build, kByRule};
  return {};
}

ContainerImage ollama_image(const std::string& backend) {
  if (backend == "rocm") return {"ollama/ollama:0.13.0-rocm", kByRule};
  if (backend == "cuda" || backend == "cpu" || backend == "vulkan") return {"ollama/ollama:0.13.0", kByRule};
  return {};
}

}  // namespace

const char* llama_cpp_build() { return kLlamaCppBuild; }

ContainerImage image_for(const KitPlan& plan, const EngineProcess& process) {
  const std::string& backend = plan.model_of(process).backend;
  // Over several machines an engine needs their addresses and every port between them: it runs on the hosts.
  if (plan.node_of(process).is_mac || !process.workers.empty()) return {};
  switch (process.engine) {
    case ServingEngine::llama_server: return llama_image(backend);
    case ServingEngine::ollama: return ollama_image(backend);
    case ServingEngine::vllm:
      if (backend == "cuda") return {"vllm/vllm-openai:v0.33.0", kByRelease};
      if (backend == "rocm") return {"vllm/vllm-openai-rocm:v0.33.0", kByRelease};
      return {};
    case ServingEngine::sglang:
      return backend == "cuda" ? ContainerImage{"lmsysorg/sglang:v0.5.23", kByRelease} : ContainerImage{};
    case ServingEngine::mlx: return {};
  }
  return {};
}

ContainerImage litellm_image() {
  return {"ghcr.io/berriai/litellm:v1.108.9", "tag of the project's release notes (LTS)"};
}
ContainerImage open_webui_image() { return {"ghcr.io/open-webui/open-webui:v0.12.4", kByRelease}; }
ContainerImage pgvector_image() { return {"pgvector/pgvector:0.8.1-pg17", "tag of pgvector's installation notes"}; }
ContainerImage caddy_image() {
  return {"caddy:2.10.2-alpine", "tag of the official image, not looked up: see its registry before you pull"};
}

}  // namespace rigwise
