#include "host/store/group_commit.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace rigwise {
namespace {

struct Piece {
  std::function<Result<void>(Ledger&)> work;
  std::function<void(Result<void>)> done;
  Result<void> result;
};

}  // namespace

struct GroupCommit::Machinery {
  Machinery(std::unique_ptr<Ledger> with, std::size_t most)
      : ledger(std::move(with)), most_at_once(std::max<std::size_t>(1, most)) {}

  std::unique_ptr<Ledger> ledger;
  std::size_t most_at_once;
  mutable std::mutex mutex;
  std::condition_variable something;
  std::deque<Piece> waiting;
  Counts counts;
  bool ending = false;
  std::thread thread;

  std::vector<Piece> next() {
    std::unique_lock lock(mutex);
    something.wait(lock, [this] { return ending || !waiting.empty(); });
    std::vector<Piece> group;
    const std::size_t size = std::min(most_at_once, waiting.size());
    group.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      group.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
    return group;
  }

  void write(std::vector<Piece>& group) {
    const Result<void> committed = ledger->atomically([&]() -> Result<void> {
      for (Piece& piece : group) piece.result = ledger->atomically([&] { return piece.work(*ledger); });
      return {};
    });
    {
      const std::lock_guard lock(mutex);
      ++counts.commits;
      counts.works += static_cast<std::int64_t>(group.size());
    }
    for (Piece& piece : group) {
      if (piece.done) piece.done(committed ? piece.result : Result<void>(fail(committed.error())));
    }
  }

  void run() {
    for (;;) {
      std::vector<Piece> group = next();
      if (group.empty()) return;  // ending, and nothing waits
      write(group);
    }
  }
};

GroupCommit::GroupCommit(std::unique_ptr<Ledger> ledger, std::size_t most_at_once)
    : machinery_(std::make_unique<Machinery>(std::move(ledger), most_at_once)) {
  machinery_->thread = std::thread([this] { machinery_->run(); });
}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(machinery_->mutex);
    machinery_->ending = true;
  }
  machinery_->something.notify_all();
  machinery_->thread.join();
}

void GroupCommit::submit(std::function<Result<void>(Ledger&)> work, std::function<void(Result<void>)> done) {
  {
    const std::lock_guard lock(machinery_->mutex);
    machinery_->waiting.push_back({std::move(work), std::move(done), {}});
  }
  machinery_->something.notify_one();
}

Result<void> GroupCommit::write(std::function<Result<void>(Ledger&)> work) {
  std::promise<Result<void>> promise;
  std::future<Result<void>> future = promise.get_future();
  submit(std::move(work), [&promise](Result<void> result) { promise.set_value(std::move(result)); });
  return future.get();
}

GroupCommit::Counts GroupCommit::counts() const {
  const std::lock_guard lock(machinery_->mutex);
  return machinery_->counts;
}

}  // namespace rigwise
