#include <algorithm>

#include "core/capacity/search.h"

namespace rigwise {
namespace {

/// How far beyond the limit the reliefs are tried: far enough that a little of anything does not help.
constexpr double kBeyond = 1.25;

/// Changes one thing of every model for the better.
void relieve(Binding of, ServedModel& model) {
  switch (of) {
    case Binding::queue:
    case Binding::slots: model.policy.sequences *= 2; return;
    case Binding::kv_memory: model.policy.kv_blocks *= 2; return;
    case Binding::prefill: model.table = model.table.times({1, 0.5}); return;
    case Binding::decode: model.table = model.table.times({0.5, 1}); return;
  }
}

struct Trial {
  double worst = 0;
  std::size_t model = 0;  ///< whose objective is farthest off
};

Trial trial(const CapacityQuestion& question, int size, const Binding* relief) {
  const double factor = static_cast<double>(size) / std::max(1, question.stated_size);
  std::vector<ServedModel> models;
  models.reserve(question.services.size());
  for (std::size_t i = 0; i < question.services.size(); ++i) {
    models.push_back(served_model(question.services[i], scaled(question.loads[i], factor), question.slos[i]));
    if (relief != nullptr) relieve(*relief, models.back());
  }
  const SimulationRun run = simulate(models, run_size(question, factor));
  Trial result;
  for (std::size_t i = 0; i < run.models.size(); ++i) {
    const double ratio = run.overloaded ? 1000 : slo_ratio(run.models[i], question.slos[i]);
    if (ratio > result.worst) result = {ratio, i};
  }
  return result;
}

/// What a shortage of sequences is called: one slot is a queue, slots that the memory limits are memory.
Binding name_of_sequences(const Service& service) {
  if (service.limit == SequenceLimit::memory) return Binding::kv_memory;
  return service.policy.sequences == 1 ? Binding::queue : Binding::slots;
}

}  // namespace

Bottleneck bottleneck(const CapacityQuestion& question, int largest) {
  Bottleneck found;
  found.tried_size = std::max(largest + 1, static_cast<int>(kBeyond * largest));
  const Trial plain = trial(question, found.tried_size, nullptr);
  const Service& worst = question.services[plain.model];
  found.slo_ratio = plain.worst;
  found.decode_bound = worst.decode_bound;
  std::vector<Binding> tried = {name_of_sequences(worst), Binding::prefill, Binding::decode};
  if (worst.policy.kv_blocks > 0) tried.insert(tried.begin() + 1, Binding::kv_memory);
  double least = 1e300;
  for (const Binding of : tried) {
    // Slots that only memory limits are relieved by memory: by more slots.
    const Binding change = of == Binding::kv_memory && worst.policy.kv_blocks == 0 ? Binding::slots : of;
    found.reliefs.push_back({of, trial(question, found.tried_size, &change).worst});
    if (found.reliefs.back().slo_ratio < least) {
      least = found.reliefs.back().slo_ratio;
      found.binding = of;
    }
  }
  return found;
}

std::string binding_name(const Bottleneck& bottleneck) {
  switch (bottleneck.binding) {
    case Binding::queue: return "queue";
    case Binding::slots: return "slots";
    case Binding::kv_memory: return "kv_memory";
    case Binding::prefill: return "prefill_compute";
    case Binding::decode: return std::string("decode_") + bound_name(bottleneck.decode_bound);
  }
  return "";
}

}  // namespace rigwise
