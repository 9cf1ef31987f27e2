#include "core/capacity/search.h"

#include <algorithm>
#include <cmath>

namespace rigwise {
namespace {

constexpr int kMostSize = 1000000;
/// Sizes nearer to each other than this share are the same answer.
constexpr int kResolution = 256;
/// Events of one run, about 0.1 s of our own time.
constexpr double kMostEvents = 2e6;
constexpr std::uint64_t kFewestRequests = 300;
constexpr std::uint64_t kMostWarmup = 20000;

double factor_of(const CapacityQuestion& question, int size) {
  return static_cast<double>(size) / std::max(1, question.stated_size);
}

/// Leaps and chunks that a request of a load takes at most.
double events_of(const Service& service, const Load& load) {
  const double prompt = load.mean_prompt_tokens(), output = load.mean_output_tokens();
  return output / std::max(32.0, (prompt + output / 2) / 32) + prompt / service.policy.step_tokens + 3;
}

std::vector<ServedModel> models_at(const CapacityQuestion& question, double factor, SpeedEnd end) {
  std::vector<ServedModel> models;
  models.reserve(question.services.size());
  for (std::size_t i = 0; i < question.services.size(); ++i) {
    const Service& s = question.services[i];
    const StepFactors factors = end == SpeedEnd::low ? s.low : end == SpeedEnd::high ? s.high : StepFactors{};
    models.push_back(served_model(s, scaled(question.loads[i], factor), question.slos[i], factors));
  }
  return models;
}

/// Requests that count in each model's own objectives: all of a single model's, its share of several's.
bool all_hold(const CapacityQuestion& question, const SimulationRun& run) {
  if (run.overloaded || run.lost) return false;
  for (std::size_t i = 0; i < run.models.size(); ++i) {
    const Latencies& seen = run.models[i].latencies;
    if (!keeps(run.models[i], question.slos[i], seen.finished)) return false;
    // Half of what comes is refused: that is no service.
    if (seen.rejected > seen.finished) return false;
  }
  return true;
}

bool holds_at(const CapacityQuestion& question, int size, SpeedEnd end) {
  const double factor = factor_of(question, size);
  SimulationSize how_much = run_size(question, factor);
  how_much.stops_when_lost = true;
  return all_hold(question, simulate(models_at(question, factor, end), how_much));
}

}  // namespace

const char* load_unit_name(LoadUnit unit) {
  switch (unit) {
    case LoadUnit::people: return "people";
    case LoadUnit::users: return "users";
    case LoadUnit::percent: return "percent";
  }
  return "";
}

Load scaled(const Load& load, double factor) {
  Load result = load;
  for (RequestKind& kind : result.kinds) {
    kind.requests_per_s *= factor;
    kind.users = static_cast<int>(std::ceil(kind.users * factor - 1e-9));
  }
  result.time_scale = load.time_scale / factor;
  return result;
}

SimulationSize run_size(const CapacityQuestion& question, double factor) {
  SimulationSize size;
  size.seed = question.seed;
  double events = 0;
  std::uint64_t users = 0, trace = 0;
  bool only_traces = true;
  for (std::size_t i = 0; i < question.loads.size(); ++i) {
    const Load& load = question.loads[i];
    events = std::max(events, events_of(question.services[i], load));
    if (load.arrivals == ArrivalKind::closed) users += static_cast<std::uint64_t>(load.users() * factor) + 1;
    only_traces = only_traces && load.arrivals == ArrivalKind::trace;
    trace += load.trace.size();
  }
  size.measured = std::min(question.requests, static_cast<std::uint64_t>(kMostEvents / events));
  size.measured = std::max(size.measured, std::min(question.requests, kFewestRequests));
  size.warmup = std::min(std::max(size.measured / 10, 2 * users), kMostWarmup);
  size.most_waiting = std::max<std::int64_t>(1000, static_cast<std::int64_t>(size.measured / 2));
  size.most_leaps = static_cast<std::uint64_t>(20 * kMostEvents);
  if (only_traces) {
    size.measured = trace;
    size.warmup = 0;
    size.drains = true;
    size.most_waiting = static_cast<std::int64_t>(trace) + 1;
  }
  return size;
}

SizedRun run_at(const CapacityQuestion& question, int size, SpeedEnd end) {
  const double factor = factor_of(question, size);
  SizedRun sized{size, false, simulate(models_at(question, factor, end), run_size(question, factor))};
  sized.holds = all_hold(question, sized.run);
  return sized;
}

LargestLoad largest_load(const CapacityQuestion& question, int start, SpeedEnd end) {
  LargestLoad found;
  const auto holds = [&](int size) {
    ++found.runs;
    return holds_at(question, size, end);
  };
  int good = 0, bad = 0;
  for (int size = std::clamp(start, 1, kMostSize);;) {
    if (holds(size)) {
      good = size;
      if (bad > 0 || size == kMostSize) break;
      size = std::min(2 * size, kMostSize);
    } else {
      bad = size;
      if (good > 0 || size == 1) break;
      size /= 2;
    }
  }
  while (bad > 0 && bad - good > std::max(1, good / kResolution)) {
    const int middle = good + (bad - good) / 2;
    (holds(middle) ? good : bad) = middle;
  }
  found.size = good;
  found.is_open = bad == 0;
  return found;
}

double slo_ratio(const ServedModelRun& run, const Slo& slo) {
  if (run.overloaded) return 1000;
  const double ttft = run.latencies.ttft.quantile(slo.percentile) / kNsPerSecond / slo.ttft_s;
  const double tpot = run.latencies.tpot.quantile(slo.percentile) / kNsPerSecond / slo.tpot_s;
  return std::max(ttft, tpot);
}

}  // namespace rigwise
