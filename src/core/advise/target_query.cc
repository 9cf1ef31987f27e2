#include "core/advise/target_query.h"

#include <algorithm>

namespace rigwise {

PredictQuery target_query(const TargetAnswer& target, const Option& option) {
  const Pool& pool = option.layout().pools[target.pool];
  const Task& task = *target.task;
  PredictQuery query;
  query.model = target.run->model;
  query.format = target.run->format;
  query.setup.parts.push_back({pool.device, pool.count, pool.link, nullptr});
  query.setup.text = pool.device->id;
  query.engine = target.run->engine;
  query.backend = target.run->backend;
  const double before = std::max(0.0, task.depth_tokens() - task.prompt_tokens - task.output_tokens / 2);
  query.workload = {task.prompt_tokens, task.output_tokens, before, target.streams};
  return query;
}

}  // namespace rigwise
