#include "host/eval/retry_policy.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

constexpr RetryRules kRules;

RetryDecision after(ChatFault fault, const AttemptHistory& before = {}, std::optional<double> retry_after = {},
                    double uniform = 1, bool lives = true) {
  return after_fault(kRules, fault, before, retry_after, uniform, lives);
}
AttemptHistory servers_failed(int times) {
  AttemptHistory history;
  history.server_errors = times;
  return history;
}

TEST(RetryPolicy, WaitsTwiceAsLongEachTimeUpToAMinuteAndAnywhereBelow) {
  EXPECT_EQ(jittered_wait_s(kRules, 0, 1), 1);
  EXPECT_EQ(jittered_wait_s(kRules, 3, 1), 8);
  EXPECT_EQ(jittered_wait_s(kRules, 6, 1), 60);
  EXPECT_EQ(jittered_wait_s(kRules, 5000, 1), 60);
  EXPECT_EQ(jittered_wait_s(kRules, 3, 0.25), 2);
}

TEST(RetryPolicy, RateLimitsUseNoAttemptsUpAndWaitAtLeastAsLongAsTheServerAsks) {
  AttemptHistory history;
  history.rate_limited = 40;
  EXPECT_EQ(after(ChatFault::rate_limited, history).act, RetryAct::ask_again);
  EXPECT_EQ(after(ChatFault::rate_limited, history).wait_s, 60);
  EXPECT_EQ(after(ChatFault::rate_limited, {}, 17.0).wait_s, 17);
  EXPECT_EQ(after(ChatFault::rate_limited, history, 17.0).wait_s, 60);
  history.rate_limited_for_s = 1800;
  EXPECT_EQ(after(ChatFault::rate_limited, history).act, RetryAct::park);
}

TEST(RetryPolicy, ServerErrorsGetFiveAttempts) {
  EXPECT_EQ(after(ChatFault::server_error, servers_failed(3)).act, RetryAct::ask_again);
  EXPECT_EQ(after(ChatFault::server_error, servers_failed(3)).wait_s, 8);
  EXPECT_EQ(after(ChatFault::server_error, servers_failed(4)).act, RetryAct::give_up);
  EXPECT_EQ(after(ChatFault::server_error, servers_failed(4)).outcome, Outcome::infra_error);
}

TEST(RetryPolicy, MalformedRepliesGetTwoMore) {
  AttemptHistory history;
  history.malformed = 1;
  EXPECT_EQ(after(ChatFault::malformed, history).act, RetryAct::ask_again);
  history.malformed = 2;
  EXPECT_EQ(after(ChatFault::malformed, history).act, RetryAct::give_up);
}

TEST(RetryPolicy, WhatIsTooSlowTwiceIsTheModelsOwnFaultOnlyIfTheServerLives) {
  AttemptHistory history;
  for (const ChatFault fault : {ChatFault::stalled, ChatFault::too_slow}) {
    EXPECT_EQ(after(fault).act, RetryAct::ask_again);
    history.slow = 1;
    EXPECT_EQ(after(fault, history, {}, 1, true).act, RetryAct::record);
    EXPECT_EQ(after(fault, history, {}, 1, true).outcome, Outcome::timeout_model);
    EXPECT_EQ(after(fault, history, {}, 1, false).act, RetryAct::give_up);
    EXPECT_EQ(after(fault, history, {}, 1, false).outcome, Outcome::infra_error);
    EXPECT_FALSE(counts_as_answer(*after(fault, history, {}, 1, false).outcome));
  }
}

TEST(RetryPolicy, WhatTheEndpointCannotDoIsNotTheItemsMatter) {
  EXPECT_EQ(after(ChatFault::unreachable).act, RetryAct::put_back);
  EXPECT_EQ(after(ChatFault::cancelled).act, RetryAct::put_back);
  EXPECT_EQ(after(ChatFault::forbidden).act, RetryAct::stop_endpoint);
  EXPECT_EQ(after(ChatFault::no_credit).act, RetryAct::stop_endpoint);
}

TEST(RetryPolicy, WhatTheServerRefusesIsNotAskedAgain) {
  EXPECT_EQ(after(ChatFault::bad_request).act, RetryAct::give_up);
  EXPECT_EQ(after(ChatFault::bad_request).outcome, Outcome::infra_error);
}

TEST(RetryPolicy, AnEmptyAnswerIsAskedForOnceMoreAndThenCounts) {
  AttemptHistory history;
  EXPECT_EQ(after_answer(kRules, Outcome::empty, history).act, RetryAct::ask_again);
  history.empty = 1;
  const RetryDecision second = after_answer(kRules, Outcome::empty, history);
  EXPECT_EQ(second.act, RetryAct::record);
  EXPECT_TRUE(counts_as_answer(*second.outcome));
  for (const Outcome outcome : {Outcome::ok, Outcome::truncated, Outcome::refused, Outcome::content_filter}) {
    EXPECT_EQ(after_answer(kRules, outcome, {}).act, RetryAct::record);
  }
}

TEST(RetryPolicy, TellsOutcomesApart) {
  const auto outcome = [](std::string text, ChatFinish finish) {
    ChatAnswer answer;
    answer.text = std::move(text);
    answer.finish = finish;
    return outcome_of_answer(answer);
  };
  EXPECT_EQ(outcome("42", ChatFinish::stop), Outcome::ok);
  EXPECT_EQ(outcome("42", ChatFinish::length), Outcome::truncated);
  EXPECT_EQ(outcome(" \n", ChatFinish::length), Outcome::empty);
  EXPECT_EQ(outcome("<think>long</think>\n", ChatFinish::stop), Outcome::empty);
  EXPECT_EQ(outcome("I cannot", ChatFinish::refused), Outcome::refused);
  EXPECT_EQ(outcome("", ChatFinish::content_filter), Outcome::content_filter);
}

}  // namespace
}  // namespace rigwise
