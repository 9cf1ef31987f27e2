#include "core/measure/client_health.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// A kernel stamp against the moment of sending on one machine: 3 us at the median, below 20 at p99 (measured).
constexpr double kStampError = 20e-6;
constexpr double kManyShared = 0.05;

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
  const bool stamps_blur = signs.kernel_stamps && signs.shared_stamp_share > kManyShared;
  verdict.timing_error_p99_s = signs.kernel_stamps && !stamps_blur ? kStampError : signs.wake_delay_p99_s;

  const auto hold_against = [&](const std::optional<double>& metric_s, const char* name) {
    if (!metric_s || *metric_s <= 0) return;
    const double share = verdict.timing_error_p99_s / *metric_s;
    const ClientGrade grade = grade_of_share(share);
    verdict.grade = worse(verdict.grade, grade);
    if (grade == ClientGrade::a) return;
    verdict.reasons.push_back("times may be off by " + say_time(verdict.timing_error_p99_s) + ", " +
                              significant(100 * share, 2) + " % of the median " + name);
  };
  hold_against(stakes.icl_p50_s, "gap between events");
  hold_against(stakes.ttft_p50_s, "ttft");
  if (stamps_blur) {
    verdict.reasons.push_back(significant(100 * signs.shared_stamp_share, 2) +
                              " % of the events were read together with a later one and share its stamp");
  }
  if (!signs.kernel_stamps) {
    verdict.reasons.push_back("no receive stamps of the kernel: times are when the program got to run");
    verdict.grade = worse(verdict.grade, ClientGrade::b);
  }
  if (signs.stops > 0) {
    verdict.grade = worse(verdict.grade, ClientGrade::c);
    verdict.reasons.push_back("the client stood still " + std::to_string(signs.stops) +
                              (signs.stops == 1 ? " time, " : " times, ") + say_time(signs.stopped_s) + " in all");
  }
  if (signs.clock_steps > 0) {
    verdict.grade = worse(verdict.grade, ClientGrade::c);
    verdict.reasons.push_back("the wall clock jumped " + std::to_string(signs.clock_steps) +
                              (signs.clock_steps == 1 ? " time" : " times"));
  }
  if (signs.cpu_share_max > 0.9) {
    verdict.grade = worse(verdict.grade, signs.kernel_stamps ? ClientGrade::b : ClientGrade::d);
    verdict.reasons.push_back("a thread of the client was busy " + significant(100 * signs.cpu_share_max, 2) +
                              " % of the time");
  }
  const double limit_s = send_lag_limit_s(stakes.slo_s);
  if (stakes.open_loop && signs.send_lag_p99_s > limit_s) {
    verdict.load_as_planned = false;
    verdict.grade = ClientGrade::d;
    verdict.reasons.push_back("requests left late: send lag p99 " + say_time(signs.send_lag_p99_s) + ", limit " +
                              say_time(limit_s));
  }
  return verdict;
}

}  // namespace rigwise
