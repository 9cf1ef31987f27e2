#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/json_text.h"
#include "codec/told_conversation.h"
#include "host/store/ledger.h"

namespace rigwise {

/// An answer that a person should look at. Who gave it and what the judges said is not in it: the person decides blind.
/// Answers that say the same to the same task are one case, whoever gave them: what is decided holds for all of them.
struct ReviewCase {
  std::string work_key, task_id;  ///< the first of its keys that the run has
  std::vector<std::string> same;  ///< keys of all such answers of the store that were queued, its own among them
  std::vector<std::string> reasons;
  bool is_decided = false;
  bool is_open = false;  ///< a reason waits that no verdict was given for; beside an older verdict, perhaps
  std::string verdict, who, note;
  std::int64_t decided_ms = 0;  ///< of the latest verdict; 0: none
  std::string said;             ///< the blob of the answer, or of its conversation
};

enum class ReviewWanted { open, all };
/// Cases of a run in order of key. Of the open ones only the reasons that wait are named.
Result<std::vector<ReviewCase>> review_cases(Ledger& ledger, const std::string& run, ReviewWanted wanted);

/// The case whose key, or that of an identical answer, begins so. Errors  none, several.
Result<ReviewCase> case_called(Ledger& ledger, const std::string& run, const std::string& key);

/// What was asked, what a good answer has, one that passes, and what was said.
struct ItemTexts {
  std::string prompt, reference, answer;
  std::vector<std::string> expects;
  std::vector<ToldPart> conversation;  ///< what led to the answer; long parts are cut, and say so
};
Result<ItemTexts> texts_of_item(Ledger& ledger, const std::string& work_key);

/// Grades by Criterion, each 0, 1 or 2. They stand beside the judges' and delete nothing. `key` may be the beginning of
/// a work key. Gives  the case.
Result<ReviewCase> decide_case(Ledger& ledger, const std::string& run, const std::string& key,
                               const std::array<int, 3>& grades, const std::string& who, const std::string& note);

/// What a person says, and which verdict they had before their eyes.
struct ReviewDecision {
  std::string work_key;
  std::array<int, 3> grades{};
  std::string who, note;
  std::int64_t seen_ms = 0;  ///< ReviewCase::decided_ms as it was shown
};
/// As decide_case(), and never over a verdict that the person has not seen. Gives the case that stands in the way;
/// nothing: it is decided. Errors  a key that is no case of the run.
Result<std::optional<ReviewCase>> decide_seen_case(Ledger& ledger, const std::string& run,
                                                   const ReviewDecision& decision);

/// Queues an answer for these reasons. Where a person has decided an identical one before, and this one is new to the
/// queue, that decision is taken over. Whether it waits for a person now.
/// Takes  `said`: the blob that is compared.
Result<bool> queue_answer(Ledger& ledger, const std::string& work_key, const std::string& task_rev,
                          const std::string& said, const std::vector<std::string>& reasons);

/// A case as `eval review --json` and the server say it: key, task, reasons, decided, grades, who, note, identical.
Json review_case_json(const ReviewCase& one);
/// Adds prompt, expects, reference, conversation and answer.
void add_texts_json(const ItemTexts& texts, Json& json);

/// "2,1,2". Errors  anything else.
Result<std::array<int, 3>> grades_of_text(const std::string& text);

}  // namespace rigwise
