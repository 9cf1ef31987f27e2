#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/evaluate/result_set.h"
#include "core/stats/agreement.h"
#include "core/stats/clusters.h"

namespace rigwise {

/// How far two judges agree, and what each leans to.

/// How often two judges gave which pair of grades: counts[first][second], of 0, 1, 2.
using GradePairs = std::array<std::array<double, 3>, 3>;

/// A coefficient with its interval over families of tasks; nothing where it is not defined.
struct Coefficient {
  std::optional<double> value;
  std::optional<Interval> interval;
};

/// Agreement of the two judges of each answer. Raw beside chance-corrected: where nearly all grades are the same, raw
/// flatters and kappa collapses (82 % agreement can be a kappa of 0.23), and AC2 stands between.
struct Agreement {
  std::string about;  ///< "all", a criterion, or "role developer"
  int answers = 0, grades = 0;
  GradePairs pairs = {};
  Coefficient raw, kappa, alpha, ac2;      ///< quadratic kappa, ordinal alpha
  std::optional<Reliability> reliability;  ///< by alpha; nothing without one
};

/// Coefficients from counts of pairs, as core/stats computes them from units. Cheap enough to draw thousands of times.
struct PairCoefficients {
  std::optional<double> raw, kappa, alpha, ac2;
};
PairCoefficients coefficients_of(const GradePairs& pairs);

/// A mean difference with how many answers it is of.
struct Lean {
  std::string family;   ///< of candidates
  double residual = 0;  ///< this judge minus the mean of both, -1 .. 1
  int answers = 0;
};

struct JudgeRecordOf {
  std::string judge, family;
  int verdicts = 0, errors = 0;
  int repeats = 0, repeats_same = 0;   ///< asked twice; all three grades the same
  std::optional<double> length_rank;   ///< Spearman of its scores with length, within tasks
  std::vector<Lean> leans;             ///< by family of candidates
  int with_person = 0, as_person = 0;  ///< grades that a person gave too; the same
  std::optional<double> kappa_with_person;
  std::vector<CanaryCount> canaries;
};

/// A task whose checks and judges order the answers differently: its checks may ask for the wrong words.
struct TaskCorrelation {
  std::string task;
  std::optional<double> rank_correlation;
  int answers = 0;
  bool is_flagged = false;  ///< below 0.2
};
inline constexpr double kLowestCorrelation = 0.2;
inline constexpr int kAnswersForCorrelation = 5;

struct JudgesReport {
  std::vector<Agreement> agreements;  ///< all, the three criteria, each role
  std::vector<JudgeRecordOf> judges;
  std::vector<TaskCorrelation> tasks;  ///< with answers enough
  int answers = 0, both = 0, one = 0, in_error = 0;
};

/// Nothing when nobody judged anything.
std::optional<JudgesReport> judges_report(const ResultSet& results, double level);

/// "reliable", "tentative", "unreliable: shown, not ranked".
const char* reliability_words(Reliability reliability);

inline constexpr int kAgreementDraws = 2000;

}  // namespace rigwise
