#include "tests/fakellm/timed_engine.h"

#include <algorithm>

namespace rigwise {

void TimedEngine::drop(std::uint64_t name) {
  const auto is_it = [&](const Sequence& sequence) { return sequence.name == name; };
  active_.erase(std::remove_if(active_.begin(), active_.end(), is_it), active_.end());
  queue_.erase(std::remove_if(queue_.begin(), queue_.end(), is_it), queue_.end());
}

std::int64_t TimedEngine::begin_step(std::int64_t at_ns) {
  while (!queue_.empty() && (script_.slots == 0 || active() < script_.slots)) {
    active_.push_back(queue_.front());
    queue_.pop_front();
  }
  stepping_ = !active_.empty();
  if (!stepping_) return 0;
  const auto prompt =
      std::find_if(active_.begin(), active_.end(), [](const Sequence& sequence) { return sequence.prompt_left > 0; });
  prefilling_ = prompt != active_.end();
  double step_ms = script_.token_ms * (1 + script_.slowdown * (active() - 1));
  if (prefilling_) {
    step_ms = script_.ttft_ms;
    if (script_.prefill_tokens_per_s > 0) step_ms += 1e3 * prompt->prompt_left / script_.prefill_tokens_per_s;
    prompt->prompt_left = 0;
    given_ = {prompt->name};  // its first token comes with its prompt
    --prompt->tokens_left;
  }
  return at_ns + static_cast<std::int64_t>(step_ms * 1e6);
}

const std::vector<std::uint64_t>& TimedEngine::end_step() {
  if (!prefilling_) {
    given_.clear();
    for (Sequence& sequence : active_) {
      given_.push_back(sequence.name);
      --sequence.tokens_left;
    }
  }
  active_.erase(std::remove_if(active_.begin(), active_.end(),
                               [](const Sequence& sequence) { return sequence.tokens_left <= 0; }),
                active_.end());
  return given_;
}

}  // namespace rigwise
