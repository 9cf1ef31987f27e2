#pragma once

#include <barrier>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace rigwise {

/// Threads that stay on their processors and do passes together.
class WorkCrew {
 public:
  explicit WorkCrew(const std::vector<int>& processors);
  ~WorkCrew();
  WorkCrew(const WorkCrew&) = delete;
  WorkCrew& operator=(const WorkCrew&) = delete;

  /// Runs `work(i)` on the first `count` threads, started together, and gives the seconds from the first start to the
  /// last end.
  double run(std::size_t count, const std::function<void(std::size_t)>& work);
  /// Of the last run, the share of its time in which the threads had a processor: below 1 others had it.
  double processor_share() const { return processor_share_; }
  std::size_t size() const { return threads_.size(); }

 private:
  void live(std::size_t index, int processor);

  std::barrier<> gate_;
  std::vector<std::thread> threads_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t count_ = 0;
  bool is_over_ = false;
  std::vector<double> started_s_, ended_s_, used_s_;
  double processor_share_ = 1;
};

/// Seconds on a clock that only goes forward.
double now_s();

}  // namespace rigwise
