#include "host/eval/eval_runner.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "host/store/lease_owner.h"

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the two halves of Asio's own coroutine allocation for strangers (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rigwise {
namespace {

using boost::asio::awaitable;

constexpr const char* kRequests = "requests";
constexpr const char* kTokens = "tokens";

double now_s() { return static_cast<double>(steady_ns()) * 1e-9; }

/// An item whose attempt stands in the ledger and has not left yet.
struct Begun {
  ClaimedItem claimed;
  AskWork work;
  std::string attempt;
  std::int64_t reserved_nano = 0;
  AttemptHistory history;
  std::vector<RateLimit> rates;  ///< what it has taken of the endpoint's limits
};

/// What one trip to the ledger for more work brings.
struct Batch {
  std::vector<ClaimedItem> claimed;
  std::vector<Begun> begun;
  std::int64_t parked = 0;  ///< nobody here knows their task
  bool over_budget = false;
  double rate_wait_s = 0;                 ///< the endpoint's limits let no more through before
  bool is_empty = false;                  ///< no item is due
  std::optional<std::int64_t> due_in_ms;  ///< when the next one is
  std::int64_t held_by_others = 0;
};

}  // namespace

Result<AttemptHistory> attempt_history(Ledger& ledger, const std::string& work_key, std::int64_t since_ms) {
  const auto rows = ledger.database().run(
      "SELECT COALESCE(fault, ''), COALESCE(outcome, ''), sent_ms FROM attempt WHERE work_key = $1 AND sent_ms >= $2 "
      "AND state = 'ended' ORDER BY n",
      {work_key, since_ms});
  const auto now = ledger.database().now_ms();
  if (!rows || !now) return fail(rows ? now.error() : rows.error());
  AttemptHistory history;
  for (const SqlRow& row : *rows) {
    const std::string fault = row.text(0);
    if (fault == chat_fault_name(ChatFault::rate_limited)) {
      if (history.rate_limited++ == 0) history.rate_limited_for_s = static_cast<double>(*now - row.integer(2)) / 1000;
    } else if (fault == chat_fault_name(ChatFault::server_error)) {
      ++history.server_errors;
    } else if (fault == chat_fault_name(ChatFault::malformed)) {
      ++history.malformed;
    } else if (fault == chat_fault_name(ChatFault::stalled) || fault == chat_fault_name(ChatFault::too_slow)) {
      ++history.slow;
    } else if (fault.empty() && row.text(1) == outcome_name(Outcome::empty)) {
      ++history.empty;
    }
  }
  return history;
}

struct EvalRunner::Machinery : std::enable_shared_from_this<EvalRunner::Machinery> {
  Machinery(boost::asio::io_context& with_io, HttpClient& with_client, GroupCommit& with_commit, RunnerSettings with,
            FindWork find)
      : io(with_io),
        client(with_client),
        commit(with_commit),
        settings(std::move(with)),
        find_work(std::move(find)),
        owner(this_owner()),
        limit(settings.start, settings.cap),
        breaker(settings.breaker_failures, settings.probe_every_s),
        retry_timer(io),
        heartbeat_timer(io),
        random(std::random_device{}()) {}

  boost::asio::io_context& io;
  HttpClient& client;
  GroupCommit& commit;
  RunnerSettings settings;
  FindWork find_work;
  std::string owner;

  AdaptiveLimit limit;
  CircuitBreaker breaker;
  std::deque<ClaimedItem> claimed;
  std::deque<Begun> ready;
  std::set<std::string> asking;  ///< work keys of what is in flight
  int in_flight = 0, writes = 0;
  bool fetching = false, stopping = false, ended = false, exhausted = false;
  bool has_ever_answered = false;
  double out_since_s = 0;
  double hold_until_s = 0;  ///< the endpoint says that nothing is left to ask before
  double rate_until_s = 0, idle_until_s = 0;
  HttpCancel cancel;
  std::map<std::string, int> refusals;  ///< bad requests in a row, by model
  std::set<std::string> stopped_models;
  boost::asio::steady_timer retry_timer, heartbeat_timer;
  std::minstd_rand random;
  std::function<void(const RunnerProgress&)> tell;
  RunnerReport report;

  double uniform() { return std::uniform_real_distribution<double>(0, 1)(random); }

  /// Work for the ledger whose end comes back to this thread.
  void write(std::function<Result<void>(Ledger&)> work, std::function<void(Result<void>)> then) {
    ++writes;
    commit.submit(std::move(work), [self = shared_from_this(), then = std::move(then)](Result<void> done) {
      boost::asio::post(self->io, [self, then, done = std::move(done)] {
        --self->writes;
        if (!done) self->end_with(RunnerEnd::store_failed, done.error().message);
        then(done);
        self->pump();
      });
    });
  }

  void end_with(RunnerEnd end, const std::string& why) {
    if (report.end != RunnerEnd::done) return;
    report.end = end;
    report.why = why;
    stopping = true;
  }

  // ---- getting work ----

  /// As many attempts are begun ahead as may be under way, so that no slot waits for a disk.
  std::size_t wanted_ahead() const { return static_cast<std::size_t>(std::max(1, limit.limit())); }

  void fetch() {
    fetching = true;
    auto batch = std::make_shared<Batch>();
    std::vector<ClaimedItem> held(claimed.begin(), claimed.end());
    claimed.clear();
    const std::size_t want = wanted_ahead() - std::min(wanted_ahead(), ready.size());
    const std::int64_t most = static_cast<std::int64_t>(wanted_ahead()) * (settings.waits_for_others ? 2 : 8);
    const std::set<std::string> stopped = stopped_models;
    write(
        [self = shared_from_this(), batch, held = std::move(held), want, most, stopped](Ledger& ledger) {
          *batch = {};  // a transaction that a lost connection undid begins anew
          batch->claimed = held;
          return self->fill(ledger, *batch, want, most, stopped);
        },
        [self = shared_from_this(), batch](const Result<void>& done) {
          self->fetching = false;
          if (done) self->take(*batch);
        });
  }

  /// On the ledger's thread.
  Result<void> fill(Ledger& ledger, Batch& batch, std::size_t want, std::int64_t most,
                    const std::set<std::string>& stopped) {
    const auto lease_ms = static_cast<std::int64_t>(settings.lease_s * 1000);
    if (batch.claimed.size() < want) {
      Result<std::vector<ClaimedItem>> more = ledger.claim(settings.run, settings.endpoint_id, owner, most, lease_ms);
      if (!more) return fail(more.error());
      batch.claimed.insert(batch.claimed.end(), more->begin(), more->end());
    }
    if (batch.claimed.empty()) return look_ahead(ledger, batch);
    std::size_t used = 0;
    for (; used < batch.claimed.size() && batch.begun.size() < want; ++used) {
      const ClaimedItem& item = batch.claimed[used];
      const std::optional<AskWork> work = find_work(item.item);
      if (!work || stopped.contains(item.item.model_ref)) {
        if (Result<void> set = set_aside(ledger, item); !set) return set;
        ++batch.parked;
        continue;
      }
      Begun begun = prepared(item, *work);
      const Result<double> wait_s =
          begun.rates.empty() ? Result<double>(0) : ledger.take_rates(settings.endpoint_id, begun.rates);
      if (!wait_s) return fail(wait_s.error());
      batch.rate_wait_s = *wait_s;
      if (*wait_s > 0) break;
      const Result<bool> has_begun = begin(ledger, std::move(begun), batch);
      if (!has_begun) return fail(has_begun.error());
      if (!*has_begun) break;
    }
    batch.claimed.erase(batch.claimed.begin(), batch.claimed.begin() + static_cast<std::ptrdiff_t>(used));
    if (!batch.over_budget) return {};
    const Result<void> released = ledger.release(batch.claimed);
    batch.claimed.clear();
    return released;
  }

  Result<void> set_aside(Ledger& ledger, const ClaimedItem& item) {
    if (Result<void> released = ledger.release({item}); !released) return released;
    return ledger.move_item(item.item.work_key, {ItemState::parked, {}, 0});
  }

  /// An attempt with what it may take at most: money, and of the endpoint's limits.
  Begun prepared(const ClaimedItem& item, const AskWork& work) const {
    Begun begun{item, work, random_id(), 0, {}, {}};
    const bool is_limited = settings.requests_per_minute > 0 || settings.tokens_per_minute > 0;
    if (!work.model->price && !is_limited) return begun;
    const ChatRequest first = first_request(*work.task, work.model->name, work.sampling, work.sample_no);
    const ConversationSize size = most_of_conversation(*work.task, first);
    if (work.model->price)
      begun.reserved_nano = most_cost_nano(size.prompt_tokens, size.output_tokens, *work.model->price);
    if (settings.requests_per_minute > 0)
      begun.rates.push_back({kRequests, settings.requests_per_minute, static_cast<double>(size.requests)});
    if (settings.tokens_per_minute > 0) {
      const auto tokens = static_cast<double>(size.prompt_tokens + size.output_tokens);
      begun.rates.push_back({kTokens, settings.tokens_per_minute, tokens});
    }
    return begun;
  }

  /// False: no money is left for it.
  Result<bool> begin(Ledger& ledger, Begun begun, Batch& batch) {
    const ClaimedItem& item = begun.claimed;
    if (item.attempts > 0) {
      const Result<AttemptHistory> history = attempt_history(ledger, item.item.work_key, settings.since_ms);
      if (!history) return fail(history.error());
      begun.history = *history;
    }
    const Result<StartVerdict> verdict =
        ledger.begin_attempt({begun.attempt, item.item.work_key, settings.run, item.lease_epoch, begun.reserved_nano});
    if (!verdict) return fail(verdict.error());
    batch.over_budget = *verdict == StartVerdict::over_budget;
    if (*verdict == StartVerdict::started) batch.begun.push_back(std::move(begun));
    return !batch.over_budget;
  }

  /// Nothing is due: when will something be?
  Result<void> look_ahead(Ledger& ledger, Batch& batch) {
    batch.is_empty = true;
    const auto forgotten = ledger.release_forgotten(owner, settings.endpoint_id);
    if (!forgotten) return fail(forgotten.error());
    const auto now = ledger.database().now_ms();
    // In one look: what somebody puts back between two would be seen in neither, and the run would end without it.
    const auto rest = ledger.database().run(
        "SELECT MIN(CASE WHEN i.state IN ('planned', 'retry_wait') THEN i.not_before_ms END), "
        "COUNT(CASE WHEN i.state IN ('leased', 'sent') AND i.lease_owner <> $3 THEN 1 END) "
        "FROM item i JOIN run_item r ON r.work_key = i.work_key WHERE r.run = $1 AND i.endpoint = $2 "
        "AND i.state IN ('planned', 'retry_wait', 'leased', 'sent')",
        {settings.run, settings.endpoint_id, owner});
    if (!now || !rest) return fail(!now ? now.error() : rest.error());
    if (const auto at = rest->at(0).maybe_integer(0)) batch.due_in_ms = std::max<std::int64_t>(1, *at - *now);
    batch.held_by_others = rest->at(0).integer(1);
    return {};
  }

  void take(Batch& batch) {
    report.parked += batch.parked;
    for (Begun& begun : batch.begun) ready.push_back(std::move(begun));
    claimed.assign(batch.claimed.begin(), batch.claimed.end());
    report.held_by_others = batch.held_by_others;
    // Money that is reserved for what is under way may come free.
    if (batch.over_budget && ready.empty() && in_flight == 0 && writes == 0) {
      return end_with(RunnerEnd::over_budget, "the budget does not hold what the next question may cost");
    }
    if (batch.over_budget) idle_until_s = now_s() + kGlance_s;
    if (batch.rate_wait_s > 0) rate_until_s = now_s() + batch.rate_wait_s;
    exhausted = false;
    if (!batch.is_empty) return;
    const bool others = settings.waits_for_others && batch.held_by_others > 0;
    if (!batch.due_in_ms && !others) {
      exhausted = true;
    } else {
      const double due_s = batch.due_in_ms ? static_cast<double>(*batch.due_in_ms) / 1000 : kOthers_s;
      idle_until_s = now_s() + (others ? std::min(due_s, kOthers_s) : due_s);
    }
  }

  static constexpr double kGlance_s = 0.02, kOthers_s = 1;
  static constexpr double kMostHold_s = 120;  ///< then it is asked, and says itself how long

  // ---- asking ----

  void pump() {
    if (ended) return;
    if (stopping) {
      put_back_unsent();
      if (in_flight == 0 && writes == 0 && !fetching) finish();
      return;
    }
    const double now = now_s();
    while (!ready.empty() && in_flight < limit.limit() && now >= hold_until_s) {
      if (!breaker.may_ask(now)) break;
      launch(std::move(ready.front()));
      ready.pop_front();
    }
    // A closed circuit's probe needs something to ask.
    if (!fetching && ready.size() * 2 < wanted_ahead() && (!breaker.is_open() || ready.empty())) {
      const bool may_have_more = now >= rate_until_s && (!claimed.empty() || (!exhausted && now >= idle_until_s));
      if (may_have_more) return fetch();
      if (exhausted && ready.empty() && in_flight == 0 && writes == 0) return finish();
    }
    wake_later(now);
  }

  void wake_later(double now) {
    double at = now + 3600;
    if (now < idle_until_s) at = std::min(at, idle_until_s);
    if (now < hold_until_s) at = std::min(at, hold_until_s);
    if (now < rate_until_s) at = std::min(at, rate_until_s);
    if (breaker.is_open()) at = std::min(at, breaker.next_probe_s());
    if (at - now > 3000 || (in_flight > 0 && at < now)) return;
    const auto wait = std::chrono::microseconds(static_cast<std::int64_t>(std::max(0.001, at - now) * 1e6));
    retry_timer.expires_after(wait);
    retry_timer.async_wait([self = shared_from_this()](boost::system::error_code fault) {
      if (!fault) self->pump();
    });
  }

  void launch(Begun begun) {
    ++in_flight;
    asking.insert(begun.claimed.item.work_key);
    boost::asio::co_spawn(io, ask_one(shared_from_this(), std::move(begun)), boost::asio::detached);
  }

  static awaitable<void> ask_one(std::shared_ptr<Machinery> self, Begun begun) {
    AskTaskOptions options;
    options.is_billed = self->settings.is_billed;
    options.reserved_nano = begun.reserved_nano;
    options.keep_raw = self->settings.keep_raw;
    options.retry = self->settings.retry;
    if (self->settings.is_billed) {
      options.on_generation = [self = self.get(), attempt = begun.attempt](const std::string& generation) {
        self->write([attempt, generation](Ledger& ledger) { return ledger.name_generation(attempt, generation); },
                    [](const Result<void>&) {});
      };
    }
    AskedTask asked = co_await ask_task(self->client, self->settings.endpoint, begun.work, self->cancel, options);
    bool lives = true;
    const bool was_slow =
        asked.error && (asked.error->fault == ChatFault::stalled || asked.error->fault == ChatFault::too_slow);
    if (was_slow && begun.history.slow + 1 >= self->settings.retry.slow_attempts) {
      ChatEndpoint glance = self->settings.endpoint;
      glance.times.total = glance.times.idle = glance.times.connect = std::chrono::milliseconds(10'000);
      const Result<std::vector<ListedModel>> models = co_await list_models(self->client, glance);
      lives = models.has_value();
    }
    --self->in_flight;
    self->asking.erase(begun.claimed.item.work_key);
    self->take_answer(begun, std::move(asked), lives);
    self->pump();
  }

  void take_answer(const Begun& begun, AskedTask asked, bool lives) {
    learn(begun, asked);
    const std::int64_t tokens = asked.end.prompt_tokens.value_or(0) + asked.end.completion_tokens.value_or(0);
    const bool is_counted = asked.end.prompt_tokens.has_value();
    std::vector<RateLimit> unused = begun.rates;
    for (RateLimit& rate : unused) {
      const double used = rate.kind == kRequests ? asked.requests : static_cast<double>(tokens);
      rate.amount = rate.kind == kRequests || is_counted ? rate.amount - used : 0;
    }
    const RetryDecision decision = asked.error ? after_fault(settings.retry, asked.error->fault, begun.history,
                                                             asked.error->retry_after_s, uniform(), lives)
                                               : after_answer(settings.retry, asked.outcome, begun.history);
    if (decision.outcome && !asked.end.outcome) asked.end.outcome = decision.outcome;
    if (decision.act == RetryAct::stop_endpoint) end_with(RunnerEnd::forbidden, asked.error->message);
    asked.end.id = begun.attempt;
    ++report.asked;
    end_attempt(begun.claimed, std::move(asked.end), decision, std::move(unused));
  }

  /// What an answer says of the endpoint and the model.
  void learn(const Begun& begun, const AskedTask& asked) {
    const double now = now_s();
    const std::string& model = begun.claimed.item.model_ref;
    hold_until_s = std::max(hold_until_s, now + std::min(asked.quota_wait_s, kMostHold_s));
    if (!asked.error) {
      limit.on_answer();
      has_ever_answered = true;
      refusals.erase(model);
    } else if (asked.error->fault == ChatFault::rate_limited) {
      limit.on_rate_limit(now);
    } else if (asked.error->fault == ChatFault::server_error) {
      limit.on_server_error();
    } else if (asked.error->fault == ChatFault::bad_request) {
      constexpr int kMostRefusals = 3;
      if (++refusals[model] >= kMostRefusals && stopped_models.insert(model).second)
        report.why = begun.work.model->name + " was refused three times: " + asked.error->message;
    }
    const bool is_gone = asked.error && asked.error->fault == ChatFault::unreachable;
    if (is_gone) {
      if (!breaker.is_open()) out_since_s = now;
      breaker.on_unreachable(now);
      const bool is_over =
          breaker.is_open() && (!has_ever_answered || now - out_since_s > settings.unreachable_patience_s);
      if (is_over) end_with(RunnerEnd::unreachable, asked.error->message);
    } else if (asked.reached) {
      breaker.on_reached();
    }
  }

  void end_attempt(const ClaimedItem& item, AttemptEnd end, const RetryDecision& decision,
                   std::vector<RateLimit> unused) {
    ItemMove move;
    move.outcome = decision.outcome;
    switch (decision.act) {
      case RetryAct::record:
        move.state = ItemState::answered;
        ++report.answered;
        break;
      case RetryAct::give_up:
        move.state = ItemState::failed_infra;
        ++report.failed;
        break;
      case RetryAct::ask_again:
        move = {ItemState::retry_wait, {}, 0};
        ++report.again;
        break;
      case RetryAct::put_back: move = {ItemState::planned, {}, 0}; break;
      case RetryAct::park:
      case RetryAct::stop_endpoint:
        move = {ItemState::parked, {}, 0};
        ++report.parked;
        break;
    }
    const auto wait_ms = static_cast<std::int64_t>(decision.wait_s * 1000);
    const bool returns = move.state == ItemState::retry_wait || move.state == ItemState::planned;
    write(
        [endpoint = settings.endpoint_id, item, end = std::move(end), move, wait_ms,
         unused = std::move(unused)](Ledger& ledger) -> Result<void> {
          for (const RateLimit& rate : unused) {
            if (rate.amount <= 0) continue;
            if (Result<void> given = ledger.give_back_rate(endpoint, rate.kind, rate.amount); !given) return given;
          }
          ItemMove timed = move;
          if (wait_ms > 0) {
            const Result<std::int64_t> now = ledger.database().now_ms();
            if (!now) return fail(now.error());
            timed.not_before_ms = *now + wait_ms;
          }
          const Result<bool> accepted = ledger.finish_attempt(end, item.item.work_key, item.lease_epoch, timed);
          if (!accepted) return fail(accepted.error());
          return {};
        },
        [self = shared_from_this(), returns, wait_s = decision.wait_s](const Result<void>&) {
          if (!returns) return;
          self->exhausted = false;
          self->idle_until_s = std::min(self->idle_until_s, now_s() + wait_s);
        });
  }

  // ---- ending ----

  /// What was begun and never left costs nothing and is planned again.
  void put_back_unsent() {
    for (const Begun& begun : ready) {
      AttemptEnd end;
      end.id = begun.attempt;
      end.fault = std::string(chat_fault_name(ChatFault::cancelled));
      end.detail = "never sent";
      end.cost_nano = 0;
      end.cost_source = "none";
      end_attempt(begun.claimed, std::move(end), {RetryAct::put_back, 0, {}}, begun.rates);
    }
    ready.clear();
    if (claimed.empty()) return;
    std::vector<ClaimedItem> items(claimed.begin(), claimed.end());
    claimed.clear();
    write([items = std::move(items)](Ledger& ledger) { return ledger.release(items); }, [](const Result<void>&) {});
  }

  void finish() {
    ended = true;
    retry_timer.cancel();
    heartbeat_timer.cancel();
    report.limit = limit.limit();
    say();
    io.stop();
  }

  // ---- once in a while ----

  void say() const {
    if (!tell) return;
    tell({report.answered, report.failed, report.parked, report.again, in_flight, limit.limit(), breaker.is_open()});
  }

  void beat(int count) {
    if (ended) return;
    say();
    constexpr double kBeat_s = 0.25;
    const int every = std::max(1, static_cast<int>(settings.heartbeat_s / kBeat_s));
    if (count % every == 0) keep_leases();
    heartbeat_timer.expires_after(std::chrono::milliseconds(static_cast<int>(kBeat_s * 1000)));
    heartbeat_timer.async_wait([self = shared_from_this(), count](boost::system::error_code fault) {
      if (!fault) self->beat(count + 1);
    });
  }

  void keep_leases() {
    const auto lease_ms = static_cast<std::int64_t>(settings.lease_s * 1000);
    std::vector<std::string> held(asking.begin(), asking.end());
    for (const Begun& begun : ready) held.push_back(begun.claimed.item.work_key);
    for (const ClaimedItem& item : claimed) held.push_back(item.item.work_key);
    write(
        [self = shared_from_this(), held = std::move(held), lease_ms](Ledger& ledger) -> Result<void> {
          if (Result<void> kept = ledger.extend_leases(self->owner, held, lease_ms); !kept) return kept;
          return reap(ledger, self->settings);
        },
        [self = shared_from_this()](const Result<void>&) { self->exhausted = false; });
  }

  static Result<void> reap(Ledger& ledger, const RunnerSettings& settings) {
    if (const auto reaped = ledger.reap(owner_is_gone); !reaped) return fail(reaped.error());
    if (!settings.resend_in_doubt) return {};
    const auto again = ledger.resend_doubtful(settings.run);
    if (!again) return fail(again.error());
    return {};
  }
};

EvalRunner::EvalRunner(boost::asio::io_context& io, HttpClient& client, GroupCommit& commit, RunnerSettings settings,
                       FindWork find_work)
    : machinery_(std::make_shared<Machinery>(io, client, commit, std::move(settings), std::move(find_work))) {}
EvalRunner::~EvalRunner() = default;

void EvalRunner::on_progress(std::function<void(const RunnerProgress&)> tell) { machinery_->tell = std::move(tell); }

RunnerReport EvalRunner::run() {
  const auto guard = boost::asio::make_work_guard(machinery_->io);
  boost::asio::post(machinery_->io, [machinery = machinery_] { machinery->beat(0); });
  machinery_->io.restart();
  machinery_->io.run();
  return machinery_->report;
}

void EvalRunner::stop() {
  const bool again = machinery_->stopping;
  machinery_->end_with(RunnerEnd::interrupted, "interrupted");
  machinery_->stopping = true;
  if (again) machinery_->cancel.cancel();
  machinery_->pump();
}

}  // namespace rigwise
