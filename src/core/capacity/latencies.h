#pragma once

#include <cstdint>

#include "core/capacity/step_table.h"
#include "core/capacity/workload.h"
#include "core/stats/histogram.h"

namespace rigwise {

/// When a request passed what it passes.
struct Passage {
  Nanoseconds arrived = 0;   ///< sent by its user
  Nanoseconds ready = 0;     ///< read, tokenized and in the queue
  Nanoseconds admitted = 0;  ///< began to be served
  Nanoseconds first_token = 0;
  Nanoseconds finished = 0;
  int output_tokens = 1;
};

/// What requests waited for, in histograms: memory does not grow with their number.
struct Latencies {
  Histogram queue_wait, ttft, tpot, e2e;
  std::uint64_t finished = 0, within_slo = 0, ttft_misses = 0, tpot_misses = 0;
  std::uint64_t rejected = 0;  ///< larger than the memory can ever hold
  std::uint64_t cut = 0;       ///< longer than the context as drawn
  double output_tokens = 0, e2e_s = 0;

  void record_first(const Passage& p, Nanoseconds ttft_limit) {
    queue_wait.add(static_cast<std::uint64_t>(p.admitted - p.ready));
    const Nanoseconds waited = p.first_token - p.arrived;
    ttft.add(static_cast<std::uint64_t>(waited));
    if (waited > ttft_limit) ++ttft_misses;
  }
  void record_last(const Passage& p, Nanoseconds ttft_limit, Nanoseconds tpot_limit) {
    ++finished;
    output_tokens += p.output_tokens;
    const Nanoseconds all = p.finished - p.arrived;
    e2e.add(static_cast<std::uint64_t>(all));
    e2e_s += in_seconds(all);
    bool late = false;
    if (p.output_tokens > 1) {
      const Nanoseconds each = (p.finished - p.first_token) / (p.output_tokens - 1);
      tpot.add(static_cast<std::uint64_t>(each));
      late = each > tpot_limit;
    }
    if (late) ++tpot_misses;
    if (!late && p.first_token - p.arrived <= ttft_limit) ++within_slo;
  }
};

}  // namespace rigwise
