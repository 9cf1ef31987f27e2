#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/json_text.h"

namespace rigwise {

/// "16 streams", "2.5 requests a second".
std::string say_bench_load(const Json& level);

/// A load of a chart: its name below the axis and what was measured there.
struct BenchChartColumn {
  std::string name;
  std::vector<std::optional<double>> values;  ///< one a series
  std::optional<double> low, high;            ///< interval of the first
};

/// Measured points over loads, as inline SVG with a sentence for those who cannot see it.
/// Takes  names of one or two series; an axis from 0.
std::string bench_chart(const std::string& title, const std::string& unit, const std::vector<std::string>& series,
                        const std::vector<BenchChartColumn>& columns);

/// How many of a level's values lie below each: one line a level, at most four.
struct BenchDistribution {
  std::string name;
  std::vector<double> values;
};
std::string bench_distribution_chart(const std::string& title, const std::string& unit,
                                     std::vector<BenchDistribution> levels);

}  // namespace rigwise
