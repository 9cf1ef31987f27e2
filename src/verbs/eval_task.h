#pragma once

#include "codec/diagnostic.h"
#include "verbs/verbs.h"

namespace rigwise {

/// A task in the parts that a form has -> the text of its file, and what the reader of tasks says to it.
Result<Json> eval_task_verb(const House& house, const Json& request);

/// A fault of a task as it is answered: key, message, try.
Json task_fault_json(const Diagnostic& fault);

}  // namespace rigwise
