#pragma once

#include <string>
#include <vector>

#include "codec/json_text.h"
#include "core/evaluate/result_set.h"

namespace rigwise {

/// A file of another program, with its name: some say there what they are of.
struct ForeignFile {
  std::string name, text;
};

/// What came of reading: a set whose models are all marked `foreign`, and what was passed over.
struct ForeignResults {
  ResultSet results;
  std::string program;  ///< "promptfoo", "lm-eval", "inspect"
  int rows = 0;         ///< read, duplicates included
  int duplicates = 0;   ///< the same answer of the same model to the same question again, as after a resume
  std::vector<std::string> notes;
};

/// Results of promptfoo (results JSON of version 3, or its lines), lm-evaluation-harness (samples_*.jsonl, and
/// results_*.json for the model's name) and inspect (.json logs), told apart by what is in them. Nothing of them is
/// run.
///
/// Identity is by content: a question is the hash of its prompt, variables and checks, never a row's place. What has no
/// score is not scored, which is not 0; errors of network and harness are nobody's answers. A time that was read from a
/// cache is none.
/// Errors  a file that is none of these, or files of several programs at once.
Result<ForeignResults> read_foreign_results(const std::vector<ForeignFile>& files);

}  // namespace rigwise
