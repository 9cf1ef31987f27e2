#include "core/deploy/serving_engine.h"

namespace rigwise {

std::vector<std::string> ollama_command(const KitPlan& /*plan*/, const EngineProcess& /*process*/,
                                        const EnginePlace& /*place*/) {
  return {"ollama", "serve"};
}

std::vector<std::pair<std::string, std::string>> ollama_environment(const KitPlan& plan, const EngineProcess& process,
                                                                    const EnginePlace& place) {
  const PlannedModel& model = plan.model_of(process);
  std::vector<std::pair<std::string, std::string>> environment = {
      {"OLLAMA_HOST", place.host + ":" + place.port},
      {"OLLAMA_CONTEXT_LENGTH", std::to_string(model.context_tokens)},
      {"OLLAMA_NUM_PARALLEL", std::to_string(model.streams)},
      {"OLLAMA_MAX_LOADED_MODELS", "1"},
      {"OLLAMA_KEEP_ALIVE", "-1"},
      {"OLLAMA_FLASH_ATTENTION", "1"},
      {"OLLAMA_KV_CACHE_TYPE", "f16"}};
  // Off by default: without it models run on the processor.
  if (model.backend == "vulkan") environment.emplace_back("OLLAMA_VULKAN", "1");
  return environment;
}

std::string ollama_modelfile(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place) {
  const PlannedModel& model = plan.model_of(process);
  std::string text = "FROM " + place.models + "/" + process.file + "\n";
  text += "PARAMETER num_ctx " + std::to_string(model.context_tokens) + "\n";
  text += "PARAMETER num_gpu " + std::string(model.backend == "cpu" ? "0" : "999") + "\n";
  return text;
}

}  // namespace rigwise
