#include "core/base/text.h"
#include "core/deploy/serving_engine.h"

namespace rigwise {

std::vector<std::string> sglang_command(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place) {
  const PlannedModel& model = plan.model_of(process);
  return {"python3",
          "-m",
          "sglang.launch_server",
          "--model-path",
          place.models + "/" + process.file,
          "--served-model-name",
          process.name,
          "--host",
          place.host,
          "--port",
          place.port,
          "--tp-size",
          std::to_string(process.devices.size()),
          "--context-length",
          std::to_string(model.context_tokens),
          "--max-running-requests",
          std::to_string(model.streams),
          "--mem-fraction-static",
          fixed(memory_share(plan, process), 2),
          "--kv-cache-dtype",
          "auto",
          "--enable-metrics"};
}

}  // namespace rigwise
