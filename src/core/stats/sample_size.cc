#include "core/stats/sample_size.h"

#include <cmath>

#include "core/base/check.h"
#include "core/stats/clusters.h"
#include "core/stats/distributions.h"
#include "core/stats/paired.h"

namespace rigwise {
namespace {

double z_sum(double level, double power) { return normal_quantile(1 - level / 2) + normal_quantile(power); }

int rounded_up(double tasks) { return static_cast<int>(std::ceil(tasks - 1e-9)); }

}  // namespace

ClaimAllowed claim_allowed(int tasks, int families) {
  if (tasks < kTasksForInterval) return ClaimAllowed::count_only;
  return families < kFamiliesToCompare ? ClaimAllowed::interval : ClaimAllowed::comparison;
}

double pass_rate_half_width(int tasks, double confidence) {
  const double n = tasks, z = normal_quantile((1 + confidence) / 2);
  return z / (1 + z * z / n) * std::sqrt(0.25 / n + z * z / (4 * n * n));
}

double smallest_paired_gap(int tasks, double discordant, double level, double power) {
  return z_sum(level, power) * std::sqrt(discordant / tasks);
}

double smallest_unpaired_gap(int tasks, double share, double level, double power) {
  return z_sum(level, power) * std::sqrt(2 * share * (1 - share) / tasks);
}

int tasks_for_gap(double gap, double discordant, double level, double power) {
  RW_CHECK(gap > 0);
  const double ratio = z_sum(level, power) / gap;
  return rounded_up(ratio * ratio * discordant);
}

int tasks_for_difference(double delta, const PairedVariance& variance, double level, double power) {
  RW_CHECK(delta > 0 && variance.samples_first >= 1 && variance.samples_second >= 1);
  const double ratio = z_sum(level, power) / delta;
  return rounded_up(ratio * ratio *
                    (variance.between_tasks + variance.within_first / variance.samples_first +
                     variance.within_second / variance.samples_second));
}

std::vector<SampleSizeRow> sample_size_table() {
  std::vector<SampleSizeRow> rows;
  for (const int tasks : {10, 20, 30, 50, 100, 200, 400}) {
    rows.push_back({tasks, pass_rate_half_width(tasks), smallest_paired_gap(tasks, 0.2),
                    smallest_paired_gap(tasks, 0.3), smallest_unpaired_gap(tasks, 0.6)});
  }
  return rows;
}

}  // namespace rigwise
