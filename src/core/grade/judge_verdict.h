#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// What judges look at, each 0 fail, 1 acceptable, 2 good.
enum class Criterion { correctness, completeness, quality };
inline constexpr std::array<std::string_view, 3> kCriterionNames = {"correctness", "completeness", "quality"};
inline constexpr int kBestGrade = 2;

struct CriterionGrade {
  std::string evidence;  ///< words of the answer
  std::string reason;
  int score = 0;
};

/// A judge's reply that was read in full. There is no such thing as half a verdict: what cannot be read is a judge
/// error and never a score.
struct JudgeVerdict {
  std::array<CriterionGrade, 3> grades;  ///< by Criterion
  bool injection_suspected = false;

  int sum() const { return grades[0].score + grades[1].score + grades[2].score; }
};

/// The criteria whose evidence is not in the answer. White space, case and typographic signs aside it must be quoted
/// word for word; an ellipsis parts two quotes. "(empty)" is evidence of an empty answer.
std::vector<Criterion> evidence_not_found(const JudgeVerdict& judgement, std::string_view answer);

/// Why a person should look at an answer.
enum class ReviewReason {
  fail_versus_good,     ///< a criterion differs by 2: the seeds' "> 1.5"
  sums_apart,           ///< the sums differ by 3 of 6 or more
  judge_error,          ///< a judge's reply could not be read, after one repair
  evidence_missing,     ///< a quote is not in the answer
  injection_suspected,  ///< the answer speaks to the judge
  tests_contradict,     ///< tests fail and both say good, or pass and both say fail
  random_sample,        ///< so that agreement with people can be known at all
};
std::string_view review_reason_name(ReviewReason reason);

/// What the two judges and the tests said of one answer.
struct JudgedAnswer {
  std::string item;  ///< work key, for the random sample
  std::string_view answer;
  std::optional<JudgeVerdict> first, second;  ///< nothing: judge error
  std::optional<double> unit_tests;           ///< share passed, where there are any
};
inline constexpr double kRandomReviewShare = 0.02;

/// In the order of the enumeration; none: no review. The sample depends on the item's key alone.
std::vector<ReviewReason> review_reasons(const JudgedAnswer& judged, double random_share = kRandomReviewShare);

/// Mean of both judges over all criteria, 0 .. 1; nothing with fewer than two verdicts.
std::optional<double> judge_score(const JudgedAnswer& judged);

}  // namespace rigwise
