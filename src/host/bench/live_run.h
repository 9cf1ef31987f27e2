#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/bench/bench_run.h"

namespace rigwise {

/// What a run under way says of itself, from what is told and from looks at it once in a while.
class LiveStory {
 public:
  /// How far a run is.
  struct State {
    std::string phase = "fitting";  ///< prompts to their lengths; then the phases of a level
    std::vector<BenchLevel> done;   ///< without their samples
    double load = 0;
    bool is_rate = false, has_level = false;
    bool level_is_over = false;                      ///< `progress` is the last of a level that is done
    LevelProgress progress;                          ///< of the level
    std::uint64_t past_events = 0, past_failed = 0;  ///< of the levels that are done

    std::uint64_t events() const { return past_events + (level_is_over ? 0 : progress.events); }
    std::uint64_t failed() const { return past_failed + (level_is_over ? 0 : progress.failed); }
    /// Another level is done, whose last progress was this.
    void end_level(const LevelProgress& last);
  };

  /// `head`: {"run", "target": {"url", "model"}, "load": {"kind", "planned"}}.
  LiveStory(Json head, std::int64_t started_ms, std::int64_t started_ns);

  /// Notes how many events came since the last look, whatever levels they were of, and so those too that began and
  /// ended in between; looks nearer than half a second are none.
  void look(const State& state, std::int64_t now_ns);
  /// rigwise.bench_live/1
  Json report(const State& state, std::int64_t now_ms) const;

 private:
  struct Moment {
    double at_s = 0, events_per_s = 0;
    std::uint64_t under_way = 0, failed = 0;
  };

  Json head_;
  std::int64_t started_ms_, started_ns_, looked_ns_;
  std::uint64_t events_before_ = 0, failed_before_ = 0;
  std::vector<Moment> moments_;
};

/// A run under way, told to whoever looks into the folder of saved runs: one small file, written anew once a second and
/// gone when the run is. A thread of its own writes it, so that neither the threads that drive the load nor the one
/// that leads them ever waits for a disk.
class LiveRun {
 public:
  LiveRun(const std::string& folder, const std::string& run_id, Json head);
  ~LiveRun();
  LiveRun(const LiveRun&) = delete;
  LiveRun& operator=(const LiveRun&) = delete;

  /// How far a level is; `done` are those before it, and it too with its last progress.
  void tell(const std::vector<BenchLevel>& done, double load, bool is_rate, const LevelProgress& progress);

 private:
  void write_until_over();
  void write_once(const LiveStory::State& state);

  const std::string path_;
  LiveStory story_;  ///< the writer's
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  LiveStory::State state_;
  std::thread writer_;
};

/// What runs under way say of themselves in a folder of saved runs, the newest first; what has not been written for
/// `kLiveRunSilenceMs` belongs to a run that was killed, and is passed over.
inline constexpr std::int64_t kLiveRunSilenceMs = 10'000;
std::vector<Json> live_runs(const std::string& folder, std::int64_t now_ms);

}  // namespace rigwise
