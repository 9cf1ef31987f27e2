#pragma once

#include <optional>
#include <vector>

#include "core/measure/request_trace.h"
#include "core/stats/quantile.h"

namespace rigwise {

/// The metrics of one request. docs/metrics.md says what other programs call by these names, and what they call these.
/// Absent where the request says nothing: a failed one has no times, an answer of one token has no tpot.
struct RequestMetrics {
  std::optional<double> ttfr_s;          ///< to the first event of any kind
  std::optional<double> ttft_s;          ///< to the first token of any channel
  std::optional<double> ttfv_s;          ///< to the first token a person sees: content or refusal
  std::optional<double> ttft_planned_s;  ///< from when it should have left: no omission hides in it
  std::optional<double> tpot_s;          ///< of the tokens after the first event
  std::optional<double> tpot_compat_s;   ///< as vLLM has it: (last - first)/(N - 1)
  std::optional<double> e2e_s, e2e_planned_s;
  std::optional<double> stall_max_s;  ///< largest gap between token events
  int stalls = 0;                     ///< gaps beyond stall_limit_s()
  std::optional<double> send_lag_s;   ///< from planned to sent; also of failed requests
};

/// A gap counts as a stall beyond this.
///     max(5 x median gap, 250 ms)
double stall_limit_s(double median_gap_s);

/// All of a request's metrics.
///
///     ttfr = t_evt0 - t_send    ttft = t_tok0 - t_send    ttfv = t_vis0 - t_send    ttft_planned = t_tok0 - t_plan
///     tpot = (t_tokN - t_tok0)/(N - n0),  n0 = tokens of the first event
///     e2e = t_tokN - t_send     e2e_planned = t_tokN - t_plan
///
/// Takes  a trace; of a failed one only the send lag is given.
/// Holds  N - n0 >= 1 for tpot, N >= 2 for tpot_compat; else they are absent, never 0.
/// From   measuring.md 4.1-4.2; docs/metrics.md.
RequestMetrics metrics_of(const RequestTrace& trace);

/// icl: the gaps between consecutive token events, in seconds.
std::vector<double> event_gaps_s(const RequestTrace& trace);

/// itl: each gap spread over the tokens that ended it: value gap/tokens, weight tokens.
/// Holds  an event that brought four tokens after 40 ms counts as four gaps of 10 ms, not one of 40.
std::vector<Weighted> token_gaps_s(const RequestTrace& trace);

/// Makes the tokens of the events add up to the count that the trace has, when single events were not counted: each
/// gets an equal share. Does nothing without events or without a count.
void share_out_tokens(RequestTrace& trace);

}  // namespace rigwise
