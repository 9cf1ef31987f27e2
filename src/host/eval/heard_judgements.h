#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/store/ledger.h"

namespace rigwise {

/// What judges said of a run's answers, as every report, list and status counts it.

/// One word of a judge on an answer.
struct HeardJudgement {
  std::string work_key;       ///< of the answer
  std::string judge, family;  ///< the judge as it was asked for
  int repeat = 0;
  bool is_done = false;  ///< false: its reply could not be read
  std::string verdict;
  std::optional<std::int64_t> cost_nano;  ///< where it was asked of this very answer
};

/// Of which answers.
struct HeardOf {
  std::string run;
  std::string conversations;  ///< conversation_revisions()
  std::string work_key;       ///< of the only one; empty: all of the run
  bool with_verdicts = true;  ///< false: who spoke, and whether it could be read
};

/// In order of key. By what was said, not by the item it was first seen at: what two models say word for word is judged
/// once, and the verdict is both's. One word of each judge: of this item where there is one. A judge's word on its own
/// maker's answers does not count, whoever else gave the same, and no canary's does.
Result<std::vector<HeardJudgement>> heard_judgements(Ledger& ledger, const HeardOf& of);

/// How many of them there are; the same judge asked again is not counted again.
struct JudgementCounts {
  std::int64_t judgements = 0;
  std::int64_t unreadable = 0;            ///< within judgements
  std::optional<std::int64_t> cost_nano;  ///< of all that judges were asked for this run, canaries and repeats included
};
Result<JudgementCounts> judgement_counts(Ledger& ledger, const std::string& run, const std::string& conversations);

}  // namespace rigwise
