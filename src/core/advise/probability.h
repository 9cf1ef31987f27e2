#pragma once

#include "core/base/provenance.h"

namespace rigwise {

/// Share of a normal population below z.
double normal_cdf(double z);

/// z such that a band of this level is [-z, z]: 1.2816 for 0.8.
double band_width_z(double level);

/// Probability that a quantity with this band is at least `wanted`. The band's halves are those of a lognormal, each
/// side with its own width: P = cdf(ln(value / wanted) / sigma), sigma = ln(value / low) / z below, ln(high / value) /
/// z above the value. Takes  positive numbers, low <= value <= high; z of the band's level, from band_width_z().
double probability_at_least(const Band& band, double z, double wanted);

/// What a probability of meeting the speeds is worth to the choice: up to 80 % nearly in proportion, beyond that little
/// more, so that among machines and models that are likely enough the better and the cheaper decide.
///     0.95 * p / 0.8 up to p = 0.8;   0.95 + 0.05 * (p - 0.8) / 0.2 above
double confidence_worth(double probability);

}  // namespace rigwise
