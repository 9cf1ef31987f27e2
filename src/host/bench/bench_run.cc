#include "host/bench/bench_run.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/base/text.h"
#include "core/measure/cached_prompts.h"
#include "core/measure/request_metrics.h"
#include "host/power/power_meter.h"

namespace rigwise {
namespace {

/// Levels do not share indices, and so not nonces.
constexpr std::uint32_t kIndicesOfLevel = 20'000'000;

/// One bench: levels in order, and what they show together.
class BenchRunner {
 public:
  BenchRunner(const BenchTarget& target, const BenchChoice& choice, const PromptBook& book,
              const std::atomic<bool>& interrupt, const LevelSink& sink, const BenchWatch& watch)
      : target_(target), choice_(choice), book_(book), interrupt_(interrupt), sink_(sink), watch_(watch) {}

  Result<BenchRun> run() {
    if (choice_.power) start_power();
    const Result<void> done = choice_.search ? search() : sweep();
    if (!done) return fail(done.error());
    compare_levels();
    run_.interrupted = interrupt_;
    return std::move(run_);
  }

 private:
  /// What idling takes is read before the first level.
  void start_power() {
    PowerSensors found = choice_.power();
    run_.notes.insert(run_.notes.end(), found.notes.begin(), found.notes.end());
    if (found.sensors.empty()) return;
    meter_ = std::make_unique<PowerMeter>(std::move(found.sensors));
    idle_from_s_ = PowerMeter::now_s();
    meter_->wait_until(idle_from_s_ + choice_.power_rest_s, [&] { return interrupt_.load(); });
    idle_to_s_ = PowerMeter::now_s();
  }

  void add_energy(const LevelTraces& traces, BenchLevel& level) const {
    if (meter_ == nullptr) return;
    const double from_s = static_cast<double>(traces.window_begin_ns) * 1e-9,
                 to_s = static_cast<double>(traces.window_end_ns) * 1e-9;
    meter_->wait_for_readings(to_s);  // one may be under way, and late where the machine is busy
    const double tokens = level.metrics.output_tokens_per_s * level.metrics.window_s;
    level.energy = window_energy(meter_->traces(), idle_from_s_, idle_to_s_, from_s, to_s, tokens);
    if (!level.energy)
      level.notes.emplace_back("no source of power was read often enough to tell what this level took");
  }

  Result<void> sweep() {
    for (const std::uint32_t streams : choice_.streams) {
      if (const Result<void> level = closed(streams); !level || interrupt_) return level;
    }
    for (const double rate : choice_.rates) {
      if (const Result<void> level = open(rate); !level || interrupt_) return level;
    }
    if (!choice_.trace_s.empty()) return replay_trace();
    return {};
  }

  Result<void> search() {
    LoadSearch::Limits limits;
    limits.whole = choice_.rates.empty();
    limits.start = limits.whole ? choice_.streams.front() : choice_.rates.front();
    limits.most = limits.whole ? choice_.connections_most : 1e6;
    LoadSearch search(limits);
    while (const std::optional<double> load = search.next()) {
      const Result<void> level = limits.whole ? closed(static_cast<std::uint32_t>(*load)) : open(*load);
      if (!level || interrupt_) return level;
      const BenchLevel& last = run_.levels.back();
      search.told(*load, last.keeps_objectives.value_or(false) && !queue_grows(last));
    }
    run_.largest_load = search.best();
    run_.first_failing_load = search.first_failing();
    return {};
  }

  /// In an open load a ttft that keeps growing will miss any objective if one waits.
  static bool queue_grows(const BenchLevel& level) {
    return level.rate_per_s > 0 &&
           std::any_of(level.metrics.steady.reasons.begin(), level.metrics.steady.reasons.end(),
                       [](const std::string& reason) { return reason.starts_with("ttft grows"); });
  }

  LoadPlan plan() const {
    LoadPlan plan;
    plan.target = target_.address;
    plan.tls = target_.tls;
    plan.source = &book_;
    plan.first_index = static_cast<std::uint32_t>(run_.levels.size()) * kIndicesOfLevel;
    plan.idle_timeout_s = choice_.idle_timeout_s;
    plan.total_timeout_s = choice_.total_timeout_s;
    plan.connections_most = choice_.connections_most;
    plan.threads = choice_.threads > 0 ? choice_.threads : bench_threads(target_.is_here);
    return plan;
  }

  double expected_e2e_s() const {
    const EndpointAbilities& seen = target_.abilities;
    return seen.ttft_s + seen.tpot_s.value_or(0) * choice_.prompts.output_tokens;
  }

  Result<void> closed(std::uint32_t streams) {
    LoadPlan level = plan();
    level.streams = streams;
    level.threads = std::min<int>(level.threads, static_cast<int>(std::max<std::uint32_t>(1, streams / 16)));
    level.think_s = choice_.think_s;
    // A first wave that leaves at once comes back at once, again and again.
    if (streams > 1 && !(choice_.timing.warmup_s && *choice_.timing.warmup_s == 0)) {
      level.stagger_s = std::min(expected_e2e_s() + choice_.think_s, 10.0);
    }
    return run_one(level, streams, 0);
  }

  Result<void> open(double rate) {
    LoadPlan level = plan();
    ArrivalPlan arrivals = choice_.arrivals;
    arrivals.rate_per_s = rate;
    const LevelTiming& timing = choice_.timing;
    const double window_s = timing.requests > 0 ? 1.5 * timing.requests / rate + 10 : timing.window_s;
    const double warmup_s = timing.warmup_s.value_or(5) + arrivals.ramp_s;
    // The load goes on while the last of the window are answered.
    const double whole_s = warmup_s + window_s + std::min(timing.tail_most_s, 60 + 10 * expected_e2e_s());
    level.arrivals = planned_arrivals_ns(arrivals, whole_s);
    level.connections = static_cast<std::uint32_t>(std::clamp(std::ceil(2 * rate * expected_e2e_s()), 8.0, 1024.0));
    level.threads = std::min(level.threads, static_cast<int>(1 + rate / 200));
    return run_one(level, 0, rate);
  }

  Result<void> replay_trace() {
    LoadPlan level = plan();
    level.arrivals.reserve(choice_.trace_s.size());
    for (const double at_s : choice_.trace_s) level.arrivals.push_back(static_cast<std::int64_t>(at_s * 1e9));
    level.connections = 64;
    const double span_s = std::max(choice_.trace_s.back(), 1e-3);
    return run_one(level, 0, static_cast<double>(choice_.trace_s.size()) / span_s);
  }

  LevelTiming timing_of(const LoadPlan& level) const {
    LevelTiming timing = choice_.timing;
    // The first wave of a level without a warm-up leaves at once: a window that ends within it has no length.
    if (timing.requests > 0) timing.requests = std::max(timing.requests, level.streams);
    if (choice_.trace_s.empty()) {
      if (level.is_open_loop()) timing.warmup_s = timing.warmup_s.value_or(5) + choice_.arrivals.ramp_s;
      return timing;
    }
    timing.warmup_s = 0;  // every arrival of a trace is wanted
    timing.window_s = static_cast<double>(level.arrivals.back()) * 1e-9 + 1e-3;
    timing.requests = 0;
    return timing;
  }

  Result<void> run_one(const LoadPlan& plan, double streams, double rate) {
    const LevelTiming timing = timing_of(plan);
    LevelProgress last;
    const auto tell = [&](const LevelProgress& progress) {
      last = progress;
      if (watch_) watch_(run_.levels, streams > 0 ? streams : rate, progress);
    };
    Result<LevelRun> done = run_level(plan, timing, interrupt_, tell);
    if (!done) return fail(done.error());
    done->traces.rate_per_s = rate;
    BenchLevel level;
    level.streams = streams;
    level.rate_per_s = rate;
    level.metrics = level_metrics(done->traces, choice_.objectives);
    level.signs = done->signs;
    level.interrupted = done->interrupted;
    level.connect_p50_s = done->connect_p50_s;
    level.notes = std::move(done->notes);
    level.verdict =
        judge_client(level.signs, {level.metrics.icl_s.p50 ? level.metrics.icl_s.p50 : level.metrics.icl_s.mean,
                                   level.metrics.ttft_s.p50 ? level.metrics.ttft_s.p50 : level.metrics.ttft_s.mean,
                                   choice_.objectives.least_s(), rate > 0});
    if (choice_.objectives.any()) level.keeps_objectives = keeps_objectives(level.metrics, choice_.percentile);
    add_samples(done->traces, level);
    add_energy(done->traces, level);
    if (timing.requests > choice_.timing.requests) {
      level.notes.push_back(std::to_string(timing.requests) + " requests were measured, not " +
                            std::to_string(choice_.timing.requests) + ": one of each stream at least");
    }
    add_notes(level);
    if (sink_) {
      if (const Result<void> written = sink_(run_.levels.size(), done->traces); !written) return written;
    }
    run_.levels.push_back(std::move(level));
    tell(last);
    return {};
  }

  void add_samples(const LevelTraces& traces, BenchLevel& level) {
    level.samples.reserve(level.metrics.ok);
    for (const RequestTrace& trace : traces.requests) {
      const bool inside = trace.planned_ns >= traces.window_begin_ns && trace.planned_ns < traces.window_end_ns;
      if (!inside || !trace.is_ok()) continue;
      const RequestMetrics metrics = metrics_of(trace);
      RequestSample sample;
      // Counted from the level's first, so that runs with other levels before it pair up.
      sample.index = trace.index % kIndicesOfLevel;
      sample.ttft_s = metrics.ttft_s;
      sample.tpot_s = metrics.tpot_s;
      sample.e2e_s = metrics.e2e_s;
      sample.at_s = static_cast<double>(trace.planned_ns - traces.window_begin_ns) * 1e-9;
      if (trace.output_tokens) sample.output_tokens = static_cast<double>(*trace.output_tokens);
      level.samples.push_back(sample);
      if (level.streams == 1 && metrics.ttft_s && trace.prompt_tokens) {
        lengths_.push_back(static_cast<double>(*trace.prompt_tokens - trace.cached_tokens.value_or(0)));
        firsts_.push_back(*metrics.ttft_s);
      }
    }
  }

  void add_notes(BenchLevel& level) const {
    const LevelMetrics& metrics = level.metrics;
    if (choice_.prompts.shared_prefix == 0 &&
        are_prompts_cached(metrics.cached_share.value_or(0), metrics.prompt_length.mean.value_or(0))) {
      level.notes.push_back("cache-contaminated: " + significant(100 * *metrics.cached_share, 2) +
                            " % of the prompt tokens came from the server's cache");
    }
    const auto lag = metrics.ttft_planned_s.p99, sent = metrics.ttft_s.p99;
    if (lag && sent && *lag > 1.05 * *sent) {
      level.notes.push_back("ttft_planned p99 is " + significant(100 * (*lag / *sent - 1), 2) +
                            " % above ttft p99: requests left later than planned");
    }
    const auto mismatch = metrics.output_as_planned_share;
    if (mismatch && *mismatch < 0.95) {
      level.notes.push_back(significant(100 * (1 - *mismatch), 2) + " % of the answers have not the length asked for");
    }
    if (metrics.sources.size() > 1) level.notes.emplace_back("token counts come from several sources");
  }

  /// Against one stream, where one was measured.
  void compare_levels() {
    const auto alone = std::find_if(run_.levels.begin(), run_.levels.end(),
                                    [](const BenchLevel& level) { return level.streams == 1; });
    if (alone != run_.levels.end()) {
      const auto speed_of = [](const BenchLevel& level) {
        return level.metrics.per_stream_tokens_per_s.p50 ? level.metrics.per_stream_tokens_per_s.p50
                                                         : level.metrics.per_stream_tokens_per_s.mean;
      };
      const std::optional<double> speed = speed_of(*alone);
      const double total = alone->metrics.output_tokens_per_s;
      for (BenchLevel& level : run_.levels) {
        if (level.streams < 1) continue;
        if (speed && speed_of(level)) level.degradation = *speed_of(level) / *speed;
        if (total > 0) level.scaling = level.metrics.output_tokens_per_s / (level.streams * total);
      }
    }
    run_.prefill = prefill_rate(lengths_, firsts_);
  }

  const BenchTarget& target_;
  const BenchChoice& choice_;
  const PromptBook& book_;
  const std::atomic<bool>& interrupt_;
  const LevelSink& sink_;
  const BenchWatch& watch_;
  BenchRun run_;
  std::vector<double> lengths_, firsts_;
  std::unique_ptr<PowerMeter> meter_;
  double idle_from_s_ = 0, idle_to_s_ = 0;
};

}  // namespace

Result<BenchRun> run_bench(const BenchTarget& target, const BenchChoice& choice, const PromptBook& book,
                           const std::atomic<bool>& interrupt, const LevelSink& sink, const BenchWatch& watch) {
  return BenchRunner(target, choice, book, interrupt, sink, watch).run();
}

}  // namespace rigwise
