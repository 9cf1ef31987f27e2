#include "host/bench/load_level.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "codec/stream_trace.h"
#include "core/base/text.h"
#include "host/bench/kernel_stamps.h"
#include "host/bench/load_worker.h"

namespace rigwise {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr rlim_t kSpareFiles = 64;

Result<void> make_room_for_sockets(std::uint64_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  if (limit.rlim_cur < wanted + kSpareFiles) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted + kSpareFiles);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted + kSpareFiles) return {};
  return fail({ErrorCode::io,
               std::to_string(wanted) + " streams need more open files than the system allows (" +
                   std::to_string(limit.rlim_cur) + ")",
               "ulimit -n",
               "fewer streams, or raise the hard limit of open files",
               {}});
}

RequestTrace trace_of(const RequestRecord& record, const RequestSource& source) {
  const auto known = [](std::int64_t at_ns) { return at_ns == 0 ? std::nullopt : std::optional<std::int64_t>(at_ns); };
  RequestTrace trace;
  trace.index = record.index;
  trace.stream = record.stream;
  trace.fault = record.fault;
  trace.oddities = record.oddities;
  trace.status = record.status;
  trace.planned_ns = record.planned_ns;
  trace.sent_ns = known(record.sent_ns);
  trace.sent_all_ns = known(record.sent_all_ns);
  trace.head_ns = known(record.head_ns);
  trace.end_ns = known(record.end_ns);
  trace.prompt_planned = source.prompt_tokens(record.index);
  trace.output_planned = source.output_tokens(record.index);
  return trace;
}

/// Reads a worker's log: the events of each slot belong to the request that the slot began last.
class LogCollector {
 public:
  LogCollector(const LoadWorker& worker, const RequestSource& source, LevelRun& run)
      : worker_(worker), source_(source), run_(run) {}

  void collect() {
    worker_.log().replay([this](const EventLog::Replayed& entry) { take(entry); });
    for (auto& reader : readers_) finish(reader);
    for (const RequestRecord& record : worker_.records()) {
      if (record.fault == RequestFault::shed) run_.traces.requests.push_back(trace_of(record, source_));
    }
    if (worker_.log().is_full()) run_.notes.emplace_back("the log of events was full: the last ones are missing");
  }

 private:
  void take(const EventLog::Replayed& entry) {
    if (entry.slot >= readers_.size()) readers_.resize(entry.slot + 1);
    std::optional<StreamTraceReader>& reader = readers_[entry.slot];
    if (entry.kind == LogEntry::begin) {
      finish(reader);
      reader.emplace(trace_of(worker_.records()[entry.request], source_));
      return;
    }
    if (!reader) return;
    switch (entry.kind) {
      case LogEntry::event: reader->add_event(entry.data, entry.at_ns); break;
      case LogEntry::error_event: reader->add_event(entry.data, entry.at_ns, true); break;
      case LogEntry::body: take_body(*reader, entry); break;
      case LogEntry::bound: reader->came_after(entry.at_ns); break;
      case LogEntry::begin: break;
    }
  }

  void take_body(StreamTraceReader& reader, const EventLog::Replayed& entry) {
    if (reader.has_fault()) {
      // The server's own words, once.
      if (!run_.notes.empty() || entry.data.empty()) return;
      run_.notes.push_back("the first refusal said: " + std::string(entry.data.substr(0, 200)));
    } else {
      reader.add_body(entry.data, entry.at_ns);
    }
  }

  void finish(std::optional<StreamTraceReader>& reader) {
    if (reader) run_.traces.requests.push_back(reader->finish());
    reader.reset();
  }

  const LoadWorker& worker_;
  const RequestSource& source_;
  LevelRun& run_;
  std::vector<std::optional<StreamTraceReader>> readers_;
};

/// What all workers saw together.
struct SharedSigns {
  Histogram wake, connect, send_call;
  std::uint64_t stamped = 0, unstamped = 0;
};

void add_signs(const WorkerSigns& mine, SharedSigns& shared, ClientSigns& all) {
  shared.wake.merge(mine.wake_delay_ns);
  shared.connect.merge(mine.connect_ns);
  shared.send_call.merge(mine.send_call_ns);
  shared.stamped += mine.stamped;
  shared.unstamped += mine.unstamped;
  all.client_limits += static_cast<std::int64_t>(mine.client_limits);
  all.cpu_s += mine.cpu_s;
  if (mine.wall_s > 0) all.cpu_share_max = std::max(all.cpu_share_max, mine.cpu_s / mine.wall_s);
  all.run_queue_wait_s += mine.run_queue_wait_s;
  all.involuntary_switches += mine.involuntary_switches;
  all.retransmits += static_cast<std::int64_t>(mine.retransmits);
  all.clock_steps = std::max(all.clock_steps, mine.clock_steps);
}

/// Threads stand still together when the program does: spans that overlap are one.
std::vector<StandStill> merged_stops(std::vector<StandStill> stops) {
  std::sort(stops.begin(), stops.end(), [](const StandStill& a, const StandStill& b) { return a.from_ns < b.from_ns; });
  std::vector<StandStill> merged;
  for (const StandStill& stop : stops) {
    if (!merged.empty() && stop.from_ns <= merged.back().to_ns) {
      merged.back().to_ns = std::max(merged.back().to_ns, stop.to_ns);
    } else {
      merged.push_back(stop);
    }
  }
  return merged;
}

void mark_stops(const std::vector<StandStill>& stops, LevelRun& run) {
  for (const StandStill& stop : stops) {
    ++run.signs.stops;
    run.signs.stopped_s += static_cast<double>(stop.to_ns - stop.from_ns) * 1e-9;
  }
  if (stops.empty()) return;
  for (RequestTrace& trace : run.traces.requests) {
    for (const StandStill& stop : stops) {
      if (trace.sent_ns && *trace.sent_ns < stop.to_ns && trace.end_ns && *trace.end_ns > stop.from_ns) {
        trace.oddities |= kClientStoodStill;
      }
    }
  }
}

std::uint64_t span_ns(std::int64_t from_ns, std::int64_t to_ns) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_ns - from_ns));
}

/// How late requests left, and how far their stamps may be from the truth.
void add_trace_signs(const LevelTraces& traces, ClientSigns& signs) {
  Histogram lag, first_blur, gap_blur;
  std::uint64_t shared = 0, tokens = 0;
  for (const RequestTrace& trace : traces.requests) {
    tokens += trace.tokens.size();
    for (const TokenEvent& event : trace.tokens) shared += event.shared_stamp;
    if (!trace.sent_ns || trace.planned_ns < traces.window_begin_ns || trace.planned_ns >= traces.window_end_ns) {
      continue;
    }
    lag.add(span_ns(trace.planned_ns, *trace.sent_ns));
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < trace.tokens.size(); ++i) {
      const std::uint64_t blur = span_ns(trace.tokens[i].earliest_ns, trace.tokens[i].at_ns);
      if (i == 0) {
        first_blur.add(blur);
      } else {
        gap_blur.add(std::max(before, blur));  // a gap's two ends err to opposite sides
      }
      before = blur;
    }
  }
  signs.send_lag_p50_s = lag.quantile(0.5) * 1e-9;
  signs.send_lag_p99_s = lag.quantile(0.99) * 1e-9;
  signs.send_lag_max_s = static_cast<double>(lag.max()) * 1e-9;
  signs.first_blur_p99_s = first_blur.quantile(0.99) * 1e-9;
  signs.gap_blur_p99_s = gap_blur.quantile(0.99) * 1e-9;
  signs.token_events = static_cast<std::int64_t>(tokens);
  if (tokens > 0) signs.shared_stamp_share = static_cast<double>(shared) / static_cast<double>(tokens);
}

void sum_up_signs(const std::vector<std::unique_ptr<LoadWorker>>& workers, LevelRun& run) {
  SharedSigns shared;
  std::string tls_failure;
  std::vector<StandStill> stops;
  for (const auto& worker : workers) {
    add_signs(worker->signs(), shared, run.signs);
    if (!worker->signs().tls_failure.empty() && tls_failure.empty()) tls_failure = worker->signs().tls_failure;
    for (const StandStill& stop : worker->signs().stops) {
      // Before and after the level nobody was hurt.
      if (stop.to_ns > run.traces.window_begin_ns) stops.push_back(stop);
    }
    run.log_bytes += worker->log().size();
  }
  mark_stops(merged_stops(std::move(stops)), run);
  if (!tls_failure.empty()) run.notes.push_back("the first failure of TLS: " + tls_failure);
  run.signs.kernel_stamps = shared.stamped > 0 && shared.stamped >= 99 * shared.unstamped;
  if (shared.stamped > 0) {
    run.signs.stamped_share =
        static_cast<double>(shared.stamped) / static_cast<double>(shared.stamped + shared.unstamped);
  }
  run.signs.wake_delay_p50_s = shared.wake.quantile(0.5) * 1e-9;
  run.signs.wake_delay_p99_s = shared.wake.quantile(0.99) * 1e-9;
  run.signs.wake_delay_max_s = static_cast<double>(shared.wake.max()) * 1e-9;
  run.signs.send_call_p99_s = shared.send_call.quantile(0.99) * 1e-9;
  if (shared.connect.count() > 0) run.connect_p50_s = shared.connect.quantile(0.5) * 1e-9;
  add_trace_signs(run.traces, run.signs);
}

/// Leads the workers through a level by looking every few milliseconds.
class LevelConductor {
 public:
  LevelConductor(const LoadPlan& plan, const LevelTiming& timing, const std::atomic<bool>& interrupt,
                 const std::function<void(const LevelProgress&)>& progress)
      : plan_(plan), timing_(timing), interrupt_(interrupt), progress_(progress) {}

  LevelRun run() {
    if (timing_.requests > 0) control_.measured_wanted = timing_.requests;
    for (int i = 0; i < plan_.threads; ++i) workers_.push_back(std::make_unique<LoadWorker>(plan_, control_, i));
    std::vector<std::thread> threads;
    threads.reserve(workers_.size());
    for (const auto& worker : workers_) threads.emplace_back([&worker] { worker->run(); });
    go(LevelPhase::connecting, plan_.connect_timeout_s, [this] { return control_.ready == plan_.threads; });
    control_.start_ns = monotonic_ns() + 2 * kMs;
    warm_up();
    measure();
    const std::int64_t end_ns = window_end_ns_;
    go(LevelPhase::finishing, timing_.tail_most_s, [this, end_ns] {
      return std::all_of(workers_.begin(), workers_.end(),
                         [&](const auto& worker) { return worker->is_answered(window_begin_ns_, end_ns); });
    });
    // What the window still waits for has had its time, unless it was the user who lost patience.
    if (!interrupt_) control_.too_slow_before_ns = end_ns;
    control_.ask_no_more = true;
    control_.stop = true;
    for (std::thread& thread : threads) thread.join();
    show(LevelPhase::finishing, static_cast<double>(monotonic_ns() - end_ns) * 1e-9, 0, monotonic_ns());
    return collected();
  }

 private:
  /// Looks until `over`, the time is up, or somebody interrupts.
  template <class Over>
  void go(LevelPhase phase, double most_s, Over over) {
    const std::int64_t began = std::max(monotonic_ns(), control_.start_ns.load());
    while (!interrupt_) {
      const std::int64_t now = monotonic_ns();
      if (over() || static_cast<double>(now - began) * 1e-9 >= most_s) return;
      if (now - shown_ns_ >= 250 * kMs) show(phase, static_cast<double>(now - began) * 1e-9, most_s, now);
      // Each look takes CPU from the streams beside it: at 2 ms it was two fifths of what 64 streams cost.
      const timespec moment{0, 10 * kMs};
      nanosleep(&moment, nullptr);
    }
  }

  void show(LevelPhase phase, double elapsed_s, double most_s, std::int64_t now) {
    shown_ns_ = now;
    if (!progress_) return;
    LevelProgress progress;
    progress.phase = phase;
    progress.elapsed_s = elapsed_s;
    progress.expected_s = phase == LevelPhase::measuring && timing_.requests == 0 ? most_s : 0;
    progress.sent = control_.sent;
    progress.ended = control_.ended;
    progress.failed = control_.failed;
    progress.events = control_.events;
    progress.measured = control_.measured_sent;
    progress.wanted = timing_.requests;
    progress_(progress);
  }

  void warm_up() {
    if (timing_.warmup_s) return go(LevelPhase::warming_up, *timing_.warmup_s, [] { return false; });
    const std::int64_t enough = control_.start_ns + 5000 * kMs;
    const std::uint64_t answers = 2ULL * plan_.streams;
    go(LevelPhase::warming_up, plan_.is_open_loop() ? 5 : timing_.warmup_most_s,
       [&] { return !plan_.is_open_loop() && monotonic_ns() >= enough && control_.ended >= answers; });
    if (control_.ended < answers) cold_ = true;
  }

  void measure() {
    window_begin_ns_ = std::max(monotonic_ns(), control_.start_ns.load());
    if (timing_.warmup_s && *timing_.warmup_s == 0) window_begin_ns_ = control_.start_ns;
    control_.measured_from_ns = window_begin_ns_;
    const double most_s = timing_.requests > 0 ? 24 * 3600.0 : timing_.window_s;
    go(LevelPhase::measuring, most_s, [this] { return control_.measured_end_ns != 0; });
    window_end_ns_ = control_.measured_end_ns != 0 ? control_.measured_end_ns.load() : monotonic_ns();
    if (timing_.requests == 0 && !interrupt_) {
      window_end_ns_ = window_begin_ns_ + static_cast<std::int64_t>(timing_.window_s * 1e9);
    }
  }

  LevelRun collected() {
    LevelRun run;
    run.traces.streams = plan_.streams;
    for (const auto& worker : workers_) LogCollector(*worker, *plan_.source, run).collect();
    auto& requests = run.traces.requests;
    std::sort(requests.begin(), requests.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
    run.traces.window_begin_ns = window_begin_ns_;
    run.traces.window_end_ns = window_end_ns_;
    if (timing_.requests > 0) end_after_requests(run);
    run.interrupted = interrupt_;
    if (cold_) run.notes.emplace_back("the warm-up ended before every stream had two answers");
    if (control_.shed > 0) {
      run.notes.push_back(std::to_string(control_.shed) + " arrivals found every connection busy and were not sent");
    }
    sum_up_signs(workers_, run);
    return run;
  }

  /// The window ends when the request after the last wanted one was planned, which is told only afterwards.
  void end_after_requests(LevelRun& run) const {
    std::vector<std::int64_t> planned;
    for (const RequestTrace& trace : run.traces.requests) {
      if (trace.planned_ns >= window_begin_ns_) planned.push_back(trace.planned_ns);
    }
    if (planned.size() <= timing_.requests) return;
    const auto at = planned.begin() + static_cast<std::ptrdiff_t>(timing_.requests);
    std::nth_element(planned.begin(), at, planned.end());
    run.traces.window_end_ns = std::min(window_end_ns_, *at);
  }

  const LoadPlan& plan_;
  const LevelTiming& timing_;
  const std::atomic<bool>& interrupt_;
  const std::function<void(const LevelProgress&)>& progress_;
  LoadControl control_;
  std::vector<std::unique_ptr<LoadWorker>> workers_;
  std::int64_t window_begin_ns_ = 0, window_end_ns_ = 0, shown_ns_ = 0;
  bool cold_ = false;
};

}  // namespace

int bench_threads(bool server_is_here) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
  return std::clamp(server_is_here ? count / 2 : count, 1, 16);
}

Result<LevelRun> run_level(const LoadPlan& plan, const LevelTiming& timing, const std::atomic<bool>& interrupt,
                           const std::function<void(const LevelProgress&)>& progress) {
  const std::uint64_t sockets = plan.is_open_loop() ? plan.connections : plan.streams;
  if (const Result<void> room = make_room_for_sockets(sockets); !room) return fail(room.error());
  const KernelStamps stamps;  // before the first answer, until the last
  return LevelConductor(plan, timing, interrupt, progress).run();
}

}  // namespace rigwise
