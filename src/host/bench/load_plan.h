#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/measure/request_trace.h"
#include "host/bench/bench_clock.h"
#include "host/bench/tls_pipe.h"

namespace rigwise {

/// Writes requests as bytes, from memory that was filled before the level began.
class RequestSource {
 public:
  virtual ~RequestSource() = default;
  /// The whole HTTP request of an index, in place of what `into` holds. Called by several threads at once.
  virtual void write(std::uint32_t index, std::string& into) const = 0;
  /// Tokens that its prompt and its answer should have; 0: not planned.
  virtual std::uint32_t prompt_tokens(std::uint32_t index) const = 0;
  virtual std::uint32_t output_tokens(std::uint32_t index) const = 0;
};

/// Where requests go: one address, resolved before.
struct LoadAddress {
  sockaddr_storage address{};
  socklen_t size = 0;
};

/// One level of load.
struct LoadPlan {
  LoadAddress target;
  std::shared_ptr<const TlsTarget> tls;  ///< none: plain
  const RequestSource* source = nullptr;
  std::uint32_t first_index = 0;

  std::uint32_t streams = 0;              ///< closed loop: how many ask again and again
  double think_s = 0;                     ///< closed loop: between an answer and the next question
  double stagger_s = 0;                   ///< closed loop: the first questions are spread over this
  std::vector<std::int64_t> arrivals;     ///< open loop: offsets of the arrivals
  std::uint32_t connections = 0;          ///< open before the first request leaves
  std::uint32_t connections_most = 4096;  ///< an arrival that finds this many busy is shed, and counted

  double connect_timeout_s = 10, idle_timeout_s = 120, total_timeout_s = 600;
  int threads = 1;
  WallClock wall = {};  ///< what the kernel stamps by
  bool is_open_loop() const { return streams == 0; }
};

/// What a worker writes down of a request while it runs; its events are in the log.
struct RequestRecord {
  std::uint32_t index = 0, stream = 0;
  std::int64_t planned_ns = 0, sent_ns = 0, sent_all_ns = 0, head_ns = 0, end_ns = 0;  ///< 0: it never came to that
  int status = 0;
  RequestFault fault = RequestFault::none;
  std::uint32_t oddities = 0;
  bool begun = false;  ///< bytes of an answer came
};

/// A span in which a worker did not run.
struct StandStill {
  std::int64_t from_ns = 0, to_ns = 0;
};

/// What all workers of a level look at, and where they tell how they fare. Everything is read without locks.
struct LoadControl {
  std::atomic<std::int64_t> start_ns{0};            ///< 0: not yet
  std::atomic<bool> stop{false};                    ///< end everything at once
  std::atomic<bool> ask_no_more{false};             ///< finish what is under way
  std::atomic<std::int64_t> too_slow_before_ns{0};  ///< at the stop: what was planned before this had its time
  std::atomic<std::uint64_t> sent{0}, ended{0}, failed{0}, events{0}, shed{0};
  std::atomic<std::int64_t> measured_from_ns{INT64_MAX};  ///< requests planned from here on are counted
  std::atomic<std::uint64_t> measured_sent{0};
  /// Of so many, the window ends; and when that was: the next one was planned then. 0: not yet.
  std::uint64_t measured_wanted = UINT64_MAX;
  std::atomic<std::int64_t> measured_end_ns{0};
  std::atomic<int> ready{0};  ///< workers whose connections are open
};

}  // namespace rigwise
