#include "core/perf/claim.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kRounding = 1.02;          // "~", rounded figures, boost clocks
constexpr double kEvidenceFactor = 1.15;    // two reports of the same set-up differ by 5 % (median)
constexpr double kSoftPeak = 1.5;           // compute peaks nobody fetched from a primary source
constexpr double kReachedAtBest = 0.97;     // share of the ceiling that no run is known to pass
constexpr double kMostAcceptedPerPass = 4;  // tokens; the best published speculation gives three to four

std::string percent_apart(double a, double b) { return fixed(100 * std::fabs(a / b - 1), 0) + " %"; }

std::string range_text(const Claimed& c, std::string_view unit) {
  const std::string high = significant(c.high, 3);
  return (c.low == c.high ? high : significant(c.low, 3) + " to " + high) + std::string(unit);
}

std::string gb_text(Bytes b) { return significant(in_gb(b), 3) + " GB"; }

std::string_view phase_words(Phase phase) {
  switch (phase) {
    case Phase::prefill: return "prompt tokens/s";
    case Phase::decode_total: return "tok/s in all";
    default: return "tok/s";
  }
}

std::string speed_text(const Claimed& c, Phase phase) { return range_text(c, " " + std::string(phase_words(phase))); }

/// "256 GB/s moves 4.3 GB a token no faster"
std::string limit_clause(const Ceiling& ceiling, Phase phase, const std::string& setup) {
  const std::string limit = significant(ceiling.tokens_per_s, 3) + " " + std::string(phase_words(phase));
  if (ceiling.by_compute)
    return setup + " computes at most " + significant(ceiling.peak.value / 1e12, 4) +
           " TFLOP/s, which allows at most " + limit;
  std::vector<std::string> parts;
  parts.reserve(ceiling.parts.size());
  for (const CeilingPart& part : ceiling.parts)
    parts.push_back(gb_text(part.bytes) + " from " + part.where + " at " + significant(part.bandwidth.value / kGb, 4) +
                    " GB/s");
  return "every pass reads " + join(parts, " and ") + ", which allows at most " + limit;
}

/// The most that can be, given how the claim is worded.
double hard_limit(const SpeedClaim& claim, const Ceiling& ceiling) {
  double slack = claim.loose.slack();
  if (ceiling.by_compute && ceiling.soft_peak) slack *= kSoftPeak;
  double limit = ceiling.tokens_per_s;
  if (claim.speculative && claim.phase != Phase::prefill) {
    limit *= kMostAcceptedPerPass;
    if (ceiling.compute_tokens_per_s > 0) limit = std::min(limit, ceiling.compute_tokens_per_s);
  }
  return limit * slack;
}

Judgement impossible_speed(const SpeedClaim& claim, const Ceiling& ceiling, const std::string& setup) {
  std::string because =
      speed_text(claim.tokens_per_s, claim.phase) + " cannot be: " + limit_clause(ceiling, claim.phase, setup);
  if (claim.tokens_per_s.low < ceiling.tokens_per_s) because += "; only the lower end is below that";
  because += ". ";
  if (claim.phase == Phase::prefill) {
    because += "A prompt already in the cache would look faster, but is not computed again.";
  } else if (claim.speculative) {
    because += "Speculation accepts " + significant(kMostAcceptedPerPass, 2) +
               " tokens a pass at the very best, and the claim is above that too.";
  } else if (claim.phase == Phase::decode_total) {
    because += "Only more streams at once, or speculative decoding, get past it.";
  } else {
    because +=
        "Only speculative decoding, which yields several tokens a pass, or the sum of several streams gets past it.";
  }
  return {Verdict::impossible, because};
}

/// The nearest same run, if any is within the evidence factor of the claimed range.
const SpeedEvidence::Run* matching_run(const Claimed& c, const std::vector<SpeedEvidence::Run>& runs) {
  const SpeedEvidence::Run* best = nullptr;
  double best_distance = std::log(kEvidenceFactor);
  for (const SpeedEvidence::Run& run : runs) {
    if (run.tokens_per_s <= 0) continue;
    const double distance =
        std::max(std::fabs(std::log(c.low / run.tokens_per_s)), std::fabs(std::log(c.high / run.tokens_per_s)));
    // A range matches when the run lies in it and it is no wider than twice the factor.
    const bool inside = c.low <= run.tokens_per_s && run.tokens_per_s <= c.high &&
                        c.high / c.low <= kEvidenceFactor * kEvidenceFactor * kEvidenceFactor;
    if (distance <= best_distance || (inside && best == nullptr)) {
      best = &run;
      best_distance = std::min(best_distance, distance);
    }
  }
  return best;
}

/// What the user's own runs of the same set-up measured, when the claim is not within the evidence factor of it.
std::string own_clause(const Claimed& c, const std::vector<SpeedEvidence::Run>& runs) {
  for (const SpeedEvidence::Run& run : runs) {
    if (!run.is_own || run.tokens_per_s <= 0) continue;
    const bool near = c.low / run.tokens_per_s <= kEvidenceFactor && run.tokens_per_s / c.high <= kEvidenceFactor;
    if (!near) return " Your own run " + run.id + " measured " + significant(run.tokens_per_s, 3) + ".";
  }
  return {};
}

std::string expected_text(const Estimate& e, Phase phase) {
  return significant(e.band.value, 3) + " " + std::string(phase_words(phase)) + " expected, " +
         significant(e.band.low, 3) + " to " + significant(e.band.high, 3) + " at " + fixed(100 * e.level, 0) + " %";
}

/// Against the prediction alone.
Judgement against_band(const SpeedClaim& claim, const Ceiling& ceiling, const SpeedEvidence& evidence,
                       const std::string& setup) {
  const Claimed& c = claim.tokens_per_s;
  const std::string said = speed_text(c, claim.phase);
  if (!evidence.wide) {
    const bool near = c.high > kReachedAtBest * ceiling.tokens_per_s;
    return {near ? Verdict::implausible : Verdict::plausible,
            said + " is " + fixed(100 * c.high / ceiling.tokens_per_s, 0) + " % of the ceiling (" +
                limit_clause(ceiling, claim.phase, setup) + "); nothing is predicted for this set-up."};
  }
  const Band& wide = evidence.wide->band;
  const double reach = claim.speculative ? kMostAcceptedPerPass : 1;
  const std::string expected = expected_text(evidence.usual.value_or(*evidence.wide), claim.phase);
  const std::string band = significant(wide.low, 3) + " to " + significant(wide.high, 3);
  // A recalled or estimated peak is no ground for doubt of its own.
  const bool above_ceiling = c.high > ceiling.tokens_per_s * reach && !(ceiling.by_compute && ceiling.soft_peak);
  if (c.high > wide.high * reach * claim.loose.slack() || above_ceiling)
    return {Verdict::implausible, said + " is above what runs like this reach: " + expected +
                                      ", and hardly ever outside " + band + " (99 %). " + "The ceiling is " +
                                      significant(ceiling.tokens_per_s, 3) + ": " +
                                      limit_clause(ceiling, claim.phase, setup) + "."};
  if (c.low < wide.low / claim.loose.slack())
    return {Verdict::implausible,
            said + " is far below what this set-up does: " + expected + ", and hardly ever outside " + band +
                " (99 %). Such a run would be held back by something else: memory that does not suffice, throttling, "
                "another model or format than stated."};
  const Band& usual = evidence.usual.value_or(*evidence.wide).band;
  const bool less = c.high<usual.low, more = c.low> usual.high;
  const std::string where = less   ? " is less than usual, but possible: "
                            : more ? " is more than usual, but possible: "
                                   : " is within what runs like this reach: ";
  return {Verdict::plausible, said + where + expected + (less || more ? " and " + band + " at 99 %" : "") +
                                  "; the ceiling is " + significant(ceiling.tokens_per_s, 3) + "."};
}

}  // namespace

const char* verdict_name(Verdict v) {
  switch (v) {
    case Verdict::matches_evidence: return "matches_evidence";
    case Verdict::plausible: return "plausible";
    case Verdict::implausible: return "implausible";
    case Verdict::impossible: return "impossible";
  }
  return "";
}

double Looseness::slack() const { return kRounding * model * format; }

Judgement judge_speed(const SpeedClaim& claim, const Ceiling& ceiling, const SpeedEvidence& evidence,
                      const std::string& setup) {
  if (claim.tokens_per_s.high > hard_limit(claim, ceiling)) return impossible_speed(claim, ceiling, setup);
  if (const SpeedEvidence::Run* run = matching_run(claim.tokens_per_s, evidence.same)) {
    std::string because = speed_text(claim.tokens_per_s, claim.phase) + " agrees with " + run->id +
                          ", which measured " + significant(run->tokens_per_s, 3);
    if (claim.tokens_per_s.low == claim.tokens_per_s.high)
      because += " (" + percent_apart(claim.tokens_per_s.high, run->tokens_per_s) + " apart)";
    if (evidence.usual) because += "; " + expected_text(*evidence.usual, claim.phase);
    because += "; the ceiling is " + significant(ceiling.tokens_per_s, 3) + ".";
    return {Verdict::matches_evidence, because + own_clause(claim.tokens_per_s, evidence.same)};
  }
  Judgement judgement = against_band(claim, ceiling, evidence, setup);
  judgement.because += own_clause(claim.tokens_per_s, evidence.same);
  return judgement;
}

Judgement judge_size(const Claimed& gigabytes, const SizeFacts& facts) {
  constexpr double kTolerance = 0.97, kBelowTaken = 0.9, kAboveAll = 1.1;
  const Bytes kind_high = gib(gigabytes.high), kind_low = gb(gigabytes.low);
  const std::string said = range_text(gigabytes, " GB");
  const std::string weights = facts.model + " has " + significant(facts.params / 1e9, 3) + "B parameters, " +
                              gb_text(facts.weights) + " in " + facts.format;
  if (kind_high < facts.lightest * kTolerance)
    return {Verdict::impossible,
            said + " cannot be: " + weights +
                (facts.lightest < facts.weights * 0.999
                     ? ", and no less than " + gb_text(facts.lightest) + " at " + facts.lightest_format
                     : std::string()) +
                ", before any cache."};
  if (kind_high < facts.weights * kBelowTaken)
    return {Verdict::implausible, said + " is less than usual: " + weights + "."};
  if (kind_low > facts.most * kAboveAll)
    return {Verdict::implausible, said + " is too much: " + weights + ", and " + gb_text(facts.most) +
                                      " with the cache of a full context and buffers."};
  return {Verdict::plausible,
          said + " agrees: " + weights + "; " + gb_text(facts.most) + " with the cache of a full context and buffers."};
}

Judgement judge_read_per_token(const Claimed& gigabytes, Bytes read, Bytes lightest, const std::string& model) {
  constexpr double kTolerance = 0.95, kAbove = 1.25;
  const std::string said = range_text(gigabytes, " GB a token");
  const std::string truth = model + " reads " + gb_text(read) + " of weights for a token of one stream";
  if (gib(gigabytes.high) < lightest * kTolerance) return {Verdict::impossible, said + " cannot be: " + truth + "."};
  if (gb(gigabytes.low) > read * kAbove) return {Verdict::implausible, said + " is too much: " + truth + "."};
  return {Verdict::plausible, said + " agrees: " + truth + "."};
}

Judgement judge_fit(bool fits, const SizeFacts& size, const RoomFacts& room) {
  const std::string weights = size.model + " in " + size.format + " weighs " + gb_text(size.weights);
  const std::string space = room.place + " has " + gb_text(room.capacity);
  const bool never = size.lightest > room.capacity;
  const bool spacious = room.fit ? room.fit->verdict == FitVerdict::fits : room.needed < room.capacity * 0.9;
  const bool too_small = room.fit ? room.fit->verdict == FitVerdict::no : room.needed > room.capacity;
  const std::string detail = room.fit ? room.fit->why + " of " + gb_text(room.fit->available) + " usable"
                                      : gb_text(room.needed) + " with 4096 tokens of cache and buffers";
  if (!fits) {
    if (spacious) return {Verdict::implausible, "it does fit: " + weights + ", " + space + " (" + detail + ")."};
    return {Verdict::plausible, "right: " + weights + ", " + space + " (" + detail + ")."};
  }
  if (never)
    return {Verdict::impossible, "it cannot fit: " + weights + " and " + space +
                                     ", before any cache. Only reading part of it from host memory or disk in every "
                                     "step, at their speed, would run it."};
  if (too_small) {
    const std::string how = size.weights > room.capacity ? "it does not fit, unless in a lighter format than usual: "
                                                         : "the weights alone would fit, a run does not: ";
    return {Verdict::implausible, how + weights + ", " + space + " (" + detail + ")."};
  }
  return {Verdict::plausible, "it fits: " + weights + ", " + space + " (" + detail + ")."};
}

Judgement judge_count(const std::string& what, const std::string& model, double claimed_b, double published_b) {
  constexpr double kSame = 1.05, kRounded = 1.2, kFar = 1.4;
  const double factor = std::max(claimed_b / published_b, published_b / claimed_b);
  const std::string said = significant(claimed_b, 4) + "B " + what;
  const std::string truth = model + " has " + significant(published_b, 3) + "B";
  if (factor <= kSame) return {Verdict::matches_evidence, said + " agrees: " + truth + "."};
  if (factor <= kRounded) return {Verdict::plausible, said + " is a rounded figure: " + truth + "."};
  if (factor <= kFar) return {Verdict::implausible, said + " is off: " + truth + "."};
  return {Verdict::impossible, said + " cannot be: " + truth + ", by its published configuration."};
}

Judgement judge_bandwidth(const Claimed& gbps_claimed, BytesPerSecond peak, const std::string& setup) {
  constexpr double kSame = 1.03, kMeasuredAtWorst = 0.6;
  const std::string said = range_text(gbps_claimed, " GB/s");
  const std::string truth = "the peak of " + setup + " is " + significant(peak.value / kGb, 4) + " GB/s";
  const double high = gbps_claimed.high * kGb / peak.value, low = gbps_claimed.low * kGb / peak.value;
  if (high > kSame) return {Verdict::impossible, said + " cannot be: " + truth + "."};
  if (low >= 1 / kSame) return {Verdict::matches_evidence, said + " agrees: " + truth + "."};
  if (low >= kMeasuredAtWorst)
    return {Verdict::plausible, said + " is below the peak, as measured figures are: " + truth + "."};
  return {Verdict::implausible, said + " is far too little: " + truth + "."};
}

Judgement judge_power(const Claimed& watts, Watts max, bool whole_machine, const std::string& setup) {
  constexpr double kLeast = 0.35, kMost = 1.3;
  const std::string said = range_text(watts, " W");
  const std::string truth = setup + " takes up to " + significant(max.value, 4) + " W";
  if (watts.high < kLeast * max.value)
    return {Verdict::implausible, said + " is no load: " + truth + "; so little is drawn when idle or nearly so."};
  if (whole_machine && watts.low > kMost * max.value)
    return {Verdict::implausible, said + " is too much: " + truth + "."};
  return {Verdict::plausible, said + " is possible under load: " + truth + "."};
}

}  // namespace rigwise
