#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "host/eval/ask_task.h"
#include "host/eval/rate_limits.h"
#include "host/store/group_commit.h"

namespace rigwise {

/// What a runner is told. Times are seconds.
struct RunnerSettings {
  std::string run;          ///< in the ledger, planned
  std::string endpoint_id;  ///< the items that it asks
  ChatEndpoint endpoint;
  bool is_billed = false;
  RetryRules retry;
  int start = 8, cap = 64;                                ///< questions at once
  double requests_per_minute = 0, tokens_per_minute = 0;  ///< of all runners of this store together; 0: as many as go
  int breaker_failures = 5;
  double probe_every_s = 10;
  double unreachable_patience_s = 600;  ///< once it has answered; an endpoint that never did is given up at once
  bool resend_in_doubt = true;
  bool keep_raw = false;
  bool waits_for_others = false;  ///< a worker: stays while others hold items that may come back
  double lease_s = 60, heartbeat_s = 15;
  std::int64_t since_ms = 0;  ///< attempts before it count as another run's
};

/// Why a runner ended.
enum class RunnerEnd {
  done,         ///< nothing is left to ask, now
  over_budget,  ///< what is left may cost more than there is
  unreachable,  ///< the endpoint does not answer
  forbidden,    ///< no key, or no credit
  interrupted,
  store_failed,
};

struct RunnerReport {
  RunnerEnd end = RunnerEnd::done;
  std::string why;            ///< in the endpoint's or the store's words
  std::int64_t asked = 0;     ///< attempts that ended
  std::int64_t answered = 0;  ///< items that got their outcome
  std::int64_t failed = 0, parked = 0, again = 0;
  std::int64_t held_by_others = 0;
  int limit = 0;  ///< questions at once, at the end
};

/// A glance at a runner at work.
struct RunnerProgress {
  std::int64_t answered = 0, failed = 0, parked = 0, again = 0;
  int in_flight = 0, limit = 0;
  bool waits_for_endpoint = false;
};

/// Takes the items of a run one after another, asks, and writes down what came: attempts begin in the ledger before
/// their questions leave, and end in it before their items move. Whatever kills it, the ledger knows what was under
/// way. One thread, `io`'s, does all but the writing.
class EvalRunner {
 public:
  /// The work behind an item, whose pointers live as long as the runner; nothing: this runner does not know its task or
  /// its model. Called on the ledger's thread.
  using FindWork = std::function<std::optional<AskWork>(const WorkItem& item)>;

  EvalRunner(boost::asio::io_context& io, HttpClient& client, GroupCommit& commit, RunnerSettings settings,
             FindWork find_work);
  ~EvalRunner();

  /// Called now and then on `io`'s thread.
  void on_progress(std::function<void(const RunnerProgress&)> tell);
  /// Asks until the end; runs `io`.
  RunnerReport run();
  /// No more questions; what is under way is waited for (first call) or given up (second). On `io`'s thread.
  void stop();

 private:
  struct Machinery;
  std::shared_ptr<Machinery> machinery_;
};

/// Attempts at an item that ended since a time, by how.
Result<AttemptHistory> attempt_history(Ledger& ledger, const std::string& work_key, std::int64_t since_ms);

}  // namespace rigwise
