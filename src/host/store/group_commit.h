#pragma once

#include <functional>
#include <memory>

#include "host/store/ledger.h"

namespace rigwise {

/// One thread writes for many. What waits when a commit ends goes into the next one together, so that a disk that takes
/// 10 ms to sync still takes thousands of rows a second; nothing waits for company.
class GroupCommit {
 public:
  explicit GroupCommit(std::unique_ptr<Ledger> ledger, std::size_t most_at_once = 64);
  /// Waits until everything submitted is written.
  ~GroupCommit();

  /// `work` runs on the writer's thread; `done` is called there too, when the work is on the disk or has failed. Work
  /// that fails is undone alone and spoils nobody else's.
  void submit(std::function<Result<void>(Ledger&)> work, std::function<void(Result<void>)> done);

  /// Submits and waits.
  Result<void> write(std::function<Result<void>(Ledger&)> work);

  /// How many transactions there were, and how many pieces of work.
  struct Counts {
    std::int64_t commits = 0, works = 0;
  };
  Counts counts() const;

 private:
  struct Machinery;
  std::unique_ptr<Machinery> machinery_;
};

}  // namespace rigwise
