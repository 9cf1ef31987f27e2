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

}  // namespace rigwise
