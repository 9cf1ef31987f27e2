#pragma once

#include <string>

#include "codec/json_text.h"
#include "host/cli/console.h"
#include "host/cli/data_rows.h"

namespace rigwise {

/// Prints the response of `eval_report` for people: as text within the console's width, or as a Markdown document. The
/// same response gives the same bytes.
void print_eval_report(const Console& console, const Json& response);

/// The leaderboard's rows, for programs.
DataRows eval_report_rows(const Json& response);

/// The report as a file of the format would hold it, without colour and 80 columns wide.
std::string eval_report_file(const Json& response, OutputFormat format);

}  // namespace rigwise
