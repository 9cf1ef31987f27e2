#include <algorithm>
#include <csignal>
#include <cstdio>
#include <deque>
#include <ostream>

#include "codec/bench_page.h"
#include "core/base/text.h"
#include "host/bench/bench_clock.h"
#include "host/bench/live_run.h"
#include "host/bench/saved_runs.h"
#include "host/cli/bench_flags.h"
#include "host/cli/bench_report.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

std::atomic<bool> interrupted{false};
std::atomic<int> interrupting_signal{SIGINT};

/// The first signal ends the run and keeps what was measured; the second ends the program.
extern "C" void on_interrupt(int signal) {
  interrupting_signal = signal;
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

/// Listens for Ctrl-C, and for the signal that timeout, systemd and containers send, while it lives.
class InterruptWatch {
 public:
  InterruptWatch() {
    interrupted = false;
    before_ = std::signal(SIGINT, on_interrupt);
    before_terminate_ = std::signal(SIGTERM, on_interrupt);
  }
  ~InterruptWatch() {
    std::signal(SIGINT, before_);
    std::signal(SIGTERM, before_terminate_);
  }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  void (*before_)(int) = SIG_DFL;
  void (*before_terminate_)(int) = SIG_DFL;
};

/// As shells say it of the signal: 130 of Ctrl-C.
int interrupted_status() { return 128 + interrupting_signal; }

int interrupted_too_early(const Console& console) {
  *console.err << "interrupted before anything was measured\n";
  return interrupted_status();
}

/// A line that is drawn over itself; nothing where nobody looks.
class BenchLine {
 public:
  explicit BenchLine(const Console& console)
      : is_on_(console.err_is_terminal && console.format == OutputFormat::table) {}
  ~BenchLine() { end(); }
  BenchLine(const BenchLine&) = delete;
  BenchLine& operator=(const BenchLine&) = delete;

  void say(const std::string& text) {
    if (!is_on_) return;
    std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
    std::fflush(stderr);
    drawn_ = true;
  }
  void draw(double load, bool is_rate, const LevelProgress& progress) {
    static const char* const kPhases[] = {"connecting", "warming up", "measuring", "finishing"};
    std::string text =
        "load " + significant(load) + (is_rate ? "/s  " : "  ") + kPhases[static_cast<int>(progress.phase)];
    if (progress.expected_s > 0) {
      text += " " + fixed(progress.elapsed_s, 0) + "/" + fixed(progress.expected_s, 0) + " s";
    } else if (progress.wanted > 0 && progress.phase == LevelPhase::measuring) {
      text +=
          " " + std::to_string(std::min(progress.measured, progress.wanted)) + "/" + std::to_string(progress.wanted);
    } else {
      text += " " + fixed(progress.elapsed_s, 0) + " s";
    }
    if (const std::optional<double> rate = events_per_s(progress.events))
      text += "  " + significant(*rate) + " events/s";
    text += "  " + std::to_string(progress.ended) + " answers";
    if (progress.failed > 0) text += ", " + std::to_string(progress.failed) + " failed";
    say(text);
  }
  /// A level that is done stays on the screen, however short it was.
  void keep(const BenchLevel& level) {
    if (!is_on_) return;
    const LevelMetrics& metrics = level.metrics;
    const auto typical = [](const MetricSummary& summary) { return summary.p50 ? summary.p50 : summary.mean; };
    std::string text = "load " + significant(level.rate_per_s > 0 ? level.rate_per_s : level.streams) +
                       (level.rate_per_s > 0 ? "/s" : "") + ": " + std::to_string(metrics.ok) + "/" +
                       std::to_string(metrics.requests) + " answered";
    if (const auto ttft = typical(metrics.ttft_s)) text += ", ttft " + significant(*ttft * 1e3) + " ms";
    text += ", " + significant(metrics.output_tokens_per_s) + " tok/s, client " + grade_letter(level.verdict.grade);
    end();
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  /// Over the last two seconds: shorter, a slow stream flickers between nothing and much.
  std::optional<double> events_per_s(std::uint64_t events) {
    const std::int64_t now = monotonic_ns();
    if (!seen_.empty() && events < seen_.back().second) seen_.clear();  // another level
    seen_.emplace_back(now, events);
    while (seen_.size() > 2 && now - seen_[1].first >= 2'000'000'000) seen_.pop_front();
    const double span_s = static_cast<double>(now - seen_.front().first) * 1e-9;
    if (span_s < 0.5) return std::nullopt;
    return static_cast<double>(events - seen_.front().second) / span_s;
  }
  void end() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
  }

 private:
  bool is_on_, drawn_ = false;
  std::deque<std::pair<std::int64_t, std::uint64_t>> seen_;  ///< when, how many events
};

/// Raw events go to a file as each level ends. What was there before stays until the first one has.
class EventsFile {
 public:
  /// Nothing is written where `path` is empty.
  explicit EventsFile(std::string path) : path_(std::move(path)) {}
  ~EventsFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  EventsFile(const EventsFile&) = delete;
  EventsFile& operator=(const EventsFile&) = delete;

  Result<void> write(std::size_t level, const LevelTraces& traces) {
    if (path_.empty()) return {};
    if (file_ == nullptr) {
      const bool has_counted = std::any_of(traces.requests.begin(), traces.requests.end(), [&](const auto& request) {
        return request.planned_ns >= traces.window_begin_ns && request.planned_ns < traces.window_end_ns;
      });
      if (!has_counted) return {};
      file_ = std::fopen(path_.c_str(), "we");
      if (file_ == nullptr)
        return fail({ErrorCode::io, "cannot write " + path_, "--events", "a folder that is there", {}});
    }
    const Json head = {{"level", level},
                       {"concurrency", traces.streams},
                       {"rate", traces.rate_per_s},
                       {"window_begin_ns", traces.window_begin_ns},
                       {"window_end_ns", traces.window_end_ns}};
    bool fine = put(head.dump());
    for (const RequestTrace& trace : traces.requests) fine = fine && put(request_trace_json(level, trace).dump());
    fine = fine && std::fflush(file_) == 0;
    if (fine) return {};
    return fail({ErrorCode::io, "cannot write " + path_, "--events", "is the disk full?", {}});
  }

 private:
  bool put(const std::string& line) { return std::fputs(line.c_str(), file_) >= 0 && std::fputc('\n', file_) != EOF; }

  std::string path_;
  std::FILE* file_ = nullptr;
};

std::string new_run_id() {
  char text[24];
  std::snprintf(text, sizeof text, "%010llx",
                static_cast<unsigned long long>(clock_ns(CLOCK_REALTIME)) & 0xffffffffffULL);
  return text;
}

Result<PromptBook> book_of(const BenchAsked& asked) {
  if (!asked.dataset.empty()) return PromptBook::of_dataset(asked.target, asked.choice.prompts, asked.dataset);
  return PromptBook::fitted(asked.target, asked.choice.prompts);
}

/// Done, done with failures, or ended by hand.
int status_of(const BenchAsked& asked, const BenchRun& run) {
  if (run.interrupted || interrupted) return interrupted_status();
  if (asked.choice.search) return run.largest_load ? 0 : 1;
  for (const BenchLevel& level : run.levels) {
    if (!level.metrics.faults.empty() || !level.keeps_objectives.value_or(true)) return 1;
  }
  return 0;
}

/// Ended by hand before the first token that counts.
bool has_nothing(const BenchRun& run) {
  return run.interrupted && std::all_of(run.levels.begin(), run.levels.end(), [](const BenchLevel& level) {
           return level.metrics.requests == 0 && level.metrics.output_tokens_per_s <= 0;
         });
}

/// Writes the result wherever it was wanted. One place that refuses keeps the others from nothing.
Result<void> keep(const Console& console, const BenchAsked& asked, const Json& report) {
  Result<void> all;
  const auto note = [&all](const Result<void>& written) {
    if (!written && all) all = written;
  };
  if (!asked.out.empty()) note(write_file_atomically(asked.out, report.dump(1) + "\n"));
  if (!asked.html.empty()) note(write_file_atomically(asked.html, bench_page(report)));
  if (!asked.save_in) return all;
  const Result<std::string> name = save_run(*asked.save_in, report);
  if (name) {
    *console.err << "saved as " << *name << '\n';
  } else {
    note(fail(name.error()));
  }
  return all;
}

/// What the dashboard shows of a run from its first moment on.
Json live_head(const BenchAsked& asked) {
  const BenchChoice& choice = asked.choice;
  const bool closed = !choice.streams.empty();
  Json planned = Json::array();
  for (const std::uint32_t streams : choice.streams) planned.push_back(streams);
  for (const double rate : choice.rates) planned.push_back(rate);
  return {{"run", choice.prompts.run_id},
          {"target", {{"url", asked.target.chat.base_url}, {"model", asked.target.model}}},
          {"load",
           {{"kind", closed                 ? "closed"
                     : choice.rates.empty() ? "trace"
                                            : "open"},
            {"planned", std::move(planned)},
            {"is_search", choice.search}}}};
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  Result<BenchAsked> asked = bench_asked(args);
  if (!asked) return console.print_error(asked.error());
  if (asked->save_in) {
    if (const Result<void> made = runs_folder_is_ready(*asked->save_in); !made)
      return console.print_error(made.error());
  }
  EventsFile events(asked->events);
  asked->choice.prompts.run_id = new_run_id();
  std::optional<InterruptWatch> watch(std::in_place);  // until the result is kept
  asked->target.interrupt = &interrupted;
  BenchLine line(console);
  line.say("trying " + asked->target.chat.base_url);
  if (const Result<void> tried = try_endpoint(asked->target); !tried) {
    line.end();
    return interrupted ? interrupted_too_early(console) : console.print_error(tried.error());
  }
  const std::optional<std::string> warning =
      unlisted_model_warning(asked->target.model, asked->target.abilities.models);
  if (warning) {
    line.end();
    *console.err << "warning: " << *warning << '\n';
  }
  line.say("fitting prompts");
  std::optional<LiveRun> live;  // gone when the result is kept
  if (asked->save_in) live.emplace(*asked->save_in, asked->choice.prompts.run_id, live_head(*asked));
  const Result<PromptBook> book = book_of(*asked);
  if (!book || interrupted) {
    line.end();
    return interrupted ? interrupted_too_early(console) : console.print_error(book.error());
  }
  std::size_t levels_kept = 0;
  Result<BenchRun> done = run_bench(
      asked->target, asked->choice, *book, interrupted,
      [&](std::size_t level, const LevelTraces& traces) { return events.write(level, traces); },
      [&](const std::vector<BenchLevel>& levels, double load, const LevelProgress& progress) {
        if (levels.size() > levels_kept) {
          line.keep(levels[levels_kept++]);
        } else {
          line.draw(load, asked->choice.streams.empty(), progress);
        }
        if (live) live->tell(levels, load, asked->choice.streams.empty(), progress);
      });
  line.end();
  if (!done) return console.print_error(done.error());
  if (has_nothing(*done)) return interrupted_too_early(console);
  if (warning) done->notes.insert(done->notes.begin(), *warning);
  const Json report = bench_json(*asked, *book, *done);
  const Result<void> kept = keep(console, *asked, report);
  watch.reset();
  if (!session.printed_as_json(report)) say_bench(console, report);
  if (!kept) return console.print_error(kept.error());
  return status_of(*asked, *done);
}

}  // namespace

const CommandSpec& bench_command() {
  static const CommandSpec kSpec = {
      "bench", "how fast is this endpoint, under how much load?",
      "bench --url http://127.0.0.1:8080/v1 --concurrency 1,4,16 --duration 30\n  rigwise bench --url llama --rate 0.5 "
      "--slo ttft=2s,tpot=50ms --search",
      bench_args(), run};
  return kSpec;
}

}  // namespace rigwise
