#pragma once

#include <string>

#include "codec/json_text.h"

namespace rigwise {

/// A result of a bench as one HTML page for people: what was asked, what came of it by load with charts, every
/// percentile, the client's grade, failures, the environment, and what the words mean. It loads nothing from anywhere.
/// Takes  a rigwise.bench/1, as `bench --json` gives it. Whatever it holds is text: nothing in it becomes markup.
std::string bench_page(const Json& report);

}  // namespace rigwise
