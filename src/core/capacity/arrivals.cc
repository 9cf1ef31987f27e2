#include "core/capacity/arrivals.h"

#include <algorithm>

namespace rigwise {
namespace {

/// What else is drawn for a stream beside its requests, by name.
constexpr std::uint64_t kGaps = 0xA1, kKinds = 0xA2, kThinking = 0xA3;

Nanoseconds to_ns(double seconds) { return static_cast<Nanoseconds>(seconds * kNsPerSecond + 0.5); }

/// Prompt and answer cut to the context: an answer keeps at most half of it, the prompt what is left.
void cut_to_context(int context_tokens, Request& request) {
  if (context_tokens <= 0 || request.prompt_tokens + request.output_tokens <= context_tokens) return;
  request.cut = true;
  request.output_tokens = std::min(request.output_tokens, std::max(1, context_tokens / 2));
  request.prompt_tokens = std::max(1, std::min(request.prompt_tokens, context_tokens - request.output_tokens));
}

}  // namespace

ArrivalSource::ArrivalSource(const Load& load, std::uint64_t seed, std::uint64_t stream)
    : load_(&load), seed_(seed), stream_(stream), gaps_(seed, stream, kGaps), rate_(load.requests_per_s()) {
  if (load.arrivals == ArrivalKind::closed) {
    const int users = load.users();
    calls_.reserve(static_cast<std::size_t>(users));
    kind_of_user_.reserve(static_cast<std::size_t>(users));
    asked_.assign(static_cast<std::size_t>(users), 0);
    for (std::size_t k = 0; k < load.kinds.size(); ++k) {
      for (int i = 0; i < load.kinds[k].users; ++i) kind_of_user_.push_back(static_cast<std::int32_t>(k));
    }
    // Everyone begins by thinking, so that the day does not start with all of them asking at once.
    for (std::int32_t user = 0; user < users; ++user) answered(user, 0);
    return;
  }
  advance();
}

std::optional<Nanoseconds> ArrivalSource::next_ns() const {
  switch (load_->arrivals) {
    case ArrivalKind::closed: return calls_.empty() ? std::nullopt : std::optional(calls_.front().at);
    case ArrivalKind::trace:
      if (taken_ >= load_->trace.size()) return std::nullopt;
      return to_ns(load_->trace[static_cast<std::size_t>(taken_)].arrival_s * load_->time_scale);
    case ArrivalKind::poisson:
    case ArrivalKind::gamma: break;
  }
  return rate_ > 0 ? std::optional(to_ns(next_s_)) : std::nullopt;
}

Request ArrivalSource::take() {
  if (load_->arrivals == ArrivalKind::closed) {
    std::pop_heap(calls_.begin(), calls_.end(), later);
    const std::int32_t user = calls_.back().user;
    calls_.pop_back();
    const auto at = static_cast<std::size_t>(user);
    const std::uint64_t number = (static_cast<std::uint64_t>(user) << 32) + asked_[at]++;
    Request request = drawn(number, &load_->kinds[static_cast<std::size_t>(kind_of_user_[at])]);
    request.user = user;
    return request;
  }
  const std::uint64_t number = taken_++;
  if (load_->arrivals == ArrivalKind::trace) return drawn(number, nullptr);
  advance();
  return drawn(number, &kind_of(number));
}

void ArrivalSource::answered(std::int32_t user, Nanoseconds now) {
  const auto at = static_cast<std::size_t>(user);
  const double think_s = load_->kinds[static_cast<std::size_t>(kind_of_user_[at])].think_s;
  const std::uint64_t number = (static_cast<std::uint64_t>(user) << 32) + asked_[at];
  const double pause = think_s > 0 ? think_s * Random(seed_ ^ kThinking, stream_, number).exponential() : 0;
  push({now + to_ns(pause), user});
}

Request ArrivalSource::drawn(std::uint64_t number, const RequestKind* kind) const {
  Request request;
  if (kind == nullptr) {
    const TraceRow& row = load_->trace[static_cast<std::size_t>(number)];
    request.prompt_tokens = std::max(1, row.prompt_tokens);
    request.output_tokens = std::max(1, row.output_tokens);
  } else {
    Random random(seed_, stream_, number);
    request.prompt_tokens = kind->prompt.sample(random);
    request.output_tokens = kind->output.sample(random);
  }
  cut_to_context(load_->context_tokens, request);
  // The last token is always computed: its output is what the first new token is drawn from.
  const double cached = load_->prefix_hit * request.prompt_tokens;
  request.cached_tokens = std::min(static_cast<int>(cached), request.prompt_tokens - 1);
  return request;
}

const RequestKind& ArrivalSource::kind_of(std::uint64_t number) const {
  if (load_->kinds.size() == 1) return load_->kinds.front();
  double left = Random(seed_ ^ kKinds, stream_, number).uniform() * rate_;
  for (const RequestKind& kind : load_->kinds) {
    left -= kind.requests_per_s;
    if (left < 0) return kind;
  }
  return load_->kinds.back();
}

void ArrivalSource::advance() {
  if (rate_ <= 0) return;
  const double shape = load_->burstiness;
  const double gap = load_->arrivals == ArrivalKind::gamma ? gaps_.gamma(shape) / shape : gaps_.exponential();
  next_s_ += gap / rate_;
}

void ArrivalSource::push(Call call) {
  calls_.push_back(call);
  std::push_heap(calls_.begin(), calls_.end(), later);
}

}  // namespace rigwise
