#pragma once

#include <optional>
#include <vector>

namespace rigwise {

/// What a number of tasks can show, before and after a run.

/// What may be claimed. The rules run here and not in prose.
enum class ClaimAllowed {
  count_only,  ///< fewer than 10 tasks: k of n, no interval
  interval,    ///< fewer than 30 families: an interval, no order of models
  comparison,  ///< pairwise claims, where the test allows them
};
ClaimAllowed claim_allowed(int tasks, int families);

inline constexpr int kTasksForInterval = 10;

/// Half the width of Wilson's 95 % interval at a pass rate of one half: the worst case.
double pass_rate_half_width(int tasks, double confidence = 0.95);

/// Smallest difference of pass rates that a paired comparison finds four times in five.
///     (z_(1-a/2) + z_power) sqrt(discordant/n)
/// Takes  the share of tasks that exactly one of the two passes; 0.2 and 0.3 are usual.
double smallest_paired_gap(int tasks, double discordant, double level = 0.05, double power = 0.8);

/// The same without pairing, at a pass rate `share`.
///     (z_(1-a/2) + z_power) sqrt(2 p (1 - p)/n)
double smallest_unpaired_gap(int tasks, double share, double level = 0.05, double power = 0.8);

/// Tasks that a paired comparison needs to find `gap` four times in five.
int tasks_for_gap(double gap, double discordant, double level = 0.05, double power = 0.8);

/// The variances that a paired comparison of scores meets: of the tasks' true differences, and of each model's answers
/// to the same task, with how many answers are averaged.
struct PairedVariance {
  double between_tasks = 0;                    ///< omega^2
  double within_first = 0, within_second = 0;  ///< s_A^2, s_B^2
  int samples_first = 1, samples_second = 1;   ///< K_A, K_B
};
/// Tasks for a difference of mean scores.
///     (z_(1-a/2) + z_power)^2 (omega^2 + s_A^2/K_A + s_B^2/K_B)/delta^2
/// From   Miller, arXiv 2411.00640, equation 9.
int tasks_for_difference(double delta, const PairedVariance& variance, double level = 0.05, double power = 0.8);

/// One line of the advice table.
struct SampleSizeRow {
  int tasks = 0;
  double half_width = 0;                        ///< of a pass rate of one half
  double paired_gap_20 = 0, paired_gap_30 = 0;  ///< with 20 and 30 % discordant
  double unpaired_gap = 0;                      ///< at 60 %
};
/// 10, 20, 30, 50, 100, 200 and 400 tasks.
std::vector<SampleSizeRow> sample_size_table();

}  // namespace rigwise
