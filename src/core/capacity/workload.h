#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/stats/random.h"

namespace rigwise {

/// How long prompts or answers are.
struct Lengths {
  enum class Kind { fixed, lognormal, listed };
  Kind kind = Kind::fixed;
  double mean = 512;
  double cv = 0;            ///< lognormal: deviation over mean
  std::vector<int> listed;  ///< as observed: each as likely as any other

  int sample(Random& random) const;
  double mean_tokens() const;
};

/// Requests of one kind: a role's, or simply all.
struct RequestKind {
  std::string name;
  double requests_per_s = 0;  ///< poisson, gamma
  int users = 0;              ///< closed: people who wait for their answer before they go on
  double think_s = 0;         ///< closed: mean time between an answer and the next request, exponential; 0: none
  Lengths prompt, output;
};

/// One request of a trace.
struct TraceRow {
  double arrival_s = 0;
  int prompt_tokens = 1, output_tokens = 1;
};

/// When requests come.
enum class ArrivalKind {
  poisson,  ///< independently of each other and of the answers
  gamma,    ///< the same with gaps of a gamma distribution: burstier below shape 1, more even above
  closed,   ///< users who wait
  trace     ///< as written down
};
const char* arrival_kind_name(ArrivalKind kind);

struct Load {
  ArrivalKind arrivals = ArrivalKind::poisson;
  double burstiness = 1;  ///< gamma: the shape; the gaps' coefficient of variation is 1/sqrt(shape)
  std::vector<RequestKind> kinds;
  std::vector<TraceRow> trace;  ///< in order of arrival
  double time_scale = 1;        ///< trace: arrivals are multiplied with it
  double prefix_hit = 0;        ///< share of each prompt that is found in the prefix cache
  int context_tokens = 0;       ///< prompt and answer together are cut to this; 0: never

  double requests_per_s() const;  ///< open arrivals: of all kinds
  int users() const;
  /// Means over all requests (closed: over users).
  double mean_prompt_tokens() const;
  double mean_output_tokens() const;
};

/// What a request must keep, at a percentile of the requests.
struct Slo {
  double ttft_s = 2, tpot_s = 0.1, percentile = 0.95;
};

/// A request before it is served.
struct Request {
  int prompt_tokens = 1, output_tokens = 1, cached_tokens = 0;
  std::int32_t user = -1;  ///< closed: who sent it
  bool cut = false;        ///< longer than the context as drawn
};

}  // namespace rigwise
