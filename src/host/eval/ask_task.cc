#include "host/eval/ask_task.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the two halves of Asio's own coroutine allocation for strangers (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rigwise {
namespace {

using boost::asio::awaitable;

void add(std::optional<std::int64_t>& sum, const std::optional<std::int64_t>& value) {
  if (value) sum = sum.value_or(0) + *value;
}

std::optional<std::int64_t> between(std::int64_t from, std::int64_t to) {
  if (from == 0 || to == 0 || to < from) return std::nullopt;
  return to - from;
}

std::string_view finish_name(ChatFinish finish) {
  switch (finish) {
    case ChatFinish::stop: return "stop";
    case ChatFinish::length: return "length";
    case ChatFinish::content_filter: return "content_filter";
    case ChatFinish::tool_calls: return "tool_calls";
    case ChatFinish::refused: return "refused";
    case ChatFinish::unknown: break;
  }
  return "unknown";
}

/// Adds one exchange to the attempt it belongs to. Times to the first token are the first exchange's.
void book(AttemptEnd& end, const ChatExchange& exchange, const ExchangeCost& cost, bool is_first) {
  const ChatAnswer& answer = exchange.answer;
  if (exchange.status != 0) end.http_status = exchange.status;
  if (is_first) {
    end.connect_ns = between(exchange.start_ns, exchange.connected_ns);
    end.head_ns = between(exchange.start_ns, exchange.head_ns);
    end.first_token_ns = between(exchange.start_ns, exchange.first_token_ns);
  }
  add(end.total_ns, between(exchange.start_ns, exchange.end_ns));
  add(end.prompt_tokens, answer.usage.prompt);
  add(end.cached_tokens, answer.usage.cached);
  add(end.completion_tokens, answer.usage.completion);
  add(end.reasoning_tokens, answer.usage.reasoning);
  add(end.cost_nano, cost.nano);
  // The least certain of them all speaks for the sum.
  if (cost.nano && (!end.cost_source || cost.source == "estimate")) end.cost_source = cost.source;
  if (!answer.generation_id.empty()) end.generation = answer.generation_id;
  if (!answer.model_served.empty()) end.model_served = answer.model_served;
  if (!answer.provider.empty()) end.provider = answer.provider;
}

/// Asks once, and at once again what met a closed door.
awaitable<ChatExchange> ask_through(HttpClient& client, const ChatEndpoint& endpoint, const ChatRequest& request,
                                    const HttpCancel& cancel, const AskOptions& options) {
  constexpr int kMostDoors = 4;
  for (int tried = 1;; ++tried) {
    ChatExchange exchange = co_await ask(client, endpoint, request, cancel, options);
    if (!exchange.met_closed_door || tried == kMostDoors) co_return exchange;
  }
}

/// In steps, so that nobody who gave up waits for it.
awaitable<void> wait_s(double seconds, const HttpCancel& cancel) {
  constexpr double kStep_s = 0.25;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (double left = seconds; left > 0 && !cancel.is_cancelled(); left -= kStep_s) {
    timer.expires_after(std::chrono::milliseconds(static_cast<std::int64_t>(std::min(left, kStep_s) * 1000)));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

}  // namespace

ExchangeCost cost_of_exchange(const ChatExchange& exchange, const std::optional<TokenPrice>& price, bool is_billed,
                              std::int64_t reserved_nano) {
  const ChatAnswer& answer = exchange.answer;
  if (answer.cost_nano) return {answer.cost_nano, "provider"};
  if (price) {
    if (const auto cost = usage_cost_nano(answer.usage, *price)) return {cost, "price"};
  }
  // Refused before any work was done: nobody bills that.
  const bool was_refused = !exchange.sent || (exchange.status != 0 && exchange.status != 200);
  if (was_refused && answer.error) return {0, "none"};
  if (is_billed) return {reserved_nano, "estimate"};
  return {};
}

awaitable<AskedTask> ask_task(HttpClient& client, const ChatEndpoint& endpoint, const AskWork& work,
                              const HttpCancel& cancel, const AskTaskOptions& options) {
  AskedTask asked;
  ChatEndpoint timed = endpoint;
  timed.times.total = std::chrono::milliseconds(static_cast<std::int64_t>(work.task->limits.time_s * 1000));
  AskOptions ask_options;
  ask_options.on_generation = options.on_generation;
  ChatRequest first = first_request(*work.task, work.model->name, work.sampling, work.sample_no);
  first.provider = work.model->provider;
  Conversation talk(*work.task, std::move(first), work.make_tools ? work.make_tools() : ToolAnswer());
  double limited_s = 0;
  int limits = 0;
  for (;;) {
    const ChatExchange exchange = co_await ask_through(client, timed, talk.request(), cancel, ask_options);
    const ChatAnswer& answer = exchange.answer;
    asked.reached = asked.reached || exchange.status != 0;
    ++asked.requests;
    asked.quota_wait_s = exchange.quota_wait_s;
    const bool is_first = talk.answers() == 0;
    book(asked.end, exchange, cost_of_exchange(exchange, work.model->price, options.is_billed, options.reserved_nano),
         is_first);
    if (answer.error && answer.error->fault == ChatFault::rate_limited && !is_first &&
        limited_s < options.retry.rate_limit_patience_s && !cancel.is_cancelled()) {
      const double wait =
          std::max(jittered_wait_s(options.retry, limits++, 1), answer.error->retry_after_s.value_or(0));
      limited_s += wait;
      co_await wait_s(wait, cancel);
      continue;
    }
    if (answer.error) {
      asked.error = answer.error;
      asked.end.fault = std::string(chat_fault_name(answer.error->fault));
      asked.end.detail = answer.error->message;
      if (!exchange.raw.empty()) asked.end.raw = exchange.raw;
      break;
    }
    asked.outcome = outcome_of_answer(answer);
    asked.end.finish = std::string(finish_name(answer.finish));
    asked.end.answer = answer.text;
    if (!answer.reasoning.empty()) asked.end.reasoning = answer.reasoning;
    if (options.keep_raw) asked.end.raw = exchange.raw;
    const bool may_go_on = asked.outcome == Outcome::ok || asked.outcome == Outcome::truncated;
    if (!talk.take(answer) || !may_go_on) break;
  }
  if (!asked.error) {
    asked.end.outcome = asked.outcome;
    // A conversation is kept whole: checks look at the calls in it.
    if (talk.answers() > 1 || work.task->agent) asked.end.raw = talk.transcript().dump();
  }
  co_return asked;
}

}  // namespace rigwise
