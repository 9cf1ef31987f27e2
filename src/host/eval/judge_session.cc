#include "host/eval/judge_session.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <deque>
#include <random>
#include <set>

#include "codec/judge_reply.h"
#include "codec/sha256.h"
#include "core/grade/answer_text.h"
#include "host/eval/ask_task.h"
#include "host/eval/judge_reviews.h"
#include "host/eval/rate_limits.h"
#include "host/eval/said_answer.h"
#include "host/store/group_commit.h"
#include "host/store/store_url.h"

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the two halves of Asio's own coroutine allocation for strangers (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rigwise {
namespace {

using boost::asio::awaitable;

/// One judgement that is wanted.
struct JudgeJob {
  JudgeRecord record;
  const EvalTask* task = nullptr;
  const EvalModel* judge = nullptr;
  std::string text;
  std::shared_ptr<ToldConversation> told;  ///< the text as the judge reads it
};

struct KnownJudgement {
  std::string state, verdict;
  std::int64_t tries = 0, cost_nano = 0;
};

/// Even in 0 .. 1 by a key, so that what is drawn is drawn again the same.
double share_of(const std::string& key, std::string_view salt) {
  const std::string hash = sha256_hex(key + std::string(salt));
  return static_cast<double>(std::stoull(hash.substr(0, 12), nullptr, 16)) / static_cast<double>(1ull << 48);
}

/// Work for the ledger, waited for on this thread.
awaitable<Result<void>> written(GroupCommit& commit, std::function<Result<void>(Ledger&)> work) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto never = std::make_shared<boost::asio::steady_timer>(executor, boost::asio::steady_timer::time_point::max());
  auto result = std::make_shared<Result<void>>();
  commit.submit(std::move(work), [never, result, executor](Result<void> done) {
    boost::asio::post(executor, [never, result, done = std::move(done)] {
      *result = done;
      never->cancel();
    });
  });
  boost::system::error_code ignored;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
  co_await never->async_wait(token);
  co_return *result;
}

class JudgeSession {
 public:
  explicit JudgeSession(const JudgeChoice& choice)
      : choice_(choice), io_(1), limit_(choice.start, choice.cap), random_(std::random_device{}()) {}

  Result<JudgeReport> run() {
    if (Result<void> read = read_ledger(); !read) return fail(read.error());
    HttpClientOptions options;
    options.proxies = proxies_from_environment();
    auto client = HttpClient::open(io_, options);
    if (!client) return fail(client.error());
    client_ = std::move(*client);
    {
      GroupCommit commit(std::move(ledger_));
      commit_ = &commit;
      work_off(canaries());
      judge_judges();
      if (report_.stopped.empty()) work_off(judgements());
    }
    if (store_fault_) return fail(*store_fault_);
    report_.commonest_fault = commonest_fault();
    const Result<std::int64_t> queued = queue_reviews(choice_, candidates_);
    if (!queued) return fail(queued.error());
    report_.queued = *queued;
    return report_;
  }

 private:
  // ---- what there is ----

  Result<void> read_ledger() {
    Result<std::unique_ptr<Ledger>> ledger = open_store(choice_.store, IfMissing::refuse);
    if (!ledger) return fail(ledger.error());
    ledger_ = std::move(*ledger);
    const auto there = ledger_->totals(choice_.run);
    if (!there) return fail(there.error());
    for (const EvalModel& judge : choice_.judges) {
      if (Result<void> put = ledger_->put_model(judge.ref); !put) return put;
    }
    const auto models = ledger_->database().run("SELECT sha256, family FROM model_ref");
    if (!models) return fail(models.error());
    std::map<std::string, std::string> families;
    for (const SqlRow& row : *models) families[row.text(0)] = row.text(1);
    Result<std::string> conversations = conversation_revisions(*ledger_);
    if (!conversations) return fail(conversations.error());
    conversations_ = std::move(*conversations);
    if (Result<void> read = read_known(); !read) return read;
    if (Result<void> read = read_talks(); !read) return read;
    return read_candidates(families);
  }

  /// What is known of the run's answers: also what was judged when another item, or another run, gave the same one.
  Result<void> read_known() {
    const auto rows = ledger_->database().run(
        "SELECT j.judge_key, j.state, j.verdict, j.tries, j.cost_nano, CASE WHEN j.work_key IN (SELECT work_key FROM "
        "run_item WHERE run = $1) THEN 1 ELSE 0 END FROM judge_item j WHERE j.work_key IN (SELECT work_key FROM "
        "run_item WHERE run = $2) OR "
        "j.answer IN (SELECT " +
            said_blob_sql("$4") +
            " FROM run_item r JOIN item i ON i.work_key = r.work_key JOIN attempt a ON a.id = i.chosen WHERE r.run = "
            "$3)",
        {choice_.run, choice_.run, choice_.run, conversations_});
    if (!rows) return fail(rows.error());
    for (const SqlRow& row : *rows) {
      known_[row.text(0)] = {row.text(1), row.text(2), row.integer(3), row.integer(4)};
      if (row.integer(5) != 0) report_.spent_nano += row.integer(4);
    }
    return {};
  }

  /// The blobs of answers that are conversations, by key.
  Result<void> read_talks() {
    const auto rows = ledger_->database().run(
        "SELECT i.work_key, " + said_blob_sql("$2") +
            " FROM run_item r JOIN item i ON i.work_key = r.work_key JOIN attempt a ON a.id = i.chosen WHERE r.run = "
            "$1 AND $2 LIKE '% ' || i.task_rev || ' %'",
        {choice_.run, conversations_});
    if (!rows) return fail(rows.error());
    for (const SqlRow& row : *rows) talks_[row.text(0)] = row.text(1);
    return {};
  }

  Result<void> read_candidates(const std::map<std::string, std::string>& families) {
    constexpr std::int64_t kPage = 500;
    for (std::string after;;) {
      const auto page = ledger_->results(choice_.run, after, kPage);
      if (!page) return fail(page.error());
      if (page->empty()) return {};
      after = page->back().item.work_key;
      for (const ItemResult& item : *page) {
        const auto task = choice_.task_of.find(item.item.task_rev);
        const bool has_text =
            item.outcome == Outcome::ok || item.outcome == Outcome::truncated || item.outcome == Outcome::refused;
        if (!has_text || !item.answer || task == choice_.task_of.end()) continue;
        const auto family = families.find(item.item.model_ref);
        const auto talk = talks_.find(item.item.work_key);
        candidates_.push_back({item.item.work_key, talk == talks_.end() ? *item.answer : talk->second,
                               family == families.end() ? "" : family->second, task->second});
      }
    }
  }

  // ---- what is wanted ----

  void want(std::vector<JudgeJob>& jobs, const AnswerToJudge& candidate, const EvalModel& judge, std::int64_t number,
            const std::string& answer, std::string text) {
    JudgeJob job;
    job.task = candidate.task;
    job.judge = &judge;
    job.text = std::move(text);
    job.record.work_key = candidate.work_key;
    job.record.answer = answer;
    job.record.model_ref = judge.ref.sha256;
    job.record.prompt = judge_prompt_hash(*candidate.task);
    job.record.repeat_no = number;
    job.record.judge_key = judge_key(answer, judge.ref.sha256, job.record.prompt, number);
    if (!wanted_.insert(job.record.judge_key).second) return;
    ++report_.wanted;
    const auto known = known_.find(job.record.judge_key);
    if (known != known_.end()) {
      // What was sent and never came back was perhaps paid.
      job.record.tries = known->second.tries;
      job.record.cost_nano = known->second.cost_nano;
      const bool is_unreadable = known->second.state == "error" && !choice_.again;
      if (known->second.state == "done" || is_unreadable) {
        ++report_.known;
        report_.known_unreadable += is_unreadable ? 1 : 0;
        if (const auto canary = canary_of_number(number))
          tally(*canary, judge.name, parse_judge_reply(known->second.verdict));
        return;
      }
    }
    jobs.push_back(std::move(job));
  }

  /// As many of each kind as make the share, and one at least.
  std::vector<JudgeJob> canaries() {
    std::vector<JudgeJob> jobs;
    if (candidates_.empty()) return jobs;
    const double wanted = choice_.canary_share * static_cast<double>(candidates_.size());
    const std::size_t each = std::max<std::size_t>(1, static_cast<std::size_t>(wanted / kCanaries.size() + 0.5));
    // The same answers every time: those whose keys come first in another order than the ledger's.
    std::vector<const AnswerToJudge*> order;
    order.reserve(candidates_.size());
    for (const AnswerToJudge& candidate : candidates_) order.push_back(&candidate);
    std::sort(order.begin(), order.end(), [](const AnswerToJudge* a, const AnswerToJudge* b) {
      return sha256_hex("canary" + a->work_key) < sha256_hex("canary" + b->work_key);
    });
    for (const EvalModel& judge : choice_.judges) {
      for (const Canary canary : kCanaries) {
        std::size_t made = 0;
        for (const AnswerToJudge* candidate : order) {
          if (made == each) break;
          const std::optional<std::string> text = canary_answer(canary, *candidate->task);
          if (!text) continue;
          ++made;
          want(jobs, *candidate, judge, canary_number(canary), sha256_hex(*text), *text);
        }
      }
    }
    return jobs;
  }

  std::vector<JudgeJob> judgements() {
    std::vector<JudgeJob> jobs;
    for (const AnswerToJudge& candidate : candidates_) {
      const std::vector<const EvalModel*> judges = judges_for(choice_.judges, candidate.family);
      if (judges.size() < 2) {
        ++report_.without_two;
        continue;
      }
      for (const EvalModel* judge : judges) {
        want(jobs, candidate, *judge, 0, candidate.said, {});
        if (share_of(candidate.work_key + judge->ref.sha256, "repeat") < choice_.repeat_share)
          want(jobs, candidate, *judge, 1, candidate.said, {});
      }
    }
    return jobs;
  }

  void tally(Canary canary, const std::string& judge, const Result<JudgeVerdict>& verdict) {
    report_.canaries[judge].add(canary, verdict ? std::optional(*verdict) : std::nullopt);
  }

  void judge_judges() {
    if (!report_.stopped.empty()) return;
    if (report_.failed > 0 && report_.judged + report_.errors == 0) {
      report_.is_unreachable = true;
      return stop("no judge has said anything; most often " + commonest_fault());
    }
    if (choice_.believes_anyway) return;
    for (const auto& [judge, tally] : report_.canaries) {
      const std::string why = canary_verdict(tally);
      if (!why.empty()) return stop(judge + " " + why);
    }
  }

  // ---- asking ----

  void stop(const std::string& why) {
    if (report_.stopped.empty()) report_.stopped = why;
  }
  double uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  void work_off(std::vector<JudgeJob> jobs) {
    jobs_.assign(std::make_move_iterator(jobs.begin()), std::make_move_iterator(jobs.end()));
    if (jobs_.empty()) return;
    boost::asio::signal_set signals(io_, SIGINT, SIGTERM);
    signals.async_wait([this](boost::system::error_code fault, int) {
      if (fault) return;
      report_.is_interrupted = true;
      stop("interrupted; what was judged is kept");
    });
    const int workers = std::min(choice_.cap, static_cast<int>(jobs_.size()));
    busy_ = workers;
    for (int i = 0; i < workers; ++i) {
      const auto one = [this, &signals]() -> awaitable<void> {
        while (!jobs_.empty() && report_.stopped.empty()) {
          if (asking_ >= limit_.limit() || now_s() < hold_until_s_) {
            co_await pause_s(kGlance_s);
            continue;
          }
          JudgeJob job = std::move(jobs_.front());
          jobs_.pop_front();
          ++asking_;
          co_await judge_one(job);
          --asking_;
        }
        if (--busy_ == 0) signals.cancel();
      };
      workers_.push_back(one);
      boost::asio::co_spawn(io_, workers_.back(), boost::asio::detached);
    }
    io_.restart();
    io_.run();
  }

  awaitable<void> judge_one(JudgeJob& job) {
    Result<void> begun = co_await begin(job);
    if (!begun) co_return store_failed(begun.error());
    const std::string nonce = random_id();
    ChatRequest request = judge_request(*job.task, job.judge->name, *job.told, nonce);
    request.provider = job.judge->provider;
    const std::int64_t reserved = most_of(request, *job.judge);
    if (choice_.budget_nano && report_.spent_nano + reserved_ + reserved > *choice_.budget_nano) {
      co_return stop("the judges' budget does not hold the next judgement");
    }
    reserved_ += reserved;
    const std::int64_t before = job.record.cost_nano.value_or(0);
    JudgeRecord begun_record = job.record;
    begun_record.state = "sent";
    if (job.judge->price) begun_record.cost_nano = before + reserved;  // if nobody comes back to say better
    const Result<void> sent = co_await put(begun_record);
    if (!sent) co_return store_failed(sent.error());
    co_await ask_judge(job, std::move(request));
    reserved_ -= reserved;
    report_.spent_nano += job.record.cost_nano.value_or(0) - before;
    const Result<void> done = co_await put(job.record);
    if (!done) co_return store_failed(done.error());
    if (job.record.state == "planned" || job.record.state == "failed") co_return;
    ++(job.record.state == "done" ? report_.judged : report_.errors);
    if (const auto canary = canary_of_number(job.record.repeat_no))
      tally(*canary, job.judge->name, parse_judge_reply(job.record.verdict.value_or("")));
  }

  std::int64_t most_of(const ChatRequest& request, const EvalModel& judge) const {
    if (!judge.price) return 0;
    constexpr std::int64_t kWithRepair = 2;
    const std::int64_t prompt = most_prompt_tokens(request) + request.max_tokens.value_or(0);
    return kWithRepair * most_cost_nano(prompt, request.max_tokens.value_or(0), *judge.price);
  }

  /// What the judge is to read, and a blob of it if it is a canary's.
  awaitable<Result<void>> begin(JudgeJob& job) {
    auto text = std::make_shared<std::string>(job.text);
    const bool is_canary = job.record.repeat_no < 0;
    auto work = [text, is_canary, hash = job.record.answer](Ledger& ledger) -> Result<void> {
      const Result<std::string> got = is_canary ? ledger.put_blob(*text) : ledger.blob(hash);
      if (!got) return fail(got.error());
      if (!is_canary) *text = *got;
      return {};
    };
    std::function<Result<void>(Ledger&)> named = std::move(work);
    Result<void> done = co_await written(*commit_, std::move(named));
    job.told = std::make_shared<ToldConversation>(is_canary ? played_answer(*job.task, *text)
                                                            : told_answer(is_conversation(*job.task), *text));
    co_return done;
  }

  awaitable<Result<void>> put(const JudgeRecord& record) {
    std::function<Result<void>(Ledger&)> work = [record](Ledger& ledger) -> Result<void> {
      JudgeRecord with = record;
      if (record.raw) {
        Result<std::string> raw = ledger.put_blob(*record.raw);
        if (!raw) return fail(raw.error());
        with.raw = std::move(*raw);
      }
      return ledger.put_judgement(with);
    };
    Result<void> done = co_await written(*commit_, std::move(work));
    co_return done;
  }

  /// Asks, reads, repairs once. The record ends as done, as an error, or planned when the endpoint was the matter.
  awaitable<void> ask_judge(JudgeJob& job, ChatRequest request) {
    AttemptHistory history;
    bool was_repaired = false;
    int gone = 0;
    const ChatRequest first = request;
    for (;;) {
      const HttpCancel never;
      const AskOptions options;
      const bool may_ask = co_await pass_limits(request, job);
      if (!may_ask) co_return;
      const ChatExchange exchange = co_await ask(*client_, choice_.endpoint.chat, request, never, options);
      if (exchange.met_closed_door) continue;
      learn(exchange);
      const ExchangeCost cost = cost_of_exchange(exchange, job.judge->price, !choice_.endpoint.is_local, 0);
      if (cost.nano) job.record.cost_nano = job.record.cost_nano.value_or(0) + *cost.nano;
      if (exchange.answer.error) {
        job.record.state = "planned";
        const bool may_go_on = co_await after_error(exchange, history, gone, job);
        if (!may_go_on) co_return;
        continue;
      }
      ++job.record.tries;
      job.record.raw = exchange.answer.text;
      const bool was_cut = exchange.answer.finish == ChatFinish::length;
      const Result<JudgeVerdict> verdict = parse_judge_reply(visible_answer(exchange.answer.text));
      if (verdict && !was_cut) {
        job.record.state = "done";
        job.record.verdict = visible_answer(exchange.answer.text);
        co_return;
      }
      job.record.state = "error";
      if (was_repaired) co_return;
      was_repaired = true;
      ++report_.repaired;
      request = repair_request(first, exchange.answer.text, was_cut ? "it was cut off" : verdict.error().message);
    }
  }

  /// Whether the same may be asked again, after the wait.
  awaitable<bool> after_error(const ChatExchange& exchange, AttemptHistory& history, int& gone, JudgeJob& job) {
    const ChatError& error = *exchange.answer.error;
    constexpr int kMostGone = 5;
    const RetryDecision decision =
        after_fault(choice_.retry, error.fault, history, error.retry_after_s, uniform(), false);
    if (error.fault == ChatFault::unreachable && ++gone >= kMostGone) {
      report_.is_unreachable = true;
      stop("the endpoint does not answer: " + error.message);
      co_return false;
    }
    if (decision.act == RetryAct::stop_endpoint) {
      report_.is_unreachable = true;
      stop("the endpoint refuses us: " + error.message);
      co_return false;
    }
    if (decision.act == RetryAct::give_up || decision.act == RetryAct::record || decision.act == RetryAct::park) {
      job.record.state = "failed";
      job.record.raw = error.message;
      ++report_.failed;
      const std::string status = exchange.status == 0 ? "" : " (HTTP " + std::to_string(exchange.status) + ")";
      ++faults_[std::string(chat_fault_name(error.fault)) + status + ": " + error.message];
      co_return false;
    }
    count(error.fault, history);
    history.rate_limited_for_s += error.fault == ChatFault::rate_limited ? decision.wait_s : 0;
    const double wait_s = decision.act == RetryAct::put_back ? choice_.retry.first_wait_s : decision.wait_s;
    co_await pause_s(wait_s);
    co_return report_.stopped.empty();
  }

  // ---- how fast ----

  static double now_s() { return static_cast<double>(steady_ns()) * 1e-9; }

  static awaitable<void> pause_s(double seconds) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  std::vector<RateLimit> rates_of(const ChatRequest& request) const {
    std::vector<RateLimit> rates;
    if (choice_.requests_per_minute > 0) rates.push_back({"requests", choice_.requests_per_minute, 1});
    const std::int64_t tokens = most_prompt_tokens(request) + request.max_tokens.value_or(0);
    if (choice_.tokens_per_minute > 0)
      rates.push_back({"tokens", choice_.tokens_per_minute, static_cast<double>(tokens)});
    return rates;
  }

  /// Waits for the endpoint's limits, which the store keeps for all that ask it. False: stopped meanwhile, or the store
  /// failed.
  awaitable<bool> pass_limits(const ChatRequest& request, JudgeJob& job) {
    const std::vector<RateLimit> rates = rates_of(request);
    while (!rates.empty()) {
      auto wait_s = std::make_shared<double>(0);
      std::function<Result<void>(Ledger&)> work = [wait_s, rates, id = choice_.endpoint.id](Ledger& ledger) {
        const Result<double> wait = ledger.take_rates(id, rates);
        *wait_s = wait.value_or(0);
        return wait ? Result<void>() : Result<void>(fail(wait.error()));
      };
      const Result<void> done = co_await written(*commit_, std::move(work));
      if (!done) store_failed(done.error());
      if (!report_.stopped.empty()) {
        job.record.state = "planned";
        co_return false;
      }
      if (*wait_s == 0) break;
      co_await pause_s(std::min(*wait_s, kLook_s));
    }
    co_return true;
  }

  void learn(const ChatExchange& exchange) {
    const double now = now_s();
    hold_until_s_ = std::max(hold_until_s_, now + std::min(exchange.quota_wait_s, kMostHold_s));
    if (!exchange.answer.error) {
      limit_.on_answer();
    } else if (exchange.answer.error->fault == ChatFault::rate_limited) {
      limit_.on_rate_limit(now);
    } else if (exchange.answer.error->fault == ChatFault::server_error) {
      limit_.on_server_error();
    }
  }

  static void count(ChatFault fault, AttemptHistory& history) {
    if (fault == ChatFault::rate_limited) ++history.rate_limited;
    if (fault == ChatFault::server_error) ++history.server_errors;
    if (fault == ChatFault::malformed) ++history.malformed;
    if (fault == ChatFault::stalled || fault == ChatFault::too_slow) ++history.slow;
  }

  std::string commonest_fault() const {
    const auto most = std::max_element(faults_.begin(), faults_.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == faults_.end() ? std::string() : most->first;
  }

  void store_failed(const Error& error) {
    store_fault_ = error;
    stop("the store failed: " + error.message);
  }

  const JudgeChoice& choice_;
  boost::asio::io_context io_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<HttpClient> client_;
  GroupCommit* commit_ = nullptr;
  std::vector<AnswerToJudge> candidates_;
  std::string conversations_;                 ///< of the store's tasks
  std::map<std::string, std::string> talks_;  ///< key -> blob, of answers that are conversations
  std::map<std::string, KnownJudgement> known_;
  std::map<std::string, int> faults_;  ///< of the endpoint, by what it said
  std::set<std::string> wanted_;
  std::deque<JudgeJob> jobs_;
  std::deque<std::function<awaitable<void>()>> workers_;  ///< coroutines refer to their lambdas
  static constexpr double kGlance_s = 0.02, kLook_s = 1, kMostHold_s = 120;
  AdaptiveLimit limit_;
  int asking_ = 0;
  double hold_until_s_ = 0;  ///< the endpoint says that nothing is left to ask before
  int busy_ = 0;
  std::int64_t reserved_ = 0;
  std::optional<Error> store_fault_;
  std::minstd_rand random_;
  JudgeReport report_;
};

}  // namespace

std::vector<const EvalModel*> judges_for(const std::vector<EvalModel>& judges, const std::string& candidate_family) {
  std::vector<const EvalModel*> chosen;
  for (const EvalModel& judge : judges) {
    if (chosen.size() < 2 && judge.ref.family != candidate_family) chosen.push_back(&judge);
  }
  return chosen;
}

Result<JudgeReport> judge_run(const JudgeChoice& choice) {
  if (choice.judges.size() < 2) return invalid("two judges are needed", "--judge", "--judge A --judge B");
  for (std::size_t a = 0; a < choice.judges.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (choice.judges[a].ref.family != choice.judges[b].ref.family) continue;
      return invalid(choice.judges[b].name + " and " + choice.judges[a].name + " are of one family, " +
                         choice.judges[a].ref.family + ": they would agree with each other and not with the truth",
                     "--judge", "judges of different makers");
    }
  }
  return JudgeSession(choice).run();
}

}  // namespace rigwise
