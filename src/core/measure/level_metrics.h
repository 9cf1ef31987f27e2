#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/measure/client_health.h"
#include "core/measure/percentiles.h"
#include "core/measure/request_trace.h"
#include "core/measure/steady_state.h"

namespace rigwise {

/// What every request must keep to count as good. Absent: not asked.
struct LoadObjectives {
  std::optional<double> ttft_s, tpot_s, e2e_s;
  std::optional<double> gap_s;  ///< no gap between token events beyond this
  bool any() const { return ttft_s || tpot_s || e2e_s || gap_s; }
  /// The smallest of the times.
  std::optional<double> least_s() const;
};

/// All that was seen at one load.
struct LevelTraces {
  double streams = 0;     ///< closed loop: how many; 0: open
  double rate_per_s = 0;  ///< open loop: arrivals planned a second; 0: closed
  std::int64_t window_begin_ns = 0, window_end_ns = 0;
  std::vector<RequestTrace> requests;  ///< of the warm-up and after the window too: their tokens count in it
};

/// What a level measured. Rates count what arrived inside the window; times are those of the requests that were planned
/// inside it, all of which ran to their end under load.
struct LevelMetrics {
  double window_s = 0;
  std::size_t requests = 0, ok = 0;  ///< planned inside the window
  std::size_t interrupted = 0;       ///< beside those, still under way when the user ended the run: nobody's failure
  std::map<RequestFault, std::size_t> faults;
  std::map<std::uint32_t, std::size_t> oddities;

  MetricSummary ttfr_s, ttft_s, ttfv_s, ttft_planned_s, icl_s, itl_s, tpot_s, tpot_compat_s, e2e_s, e2e_planned_s;
  MetricSummary per_stream_tokens_per_s;  ///< 1/tpot
  MetricSummary stall_max_s, send_lag_s, output_length, prompt_length;
  std::size_t stalls = 0;

  double output_tokens_per_s = 0;                        ///< tokens stamped inside the window over its length
  std::optional<Interval> output_tokens_per_s_interval;  ///< by batch means of seconds
  double output_tokens_per_s_run = 0;  ///< all tokens over (last event - first send): what others call throughput
  double prompt_tokens_per_s = 0;      ///< prompts whose first token came inside the window
  double requests_per_s = 0;           ///< ended well inside the window
  double offered_per_s = 0, delivered_per_s = 0;  ///< planned, and sent, inside the window
  double streams_mean = 0;                        ///< under way on average, inside the window
  double streams_max = 0;

  std::optional<double> goodput_per_s, goodput_share;  ///< of the planned ones: failed and shed are not good
  std::optional<double> cached_share;                  ///< of the prompt tokens, where the server says
  std::optional<double> prompt_as_planned_share, output_as_planned_share;
  std::map<TokenSource, std::size_t> sources;
  /// Medians of the server's own timings: uncached prompt tokens, and the tokens that its clock of decoding timed.
  std::optional<double> server_prefill_tokens_per_s, server_decode_tokens_per_s;
  SteadyVerdict steady;
};

/// Computes a level. Gives zero requests when the window is empty; nothing is averaged over nothing.
LevelMetrics level_metrics(const LevelTraces& level, const LoadObjectives& objectives);

/// Whether a level keeps objectives at a percentile of its attempted requests: failed and shed ones keep nothing.
///     share of good requests >= percentile/100
bool keeps_objectives(const LevelMetrics& metrics, double percentile);

}  // namespace rigwise
