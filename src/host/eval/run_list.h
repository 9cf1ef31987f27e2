#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/store/ledger.h"

namespace rigwise {

/// How far a run is. Counts are of answers, each a task, a model and a sample.
struct ListedRun {
  std::string id, label, host, code_version;
  std::int64_t started_ms = 0;
  std::int64_t wanted = 0;    ///< all that were planned
  std::int64_t finished = 0;  ///< answered, or given up
  std::int64_t given_up = 0;  ///< within finished: the network's errors, no score
  std::int64_t judgements = 0;
  std::int64_t reviews_open = 0, reviews_decided = 0;
  std::int64_t spent_nano = 0;
};

/// All runs of a ledger, the newest first.
Result<std::vector<ListedRun>> list_runs(Ledger& ledger);

}  // namespace rigwise
