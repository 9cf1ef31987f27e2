#include "core/advise/rehearsal.h"

#include <algorithm>

#include "core/advise/target_query.h"
#include "core/capacity/search.h"

namespace rigwise {
namespace {

constexpr double kLengthCv = 0.5;     ///< as `capacity` takes it where nobody says otherwise
constexpr double kPercentile = 0.95;  ///< of the requests must keep the limits
constexpr std::uint64_t kRequests = 2000, kSeed = 1;
/// Sequences for which step times are tabulated, by stream: a crowd four times the usual one is rare.
constexpr int kCrowd = 4, kLeastSequences = 4, kMostSequences = 256;

/// Tasks of one pool that one engine serves: the same model in the same format.
struct Shared {
  const ModelRun* run = nullptr;
  std::vector<const TargetAnswer*> targets;
};

std::vector<Shared> engines_of(const Option& option, std::size_t pool) {
  std::vector<Shared> engines;
  for (const TargetAnswer& target : option.targets) {
    if (target.pool != pool) continue;
    const auto same = std::find_if(engines.begin(), engines.end(),
                                   [&](const Shared& s) { return s.run->shares_weights_with(*target.run); });
    if (same == engines.end()) {
      engines.push_back({target.run, {&target}});
    } else {
      same->targets.push_back(&target);
    }
  }
  return engines;
}

Lengths about(double tokens) { return {Lengths::Kind::lognormal, std::max(1.0, tokens), kLengthCv, {}}; }

/// What the tasks of one engine ask of it. A load is open or closed: beside people, streams that always ask count as
/// people who ask as often.
Load load_of(const Shared& engine, int replicas) {
  const auto asks_by_rate = [](const TargetAnswer* t) { return t->task->requests_per_hour > 0; };
  Load load;
  const bool open = std::any_of(engine.targets.begin(), engine.targets.end(), asks_by_rate);
  load.arrivals = open ? ArrivalKind::poisson : ArrivalKind::closed;
  for (const TargetAnswer* target : engine.targets) {
    const Task& task = *target->task;
    RequestKind kind;
    kind.name = task.name;
    kind.prompt = about(task.prompt_tokens);
    kind.output = about(task.output_tokens);
    const double reading_s = task.output_tokens / task.asked_tokens_per_s;
    if (asks_by_rate(target)) {
      kind.requests_per_s = task.requests_per_hour / 3600 / replicas;
    } else if (open) {
      kind.requests_per_s = target->streams / reading_s;
    } else {
      kind.users = target->streams;
      kind.think_s = reading_s;
    }
    load.kinds.push_back(std::move(kind));
  }
  return load;
}

/// The strictest wish of those who share the engine.
Slo limits_of(const Shared& engine) {
  Slo slo{1e9, 1e9, kPercentile};
  for (const TargetAnswer* target : engine.targets) {
    slo.ttft_s = std::min(slo.ttft_s, target->task->ttft_s);
    slo.tpot_s = std::min(slo.tpot_s, 1 / target->task->minimum_tokens_per_s);
  }
  return slo;
}

ServiceQuestion service_of(const Shared& engine, const Option& option) {
  ServiceQuestion question;
  question.query = target_query(*engine.targets.front(), option);
  question.load = load_of(engine, option.layout().replicas);
  int streams = 0;
  double context = 0;
  for (const TargetAnswer* target : engine.targets) {
    streams += target->streams;
    context = std::max(context, target->task->context_tokens);
  }
  question.wish.context_tokens = std::min(static_cast<int>(context), std::max(1024, engine.run->model->context_tokens));
  question.wish.sequences = std::clamp(kCrowd * streams, kLeastSequences, kMostSequences);
  return question;
}

RehearsedTask seen(const TargetAnswer& target, const ServedModelRun& run) {
  RehearsedTask task;
  task.task = target.task;
  const auto seconds = [](const Histogram& waits, double q) {
    return in_seconds(static_cast<Nanoseconds>(waits.quantile(q)));
  };
  task.ttft_p50_s = seconds(run.latencies.ttft, 0.5);
  task.ttft_p95_s = seconds(run.latencies.ttft, kPercentile);
  const double usual = seconds(run.latencies.tpot, 0.5), slow = seconds(run.latencies.tpot, kPercentile);
  task.tokens_per_s_p50 = usual > 0 ? 1 / usual : 0;
  task.tokens_per_s_p5 = slow > 0 ? 1 / slow : 0;
  const double finished = static_cast<double>(run.latencies.finished);
  task.within = finished > 0 && !run.overloaded ? static_cast<double>(run.latencies.within_slo) / finished : 0;
  task.overloaded = run.overloaded;
  return task;
}

}  // namespace

Rehearsal rehearse(const Catalog& catalog, const Calibration& calibration, const Option& option) {
  Rehearsal rehearsal;
  const Layout& layout = option.layout();
  for (std::size_t p = 0; p < layout.pools.size(); ++p) {
    const std::vector<Shared> engines = engines_of(option, p);
    if (engines.empty()) continue;
    std::vector<ServiceQuestion> questions;
    CapacityQuestion question;
    for (const Shared& engine : engines) {
      if (engine.run->host_bytes > 0) {
        rehearsal.why_not = "experts in the PC's RAM are not simulated";
        return rehearsal;
      }
      questions.push_back(service_of(engine, option));
      question.loads.push_back(questions.back().load);
      question.slos.push_back(limits_of(engine));
    }
    Result<std::vector<Service>> services = plan_services(catalog, calibration, questions);
    if (!services) {
      rehearsal.why_not = services.error().message;
      return rehearsal;
    }
    for (const Service& service : *services) {
      if (service.why_not.empty()) continue;
      rehearsal.why_not = service.query.model->id + ": " + service.why_not;
      return rehearsal;
    }
    question.services = *std::move(services);
    question.seed = kSeed;
    question.requests = kRequests;
    const SizedRun run = run_at(question, 1);
    for (std::size_t e = 0; e < engines.size(); ++e)
      for (const TargetAnswer* target : engines[e].targets) rehearsal.tasks.push_back(seen(*target, run.run.models[e]));
    rehearsal.utilisation = std::max(rehearsal.utilisation, run.run.utilisation());
  }
  return rehearsal;
}

}  // namespace rigwise
