#include "core/measure/paired_runs.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/base/text.h"
#include "core/stats/distributions.h"
#include "core/stats/elementary.h"

namespace rigwise {
namespace {

struct ValuePair {
  std::uint32_t index = 0;
  double first = 0, second = 0;
};

std::vector<ValuePair> pairs_of(const std::vector<RequestSample>& first, const std::vector<RequestSample>& second,
                                std::optional<double> RequestSample::* metric) {
  std::unordered_map<std::uint32_t, double> known;
  for (const RequestSample& sample : first) {
    if (const auto& value = sample.*metric; value && *value > 0) known.emplace(sample.index, *value);
  }
  std::vector<ValuePair> pairs;
  pairs.reserve(std::min(known.size(), second.size()));
  for (const RequestSample& sample : second) {
    const auto& value = sample.*metric;
    const auto found = known.find(sample.index);
    if (value && *value > 0 && found != known.end()) pairs.push_back({sample.index, found->second, *value});
  }
  std::sort(pairs.begin(), pairs.end(), [](const ValuePair& a, const ValuePair& b) { return a.index < b.index; });
  return pairs;
}

}  // namespace

PairedChange compare_paired(const std::vector<RequestSample>& first, const std::vector<RequestSample>& second,
                            std::optional<double> RequestSample::* metric) {
  const std::vector<ValuePair> pairs = pairs_of(first, second, metric);
  PairedChange change;
  change.pairs = pairs.size();
  if (pairs.empty()) return change;
  for (const ValuePair& pair : pairs) {
    change.first_mean += pair.first / static_cast<double>(pairs.size());
    change.second_mean += pair.second / static_cast<double>(pairs.size());
  }
  change.ratio = change.second_mean / change.first_mean;
  const std::size_t blocks = std::min<std::size_t>(kBlocksMost, pairs.size() / 2);
  if (blocks < kBlocksToCompare) return change;
  std::vector<double> logs;
  logs.reserve(blocks);
  double mean = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    double a_sum = 0, b_sum = 0;
    for (std::size_t i = b * pairs.size() / blocks; i < (b + 1) * pairs.size() / blocks; ++i) {
      a_sum += pairs[i].first;
      b_sum += pairs[i].second;
    }
    logs.push_back(portable_log(b_sum / a_sum));
    mean += logs.back() / static_cast<double>(blocks);
  }
  double square = 0;
  for (const double log : logs) square += (log - mean) * (log - mean);
  const double n = static_cast<double>(blocks);
  const double half = student_t_quantile(0.975, n - 1) * std::sqrt(square / (n - 1) / n);
  change.ratio = portable_exp(mean);
  change.interval = Interval{portable_exp(mean - half), portable_exp(mean + half)};
  return change;
}

std::string why_not_comparable(const std::vector<RequestSample>& first, const std::vector<RequestSample>& second) {
  const PairedChange lengths = compare_paired(first, second, &RequestSample::output_tokens);
  if (lengths.pairs == 0) return "no request of one is in the other";
  if (std::fabs(lengths.second_mean / lengths.first_mean - 1) > 0.05) {
    return "answers are " + significant(lengths.first_mean) + " tokens long in one and " +
           significant(lengths.second_mean) + " in the other";
  }
  return {};
}

}  // namespace rigwise
