#include "core/capacity/workload.h"

#include <algorithm>
#include <cmath>

namespace rigwise {
namespace {

/// Mean of a length over the kinds, weighted by how many requests (or users) each has.
template <class LengthOf, class OfTrace>
double mean_over(const Load& load, LengthOf length_of, OfTrace of_trace) {
  double sum = 0, weight = 0;
  for (const TraceRow& row : load.trace) {
    sum += of_trace(row);
    weight += 1;
  }
  for (const RequestKind& kind : load.kinds) {
    const double w = load.arrivals == ArrivalKind::closed ? kind.users : kind.requests_per_s;
    sum += w * length_of(kind).mean_tokens();
    weight += w;
  }
  return weight > 0 ? sum / weight : 0;
}

}  // namespace

const char* arrival_kind_name(ArrivalKind kind) {
  switch (kind) {
    case ArrivalKind::poisson: return "poisson";
    case ArrivalKind::gamma: return "gamma";
    case ArrivalKind::closed: return "closed";
    case ArrivalKind::trace: return "trace";
  }
  return "";
}

int Lengths::sample(Random& random) const {
  constexpr double kMost = 1e8;
  if (kind == Kind::listed && !listed.empty()) {
    return std::max(1, listed[static_cast<std::size_t>(random.below(listed.size()))]);
  }
  const double length = kind == Kind::lognormal && cv > 0 ? random.lognormal(mean, cv) : mean;
  return static_cast<int>(std::clamp(std::floor(length + 0.5), 1.0, kMost));
}

double Lengths::mean_tokens() const {
  if (kind != Kind::listed || listed.empty()) return mean;
  double sum = 0;
  for (const int length : listed) sum += length;
  return sum / static_cast<double>(listed.size());
}

double Load::requests_per_s() const {
  double sum = 0;
  for (const RequestKind& kind : kinds) sum += kind.requests_per_s;
  return sum;
}

int Load::users() const {
  int sum = 0;
  for (const RequestKind& kind : kinds) sum += kind.users;
  return sum;
}

double Load::mean_prompt_tokens() const {
  return mean_over(
      *this, [](const RequestKind& kind) -> const Lengths& { return kind.prompt; },
      [](const TraceRow& row) { return row.prompt_tokens; });
}

double Load::mean_output_tokens() const {
  return mean_over(
      *this, [](const RequestKind& kind) -> const Lengths& { return kind.output; },
      [](const TraceRow& row) { return row.output_tokens; });
}

}  // namespace rigwise
