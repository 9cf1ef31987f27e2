#pragma once

#include "core/evaluate/result_set.h"
#include "host/cli/command.h"

namespace rigwise {

/// Results of an evaluation from where the arguments say: the files of FILE, else the run --run of the store --store;
/// several as one, each run once. Without --run the newest run; `note` then says which that is, where there are others.
Result<ResultSet> results_in(const Args& args, std::string& note);

/// The results in files, each read and checked, as one. Errors name the file.
Result<ResultSet> results_in_files(const std::vector<std::string>& paths);

}  // namespace rigwise
