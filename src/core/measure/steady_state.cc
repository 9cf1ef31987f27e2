#include "core/measure/steady_state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/base/text.h"
#include "core/stats/distributions.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr std::size_t kBatchOfMser = 5;
constexpr std::size_t kMostPairs = 1000;  // points that Theil-Sen pairs all with all

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

std::vector<double> batches_of(const std::vector<double>& values, std::size_t size) {
  std::vector<double> batches;
  batches.reserve(values.size() / size);
  for (std::size_t begin = 0; begin + size <= values.size(); begin += size) {
    double sum = 0;
    for (std::size_t i = begin; i < begin + size; ++i) sum += values[i];
    batches.push_back(sum / static_cast<double>(size));
  }
  return batches;
}

double neighbours_correlation(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double around = 0, beside = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    around += (values[i] - mean) * (values[i] - mean);
    if (i > 0) beside += (values[i] - mean) * (values[i - 1] - mean);
  }
  return around > 0 ? beside / around : 0;
}

/// How far a trend carries over the range of x, as a share of the mean.
double drift_share(const Trend& trend, const std::vector<double>& x, const std::vector<double>& y) {
  const auto [least, most] = std::minmax_element(x.begin(), x.end());
  const double mean = mean_of(y);
  return mean > 0 ? std::fabs(trend.slope) * (*most - *least) / mean : 0;
}

void judge_trend(const std::vector<double>& x, const std::vector<double>& y, const std::string& what,
                 std::vector<std::string>& reasons) {
  const std::optional<Trend> trend = trend_of(x, y);
  if (!trend || trend->p >= 0.001) return;
  const double drift = drift_share(*trend, x, y);
  if (drift <= 0.1) return;
  reasons.push_back(what + (trend->slope > 0 ? " grows by " : " falls by ") + significant(100 * drift, 2) +
                    " % over the window");
}

/// MSER alone cuts even noise; a start-up also differs from the rest.
void judge_start(const std::vector<double>& tokens_by_second, std::vector<std::string>& reasons) {
  const std::optional<std::size_t> cut = mser5_truncation(tokens_by_second);
  if (cut && *cut * 5 <= tokens_by_second.size()) return;
  const auto split = tokens_by_second.begin() + static_cast<std::ptrdiff_t>(cut.value_or(tokens_by_second.size() / 2));
  const double start = mean_of({tokens_by_second.begin(), split}), rest = mean_of({split, tokens_by_second.end()});
  if (std::fabs(start - rest) <= 0.05 * rest) return;
  reasons.push_back("the first " + std::to_string(split - tokens_by_second.begin()) +
                    " seconds of the window look like start-up: " + significant(start) + " tokens a second, then " +
                    significant(rest));
}

}  // namespace

std::optional<std::size_t> mser5_truncation(const std::vector<double>& values) {
  const std::vector<double> batches = batches_of(values, kBatchOfMser);
  const std::size_t count = batches.size();
  if (count < 2) return std::nullopt;
  // Sums from the end, so that each truncation costs one step.
  std::vector<double> score(count, std::numeric_limits<double>::infinity());
  double mean = 0, square = 0, n = 0;
  for (std::size_t d = count; d-- > 0;) {
    n += 1;
    const double away = batches[d] - mean;
    mean += away / n;
    square += away * (batches[d] - mean);
    if (n >= 2) score[d] = square / (n * n);
  }
  const std::size_t limit = count / 2;
  const auto best = std::min_element(score.begin(), score.begin() + static_cast<std::ptrdiff_t>(limit) + 1);
  const std::size_t d = static_cast<std::size_t>(best - score.begin());
  if (d == limit && limit > 0 && score[d] < score[0]) return std::nullopt;
  return d * kBatchOfMser;
}

std::optional<Trend> trend_of(const std::vector<double>& x, const std::vector<double>& y) {
  const std::size_t n = std::min(x.size(), y.size());
  if (n < 8) return std::nullopt;
  const double mean_x = mean_of(x), mean_y = mean_of(y);
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < n; ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  if (xx <= 0) return std::nullopt;
  Trend trend;
  trend.slope = xy / xx;
  const double degrees = static_cast<double>(n) - 2;
  const double residual = std::max(0.0, yy - trend.slope * xy);
  const double error = std::sqrt(residual / degrees / xx);
  if (error <= 0) {
    trend.p = trend.slope == 0 ? 1 : 0;
    return trend;
  }
  trend.p = 2 * (1 - student_t_cdf(std::fabs(trend.slope) / error, degrees));
  return trend;
}

BatchMean batch_mean(const std::vector<double>& values, double confidence) {
  BatchMean result;
  result.mean = mean_of(values);
  if (values.size() < 20) return result;
  const std::size_t wanted = values.size() >= 40 ? 20 : 10;
  const std::vector<double> batches = batches_of(values, values.size() / wanted);
  const double mean = mean_of(batches), n = static_cast<double>(batches.size());
  double square = 0;
  for (const double batch : batches) square += (batch - mean) * (batch - mean);
  const double half = student_t_quantile(0.5 + confidence / 2, n - 1) * std::sqrt(square / (n - 1) / n);
  result.interval = Interval{result.mean - half, result.mean + half};
  result.lag1 = neighbours_correlation(batches);
  return result;
}

std::optional<RobustLine> theil_sen(const std::vector<double>& x, const std::vector<double>& y) {
  const std::size_t n = std::min(x.size(), y.size());
  // Of many points an even choice will do: all pairs of a thousand are half a million.
  const std::size_t step = std::max<std::size_t>(1, (n + kMostPairs - 1) / kMostPairs);
  std::vector<double> slopes;
  slopes.reserve(n / step * (n / step) / 2 + 1);
  for (std::size_t i = 0; i < n; i += step) {
    for (std::size_t j = i + step; j < n; j += step) {
      if (x[i] != x[j]) slopes.push_back((y[j] - y[i]) / (x[j] - x[i]));
    }
  }
  if (slopes.empty()) return std::nullopt;
  RobustLine line;
  line.slope = median(slopes);
  std::vector<double> rests;
  rests.reserve(n);
  for (std::size_t i = 0; i < n; ++i) rests.push_back(y[i] - line.slope * x[i]);
  line.intercept = median(rests);
  return line;
}

std::optional<PrefillRate> prefill_rate(const std::vector<double>& uncached_tokens, const std::vector<double>& ttft_s) {
  const std::set<double> lengths(uncached_tokens.begin(), uncached_tokens.end());
  if (lengths.size() < 3) return std::nullopt;
  const std::optional<RobustLine> line = theil_sen(uncached_tokens, ttft_s);
  if (!line || line->slope <= 0) return std::nullopt;
  return PrefillRate{1 / line->slope, line->intercept, static_cast<int>(lengths.size())};
}

SteadyVerdict judge_steady(const SteadySigns& signs) {
  SteadyVerdict verdict;
  const std::size_t seconds = signs.tokens_by_second.size();
  if (seconds < 10) verdict.reasons.push_back("the window is shorter than 10 s: too short to tell");
  if (signs.streams_wanted > 0 && signs.streams_mean < 0.95 * signs.streams_wanted) {
    verdict.reasons.push_back("only " + significant(signs.streams_mean) + " of " + significant(signs.streams_wanted) +
                              " streams were under way on average");
  }
  if (seconds >= 20) judge_start(signs.tokens_by_second, verdict.reasons);
  if (seconds >= 10) {
    std::vector<double> second(seconds);
    for (std::size_t i = 0; i < seconds; ++i) second[i] = static_cast<double>(i);
    judge_trend(second, signs.tokens_by_second, "the token rate", verdict.reasons);
    judge_trend(signs.sent_s, signs.ttft_s, "ttft", verdict.reasons);
  }
  verdict.steady = verdict.reasons.empty();
  return verdict;
}

}  // namespace rigwise
