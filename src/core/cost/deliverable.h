#pragma once

#include <optional>

#include "core/base/provenance.h"

namespace rigwise {

/// Tokens of a month.
struct TokenVolume {
  double input = 0, output = 0;
  double cached_share = 0;  ///< of the input: what an API has seen before and bills at its cached price

  double total() const { return input + output; }
  TokenVolume times(double factor) const { return {input * factor, output * factor, cached_share}; }
};

/// How fast a set-up takes tokens in and writes them, all its streams together.
struct ServingSpeed {
  Band prefill, decode_total;  ///< tokens/s; a prefill of 0 is unknown and takes no time
};

/// Hours of work that so many tokens are.
///
///     (input / prefill + output / decode_total) / 3600
///
/// Holds  one after the other: while a prompt is taken in, nothing is written. Cached input is taken in again.
double busy_hours(const TokenVolume& volume, double prefill_tokens_per_s, double decode_tokens_per_s);
double busy_hours(const TokenVolume& volume, const ServingSpeed& speed);

enum class Delivery {
  yes,     ///< even at the low end of the band
  likely,  ///< at the predicted speed
  no,
  not_judged,  ///< the speed is unknown
};
const char* delivery_name(Delivery d);

/// Whether a set-up can do the work at all, and how much of it it can.
struct Deliverability {
  Delivery verdict = Delivery::not_judged;
  double needed_output_tokens_per_s = 0;  ///< over the hours it is in use
  double utilisation = 0;                 ///< busy hours / hours in use; above 1 it cannot
  Band largest_tokens_per_month;          ///< of the same mix; zeros when not judged
};

/// Takes  hours in use a month; a volume above 0.
/// From   seed S3-9: 1.9e9 tokens a month with 70 % output need 506 tok/s round the clock.
Deliverability judge_delivery(const TokenVolume& volume, const std::optional<ServingSpeed>& speed, double hours_in_use);

}  // namespace rigwise
