#include <algorithm>
#include <array>
#include <tuple>

#include "codec/judge_reply.h"
#include "core/stats/agreement.h"
#include "host/eval/heard_judgements.h"
#include "host/eval/judge_session.h"
#include "host/eval/said_answer.h"

namespace rigwise {

Result<std::vector<JudgeAgreement>> judge_agreement(Ledger& ledger, const std::string& run) {
  const Result<std::string> conversations = conversation_revisions(ledger);
  if (!conversations) return fail(conversations.error());
  auto heard = heard_judgements(ledger, {run, *conversations, {}, true});
  if (!heard) return fail(heard.error());
  // The first two verdicts on an answer, by the judges' names.
  std::erase_if(*heard, [](const HeardJudgement& one) { return one.repeat != 0 || !one.is_done; });
  std::stable_sort(heard->begin(), heard->end(), [](const HeardJudgement& a, const HeardJudgement& b) {
    return std::tie(a.work_key, a.judge) < std::tie(b.work_key, b.judge);
  });
  std::array<std::vector<Ratings>, 3> units;
  for (std::size_t i = 0; i + 1 < heard->size(); ++i) {
    const HeardJudgement &one = (*heard)[i], &other = (*heard)[i + 1];
    const bool is_first = i == 0 || (*heard)[i - 1].work_key != one.work_key;
    if (!is_first || one.work_key != other.work_key) continue;
    const Result<JudgeVerdict> first = parse_judge_reply(one.verdict), second = parse_judge_reply(other.verdict);
    if (!first || !second) continue;
    for (std::size_t c = 0; c < units.size(); ++c)
      units[c].push_back({first->grades[c].score, second->grades[c].score});
  }
  std::vector<JudgeAgreement> agreements;
  agreements.reserve(units.size());
  for (std::size_t c = 0; c < units.size(); ++c) {
    constexpr int kGrades = kBestGrade + 1;
    const Confusion confusion = confusion_of(units[c], kGrades);
    agreements.push_back({std::string(kCriterionNames[c]), confusion.total, raw_agreement(confusion),
                          cohen_kappa(confusion), krippendorff_alpha_ordinal(units[c], kGrades),
                          gwet_ac(units[c], kGrades, RatingWeights::quadratic)});
  }
  return agreements;
}

}  // namespace rigwise
