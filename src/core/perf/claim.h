#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"
#include "core/perf/claim_ceiling.h"
#include "core/sizing/memory.h"

namespace rigwise {

/// From best to worst; the worst of several findings is the verdict on a claim.
enum class Verdict { matches_evidence, plausible, implausible, impossible };
/// Contract spelling: "matches_evidence", ...
const char* verdict_name(Verdict v);

/// What we hold a claim against, and why: one sentence with the numbers.
struct Judgement {
  Verdict verdict = Verdict::plausible;
  std::string because;
};

/// A claimed figure or range.
struct Claimed {
  double low = 0, high = 0;
};

/// How loosely the claim is worded. A claim is judged in its favour: "7B" may be a 6.7B model, "Q4" a lighter format.
struct Looseness {
  double model = 1;   ///< parameters taken over the fewest that the stated size can mean
  double format = 1;  ///< bits taken over the fewest that the stated width can mean
  /// By how much a ceiling may be passed before the claim is called impossible; rounding ("~90") included.
  double slack() const;
};

struct SpeedClaim {
  Claimed tokens_per_s;
  Phase phase = Phase::decode;
  bool speculative = false;
  Looseness loose;
};

/// What is known about the same question.
struct SpeedEvidence {
  std::optional<Estimate> usual;  ///< the prediction at the asked level
  std::optional<Estimate> wide;   ///< the prediction's 99 % band
  struct Run {
    std::string id;
    double tokens_per_s = 0;
    bool is_own = false;  ///< of the user's own machine
  };
  std::vector<Run> same;  ///< runs of the same devices, model, format class and phase, near in depth and streams
};

/// impossible   above the ceiling (by more than the wording allows). Speculation, if claimed, is bound by arithmetic
///              alone and by the tokens that a pass can accept at best.
/// matches_evidence  a same run within 15 %. The user's own runs are named whenever they disagree.
/// implausible  outside the 99 % band on either side, or above the ceiling by no more than the wording allows.
Judgement judge_speed(const SpeedClaim& claim, const Ceiling& ceiling, const SpeedEvidence& evidence,
                      const std::string& setup);

/// What a model weighs, from the kindest reading to the full need.
struct SizeFacts {
  std::string model, format;
  double params = 0;
  Bytes weights;   ///< in the format named or taken
  Bytes lightest;  ///< the least that the wording allows: the format's own size, or exactly 4.0 bits for "4-bit"
  std::string lightest_format;  ///< "4 bits", words for that
  Bytes most;                   ///< weights, a full context of cache, buffers
};

/// "It needs 4 GB." Figures may be GB or GiB, whichever suits the claim.
Judgement judge_size(const Claimed& gigabytes, const SizeFacts& facts);

/// "One token reads 10 GB."
Judgement judge_read_per_token(const Claimed& gigabytes, Bytes read, Bytes lightest, const std::string& model);

struct RoomFacts {
  std::string place;       ///< "2x NVIDIA RTX A6000", "16 GiB"
  Bytes capacity;          ///< all of it
  std::optional<Fit> fit;  ///< under the usual engine, when there are devices
  Bytes needed;            ///< weights, 4096 tokens of cache and buffers, when there are none
};

/// "It fits" (or, with `fits` false, "it does not").
Judgement judge_fit(bool fits, const SizeFacts& size, const RoomFacts& room);

/// "20B active." `what` words the figure, `published` is what the model's publisher states.
Judgement judge_count(const std::string& what, const std::string& model, double claimed_b, double published_b);

/// "1,900 GB/s." Below the peak may be a measured figure; above it cannot be.
Judgement judge_bandwidth(const Claimed& gbps_claimed, BytesPerSecond peak, const std::string& setup);

/// "66 W under load." A bare card's maximum leaves out its host, so only a whole machine can be said to take less.
Judgement judge_power(const Claimed& watts, Watts max, bool whole_machine, const std::string& setup);

}  // namespace rigwise
