#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "codec/usage_json.h"
#include "core/usage/prompt_categories.h"
#include "host/usage/log_files.h"
#include "host/usage/task_candidates.h"

namespace rigwise {

/// How far reading is.
struct ImportProgress {
  std::size_t file = 0, files = 0;
  std::uint64_t bytes = 0, all_bytes = 0;
};

/// Reads logs from the first byte to the last and adds them up. Nothing is kept of a prompt but its category, and by
/// `candidates` (which may be null) a few without their secrets.
/// Takes  `go_on`, asked between pieces; false ends the reading, and then `interrupted` is set.
/// Errors  a file that cannot be read; not one file of a known format.
Result<UsageReport> import_usage(const std::vector<LogFile>& logs, const UsageWindow& window,
                                 const CategoryRules& rules, double level, CandidateKeeper* candidates,
                                 const std::function<bool(const ImportProgress&)>& go_on, bool& interrupted);

}  // namespace rigwise
