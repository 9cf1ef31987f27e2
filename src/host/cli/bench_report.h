#pragma once

#include "host/bench/bench_run.h"
#include "host/cli/bench_flags.h"
#include "host/cli/console.h"

namespace rigwise {

/// The result of a bench as rigwise.bench/1.
Json bench_json(const BenchAsked& asked, const PromptBook& book, const BenchRun& run);

/// The same for people: a table of the levels, and what to think of it.
void say_bench(const Console& console, const Json& report);

}  // namespace rigwise
