#include "core/measure/level_metrics.h"

#include <algorithm>
#include <cmath>

#include "core/measure/request_metrics.h"

namespace rigwise {
namespace {

/// The values of each metric, gathered over the requests of a level.
struct Gathered {
  std::vector<double> ttfr, ttft, ttfv, ttft_planned, icl, tpot, tpot_compat, e2e, e2e_planned, speed, stall, lag;
  std::vector<double> output_length, prompt_length, prefill_speed, decode_speed, sent_s;
  std::vector<Weighted> itl;
  double cached = 0, prompts_with_cached = 0;
  std::size_t prompts_told = 0, prompts_as_planned = 0, outputs_told = 0, outputs_as_planned = 0;
};

void add(std::vector<double>& into, const std::optional<double>& value) {
  if (value) into.push_back(*value);
}

bool is_good(const RequestTrace& trace, const RequestMetrics& metrics, const LoadObjectives& objectives) {
  if (!trace.is_ok()) return false;
  const auto keeps = [](const std::optional<double>& limit, const std::optional<double>& value) {
    return !limit || !value || *value <= *limit;
  };
  // Without a first token the answer cannot have come in time.
  if (objectives.ttft_s && !metrics.ttft_planned_s) return false;
  return keeps(objectives.ttft_s, metrics.ttft_planned_s) && keeps(objectives.tpot_s, metrics.tpot_s) &&
         keeps(objectives.gap_s, metrics.stall_max_s) && keeps(objectives.e2e_s, metrics.e2e_planned_s);
}

void gather_counts(const RequestTrace& trace, Gathered& all) {
  if (trace.output_tokens) all.output_length.push_back(static_cast<double>(*trace.output_tokens));
  if (trace.prompt_tokens) all.prompt_length.push_back(static_cast<double>(*trace.prompt_tokens));
  if (trace.prompt_tokens && trace.prompt_planned > 0) {
    ++all.prompts_told;
    all.prompts_as_planned += *trace.prompt_tokens == trace.prompt_planned;
  }
  if (trace.output_tokens && trace.output_planned > 0) {
    ++all.outputs_told;
    all.outputs_as_planned += *trace.output_tokens == trace.output_planned;
  }
  if (trace.prompt_tokens && trace.cached_tokens) {
    all.cached += static_cast<double>(*trace.cached_tokens);
    all.prompts_with_cached += static_cast<double>(*trace.prompt_tokens);
  }
  const double uncached = static_cast<double>(trace.prompt_tokens.value_or(0) - trace.cached_tokens.value_or(0));
  if (trace.server_prefill_s && *trace.server_prefill_s > 0 && uncached > 0) {
    all.prefill_speed.push_back(uncached / *trace.server_prefill_s);
  }
  const std::int64_t timed = trace.server_decode_tokens.value_or(0);
  if (trace.server_decode_s && *trace.server_decode_s > 0 && timed > 0 && trace.output_tokens.value_or(0) > 1) {
    all.decode_speed.push_back(static_cast<double>(timed) / *trace.server_decode_s);
  }
}

void gather(const RequestTrace& trace, const RequestMetrics& metrics, std::int64_t begin_ns, Gathered& all) {
  add(all.ttfr, metrics.ttfr_s);
  add(all.ttft, metrics.ttft_s);
  add(all.ttfv, metrics.ttfv_s);
  add(all.ttft_planned, metrics.ttft_planned_s);
  add(all.tpot, metrics.tpot_s);
  add(all.tpot_compat, metrics.tpot_compat_s);
  add(all.e2e, metrics.e2e_s);
  add(all.e2e_planned, metrics.e2e_planned_s);
  add(all.stall, metrics.stall_max_s);
  if (metrics.tpot_s && *metrics.tpot_s > 0) all.speed.push_back(1 / *metrics.tpot_s);
  if (metrics.ttft_s) all.sent_s.push_back(static_cast<double>(*trace.sent_ns - begin_ns) * 1e-9);
  const std::vector<double> gaps = event_gaps_s(trace);
  all.icl.insert(all.icl.end(), gaps.begin(), gaps.end());
  const std::vector<Weighted> weighted = token_gaps_s(trace);
  all.itl.insert(all.itl.end(), weighted.begin(), weighted.end());
  gather_counts(trace, all);
}

void summarise(Gathered& all, LevelMetrics& level) {
  level.ttfr_s = summary_of(std::move(all.ttfr));
  level.ttft_s = summary_of(all.ttft);
  level.ttfv_s = summary_of(std::move(all.ttfv));
  level.ttft_planned_s = summary_of(std::move(all.ttft_planned));
  level.icl_s = summary_of(std::move(all.icl));
  level.itl_s = weighted_summary_of(std::move(all.itl));
  level.tpot_s = summary_of(std::move(all.tpot));
  level.tpot_compat_s = summary_of(std::move(all.tpot_compat));
  level.e2e_s = summary_of(std::move(all.e2e));
  level.e2e_planned_s = summary_of(std::move(all.e2e_planned));
  level.per_stream_tokens_per_s = summary_of(std::move(all.speed));
  level.stall_max_s = summary_of(std::move(all.stall));
  level.send_lag_s = summary_of(std::move(all.lag));
  level.output_length = summary_of(std::move(all.output_length));
  level.prompt_length = summary_of(std::move(all.prompt_length));
  const auto share = [](std::size_t part, std::size_t whole) -> std::optional<double> {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  level.prompt_as_planned_share = share(all.prompts_as_planned, all.prompts_told);
  level.output_as_planned_share = share(all.outputs_as_planned, all.outputs_told);
  if (all.prompts_with_cached > 0) level.cached_share = all.cached / all.prompts_with_cached;
  if (!all.prefill_speed.empty()) level.server_prefill_tokens_per_s = median(std::move(all.prefill_speed));
  if (!all.decode_speed.empty()) level.server_decode_tokens_per_s = median(std::move(all.decode_speed));
}

/// Everything that counts by when it arrived, whoever asked for it and when.
class Flow {
 public:
  explicit Flow(const LevelTraces& level)
      : begin_(level.window_begin_ns),
        end_(level.window_end_ns),
        by_second_(static_cast<std::size_t>(std::max<std::int64_t>(0, end_ - begin_) / kSecond)) {}

  void take(const RequestTrace& trace) {
    for (const TokenEvent& event : trace.tokens) {
      all_tokens_ += event.tokens;
      last_ = std::max(last_, event.at_ns);
      if (!inside(event.at_ns)) continue;
      tokens_ += event.tokens;
      const std::size_t second = static_cast<std::size_t>((event.at_ns - begin_) / kSecond);
      if (second < by_second_.size()) by_second_[second] += event.tokens;
    }
    if (!trace.tokens.empty() && inside(trace.tokens.front().at_ns)) {
      prompt_tokens_ += static_cast<double>(trace.prompt_tokens.value_or(trace.prompt_planned));
    }
    if (trace.is_ok() && trace.end_ns && inside(*trace.end_ns)) ++ended_;
    if (inside(trace.planned_ns)) ++offered_;
    if (!trace.sent_ns) return;
    first_ = first_ == 0 ? *trace.sent_ns : std::min(first_, *trace.sent_ns);
    if (inside(*trace.sent_ns)) ++sent_;
    // Under way from when it was sent until it ended, as far as that lies inside the window.
    const std::int64_t from = std::clamp(*trace.sent_ns, begin_, end_);
    const std::int64_t to = std::clamp(trace.end_ns.value_or(end_), begin_, end_);
    if (to <= from) return;
    busy_s_ += static_cast<double>(to - from) * 1e-9;
    edges_.emplace_back(from, 1);
    edges_.emplace_back(to, -1);
  }

  void finish(LevelMetrics& level) {
    const double window_s = level.window_s;
    if (window_s <= 0) return;
    level.output_tokens_per_s = tokens_ / window_s;
    level.prompt_tokens_per_s = prompt_tokens_ / window_s;
    level.requests_per_s = static_cast<double>(ended_) / window_s;
    level.offered_per_s = static_cast<double>(offered_) / window_s;
    level.delivered_per_s = static_cast<double>(sent_) / window_s;
    level.streams_mean = busy_s_ / window_s;
    if (last_ > first_ && first_ > 0) {
      level.output_tokens_per_s_run = all_tokens_ / (static_cast<double>(last_ - first_) * 1e-9);
    }
    level.output_tokens_per_s_interval = batch_mean(by_second_).interval;
    std::sort(edges_.begin(), edges_.end());  // an end before a start of the same moment
    double under_way = 0;
    for (const auto& edge : edges_) {
      under_way += edge.second;
      level.streams_max = std::max(level.streams_max, under_way);
    }
  }

  const std::vector<double>& by_second() const { return by_second_; }

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000;
  bool inside(std::int64_t at_ns) const { return at_ns >= begin_ && at_ns < end_; }

  std::int64_t begin_ = 0, end_ = 0, first_ = 0, last_ = 0;
  double tokens_ = 0, all_tokens_ = 0, prompt_tokens_ = 0, busy_s_ = 0;
  std::size_t ended_ = 0, offered_ = 0, sent_ = 0;
  std::vector<double> by_second_;
  std::vector<std::pair<std::int64_t, int>> edges_;
};

void count_oddities(const RequestTrace& trace, LevelMetrics& level) {
  for (std::uint32_t bit = 1; bit <= kUsageNotWhole; bit <<= 1) {
    if ((trace.oddities & bit) != 0) ++level.oddities[bit];
  }
}

}  // namespace

std::optional<double> LoadObjectives::least_s() const {
  std::optional<double> least;
  for (const auto& limit : {ttft_s, tpot_s, e2e_s, gap_s}) {
    if (limit) least = least ? std::min(*least, *limit) : *limit;
  }
  return least;
}

LevelMetrics level_metrics(const LevelTraces& level, const LoadObjectives& objectives) {
  LevelMetrics result;
  result.window_s = static_cast<double>(level.window_end_ns - level.window_begin_ns) * 1e-9;
  Flow flow(level);
  Gathered all;
  std::size_t good = 0;
  for (const RequestTrace& trace : level.requests) {
    flow.take(trace);
    if (trace.planned_ns < level.window_begin_ns || trace.planned_ns >= level.window_end_ns) continue;
    if (trace.fault == RequestFault::interrupted) {
      ++result.interrupted;
      continue;
    }
    ++result.requests;
    const RequestMetrics metrics = metrics_of(trace);
    add(all.lag, metrics.send_lag_s);
    if (!trace.is_ok()) {
      ++result.faults[trace.fault];
      continue;
    }
    ++result.ok;
    count_oddities(trace, result);
    ++result.sources[trace.source];
    result.stalls += static_cast<std::size_t>(metrics.stalls);
    good += is_good(trace, metrics, objectives);
    gather(trace, metrics, level.window_begin_ns, all);
  }
  flow.finish(result);
  result.steady = judge_steady({flow.by_second(), level.streams, result.streams_mean, all.sent_s, all.ttft});
  if (objectives.any() && result.requests > 0 && result.window_s > 0) {
    result.goodput_per_s = static_cast<double>(good) / result.window_s;
    result.goodput_share = static_cast<double>(good) / static_cast<double>(result.requests);
  }
  summarise(all, result);
  return result;
}

bool keeps_objectives(const LevelMetrics& metrics, double percentile) {
  return metrics.goodput_share && *metrics.goodput_share >= percentile / 100 - 1e-12;
}

}  // namespace rigwise
