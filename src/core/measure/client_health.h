#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rigwise {

/// What the load generator saw of itself in one level: whether its numbers are the server's or its own.
struct ClientSigns {
  bool kernel_stamps = false;     ///< times are those at which the kernel took the bytes in, but for 1 % of the reads
  double stamped_share = 0;       ///< of the reads that had a stamp of the kernel's to go by
  double shared_stamp_share = 0;  ///< of the token events that came in one read with a later one
  /// How far before its stamp a first token, and either end of a gap, may have come: of those that a read brought
  /// together with later events, the time since the look before it; 0 for the others.
  double first_blur_p99_s = 0, gap_blur_p99_s = 0;
  double send_call_p99_s = 0;   ///< handing a request to the kernel: it left somewhen in between
  double wake_delay_p50_s = 0;  ///< from the kernel's stamp to our reading, when stamps are the kernel's;
  double wake_delay_p99_s = 0;  ///<   how late timers fire otherwise
  double wake_delay_max_s = 0;
  double send_lag_p50_s = 0;  ///< from planned to sent
  double send_lag_p99_s = 0, send_lag_max_s = 0;
  double cpu_share_max = 0;     ///< busiest thread: CPU time over wall time
  double cpu_s = 0;             ///< all threads
  double run_queue_wait_s = 0;  ///< ready to run and not let, all threads
  std::int64_t involuntary_switches = 0;
  std::int64_t retransmits = 0;
  int stops = 0;  ///< times the whole program stood still (SIGSTOP, a paused machine)
  double stopped_s = 0;
  int clock_steps = 0;             ///< times the wall clock jumped
  std::int64_t client_limits = 0;  ///< requests that this machine had no port, file or memory for
  std::int64_t token_events = 0;
};

/// What the level measured, that errors of the client are held against.
struct ClientStakes {
  std::optional<double> icl_p50_s, ttft_p50_s;
  std::optional<double> slo_s;  ///< smallest time among the objectives
  bool open_loop = false;
};

/// A: nothing of the client shows in the numbers. B: up to 5 % of the smallest. C: look at the reasons before quoting.
/// D: the numbers are the client's, or the load was not the one planned.
enum class ClientGrade { a, b, c, d };
char grade_letter(ClientGrade grade);

struct ClientVerdict {
  ClientGrade grade = ClientGrade::a;
  bool load_as_planned = true;       ///< false: send lag p99 above its limit; the level says nothing of this load
  double timing_error_p99_s = 0;     ///< how wrong a time may be because of the client
  std::vector<std::string> reasons;  ///< for anything but A
};

/// Send lag that a level may have at p99.    min(1 ms, 2 % of the smallest objective)
double send_lag_limit_s(const std::optional<double>& slo_s);

/// Judges the client.
///
///     with kernel stamps     error of ttft = 20 us + first_blur_p99 + send_call_p99;   of a gap = 20 us + gap_blur_p99
///     without                both = wake_delay_p99, and B at best
///     A <= 1 %, B <= 5 %, C <= 20 % of the median ttft, and of the median icl;   else D: the worse of the two
///     a stop or a clock step: C at best;   send lag above its limit in an open load, or a limit of this machine: D
ClientVerdict judge_client(const ClientSigns& signs, const ClientStakes& stakes);

}  // namespace rigwise
