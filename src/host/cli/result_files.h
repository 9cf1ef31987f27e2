#pragma once

#include "codec/json_text.h"
#include "host/cli/command.h"

namespace rigwise {

/// Results of an evaluation from where the arguments say: the files of FILE, else the run --run of the store --store.
/// One set, or a list of them, as requests take them. Without --run the newest run; `note` then says which that is,
/// where there are others.
Result<Json> results_in(const Args& args, std::string& note);

/// The results in files, each read and checked. Errors name the file.
Result<Json> results_in_files(const std::vector<std::string>& paths);

}  // namespace rigwise
