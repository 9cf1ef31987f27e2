#pragma once

#include <string>
#include <vector>

#include "codec/json_text.h"
#include "core/usage/usage_summary.h"

namespace rigwise {

/// What was read of one format.
struct UsageSource {
  std::string format;
  std::uint64_t files = 0, bytes = 0, requests = 0;
};

/// Something in a log that could not be read.
struct UsageFault {
  std::string where;  ///< file:line
  std::string message;
};

/// What `rigwise usage import` found.
struct UsageReport {
  UsageWindow window;
  double level = 0.8;
  UsageTotals totals;
  UsageSummary summary;
  std::vector<UsageSource> sources;
  std::uint64_t files_passed_over = 0;  ///< in folders, of no format that is read
  std::uint64_t faults = 0;
  std::vector<UsageFault> first_faults;
};

/// docs/schema/usage.response.json: totals, shares, months, hours, categories, and the parts of requests of cost,
/// route, capacity and advise that they fill. No word of any prompt.
Json usage_json(const UsageReport& report);

/// A file that usage_json() wrote. Errors  another schema, a part of another kind.
Result<Json> usage_file_of(std::string_view text, const std::string& file_name);

}  // namespace rigwise
