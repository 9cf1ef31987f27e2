#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/json_text.h"
#include "host/store/ledger.h"

namespace rigwise {

/// An answer that a person should look at. Who gave it and what the judges said is not in it: the person decides blind.
struct ReviewCase {
  std::string work_key, task_id;
  std::vector<std::string> reasons;
  std::string prompt, reference, answer;
  std::vector<std::string> expects;
  bool is_decided = false;
  bool is_open = false;  ///< a reason waits that no verdict was given for; beside an older verdict, perhaps
  std::string verdict, who, note;
  std::int64_t decided_ms = 0;  ///< of the latest verdict; 0: none
};

/// Cases of a run in order of key; without the texts they are quick to list.
Result<std::vector<ReviewCase>> review_cases(Ledger& ledger, const std::string& run, bool open_only, bool with_texts);

/// What was asked, what a good answer has, and one that passes.
struct ItemTexts {
  std::string prompt, reference;
  std::vector<std::string> expects;
};
Result<ItemTexts> texts_of_item(Ledger& ledger, const std::string& work_key);

/// The case whose key begins so, without its texts. Errors  none, several.
Result<ReviewCase> case_called(Ledger& ledger, const std::string& run, const std::string& key);

/// Grades by Criterion, each 0, 1 or 2. They stand beside the judges' and delete nothing. `key` may be the beginning of
/// a work key.
Result<std::string> decide_case(Ledger& ledger, const std::string& run, const std::string& key,
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

/// A case as `eval review --json` and the server say it: key, task, reasons, decided, grades, who, note; with texts the
/// prompt, what is expected, the reference and the answer too.
Json review_case_json(const ReviewCase& one, bool with_texts);

/// "2,1,2". Errors  anything else.
Result<std::array<int, 3>> grades_of_text(const std::string& text);

/// The open cases as a CSV to fill in: correctness, completeness, quality, who and note are empty.
Result<std::string> reviews_csv(Ledger& ledger, const std::string& run);
struct ReviewsTaken {
  int decided = 0, left_open = 0;
};
/// Takes a filled-in CSV back; rows without grades stay open. Errors  a row that cannot be read, with its line; then
/// none has been taken.
Result<ReviewsTaken> take_reviews_csv(Ledger& ledger, const std::string& run, const std::string& csv,
                                      const std::string& file);

}  // namespace rigwise
