#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/capacity/latencies.h"
#include "core/capacity/step_table.h"
#include "core/capacity/workload.h"

namespace rigwise {

/// How an engine schedules one model.
///
/// Continuous batching (vLLM, SGLang): many sequences, a pool of KV blocks, preemption when it runs out. Fixed slots
/// (llama.cpp): `sequences` slots with a cache of their own, so no blocks. Serial queue (Ollama unasked): one slot.
struct ServingPolicy {
  int sequences = 64;          ///< at once
  int step_tokens = 2048;      ///< of prompts and answers together in one step
  std::int64_t kv_blocks = 0;  ///< of the pool; 0: every slot has its own cache
  int block_tokens = 16;
  int blocks_per_sequence = 0;  ///< constant: recurrent states
  double request_s = 0;         ///< before a request reaches the queue: HTTP, tokenizing
};

/// Watts of the set-up while it does this or that; nothing where a record states no power.
struct PowerUse {
  std::vector<double> decode_w;  ///< by sequences - 1
  double prefill_w = 0, idle_w = 0;
  bool is_known() const { return !decode_w.empty(); }
};

/// What a server did, summed up. Differences of two such sums describe the time between.
struct ServerTotals {
  double arrived_prompt_tokens = 0, arrived_output_tokens = 0;  ///< of accepted requests
  double prefilled_tokens = 0, cached_tokens = 0, decoded_tokens = 0;
  double recomputed_tokens = 0;  ///< of prefilled: after a preemption
  double finished_prompt_tokens = 0, finished_output_tokens = 0;
  double requests_arrived = 0, requests_finished = 0, preemptions = 0, steps = 0;
  double work_ns = 0, decode_ns = 0, prefill_ns = 0;  ///< at full speed: work = decode + prefill
  double sequence_ns = 0;                             ///< decoding sequences times decode time
  double in_system_ns = 0;  ///< requests on their way to the queue, in it or in service, times time
  double joules = 0;        ///< while working
  friend ServerTotals operator-(ServerTotals a, const ServerTotals& b);
};

/// One model's engine: a queue, sequences that decode together, prompts taken in chunk by chunk beside them.
///
/// Every step gives each decoding sequence a token and takes in as much of the prompts as the step's budget leaves; a
/// chunk adds its own time to the step's (as predict's mean-field formula for serving has it). Sequences are never
/// touched one by one in a step: their ends stand in a calendar by step, their blocks in counters by phase, so a step
/// costs the same for one sequence as for a thousand, and steps between two events are one leap.
class Server {
 public:
  Server(const StepTable& table, const ServingPolicy& policy, const PowerUse& power, const Slo& slo);

  /// A request joins the queue. Refused (false) when the memory can never hold it.
  bool enqueue(const Request& request, Nanoseconds arrived, Nanoseconds now, bool measured);
  /// Plans the next leap. Call when not busy. False when there is nothing to do.
  bool plan(Nanoseconds now);
  bool busy() const { return leaping_; }
  /// Work left in the leap, at full speed.
  Nanoseconds remaining() const { return remaining_; }
  void work(Nanoseconds full_speed_ns) { remaining_ -= full_speed_ns; }
  /// A newcomer could be served: end the leap with the step that runs.
  void cut_leap();
  /// The leap is over: books its tokens, first tokens and ends. Users who got their answer are in answered().
  void finish(Nanoseconds now);

  const std::vector<std::int32_t>& answered() const { return answered_; }
  std::int64_t waiting() const { return waiting_count_; }
  std::int64_t in_system() const { return waiting_count_ + running_count_; }
  const Latencies& latencies() const { return latencies_; }
  std::uint64_t measured_done() const { return measured_done_; }
  /// The sums so far; `now` brings the time-weighted ones up to date.
  ServerTotals totals(Nanoseconds now);
  /// Tokens that running requests have: {prompt tokens taken in or cached, tokens decoded}.
  std::array<double, 2> tokens_in_flight() const;

 private:
  static constexpr std::int32_t kNone = -1;
  /// Longest leap: caches grow by so little (a 32nd, or 32 tokens) that the step time at its middle stands for all.
  static constexpr std::int64_t kLeapShare = 32, kShortLeap = 32, kLongestLeap = 1024;

  static constexpr std::int64_t kCalendar = 4096;  ///< steps; what ends later waits a round in its place

  struct Links {
    std::int32_t before = kNone, after = kNone;
  };
  struct Job {
    Passage passage;
    Request request;
    std::int32_t to_take_in = 0, done = 0;  ///< prompt tokens to take in beside the cached ones, and taken in
    std::int32_t retaken = 0;               ///< of them: answer tokens from before a preemption
    std::int64_t finish_step = 0, joined_step = 0;
    Links admitted, ending;  ///< in the order of admission; in the calendar
    std::int32_t next_waiting = kNone;
    bool measured = false, decoding = false, was_admitted = false;
  };
  struct Leap {
    int steps = 0, prompt_budget = 0;
    Nanoseconds step_ns = 0, prefill_ns = 0;
  };

  Job& job(std::int32_t at) { return jobs_[static_cast<std::size_t>(at)]; }
  const Job& job(std::int32_t at) const { return jobs_[static_cast<std::size_t>(at)]; }
  bool has_blocks() const { return policy_.kv_blocks > 0; }
  bool has_prompts() const { return prefilling_head_ < prefilling_.size(); }
  std::int64_t blocks_for(std::int64_t tokens) const;
  std::int64_t tokens_held(const Job& j) const;
  std::int32_t answer_so_far(const Job& j) const;
  std::size_t phase_of(std::int64_t tokens, std::int64_t step) const;
  static std::size_t place_of(std::int64_t step) { return static_cast<std::size_t>(step & (kCalendar - 1)); }
  std::int32_t& ends_at(std::int64_t step) { return calendar_[place_of(step)]; }

  std::int32_t new_job();
  void note_time(Nanoseconds now);
  void admit(Nanoseconds now);
  bool admit_one(std::int32_t at, Nanoseconds now);
  std::int64_t growth_at(std::int64_t step) const;
  bool make_room();
  void preempt_latest();
  int steps_to_next_end();
  int grow_blocks(int steps);
  double prefill_time(int budget) const;
  void take_in_prompts(int budget);
  void join_decoding(std::int32_t at);
  void leave_decoding(std::int32_t at);
  void leave_admitted(std::int32_t at);
  void book_leap();
  void first_tokens(Nanoseconds now);
  void end_due(Nanoseconds now);

  const StepTable* table_ = nullptr;
  ServingPolicy policy_;
  PowerUse power_;
  Nanoseconds ttft_limit_ = 0, tpot_limit_ = 0;

  std::vector<Job> jobs_;
  std::vector<std::int32_t> free_jobs_, preempted_;
  std::int32_t first_waiting_ = kNone, last_waiting_ = kNone;
  std::int64_t waiting_count_ = 0, running_count_ = 0;
  std::int32_t first_admitted_ = kNone, last_admitted_ = kNone;
  std::vector<std::int32_t> prefilling_;  ///< oldest first, from prefilling_head_
  std::size_t prefilling_head_ = 0;
  std::vector<std::int32_t> fresh_;     ///< decoding, first token still to come
  std::vector<std::int32_t> calendar_;  ///< head of the sequences that end with a step, by step modulo its size
  std::array<std::uint64_t, kCalendar / 64> marks_{};  ///< a bit for each place of the calendar that is not empty
  std::vector<std::int64_t> phases_;                   ///< decoding sequences by when they next need a block
  std::int64_t free_blocks_ = 0;
  std::int64_t step_ = 0, depth_sum_ = 0;
  int decoding_ = 0;
  bool starved_ = false;  ///< the last admission stopped for want of blocks

  Leap leap_;
  bool leaping_ = false;
  Nanoseconds remaining_ = 0, noted_at_ = 0;
  std::vector<std::int32_t> answered_;
  Latencies latencies_;
  std::uint64_t measured_done_ = 0;
  ServerTotals totals_;
};

}  // namespace rigwise
