#pragma once

#include "codec/json_text.h"
#include "host/cli/console.h"
#include "host/cli/data_rows.h"

namespace rigwise {

/// The answer for people: the sentence, the options side by side, what runs on each and why, the Pareto front, what
/// buying nothing costs, what would change the answer, what was left out.
void print_advice(const Console& console, const Json& response);

/// A row for each target of each option.
DataRows advice_rows(const Json& response);

}  // namespace rigwise
