#pragma once

#include <array>
#include <string>
#include <vector>

#include "host/store/ledger.h"

namespace rigwise {

/// An answer that a person should look at. Who gave it and what the judges said is not in it: the person decides blind.
struct ReviewCase {
  std::string work_key, task_id;
  std::vector<std::string> reasons;
  std::string prompt, reference, answer;
  std::vector<std::string> expects;
  bool is_decided = false;
  std::string verdict, who, note;
};

/// Cases of a run in order of key; without the texts they are quick to list.
Result<std::vector<ReviewCase>> review_cases(Ledger& ledger, const std::string& run, bool open_only, bool with_texts);

/// Grades by Criterion, each 0, 1 or 2. They stand beside the judges' and delete nothing. `key` may be the beginning of
/// a work key.
Result<std::string> decide_case(Ledger& ledger, const std::string& run, const std::string& key,
                                const std::array<int, 3>& grades, const std::string& who, const std::string& note);
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
