#include "core/perf/own_curve.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/stats/quantile.h"

namespace rigwise {
namespace {

/// Depths that are one workload: a few hundred tokens of an empty cache, a tenth of a long one.
constexpr double kAlike = 0.1;
constexpr double kShortCache = 2048;  // as in run_distance()

double log_depth(double tokens) { return std::log(tokens + kShortCache); }

}  // namespace

double spread_around(double centre, const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  std::vector<double> away;
  away.reserve(values.size());
  for (const double value : values) away.push_back(std::abs(value - centre));
  std::sort(away.begin(), away.end());
  // Split conformal: of n exchangeable runs a new one lies within the k-th largest distance in k / (n + 1) of cases.
  const std::size_t k = static_cast<std::size_t>(std::ceil(0.8 * static_cast<double>(away.size() + 1)));
  return away[std::min(k, away.size()) - 1];
}

OwnCurve::OwnCurve(const SpeedModel& model, std::string kv_format, bool is_prefill,
                   const std::vector<const OwnRun*>& runs)
    : model_(model), kv_format_(std::move(kv_format)), is_prefill_(is_prefill) {
  std::map<std::pair<double, double>, std::vector<const OwnRun*>> of_line;
  std::vector<double> log_ratios;
  log_ratios.reserve(runs.size());
  for (const OwnRun* run : runs) {
    of_line[{run->at.prompt_tokens, run->at.streams}].push_back(run);
    log_ratios.push_back(run->log_ratio);
  }
  overall_.log_ratio = median(log_ratios);
  overall_.spread = spread_around(overall_.log_ratio, log_ratios);
  lines_.reserve(of_line.size());
  for (auto& [at, of] : of_line) lines_.push_back({at.first, at.second, knots_of(std::move(of))});
  for (const Line& line : lines_) {
    for (const Knot& knot : line.knots) most_spread_ = std::max(most_spread_, knot.spread);
  }
}

double OwnCurve::log_predicted_s(const RunPoint& point) const {
  const double seconds =
      is_prefill_ ? model_.prefill(point.prompt_tokens, point.depth_tokens, point.streams).total_s + model_.request_s()
                  : model_.decode_step(point.depth_tokens, point.streams).total_s;
  return std::log(std::max(1e-12, seconds));
}

std::vector<OwnCurve::Knot> OwnCurve::knots_of(std::vector<const OwnRun*> runs) const {
  std::sort(runs.begin(), runs.end(), [](const OwnRun* a, const OwnRun* b) {
    return a->at.depth_tokens != b->at.depth_tokens ? a->at.depth_tokens < b->at.depth_tokens
                                                    : a->log_ratio < b->log_ratio;
  });
  // Neighbouring knots that claim a faster step at a deeper cache become one block, whose runs share a time.
  struct Block {
    double total = 0, weight = 0;
    std::size_t first_knot = 0;
    double mean() const { return total / weight; }
  };
  std::vector<Knot> knots;
  for (std::size_t first = 0; first < runs.size();) {
    Knot knot;
    std::size_t end = first;
    const double begins = log_depth(runs[first]->at.depth_tokens);
    for (; end < runs.size() && log_depth(runs[end]->at.depth_tokens) - begins < kAlike; ++end) {
      knot.log_depth += log_depth(runs[end]->at.depth_tokens);
    }
    knot.log_depth /= static_cast<double>(end - first);
    RunPoint at = runs[first]->at;
    at.depth_tokens = std::max(0.0, std::exp(knot.log_depth) - kShortCache);
    knot.log_predicted_s = log_predicted_s(at);
    for (std::size_t i = first; i < end; ++i) {
      knot.each_log_measured_s.push_back(knot.log_predicted_s - runs[i]->log_ratio);
    }
    knot.log_measured_s = median(knot.each_log_measured_s);
    knots.push_back(std::move(knot));
    first = end;
  }
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < knots.size(); ++i) {
    const double weight = static_cast<double>(knots[i].each_log_measured_s.size());
    blocks.push_back({weight * knots[i].log_measured_s, weight, i});
    while (blocks.size() > 1 && blocks.back().mean() < blocks[blocks.size() - 2].mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().total += last.total;
      blocks.back().weight += last.weight;
    }
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const std::size_t end = b + 1 < blocks.size() ? blocks[b + 1].first_knot : knots.size();
    std::vector<double> all;
    for (std::size_t i = blocks[b].first_knot; i < end; ++i) {
      all.insert(all.end(), knots[i].each_log_measured_s.begin(), knots[i].each_log_measured_s.end());
    }
    const double spread = spread_around(blocks[b].mean(), all);
    for (std::size_t i = blocks[b].first_knot; i < end; ++i) {
      knots[i].log_measured_s = blocks[b].mean();
      knots[i].spread = spread;
    }
  }
  return knots;
}

OwnCurve::Reading OwnCurve::on(const Line& line, const RunPoint& point) const {
  const double depth = log_depth(point.depth_tokens);
  const auto after =
      std::find_if(line.knots.begin(), line.knots.end(), [&](const Knot& k) { return k.log_depth > depth; });
  if (after == line.knots.begin()) return {after->log_ratio(), after->spread};
  const Knot& a = *(after - 1);
  if (after == line.knots.end()) return {a.log_ratio(), a.spread};
  const Knot& b = *after;
  const double rise = b.log_ratio() - a.log_ratio();
  double share = (depth - a.log_depth) / (b.log_depth - a.log_depth);
  const double by_depth = share;
  if (rise > 0) {  // flatter than predicted: b is predicted slower than a, or the runs would not be in order
    const double predicted = log_predicted_s({line.prompt_tokens, point.depth_tokens, line.streams});
    share = std::clamp((predicted - a.log_predicted_s) / (b.log_predicted_s - a.log_predicted_s), 0.0, 1.0);
  }
  // Two runs that the model does not join leave open where between them the change comes, if one comes at all.
  const double change = std::min(std::abs(rise), b.log_measured_s - a.log_measured_s);
  const double open = std::sqrt(share * (1 - share)) * change;
  return {a.log_ratio() + share * rise, std::max(open, a.spread + by_depth * (b.spread - a.spread))};
}

OwnCurve::Reading OwnCurve::at(const RunPoint& point) const {
  constexpr double kSoft = 1e-3;  // a line at the very prompt length outweighs one a factor of e away a thousand times
  std::vector<std::pair<double, Reading>> readings;
  readings.reserve(lines_.size());
  double weights = 0, log_ratio = 0;
  for (const Line& line : lines_) {
    const double distance =
        run_distance({line.prompt_tokens, 0, line.streams}, {point.prompt_tokens, 0, point.streams});
    const double weight = 1 / (distance * distance + kSoft);
    readings.emplace_back(weight, on(line, point));
    weights += weight;
    log_ratio += weight * readings.back().second.log_ratio;
  }
  Reading mean{log_ratio / weights, 0};
  double square = 0;
  for (const auto& [weight, reading] : readings) {
    const double apart = reading.log_ratio - mean.log_ratio;
    square += weight / weights * (reading.spread * reading.spread + apart * apart);
  }
  mean.spread = std::sqrt(square);
  return mean;
}

}  // namespace rigwise
