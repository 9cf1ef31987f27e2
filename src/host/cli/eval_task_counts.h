#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// Markdown tables of what there is: by role and category, by language, kind, difficulty, code and needs.
std::string task_counts(const std::vector<EvalTask>& tasks);

/// A page with these tables between its marks <!-- generated: counts --> and <!-- end -->. Errors  the marks are
/// missing.
Result<std::string> with_task_counts(std::string_view page, const std::vector<EvalTask>& tasks);

}  // namespace rigwise
