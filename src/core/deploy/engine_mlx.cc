#include "core/deploy/serving_engine.h"

namespace rigwise {

std::vector<std::string> mlx_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place) {
  const PlannedModel& model = plan.model_of(process);
  // The server takes no context length: its cache grows with what is asked, and the router's limits hold it.
  return {"mlx_lm.server",
          "--model",
          place.models + "/" + process.file,
          "--host",
          place.host,
          "--port",
          place.port,
          "--decode-concurrency",
          std::to_string(model.streams),
          "--prompt-concurrency",
          "1",
          "--max-tokens",
          "4096"};
}

}  // namespace rigwise
