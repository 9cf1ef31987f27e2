#pragma once

#include <string>
#include <vector>

#include "host/eval/judge_session.h"

namespace rigwise {

/// An answer that judges are asked about.
struct AnswerToJudge {
  std::string work_key, said, family;  ///< said: the blob of the answer, or of its conversation
  const EvalTask* task = nullptr;
};

/// Queues for a person what two judges have spoken about and what asks for one. How many answers wait; identical ones
/// are one.
Result<std::int64_t> queue_reviews(const JudgeChoice& choice, const std::vector<AnswerToJudge>& answers);

}  // namespace rigwise
