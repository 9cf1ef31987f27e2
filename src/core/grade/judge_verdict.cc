#include "core/grade/judge_verdict.h"

#include <cstdint>
#include <cstdlib>

#include "core/base/text.h"
#include "core/grade/answer_text.h"

namespace rigwise {
namespace {

bool quoted(std::string_view evidence, std::string_view answer_text) {
  const std::string text = normalised(evidence);
  if (text == "(empty)") return answer_text.empty();
  bool has_any = false;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t gap = rest.find("...");
    std::string_view part = trim(rest.substr(0, gap));
    while (part.starts_with('"') || part.starts_with('\'')) part.remove_prefix(1);
    while (part.ends_with('"') || part.ends_with('\'')) part.remove_suffix(1);
    if (!part.empty()) {
      has_any = true;
      if (answer_text.find(part) == std::string_view::npos) return false;
    }
    rest = gap == std::string_view::npos ? std::string_view() : rest.substr(gap + 3);
  }
  return has_any;
}

/// FNV-1a, spread over 0 .. 1.
double share_of_key(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
  return static_cast<double>((hash ^ (hash >> 31)) >> 11) * 0x1p-53;
}

bool apart_by_two(const JudgeVerdict& a, const JudgeVerdict& b) {
  for (std::size_t i = 0; i < a.grades.size(); ++i) {
    if (std::abs(a.grades[i].score - b.grades[i].score) >= 2) return true;
  }
  return false;
}

bool tests_contradict(const JudgedAnswer& judged) {
  if (!judged.unit_tests || !judged.first || !judged.second) return false;
  const int first = judged.first->grades[0].score, second = judged.second->grades[0].score;
  const bool failed = *judged.unit_tests < 0.5, passed = *judged.unit_tests >= 1;
  return (failed && first == kBestGrade && second == kBestGrade) || (passed && first == 0 && second == 0);
}

}  // namespace

std::vector<Criterion> evidence_not_found(const JudgeVerdict& judgement, std::string_view answer) {
  const std::string text = normalised(answer);
  std::vector<Criterion> missing;
  for (std::size_t i = 0; i < judgement.grades.size(); ++i) {
    if (!quoted(judgement.grades[i].evidence, text)) missing.push_back(static_cast<Criterion>(i));
  }
  return missing;
}

std::string_view review_reason_name(ReviewReason reason) {
  constexpr std::array<std::string_view, 7> kNames = {"fail_versus_good", "sums_apart",          "judge_error",
                                                      "evidence_missing", "injection_suspected", "tests_contradict",
                                                      "random_sample"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::vector<ReviewReason> review_reasons(const JudgedAnswer& judged, double random_share) {
  constexpr int kSumsApart = 3;
  std::vector<ReviewReason> reasons;
  const auto add_if = [&reasons](bool holds, ReviewReason reason) {
    if (holds) reasons.push_back(reason);
  };
  const bool both = judged.first && judged.second;
  const auto any = [&judged](auto test) {
    return (judged.first && test(*judged.first)) || (judged.second && test(*judged.second));
  };
  add_if(both && apart_by_two(*judged.first, *judged.second), ReviewReason::fail_versus_good);
  add_if(both && std::abs(judged.first->sum() - judged.second->sum()) >= kSumsApart, ReviewReason::sums_apart);
  add_if(!both, ReviewReason::judge_error);
  add_if(any([&](const JudgeVerdict& j) { return !evidence_not_found(j, judged.answer).empty(); }),
         ReviewReason::evidence_missing);
  add_if(any([](const JudgeVerdict& j) { return j.injection_suspected; }), ReviewReason::injection_suspected);
  add_if(tests_contradict(judged), ReviewReason::tests_contradict);
  add_if(share_of_key(judged.item) < random_share, ReviewReason::random_sample);
  return reasons;
}

std::optional<double> judge_score(const JudgedAnswer& judged) {
  if (!judged.first || !judged.second) return std::nullopt;
  return static_cast<double>(judged.first->sum() + judged.second->sum()) / (2.0 * 3 * kBestGrade);
}

}  // namespace rigwise
