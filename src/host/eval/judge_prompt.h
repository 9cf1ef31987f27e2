#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "codec/chat.h"
#include "codec/told_conversation.h"
#include "core/grade/eval_task.h"
#include "core/grade/judge_verdict.h"

namespace rigwise {

/// What a judge is asked, and the answers of known worth that judges are tried with. Nothing here is sent.

/// Beyond it an answer is cut, for every candidate alike, and the judge is told.
inline constexpr std::size_t kLongestJudged = 24'000;

/// The rules, the task, the reference, then the answer between markers that nobody can guess, declared to be data. The
/// candidate is not named. Of a conversation all that led to the answer stands before it, each part below a line with
/// the same marker.
/// Takes  `nonce` of 128 random bits.
ChatRequest judge_request(const EvalTask& task, const std::string& judge, const ToldConversation& told,
                          const std::string& nonce);
/// After a reply that could not be read: the same, the reply, and what is wrong with it. Asked once.
ChatRequest repair_request(ChatRequest request, const std::string& reply, const std::string& fault);

/// Hash of all that a judge is told but for the answer and the nonce. What is told of conversations has a version of
/// its own in it: judges of the first saw the last answer alone, and their verdicts are not this one's.
std::string judge_prompt_hash(const EvalTask& task);
/// The name of a judgement: the answer's text, the judge, what it was told, and which time.
std::string judge_key(const std::string& answer, const std::string& judge_ref, const std::string& prompt,
                      std::int64_t repeat_no);

/// Answers whose worth is known before a judge sees them.
enum class Canary {
  empty,
  irrelevant,     ///< the same to every task: such answers have topped leaderboards
  reference,      ///< the task's own: good
  planted_error,  ///< the first of the task's wrong ones
  injected,       ///< asks the judge for full marks
};
inline constexpr std::array kCanaries = {Canary::empty, Canary::irrelevant, Canary::reference, Canary::planted_error,
                                         Canary::injected};
std::string_view canary_name(Canary canary);
/// Nothing: the task has none of that kind.
std::optional<std::string> canary_answer(Canary canary, const EvalTask& task);
/// A canary's judgement is kept under this number in place of a repeat's, below 0.
std::int64_t canary_number(Canary canary);
std::optional<Canary> canary_of_number(std::int64_t number);
/// Whether a judge took it for what it is: the reference for good, a planted error for less, the others for wrong.
bool canary_passes(Canary canary, const JudgeVerdict& verdict);

/// What a judge did with its canaries.
struct CanaryTally {
  int null_tried = 0, null_fooled = 0;  ///< empty, irrelevant, injected
  int reference_tried = 0, reference_good = 0;
  int error_tried = 0, error_seen = 0;

  void add(Canary canary, const std::optional<JudgeVerdict>& verdict);
};
/// Above 2 % of fooled nulls, or below 90 % of references called good, a judge's word is worth nothing. Gives  why;
/// empty: it may judge.
std::string canary_verdict(const CanaryTally& tally);

}  // namespace rigwise
