#include "core/capacity/server.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rigwise {
namespace {

/// vLLM keeps a hundredth of its blocks free when it admits, so that the newcomer is not preempted at once.
constexpr std::int64_t kWatermark = 100;

}  // namespace

ServerTotals operator-(ServerTotals a, const ServerTotals& b) {
  a.arrived_prompt_tokens -= b.arrived_prompt_tokens;
  a.arrived_output_tokens -= b.arrived_output_tokens;
  a.prefilled_tokens -= b.prefilled_tokens;
  a.cached_tokens -= b.cached_tokens;
  a.decoded_tokens -= b.decoded_tokens;
  a.recomputed_tokens -= b.recomputed_tokens;
  a.finished_prompt_tokens -= b.finished_prompt_tokens;
  a.finished_output_tokens -= b.finished_output_tokens;
  a.requests_arrived -= b.requests_arrived;
  a.requests_finished -= b.requests_finished;
  a.preemptions -= b.preemptions;
  a.steps -= b.steps;
  a.work_ns -= b.work_ns;
  a.decode_ns -= b.decode_ns;
  a.prefill_ns -= b.prefill_ns;
  a.sequence_ns -= b.sequence_ns;
  a.in_system_ns -= b.in_system_ns;
  a.joules -= b.joules;
  return a;
}

Server::Server(const StepTable& table, const ServingPolicy& policy, const PowerUse& power, const Slo& slo)
    : table_(&table),
      policy_(policy),
      power_(power),
      ttft_limit_(nanoseconds(slo.ttft_s)),
      tpot_limit_(nanoseconds(slo.tpot_s)),
      calendar_(kCalendar, kNone),
      phases_(static_cast<std::size_t>(std::max(1, policy.block_tokens)), 0),
      free_blocks_(policy.kv_blocks) {
  policy_.sequences = std::clamp(policy_.sequences, 1, table.max_sequences());
  policy_.block_tokens = std::max(1, policy_.block_tokens);
}

std::int64_t Server::blocks_for(std::int64_t tokens) const {
  return (tokens + policy_.block_tokens - 1) / policy_.block_tokens + policy_.blocks_per_sequence;
}

/// Tokens whose cache a running job has room for.
std::int64_t Server::tokens_held(const Job& j) const {
  return j.to_take_in + j.request.cached_tokens + (j.decoding ? step_ - j.joined_step : 0);
}

std::int32_t Server::answer_so_far(const Job& j) const {
  return j.retaken + (j.decoding ? static_cast<std::int32_t>(step_ - j.joined_step) : 0);
}

/// Counter of the sequences that need a block whenever those do that hold `tokens` before `step`.
std::size_t Server::phase_of(std::int64_t tokens, std::int64_t step) const {
  const std::int64_t size = policy_.block_tokens;
  return static_cast<std::size_t>(((tokens - step) % size + size) % size);
}

/// Blocks that the sequences need in a step: those whose tokens fill their last block exactly.
std::int64_t Server::growth_at(std::int64_t step) const { return phases_[phase_of(0, step)]; }

std::int32_t Server::new_job() {
  if (free_jobs_.empty()) {
    jobs_.emplace_back();
    return static_cast<std::int32_t>(jobs_.size()) - 1;
  }
  const std::int32_t at = free_jobs_.back();
  free_jobs_.pop_back();
  job(at) = Job{};
  return at;
}

void Server::note_time(Nanoseconds now) {
  totals_.in_system_ns += static_cast<double>(in_system()) * static_cast<double>(now - noted_at_);
  noted_at_ = now;
}

ServerTotals Server::totals(Nanoseconds now) {
  note_time(now);
  return totals_;
}

bool Server::enqueue(const Request& request, Nanoseconds arrived, Nanoseconds now, bool measured) {
  if (measured && request.cut) ++latencies_.cut;
  if (has_blocks() && blocks_for(request.prompt_tokens + request.output_tokens) > policy_.kv_blocks) {
    if (measured) {
      ++latencies_.rejected;
      ++measured_done_;
    }
    return false;
  }
  note_time(now);
  // Before the queue it was on its way through the server: in the system too.
  totals_.in_system_ns += static_cast<double>(now - arrived);
  const std::int32_t at = new_job();
  Job& j = job(at);
  j.request = request;
  j.passage.arrived = arrived;
  j.passage.ready = now;
  j.passage.output_tokens = request.output_tokens;
  j.measured = measured;
  (last_waiting_ == kNone ? first_waiting_ : job(last_waiting_).next_waiting) = at;
  last_waiting_ = at;
  ++waiting_count_;
  totals_.requests_arrived += 1;
  totals_.arrived_prompt_tokens += request.prompt_tokens;
  totals_.arrived_output_tokens += request.output_tokens;
  return true;
}

/// The oldest that waits, those that were thrown out first.
void Server::admit(Nanoseconds now) {
  starved_ = false;
  while (running_count_ < policy_.sequences && waiting_count_ > 0) {
    const bool again = !preempted_.empty();
    const std::int32_t at = again ? preempted_.back() : first_waiting_;
    if (!admit_one(at, now)) {
      starved_ = true;
      return;
    }
    if (again) {
      preempted_.pop_back();
    } else {
      first_waiting_ = job(at).next_waiting;
      if (first_waiting_ == kNone) last_waiting_ = kNone;
    }
    --waiting_count_;
  }
}

bool Server::admit_one(std::int32_t at, Nanoseconds now) {
  Job& j = job(at);
  const std::int32_t to_take_in = j.request.prompt_tokens - j.request.cached_tokens + j.retaken;
  if (has_blocks()) {
    const std::int64_t needed = blocks_for(to_take_in + j.request.cached_tokens);
    const std::int64_t kept = running_count_ == 0 ? 0 : policy_.kv_blocks / kWatermark + growth_at(step_);
    if (needed + kept > free_blocks_) return false;
    free_blocks_ -= needed;
  }
  j.to_take_in = to_take_in;
  j.done = 0;
  if (!j.was_admitted) j.passage.admitted = now;
  j.was_admitted = true;
  j.admitted = {last_admitted_, kNone};
  (last_admitted_ == kNone ? first_admitted_ : job(last_admitted_).admitted.after) = at;
  last_admitted_ = at;
  prefilling_.push_back(at);
  ++running_count_;
  totals_.cached_tokens += j.request.cached_tokens;
  totals_.recomputed_tokens += j.retaken;
  return true;
}

/// Throws out the latest until the others have blocks for one more step. True when someone had to go.
bool Server::make_room() {
  bool went = false;
  while (growth_at(step_) > free_blocks_) {
    preempt_latest();
    went = true;
  }
  return went;
}

/// vLLM's way out of a full pool: the latest admitted loses its cache and begins again, before all who wait; the part
/// of its answer that was given becomes prompt.
void Server::preempt_latest() {
  const std::int32_t at = last_admitted_;
  Job& j = job(at);
  free_blocks_ += blocks_for(tokens_held(j));
  totals_.recomputed_tokens += j.done + j.request.cached_tokens;
  totals_.preemptions += 1;
  const std::int32_t answer = answer_so_far(j);
  totals_.recomputed_tokens -= j.retaken;
  if (j.decoding) {
    leave_decoding(at);
    fresh_.erase(std::remove(fresh_.begin(), fresh_.end(), at), fresh_.end());
  } else {
    prefilling_.pop_back();
  }
  j.retaken = answer;
  leave_admitted(at);
  preempted_.push_back(at);
  ++waiting_count_;
}

bool Server::plan(Nanoseconds now) {
  const bool crowded = has_blocks() && make_room();
  if (!crowded) admit(now);
  starved_ = starved_ || crowded;
  leap_ = {};
  if (has_prompts()) {
    leap_.prompt_budget = std::max(1, policy_.step_tokens - decoding_);
    leap_.prefill_ns = std::llround(prefill_time(leap_.prompt_budget));
  }
  if (decoding_ > 0) {
    leap_.steps = has_prompts() || !fresh_.empty() ? 1 : steps_to_next_end();
    if (has_blocks()) leap_.steps = grow_blocks(leap_.steps);
    const std::int64_t grown = static_cast<std::int64_t>(decoding_) * (leap_.steps - 1) / 2;
    leap_.step_ns = table_->decode_ns(decoding_, (depth_sum_ + grown) / decoding_);
  }
  leaping_ = leap_.steps > 0 || leap_.prompt_budget > 0;
  remaining_ = std::max<Nanoseconds>(leap_.steps * leap_.step_ns + leap_.prefill_ns, leaping_ ? 1 : 0);
  return leaping_;
}

int Server::steps_to_next_end() {
  const std::int64_t most = std::clamp(depth_sum_ / decoding_ / kLeapShare, kShortLeap, kLongestLeap);
  for (std::int64_t ahead = 1; ahead < most;) {
    const std::size_t place = place_of(step_ + ahead);
    const std::uint64_t marks = marks_[place / 64] >> (place % 64);
    if (marks != 0) return static_cast<int>(std::min(most, ahead + std::countr_zero(marks)));
    ahead += static_cast<std::int64_t>(64 - place % 64);
  }
  return static_cast<int>(most);
}

/// Takes the blocks of as many of the next steps as there are blocks for; of the first there are (make_room).
int Server::grow_blocks(int steps) {
  std::size_t phase = phase_of(0, step_);
  for (int i = 0; i < steps; ++i) {
    if (phases_[phase] > free_blocks_) return i;
    free_blocks_ -= phases_[phase];
    phase = (phase == 0 ? phases_.size() : phase) - 1;
  }
  return steps;
}

double Server::prefill_time(int budget) const {
  double ns = 0;
  for (std::size_t i = prefilling_head_; i < prefilling_.size() && budget > 0; ++i) {
    const Job& j = job(prefilling_[i]);
    const std::int32_t taken = std::min(budget, j.to_take_in - j.done);
    ns += table_->prefill_ns(j.done + taken, j.request.cached_tokens);
    if (j.done > 0) ns -= table_->prefill_ns(j.done, j.request.cached_tokens);
    budget -= taken;
  }
  return ns;
}

void Server::take_in_prompts(int budget) {
  while (has_prompts() && budget > 0) {
    const std::int32_t at = prefilling_[prefilling_head_];
    Job& j = job(at);
    const std::int32_t taken = std::min(budget, j.to_take_in - j.done);
    j.done += taken;
    budget -= taken;
    totals_.prefilled_tokens += taken;
    if (j.done < j.to_take_in) return;
    ++prefilling_head_;
    join_decoding(at);
  }
  if (!has_prompts()) {
    prefilling_.clear();
    prefilling_head_ = 0;
  }
}

void Server::cut_leap() {
  if (!leaping_ || leap_.prefill_ns > 0 || leap_.steps <= 1) return;
  if (running_count_ >= policy_.sequences || starved_) return;
  const Nanoseconds done = leap_.steps * leap_.step_ns - remaining_;
  const int begun = std::max(1, static_cast<int>((done + leap_.step_ns - 1) / leap_.step_ns));
  if (begun >= leap_.steps) return;
  if (has_blocks()) {
    for (int i = begun; i < leap_.steps; ++i) free_blocks_ += growth_at(step_ + i);
  }
  leap_.steps = begun;
  remaining_ = begun * leap_.step_ns - done;
}

void Server::book_leap() {
  const double decode = static_cast<double>(leap_.steps * leap_.step_ns);
  const double prefill = static_cast<double>(leap_.prefill_ns);
  totals_.decode_ns += decode;
  totals_.prefill_ns += prefill;
  totals_.work_ns += decode + prefill;
  totals_.sequence_ns += decode * decoding_;
  totals_.steps += std::max(leap_.steps, 1);
  totals_.decoded_tokens += static_cast<double>(decoding_) * leap_.steps;
  if (power_.is_known()) {
    const std::size_t at =
        std::min<std::size_t>(static_cast<std::size_t>(std::max(1, decoding_)), power_.decode_w.size());
    totals_.joules += (decode * power_.decode_w[at - 1] + prefill * power_.prefill_w) / kNsPerSecond;
  }
}

void Server::finish(Nanoseconds now) {
  answered_.clear();
  leaping_ = false;
  remaining_ = 0;
  book_leap();
  if (leap_.steps > 0) {
    step_ += leap_.steps;
    depth_sum_ += static_cast<std::int64_t>(decoding_) * leap_.steps;
    first_tokens(now);
    end_due(now);
  }
  if (leap_.prompt_budget > 0) take_in_prompts(leap_.prompt_budget);
}

void Server::first_tokens(Nanoseconds now) {
  for (const std::int32_t at : fresh_) {
    Job& j = job(at);
    j.passage.first_token = now;
    if (j.measured) latencies_.record_first(j.passage, ttft_limit_);
  }
  fresh_.clear();
}

void Server::end_due(Nanoseconds now) {
  for (std::int32_t at = ends_at(step_); at != kNone;) {
    Job& j = job(at);
    const std::int32_t after = j.ending.after;
    if (j.finish_step == step_) {
      note_time(now);
      j.passage.finished = now;
      if (j.measured) {
        latencies_.record_last(j.passage, ttft_limit_, tpot_limit_);
        ++measured_done_;
      }
      totals_.requests_finished += 1;
      totals_.finished_prompt_tokens += j.request.prompt_tokens;
      totals_.finished_output_tokens += j.request.output_tokens;
      if (has_blocks()) free_blocks_ += blocks_for(tokens_held(j));
      if (j.request.user >= 0) answered_.push_back(j.request.user);
      leave_decoding(at);
      leave_admitted(at);
      free_jobs_.push_back(at);
    }
    at = after;
  }
}

void Server::join_decoding(std::int32_t at) {
  Job& j = job(at);
  j.decoding = true;
  j.joined_step = step_;
  j.finish_step = step_ + j.request.output_tokens - j.retaken;
  std::int32_t& head = ends_at(j.finish_step);
  j.ending = {kNone, head};
  if (head != kNone) job(head).ending.before = at;
  head = at;
  const std::size_t place = place_of(j.finish_step);
  marks_[place / 64] |= std::uint64_t{1} << (place % 64);
  const std::int64_t held = tokens_held(j);
  depth_sum_ += held;
  ++decoding_;
  if (has_blocks()) ++phases_[phase_of(held, step_)];
  if (j.retaken == 0) fresh_.push_back(at);
}

void Server::leave_decoding(std::int32_t at) {
  Job& j = job(at);
  (j.ending.before == kNone ? ends_at(j.finish_step) : job(j.ending.before).ending.after) = j.ending.after;
  if (j.ending.after != kNone) job(j.ending.after).ending.before = j.ending.before;
  const std::size_t place = place_of(j.finish_step);
  if (calendar_[place] == kNone) marks_[place / 64] &= ~(std::uint64_t{1} << (place % 64));
  const std::int64_t held = tokens_held(j);
  depth_sum_ -= held;
  --decoding_;
  if (has_blocks()) --phases_[phase_of(held, step_)];
  j.decoding = false;
}

void Server::leave_admitted(std::int32_t at) {
  const Links links = job(at).admitted;
  (links.before == kNone ? first_admitted_ : job(links.before).admitted.after) = links.after;
  (links.after == kNone ? last_admitted_ : job(links.after).admitted.before) = links.before;
  --running_count_;
}

std::array<double, 2> Server::tokens_in_flight() const {
  double prompt = 0, answer = 0;
  for (std::int32_t at = first_admitted_; at != kNone; at = job(at).admitted.after) {
    const Job& j = job(at);
    prompt += j.done + j.request.cached_tokens - j.retaken;
    answer += answer_so_far(j);
  }
  for (const std::int32_t at : preempted_) answer += job(at).retaken;
  return {prompt, answer};
}

}  // namespace rigwise
