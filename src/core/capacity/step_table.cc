#include "core/capacity/step_table.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/stats/histogram.h"

namespace rigwise {
namespace {

/// Nodes at the lower ends of buckets: eight an octave, every integer below 16.
using Nodes = LogBuckets<3>;

/// Nodes that enclose 0 .. most.
std::size_t nodes_up_to(double most) { return Nodes::index(static_cast<std::uint64_t>(std::max(1.0, most))) + 2; }

/// Where a value lies between two nodes; beyond the last one, at it.
struct Place {
  std::size_t node = 0;
  double share = 0;  ///< of the way to the next node
};

Place place_of(std::int64_t value, std::size_t nodes) {
  const std::uint64_t v = static_cast<std::uint64_t>(std::max<std::int64_t>(0, value));
  const std::size_t node = Nodes::index(v);
  if (node + 1 >= nodes) return {nodes - 2, 1};
  const double width = static_cast<double>(std::uint64_t{1} << Nodes::shift_of(v));
  return {node, static_cast<double>(v - Nodes::lower(node)) / width};
}

double between(const double* row, const Place& place) {
  return row[place.node] + place.share * (row[place.node + 1] - row[place.node]);
}

}  // namespace

StepTable::StepTable(const StepTableSize& size, const DecodeSeconds& decode, const PrefillSeconds& prefill)
    : max_sequences_(std::max(1, size.sequences)),
      depths_(nodes_up_to(size.depth_tokens)),
      prompts_(nodes_up_to(size.prompt_tokens)),
      cached_(size.cached_tokens < 1 ? 1 : nodes_up_to(size.cached_tokens)) {
  decode_.reserve(static_cast<std::size_t>(max_sequences_) * depths_);
  for (int sequences = 1; sequences <= max_sequences_; ++sequences) {
    for (std::size_t i = 0; i < depths_; ++i) {
      decode_.push_back(kNsPerSecond * decode(sequences, static_cast<double>(Nodes::lower(i))));
    }
  }
  prefill_.reserve(cached_ * prompts_);
  for (std::size_t c = 0; c < cached_; ++c) {
    double longest = 0;
    for (std::size_t i = 0; i < prompts_; ++i) {
      // Nothing takes no time, and more tokens never take less.
      const double prompt = static_cast<double>(Nodes::lower(i));
      if (i > 0) longest = std::max(longest, kNsPerSecond * prefill(prompt, static_cast<double>(Nodes::lower(c))));
      prefill_.push_back(longest);
    }
  }
}

Nanoseconds StepTable::decode_ns(int sequences, std::int64_t depth_tokens) const {
  RW_CHECK(sequences >= 1 && sequences <= max_sequences_);
  const double* row = &decode_[static_cast<std::size_t>(sequences - 1) * depths_];
  return std::max<Nanoseconds>(1, static_cast<Nanoseconds>(between(row, place_of(depth_tokens, depths_)) + 0.5));
}

double StepTable::prefill_ns(std::int64_t prompt_tokens, std::int64_t cached_tokens) const {
  const Place prompt = place_of(prompt_tokens, prompts_);
  if (cached_ == 1) return between(prefill_.data(), prompt);
  const Place cached = place_of(cached_tokens, cached_);
  const double near = between(&prefill_[cached.node * prompts_], prompt);
  const double far = between(&prefill_[(cached.node + 1) * prompts_], prompt);
  return near + cached.share * (far - near);
}

StepTable StepTable::times(const StepFactors& factors) const {
  StepTable scaled = *this;
  for (double& ns : scaled.decode_) ns *= factors.decode;
  for (double& ns : scaled.prefill_) ns *= factors.prefill;
  return scaled;
}

StepTable step_table(const SpeedModel& model, const StepTableSize& size) {
  const double replicas = model.replicas();
  return StepTable(
      size, [&](int sequences, double depth) { return model.decode_step(depth, sequences * replicas).total_s; },
      [&](double prompt, double cached) { return model.prefill(prompt, cached, replicas).total_s; });
}

}  // namespace rigwise
