#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/eval/heard_judgements.h"
#include "host/store/ledger.h"

namespace rigwise {

/// How far a run is. Counts are of answers, each a task, a model and a sample.
struct ListedRun {
  std::string id, label, host, code_version;
  std::int64_t started_ms = 0;
  std::int64_t wanted = 0;    ///< all that were planned
  std::int64_t finished = 0;  ///< answered, or given up
  std::int64_t given_up = 0;  ///< within finished: the network's errors, no score
  std::int64_t ungraded = 0;  ///< answered, and no check has looked at it
  std::int64_t attempts = 0;
  JudgementCounts judged;
  std::int64_t reviews_open = 0, reviews_decided = 0;  ///< cases; identical answers are one, an open one is not decided
  std::optional<std::int64_t> spent_nano;              ///< by attempts; nothing: no answer's cost is known
  bool is_demo = false;                                ///< answers written by rule, no model's
};

/// All runs of a ledger, the newest first; the same figures for every face.
Result<std::vector<ListedRun>> list_runs(Ledger& ledger);
/// One of them. Errors  a run that is not there.
Result<ListedRun> listed_run(Ledger& ledger, const std::string& id);

}  // namespace rigwise
