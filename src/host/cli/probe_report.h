#pragma once

#include "codec/json_text.h"
#include "host/cli/console.h"
#include "host/cli/data_rows.h"

namespace rigwise {

/// The answer of `probe` for people: machine, memory for models, speeds, what it runs.
void print_probe(const Console& console, const Json& response);

/// The models that run, a row each, for programs.
DataRows probe_rows(const Json& response);

}  // namespace rigwise
