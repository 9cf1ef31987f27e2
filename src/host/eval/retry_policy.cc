#include "host/eval/retry_policy.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/grade/answer_text.h"

namespace rigwise {

double jittered_wait_s(const RetryRules& rules, int n, double uniform) {
  constexpr int kLargestPower = 30;  // beyond, the longest wait is reached whatever the first
  return uniform * std::min(rules.longest_wait_s, std::ldexp(rules.first_wait_s, std::min(n, kLargestPower)));
}

RetryDecision after_fault(const RetryRules& rules, ChatFault fault, const AttemptHistory& before,
                          std::optional<double> retry_after_s, double uniform, bool server_lives) {
  const auto again_unless = [&](int failed_before, int attempts, Outcome otherwise) -> RetryDecision {
    if (failed_before + 1 < attempts) {
      const double wait = jittered_wait_s(rules, failed_before, uniform);
      return {RetryAct::ask_again, std::max(wait, retry_after_s.value_or(0)), {}};
    }
    const bool own = counts_as_answer(otherwise);
    return {own ? RetryAct::record : RetryAct::give_up, 0, otherwise};
  };
  switch (fault) {
    case ChatFault::rate_limited: {
      if (before.rate_limited_for_s >= rules.rate_limit_patience_s) return {RetryAct::park, 0, {}};
      const double wait = jittered_wait_s(rules, before.rate_limited, uniform);
      return {RetryAct::ask_again, std::max(wait, retry_after_s.value_or(0)), {}};
    }
    case ChatFault::server_error:
      return again_unless(before.server_errors, rules.server_error_attempts, Outcome::infra_error);
    case ChatFault::malformed: return again_unless(before.malformed, rules.malformed_attempts, Outcome::infra_error);
    case ChatFault::stalled:
    case ChatFault::too_slow:
      return again_unless(before.slow, rules.slow_attempts,
                          server_lives ? Outcome::timeout_model : Outcome::infra_error);
    case ChatFault::forbidden:
    case ChatFault::no_credit: return {RetryAct::stop_endpoint, 0, {}};
    case ChatFault::unreachable:
    case ChatFault::cancelled: return {RetryAct::put_back, 0, {}};
    case ChatFault::bad_request: return {RetryAct::give_up, 0, Outcome::infra_error};
  }
  return {RetryAct::give_up, 0, Outcome::harness_error};
}

RetryDecision after_answer(const RetryRules& rules, Outcome outcome, const AttemptHistory& before) {
  if (outcome == Outcome::empty && before.empty + 1 < rules.empty_attempts) return {RetryAct::ask_again, 0, outcome};
  return {RetryAct::record, 0, outcome};
}

Outcome outcome_of_answer(const ChatAnswer& answer) {
  if (answer.finish == ChatFinish::refused) return Outcome::refused;
  if (answer.finish == ChatFinish::content_filter) return Outcome::content_filter;
  if (trim(visible_answer(answer.text)).empty() && answer.tool_calls.is_null()) return Outcome::empty;
  return answer.finish == ChatFinish::length ? Outcome::truncated : Outcome::ok;
}

}  // namespace rigwise
