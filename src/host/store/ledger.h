#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/store/ledger_rows.h"
#include "host/store/sql_database.h"

namespace rigwise {

/// The book of everything that was asked, answered and paid. Every function is one transaction, or a part of the one
/// that atomically() holds open. One thread at a time; see GroupCommit for many.
class Ledger {
 public:
  /// Brings the tables up to date.
  static Result<std::unique_ptr<Ledger>> open(std::unique_ptr<SqlDatabase> database);

  /// All of it or nothing; may be nested. Where a connection went or a conflict undid it, `work` is called again: it
  /// begins by forgetting what it did before.
  Result<void> atomically(const std::function<Result<void>()>& work);
  SqlDatabase& database() { return *database_; }

  /// Content by its hash; written once however often it is put.
  Result<std::string> put_blob(std::string_view bytes);
  Result<std::string> blob(const std::string& sha256);

  Result<void> put_task(const TaskRevision& task);
  Result<void> put_endpoint(const EndpointRecord& endpoint);
  Result<void> put_model(const ModelRef& model);
  /// A run that is there already keeps its money and takes the new budget.
  Result<void> put_run(const RunRecord& run);
  Result<void> note(const std::string& who, const std::string& kind, const std::string& detail);

  struct Planned {
    std::int64_t added = 0, known = 0, finished = 0;  ///< finished are among the known
  };
  /// Adds items to a run. What another run has, finished or not, is shared; given-up items are planned again.
  Result<Planned> plan(const std::string& run, const std::vector<WorkItem>& items);

  /// Up to `most` waiting items of an endpoint, best priority first, for `lease_ms`.
  Result<std::vector<ClaimedItem>> claim(const std::string& run, const std::string& endpoint, const std::string& owner,
                                         std::int64_t most, std::int64_t lease_ms);
  /// Before a request leaves. The budget is reserved in the same transaction.
  Result<StartVerdict> begin_attempt(const AttemptStart& start);
  /// Takes what the next question needs of every limit, or nothing of any. The seconds until it is worth asking again;
  /// 0: taken. Limits are the endpoint's: all runs and workers of this store share them, and the last to say how many
  /// a minute counts.
  Result<double> take_rates(const std::string& endpoint, const std::vector<RateLimit>& limits);
  /// Gives back what a question did not use.
  Result<void> give_back_rate(const std::string& endpoint, const std::string& kind, double amount);
  Result<void> name_generation(const std::string& attempt, const std::string& generation);
  /// Books an attempt and moves its item. False: the lease was lost meanwhile; the attempt is booked, the item is not
  /// touched.
  Result<bool> finish_attempt(const AttemptEnd& end, const std::string& work_key, std::int64_t lease_epoch,
                              const ItemMove& move);
  /// Moves an item that nobody holds: checked, judged, parked, released.
  Result<void> move_item(const std::string& work_key, const ItemMove& move);
  /// Gives claimed items back unsent.
  Result<void> release(const std::vector<ClaimedItem>& items);
  /// Gives back what an owner who holds nothing unsent is said to hold: claimed for it while its connection went. How
  /// many there were.
  Result<std::int64_t> release_forgotten(const std::string& owner, const std::string& endpoint);

  /// Of the items that the owner knows it holds. One that was claimed for it while the connection went is not among
  /// them, and its lease runs out.
  Result<void> extend_leases(const std::string& owner, const std::vector<std::string>& work_keys,
                             std::int64_t lease_ms);
  struct Reaped {
    std::int64_t back_to_planned = 0, in_doubt = 0;
  };
  /// Takes items from owners whose time is up or who are gone: unsent ones are planned again, sent ones are in doubt
  /// and their reservation is booked as perhaps paid.
  Result<Reaped> reap(const std::function<bool(const std::string& owner)>& is_gone);
  /// Lets what is in doubt be asked again.
  Result<std::int64_t> resend_doubtful(const std::string& run);

  Result<void> put_check(const CheckRecord& check);
  Result<std::vector<CheckRecord>> checks_of(const std::string& work_key);
  Result<void> put_judgement(const JudgeRecord& judge);
  Result<std::vector<JudgeRecord>> judgements_of(const std::string& work_key);
  Result<void> queue_review(const std::string& work_key, const std::string& reason);
  /// A person's verdict stands beside the judges' and deletes nothing.
  Result<void> decide_review(const ReviewRecord& review);
  /// The same, only over the verdict of `seen_ms` (nothing: where none stands). False: another one stands there.
  Result<bool> decide_review_over(const ReviewRecord& review, std::optional<std::int64_t> seen_ms);
  Result<std::vector<ReviewRecord>> reviews(bool open_only);

  Result<RunTotals> totals(const std::string& run);
  /// Items of a run after a key, in order of key: paged, so that 100,000 of them need no memory.
  Result<std::vector<ItemResult>> results(const std::string& run, const std::string& after, std::int64_t most);
  /// Spent, reserved and doubtful money of all runs, from their attempts.
  Result<void> recount_money();

 private:
  explicit Ledger(std::unique_ptr<SqlDatabase> database) : database_(std::move(database)) {}
  Result<SqlRows> run(std::string_view statement, const std::vector<SqlValue>& parameters = {}) {
    return database_->run(statement, parameters);
  }
  Result<void> write(std::string_view statement, const std::vector<SqlValue>& parameters);
  Result<SqlValue> text_blob(const std::optional<std::string>& text);

  std::unique_ptr<SqlDatabase> database_;
  int depth_ = 0;
  std::int64_t notes_ = 0;
};

/// 128 random bits in hex, for ids that must not meet between machines.
std::string random_id();

}  // namespace rigwise
