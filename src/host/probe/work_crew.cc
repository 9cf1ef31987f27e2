#include "host/probe/work_crew.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include <algorithm>
#include <chrono>

namespace rigwise {

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

namespace {

/// Seconds that this thread has run.
double thread_s() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace

WorkCrew::WorkCrew(const std::vector<int>& processors)
    : gate_(static_cast<std::ptrdiff_t>(processors.size()) + 1),
      started_s_(processors.size()),
      ended_s_(processors.size()),
      used_s_(processors.size()) {
  threads_.reserve(processors.size());
  for (std::size_t i = 0; i < processors.size(); ++i)
    threads_.emplace_back([this, i, &processors] { live(i, processors[i]); });
  gate_.arrive_and_wait();  // everybody has read its processor
}

WorkCrew::~WorkCrew() {
  is_over_ = true;
  gate_.arrive_and_wait();
  for (std::thread& thread : threads_) thread.join();
}

void WorkCrew::live(std::size_t index, int processor) {
#ifdef __linux__
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(static_cast<std::size_t>(processor), &only);
  // Where the system refuses, the thread wanders: slower perhaps, not wrong.
  pthread_setaffinity_np(pthread_self(), sizeof only, &only);
#else
  (void)processor;
#endif
  gate_.arrive_and_wait();
  for (;;) {
    gate_.arrive_and_wait();  // work is set
    if (is_over_) return;
    if (index < count_) {
      started_s_[index] = now_s();
      const double used_s = thread_s();
      (*work_)(index);
      used_s_[index] = thread_s() - used_s;
      ended_s_[index] = now_s();
    }
    gate_.arrive_and_wait();  // work is done
  }
}

double WorkCrew::run(std::size_t count, const std::function<void(std::size_t)>& work) {
  work_ = &work;
  count_ = std::min(count, threads_.size());
  gate_.arrive_and_wait();
  gate_.arrive_and_wait();
  const auto end = static_cast<std::ptrdiff_t>(count_);
  double used_s = 0, wall_s = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    used_s += used_s_[i];
    wall_s += ended_s_[i] - started_s_[i];
  }
  processor_share_ = wall_s > 0 ? std::min(1.0, used_s / wall_s) : 1;
  return *std::max_element(ended_s_.begin(), ended_s_.begin() + end) -
         *std::min_element(started_s_.begin(), started_s_.begin() + end);
}

}  // namespace rigwise
