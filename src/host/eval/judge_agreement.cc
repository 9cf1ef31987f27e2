#include <array>

#include "codec/judge_reply.h"
#include "core/stats/agreement.h"
#include "host/eval/judge_session.h"
#include "host/eval/said_answer.h"

namespace rigwise {

Result<std::vector<JudgeAgreement>> judge_agreement(Ledger& ledger, const std::string& run) {
  const Result<std::string> conversations = conversation_revisions(ledger);
  if (!conversations) return fail(conversations.error());
  const auto rows = ledger.database().run(
      "SELECT i.work_key, j.model_ref, j.verdict FROM run_item r JOIN item i ON i.work_key = r.work_key JOIN attempt a "
      "ON a.id = i.chosen JOIN judge_item j ON j.answer = " +
          said_blob_sql("$2") +
          " JOIN item k ON k.work_key = j.work_key AND k.task_rev = i.task_rev JOIN model_ref m ON m.sha256 = "
          "j.model_ref JOIN model_ref c ON c.sha256 = i.model_ref "
          "WHERE r.run = $1 AND j.state = 'done' AND j.repeat_no = 0 AND m.family <> c.family ORDER BY i.work_key, "
          "j.model_ref",
      {run, *conversations});
  if (!rows) return fail(rows.error());
  std::array<std::vector<Ratings>, 3> units;
  for (std::size_t i = 0; i + 1 < rows->size(); ++i) {
    if ((*rows)[i].text(0) != (*rows)[i + 1].text(0)) continue;
    const Result<JudgeVerdict> first = parse_judge_reply((*rows)[i].text(2)),
                               second = parse_judge_reply((*rows)[i + 1].text(2));
    if (!first || !second) continue;
    for (std::size_t c = 0; c < units.size(); ++c)
      units[c].push_back({first->grades[c].score, second->grades[c].score});
    ++i;
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
