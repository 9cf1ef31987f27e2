#include "core/measure/client_health.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// A kernel stamp against the moment of sending on one machine: 3 us at the median, below 20 at p99 (measured).
constexpr double kStampError = 20e-6;
/// From here on the p99 of what is measured holds events with a stamp that is not their own.
constexpr double kManyShared = 0.01;

std::string say_time(double seconds) {
  if (seconds >= 1) return significant(seconds) + " s";
  if (seconds >= 1e-3) return significant(seconds * 1e3) + " ms";
  return significant(seconds * 1e6) + " us";
}

ClientGrade worse(ClientGrade a, ClientGrade b) { return std::max(a, b); }

ClientGrade grade_of_share(double share) {
  if (share <= 0.01) return ClientGrade::a;
  if (share <= 0.05) return ClientGrade::b;
  if (share <= 0.2) return ClientGrade::c;
  return ClientGrade::d;
}

}  // namespace

char grade_letter(ClientGrade grade) { return static_cast<char>('A' + static_cast<int>(grade)); }

double send_lag_limit_s(const std::optional<double>& slo_s) { return std::min(1e-3, slo_s ? 0.02 * *slo_s : 1e-3); }

ClientVerdict judge_client(const ClientSigns& signs, const ClientStakes& stakes) {
  ClientVerdict verdict;
  const auto add = [&](ClientGrade at_best, std::string reason) {
    verdict.grade = worse(verdict.grade, at_best);
    verdict.reasons.push_back(std::move(reason));
  };
  const auto hold_against = [&](double error_s, const std::optional<double>& metric_s, const char* name) {
    verdict.timing_error_p99_s = std::max(verdict.timing_error_p99_s, error_s);
    if (!metric_s || *metric_s <= 0) return;
    const double share = error_s / *metric_s;
    const ClientGrade grade = grade_of_share(share);
    if (grade == ClientGrade::a) return;
    add(grade, "times may be off by " + say_time(error_s) + " at p99, " + significant(100 * share, 2) +
                   " % of the median " + name);
  };
  const bool stamped = signs.kernel_stamps;
  hold_against(stamped ? kStampError + signs.gap_blur_p99_s : signs.wake_delay_p99_s, stakes.icl_p50_s,
               "gap between events");
  hold_against(stamped ? kStampError + signs.first_blur_p99_s + signs.send_call_p99_s : signs.wake_delay_p99_s,
               stakes.ttft_p50_s, "ttft");
  if (stamped && signs.shared_stamp_share > kManyShared && verdict.grade > ClientGrade::a) {
    add(ClientGrade::a, significant(100 * signs.shared_stamp_share, 2) +
                            " % of the events were read together with a later one and share its stamp");
  }
  if (!stamped) add(ClientGrade::b, "no receive stamps of the kernel: times are when the program got to run");
  if (signs.stops > 0) {
    add(ClientGrade::c, "the client stood still " + std::to_string(signs.stops) +
                            (signs.stops == 1 ? " time, " : " times, ") + say_time(signs.stopped_s) + " in all");
  }
  if (signs.clock_steps > 0) {
    add(ClientGrade::c,
        "the wall clock jumped " + std::to_string(signs.clock_steps) + (signs.clock_steps == 1 ? " time" : " times"));
  }
  if (signs.cpu_share_max > 0.9) {
    add(stamped ? ClientGrade::b : ClientGrade::d,
        "a thread of the client was busy " + significant(100 * signs.cpu_share_max, 2) + " % of the time");
  }
  if (signs.client_limits > 0) {
    verdict.load_as_planned = false;
    add(ClientGrade::d, std::to_string(signs.client_limits) +
                            " requests found no port, open file or memory left on the client's machine");
  }
  const double limit_s = send_lag_limit_s(stakes.slo_s);
  if (stakes.open_loop && signs.send_lag_p99_s > limit_s) {
    verdict.load_as_planned = false;
    add(ClientGrade::d,
        "requests left late: send lag p99 " + say_time(signs.send_lag_p99_s) + ", limit " + say_time(limit_s));
  }
  return verdict;
}

}  // namespace rigwise
