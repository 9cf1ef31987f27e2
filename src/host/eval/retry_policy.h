#pragma once

#include <optional>

#include "codec/chat.h"
#include "core/grade/score.h"

namespace rigwise {

/// When a question is asked again: the only place that decides it. The client below never does, and the runner above
/// does as it is told. Nothing here reads a clock or draws a number.
struct RetryRules {
  double first_wait_s = 1, longest_wait_s = 60;
  double rate_limit_patience_s = 1800;  ///< of one item; then it is parked
  int server_error_attempts = 5;
  int slow_attempts = 2;
  int malformed_attempts = 3;
  int empty_attempts = 2;
};

/// What came of the attempts at an item before the present one, since it was last planned.
struct AttemptHistory {
  int rate_limited = 0, server_errors = 0, slow = 0, malformed = 0, empty = 0;
  double rate_limited_for_s = 0;  ///< since the first of them
};

enum class RetryAct {
  ask_again,      ///< after `wait_s`
  put_back,       ///< the endpoint is the matter and not the item: it waits for a probe, no attempt is used up
  park,           ///< it has waited long enough; a later run plans it again
  stop_endpoint,  ///< no key or no credit: nothing will do until a person acts
  give_up,        ///< never a score
  record,         ///< the model's own result
};
struct RetryDecision {
  RetryAct act = RetryAct::give_up;
  double wait_s = 0;
  std::optional<Outcome> outcome;
};

/// "Full jitter": anywhere between nothing and twice as long as the time before.
///     uniform * min(longest, first * 2^n)
/// Takes  n >= 0 failures before this one; `uniform` in 0 .. 1.
/// From   Brooker, Exponential backoff and jitter (AWS Architecture Blog, 2015).
double jittered_wait_s(const RetryRules& rules, int n, double uniform);

/// What becomes of an item whose attempt has no answer.
/// Takes  `retry_after_s` as the server asked; `server_lives`: it answers a health check (asked only when an answer
/// took too long).
RetryDecision after_fault(const RetryRules& rules, ChatFault fault, const AttemptHistory& before,
                          std::optional<double> retry_after_s, double uniform, bool server_lives);

/// What becomes of an item whose attempt has one: an empty answer is asked for once more, all else is the model's own.
RetryDecision after_answer(const RetryRules& rules, Outcome outcome, const AttemptHistory& before);

/// Which it is. An answer of white space is empty whatever it stopped for: a model that spent all its tokens thinking
/// has none.
Outcome outcome_of_answer(const ChatAnswer& answer);

}  // namespace rigwise
