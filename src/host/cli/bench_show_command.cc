#include "codec/bench_page.h"
#include "host/bench/saved_runs.h"
#include "host/cli/bench_report.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<std::string> path =
      saved_run_file(args.text("--runs").value_or(default_runs_folder()), args.text("RUN").value_or("last"));
  if (!path) return console.print_error(path.error());
  const Result<Json> report = read_bench_report(*path);
  if (!report) return console.print_error(report.error());
  if (const auto page = args.text("--html")) {
    const Result<void> written = write_file_atomically(*page, bench_page(*report));
    if (!written) return console.print_error(written.error());
  }
  if (!session.printed_as_json(*report)) say_bench(console, *report);
  return 0;
}

}  // namespace

const CommandSpec& bench_show_command() {
  static const CommandSpec kSpec = {
      "bench show",
      "a saved run again, in words or as a page",
      "bench show last --html report.html",
      {{"RUN", "", ArgType::text, "RUN", "a name of bench list or its beginning, a file, or last (default)"},
       bench_html_arg(),
       bench_runs_arg()},
      run};
  return kSpec;
}

}  // namespace rigwise
