#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/eval/eval_session.h"

namespace rigwise {

/// What a worker needs to ask items that another process planned: their models and sampling from the store, their tasks
/// from its own folders. Items whose task it does not have, in that very revision, are not its work.
class WorkerBook {
 public:
  /// `served`: what the worker's endpoint lists. Errors  other weights behind a name than those that were planned:
  /// their answers would be taken for the planned model's.
  static Result<WorkerBook> open(Ledger& ledger, const std::string& run, std::vector<EvalTask> tasks,
                                 const std::optional<TokenPrice>& price, const std::vector<ListedModel>& served);
  std::optional<AskWork> work_of(const WorkItem& item) const;

 private:
  std::map<std::string, EvalTask> tasks_;    ///< by revision
  std::map<std::string, EvalModel> models_;  ///< by reference
};

/// When a run was last planned; attempts before it are an earlier run's.
Result<std::int64_t> planned_at_ms(Ledger& ledger, const std::string& run);

/// The choice that sampling_text() wrote down.
SamplingChoice sampling_of_text(const std::string& text, std::int64_t sample_no);

}  // namespace rigwise
