#pragma once

#include <string>
#include <vector>

#include "codec/json_text.h"
#include "core/base/result.h"

namespace rigwise {

/// Where saved runs are when nobody says: rigwise/bench below XDG_DATA_HOME or ~/.local/share.
std::string default_runs_folder();

/// Keeps a result of a bench as a file of its own. Gives the run's name: when it was measured, and its id.
/// Errors  a folder that cannot be made or written.
Result<std::string> save_run(const std::string& folder, const Json& report);

/// A saved run as a list shows it.
struct SavedRun {
  std::string name, path;
  Json report;        ///< null where it cannot be read
  std::string fault;  ///< why, then
};
/// A saved run as a line of a list: {"name", "fault"}, and unless it has one "measured_at", "model", "url", "loads",
/// "worst_grade", "interrupted".
Json saved_run_row(const SavedRun& run);
/// Names of the saved runs of a folder, the newest first: they begin with the time. None where there is no folder.
Result<std::vector<std::string>> saved_run_names(const std::string& folder);
/// One of them, read; with its fault where it cannot be.
SavedRun saved_run(const std::string& folder, const std::string& name);
/// All runs of a folder, the newest first. A folder that is not there holds none.
Result<std::vector<SavedRun>> saved_runs(const std::string& folder);

/// The file that a user means: a file that is there, the name of a saved run, the beginning of just one, or "last".
/// Errors  nothing has that name (the nearest are told), or several do.
Result<std::string> saved_run_file(const std::string& folder, const std::string& wanted);

/// Reads a result from a file. Errors  it is no result of a bench.
Result<Json> read_bench_report(const std::string& path);

}  // namespace rigwise
