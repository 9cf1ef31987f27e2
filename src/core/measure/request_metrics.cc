#include "core/measure/request_metrics.h"

#include <algorithm>

namespace rigwise {
namespace {

double seconds_between(std::int64_t from_ns, std::int64_t to_ns) { return static_cast<double>(to_ns - from_ns) * 1e-9; }

std::optional<double> since(const std::optional<std::int64_t>& from_ns, const std::optional<std::int64_t>& to_ns) {
  if (!from_ns || !to_ns) return std::nullopt;
  return seconds_between(*from_ns, *to_ns);
}

std::optional<std::int64_t> first_visible_ns(const RequestTrace& trace) {
  const auto seen = std::find_if(trace.tokens.begin(), trace.tokens.end(), [](const TokenEvent& event) {
    return event.channel == TokenChannel::content || event.channel == TokenChannel::refusal;
  });
  if (seen == trace.tokens.end()) return std::nullopt;
  return seen->at_ns;
}

void add_token_times(const RequestTrace& trace, RequestMetrics& metrics) {
  const TokenEvent &first = trace.tokens.front(), &last = trace.tokens.back();
  metrics.ttft_s = since(trace.sent_ns, first.at_ns);
  metrics.ttfv_s = since(trace.sent_ns, first_visible_ns(trace));
  metrics.ttft_planned_s = seconds_between(trace.planned_ns, first.at_ns);
  metrics.e2e_s = since(trace.sent_ns, last.at_ns);
  metrics.e2e_planned_s = seconds_between(trace.planned_ns, last.at_ns);
  const double decode_s = seconds_between(first.at_ns, last.at_ns);
  const double count = static_cast<double>(trace.output_tokens.value_or(0));
  if (trace.tokens.size() >= 2 && count - first.tokens >= 1) metrics.tpot_s = decode_s / (count - first.tokens);
  if (trace.tokens.size() >= 2 && count >= 2) metrics.tpot_compat_s = decode_s / (count - 1);
}

}  // namespace

double stall_limit_s(double median_gap_s) { return std::max(5 * median_gap_s, 0.25); }

std::vector<double> event_gaps_s(const RequestTrace& trace) {
  std::vector<double> gaps;
  if (trace.tokens.size() < 2) return gaps;
  gaps.reserve(trace.tokens.size() - 1);
  for (std::size_t i = 1; i < trace.tokens.size(); ++i) {
    gaps.push_back(seconds_between(trace.tokens[i - 1].at_ns, trace.tokens[i].at_ns));
  }
  return gaps;
}

std::vector<Weighted> token_gaps_s(const RequestTrace& trace) {
  std::vector<Weighted> gaps;
  if (trace.tokens.size() < 2) return gaps;
  gaps.reserve(trace.tokens.size() - 1);
  for (std::size_t i = 1; i < trace.tokens.size(); ++i) {
    const double tokens = trace.tokens[i].tokens;
    if (tokens <= 0) continue;
    gaps.push_back({seconds_between(trace.tokens[i - 1].at_ns, trace.tokens[i].at_ns) / tokens, tokens});
  }
  return gaps;
}

RequestMetrics metrics_of(const RequestTrace& trace) {
  RequestMetrics metrics;
  if (trace.sent_ns) metrics.send_lag_s = seconds_between(trace.planned_ns, *trace.sent_ns);
  if (!trace.is_ok()) return metrics;
  // One object in place of a stream says nothing of a first token; its end is still an end.
  if ((trace.oddities & kNotStreamed) != 0) {
    metrics.e2e_s = since(trace.sent_ns, trace.end_ns);
    if (trace.end_ns) metrics.e2e_planned_s = seconds_between(trace.planned_ns, *trace.end_ns);
    return metrics;
  }
  metrics.ttfr_s = since(trace.sent_ns, trace.first_event_ns);
  if (trace.tokens.empty()) return metrics;
  add_token_times(trace, metrics);
  const std::vector<double> gaps = event_gaps_s(trace);
  if (gaps.empty()) return metrics;
  metrics.stall_max_s = *std::max_element(gaps.begin(), gaps.end());
  const double limit_s = stall_limit_s(median(gaps));
  metrics.stalls = static_cast<int>(std::count_if(gaps.begin(), gaps.end(), [&](double gap) { return gap > limit_s; }));
  return metrics;
}

void share_out_tokens(RequestTrace& trace) {
  if (trace.events_counted || trace.tokens.empty() || !trace.output_tokens) return;
  const double share = static_cast<double>(*trace.output_tokens) / static_cast<double>(trace.tokens.size());
  for (TokenEvent& event : trace.tokens) event.tokens = share;
}

}  // namespace rigwise
