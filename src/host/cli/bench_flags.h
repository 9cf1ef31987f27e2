#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/bench/bench_run.h"
#include "host/cli/command.h"

namespace rigwise {

/// What the flags of `rigwise bench` say, all of it checked before anything is asked.
struct BenchAsked {
  BenchTarget target;
  BenchChoice choice;
  std::vector<DatasetPrompt> dataset;
  std::string dataset_file, out, events, html;
  std::optional<std::string> save_in;  ///< the folder of saved runs
};

std::vector<ArgSpec> bench_args();
/// "--runs FOLDER" and "--html FILE", for all that save, list and show runs.
ArgSpec bench_runs_arg();
ArgSpec bench_html_arg();
Result<BenchAsked> bench_asked(const Args& args);

/// "2s", "50ms", "300us", "0.5" (seconds). Errors name the flag.
Result<double> parse_duration(std::string_view text, const std::string& flag);

/// Makes the folder that --save keeps runs in where there is none, before an hour of measuring; an error where nothing
/// can be written to it.
Result<void> runs_folder_is_ready(const std::string& folder);

/// "ttft=2s,tpot=50ms": ttft, tpot, e2e, gap.
Result<LoadObjectives> parse_objectives(std::string_view text);

}  // namespace rigwise
