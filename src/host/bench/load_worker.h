#pragma once

#include <netinet/in.h>
#include <sys/epoll.h>

#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "core/stats/histogram.h"
#include "host/bench/answer_cutter.h"
#include "host/bench/bench_clock.h"
#include "host/bench/event_log.h"
#include "host/bench/load_plan.h"
#include "host/bench/run_queue_clock.h"
#include "host/bench/tls_pipe.h"

namespace rigwise {

/// What a worker knows of itself when it is over.
struct WorkerSigns {
  Histogram wake_delay_ns;  ///< from the kernel's stamp to our read
  std::uint64_t stamped = 0, unstamped = 0, events = 0, retransmits = 0;
  std::vector<StandStill> stops;
  int clock_steps = 0;
  double cpu_s = 0, wall_s = 0, run_queue_wait_s = 0;
  std::int64_t involuntary_switches = 0;
  Histogram connect_ns;
  Histogram send_call_ns;           ///< handing the first bytes of a request to the kernel
  std::uint64_t client_limits = 0;  ///< connections for which this machine had no port, file or memory
  std::string tls_failure;          ///< the first, in words
};

/// One thread's share of a load: an epoll loop that owns its sockets. While it runs, nothing is locked, parsed or
/// logged, and memory is taken only where a buffer meets an event larger than any before.
class LoadWorker {
 public:
  LoadWorker(const LoadPlan& plan, LoadControl& control, int worker);
  ~LoadWorker();
  LoadWorker(const LoadWorker&) = delete;
  LoadWorker& operator=(const LoadWorker&) = delete;

  /// Opens the connections, waits for the start, and drives the load until it is told to stop or all is over.
  void run();

  /// Everything that was planned in [from, to) has left, and has ended. Any thread may ask.
  bool is_answered(std::int64_t from_ns, std::int64_t to_ns) const;

  const EventLog& log() const { return log_; }
  const std::deque<RequestRecord>& records() const { return records_; }
  const WorkerSigns& signs() const { return signs_; }

 private:
  enum class Phase : std::uint8_t { closed, connecting, idle, busy };
  struct Stream {
    int socket = -1;
    std::uint32_t slot = 0;
    Phase phase = Phase::closed;
    bool waits_to_write = false, asked_before = false, asks_when_connected = false, is_sending = false;
    bool left_over = false;  ///< the last read filled the buffer: more may have waited
    std::uint32_t record = 0, sequence = 0, failures = 0;
    std::int64_t connect_ns = 0, active_ns = 0;
    std::string out, base;  ///< out: bytes for the wire
    std::size_t out_at = 0;
    AnswerCutter cutter;
    std::unique_ptr<TlsPipe> tls;  ///< none: plain
  };
  struct Due {
    std::int64_t at_ns = 0;
    std::uint32_t slot = 0;
    friend bool operator>(const Due& a, const Due& b) {
      return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.slot > b.slot;
    }
  };
  struct Sink;

  void open_connections();
  void wait_for_start();
  void plan_first_wave();
  void step();
  int wait_for_events(std::int64_t now_ns, std::int64_t sleep_ns);
  std::int64_t next_due_ns() const;
  void send_due(std::int64_t now_ns);
  void send_arrivals(std::int64_t now_ns);
  void arrive(std::int64_t planned_ns, std::uint32_t index);
  void look_around(std::int64_t now_ns);
  /// The loop should have gone on at `due_ns` and did at `now_ns`.
  void look_for_stop(std::int64_t due_ns, std::int64_t now_ns);
  bool is_over() const;

  Stream& add_stream();
  bool connect(Stream& stream);
  void connected(Stream& stream);
  void shake_hands(Stream& stream);
  void connection_ready(Stream& stream);
  void connection_failed(Stream& stream, RequestFault fault);
  void ask(Stream& stream, std::int64_t planned_ns, std::uint32_t index);
  void begin_sending(Stream& stream);
  void send(Stream& stream);
  void read(Stream& stream);
  std::string_view decrypted(Stream& stream, std::string_view wire);
  void take_answer(Stream& stream, std::string_view bytes, std::int64_t at_ns, std::int64_t came_after_ns);
  void hang_up(Stream& stream);
  void answer_over(Stream& stream, std::int64_t at_ns);
  void request_failed(Stream& stream, RequestFault fault);
  void request_ended(Stream& stream, std::int64_t at_ns);
  void close(Stream& stream);
  void watch(Stream& stream, std::uint32_t events, int operation);
  std::int64_t stamp_of(const msghdr& message, std::int64_t now_ns, std::int64_t came_after_ns);
  void look_at_wall_clock();
  void finish_signs();

  const LoadPlan& plan_;
  LoadControl& control_;
  const int worker_;
  int poll_ = -1;
  EventLog log_;
  std::deque<RequestRecord> records_;
  std::deque<Stream> streams_;
  std::unique_ptr<std::atomic<std::int64_t>[]> under_way_;  ///< per slot, when its request was planned; 0: none
  std::atomic<std::int64_t> sent_until_ns_{0};              ///< what was planned before has left
  std::size_t slots_most_ = 0;
  std::vector<std::uint32_t> idle_;  ///< open loop: slots with an open connection and nothing to do
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::size_t next_arrival_ = 0;
  std::uint32_t busy_ = 0;
  std::vector<char> buffer_, text_;  ///< a read's bytes; with TLS, what they say
  std::string request_;              ///< with TLS, before it is one
  std::vector<epoll_event> events_;
  WallOffset offset_;
  WorkerSigns signs_;
  std::int64_t wall_set_ns_ = 0;  ///< when the wall clock was last found to have been set
  std::int64_t looked_ns_ = 0, stepped_ns_ = 0, start_ns_ = 0;
  /// Everything that is read now came after the one; everything that was not yet told of comes after the other.
  std::int64_t came_after_ns_ = 0, all_seen_ns_ = 0;
  RunQueueClock run_queue_;
};

}  // namespace rigwise
