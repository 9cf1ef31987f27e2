#include "core/machine/read_checks.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kEnough = 0.95, kUsualLeast = 0.7;

std::vector<ThreadRate> by_threads(std::vector<ThreadRate> read) {
  std::sort(read.begin(), read.end(), [](const ThreadRate& a, const ThreadRate& b) { return a.threads < b.threads; });
  return read;
}

}  // namespace

std::optional<int> enough_threads(const std::vector<ThreadRate>& read) {
  double best = 0;
  for (const ThreadRate& rate : read) best = std::max(best, rate.best_gbps);
  if (best <= 0) return std::nullopt;
  for (const ThreadRate& rate : by_threads(read)) {
    if (rate.best_gbps >= kEnough * best) return rate.threads;
  }
  return std::nullopt;
}

std::optional<int> threads_to_try(const std::vector<ThreadRate>& read) {
  const std::optional<int> enough = enough_threads(read);
  if (!enough) return std::nullopt;
  int below = 0;
  for (const ThreadRate& rate : read) {
    if (rate.threads < *enough) below = std::max(below, rate.threads);
  }
  if (*enough - below < 2) return std::nullopt;
  return below + (*enough - below) / 2;
}

const char* peak_verdict_name(PeakVerdict verdict) {
  switch (verdict) {
    case PeakVerdict::low: return "low";
    case PeakVerdict::above: return "above";
    default: return "usual";
  }
}

PeakVerdict peak_verdict(double share) {
  if (share > 1) return PeakVerdict::above;
  return share < kUsualLeast ? PeakVerdict::low : PeakVerdict::usual;
}

std::optional<double> share_of_peak(const std::optional<double>& read_gbps, const std::optional<BytesPerSecond>& peak) {
  if (!read_gbps || !peak || peak->value <= 0) return std::nullopt;
  return *read_gbps * kGb / peak->value;
}

std::string peak_share_words(double share, BytesPerSecond peak) {
  const PeakVerdict verdict = peak_verdict(share);
  if (verdict == PeakVerdict::usual) return {};
  const std::string said = "reads reach " + significant(100 * share, 3) + " % of the " +
                           significant(peak.value / kGb, 3) + " GB/s that the memory's modules allow";
  if (verdict == PeakVerdict::above)
    return said +
           ": caches helped, or the modules' answers are not this memory's; the figure stands as it was measured";
  return said + ", where 70 to 95 % is usual: other programs, too few threads, or modules that share a channel";
}

}  // namespace rigwise
