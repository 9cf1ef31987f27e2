#include <algorithm>
#include <functional>
#include <ostream>

#include "codec/result_set.h"
#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/eval_report_text.h"
#include "host/cli/result_files.h"
#include "host/cli/session.h"
#include "host/files/files.h"
#include "verbs/eval_report.h"

namespace rigwise {
namespace {

/// The form that a report's file has, by its name; nothing: as on the terminal.
OutputFormat format_of(const std::string& path) {
  if (path.ends_with(".json")) return OutputFormat::json;
  if (path.ends_with(".md")) return OutputFormat::md;
  return path.ends_with(".csv") ? OutputFormat::csv : OutputFormat::table;
}

/// Where two texts part, as "line 12".
std::string first_difference(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t at = 0;
  while (at < most && a[at] == b[at]) ++at;
  const auto line = 1 + std::count(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const auto line_at = [&](std::string_view text) {
    const std::size_t start = at == 0 ? 0 : text.substr(0, at).rfind('\n') + 1;
    return std::string(text.substr(start, text.find('\n', start) - start).substr(0, 120));
  };
  return "line " + std::to_string(line) + ": \"" + line_at(a) + "\", computed: \"" + line_at(b) + "\"";
}

/// The request with what a saved report says of its own settings, where nothing else was asked for. Nothing: it says
/// nothing new.
std::optional<Json> with_settings_of(const std::string& saved, Json request) {
  const Json report = Json::parse(saved, nullptr, false);
  if (!report.is_object()) return std::nullopt;
  bool is_new = false;
  for (const char* key : {"threshold", "reference", "level", "context_tokens", "currency", "as_of"}) {
    if (request.contains(key) || !report.contains(key) || report[key].is_null()) continue;
    request[key] = report[key];
    is_new = true;
  }
  return is_new ? std::optional(std::move(request)) : std::nullopt;
}

using ReportWith = std::function<Result<Json>(const Json& settings)>;

int verify(Session& session, const Json& request, const Json& response, const std::string& path,
           const ReportWith& report_with) {
  const Console& console = session.console();
  const Result<std::string> saved = read_file(path);
  if (!saved) return console.print_error(saved.error());
  std::string computed = eval_report_file(response, format_of(path));
  if (*saved != computed) {
    const std::optional<Json> settled = with_settings_of(*saved, request);
    const Result<Json> again = settled ? report_with(*settled) : Result<Json>(Json());
    if (settled && again && eval_report_file(*again, format_of(path)) == *saved) computed = *saved;
  }
  const bool same = *saved == computed;
  const std::string difference = same ? "" : first_difference(*saved, computed);
  const Json report = {{"schema", "rigwise.eval_verify/1"},
                       {"report", path},
                       {"same", same},
                       {"difference", same ? Json(nullptr) : Json(difference)}};
  if (!session.printed_as_json(report)) {
    console.print_wrapped(same ? path + ": the same, byte for byte, computed anew from the results"
                               : path + " differs from what the results give: " + difference +
                                     "; if it was written with --threshold, --reference or the like, name them again",
                          2);
  }
  return same ? 0 : 1;
}

int run(Session& session, const Args& args) {
  const Console& console = session.console();
  Result<Json> request = request_from_args(eval_report_command(), args);
  if (!request) return console.print_error(request.error());
  std::string note;
  const Result<ResultSet> results = results_in(args, note);
  if (!results) return console.print_error(results.error());
  if (!note.empty()) *console.err << note << '\n';
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  const auto report_with = [&](const Json& settings) { return eval_report_of(**house, settings, *results); };
  const Result<Json> response = report_with(*request);
  if (!response) return console.print_error(response.error());
  if (const auto path = args.text("--results-out")) {
    // By themselves, as a file that the same report can be made from elsewhere.
    const Result<void> written = write_file_atomically(*path, result_set_text(*results));
    if (!written) return console.print_error(written.error());
  }
  if (const auto path = args.text("--verify")) return verify(session, *request, *response, *path, report_with);
  if (const auto path = args.text("--out")) {
    const Result<void> written = write_file_atomically(*path, eval_report_file(*response, format_of(*path)));
    if (!written) return console.print_error(written.error());
    console.print_wrapped("report in " + *path + "; `eval report --verify " + *path +
                          "` with the same results and settings computes it again and compares");
    return 0;
  }
  if (!session.printed_as_data(*response, eval_report_rows)) print_eval_report(console, *response);
  return 0;
}

}  // namespace

const CommandSpec& eval_report_command() {
  static const CommandSpec kSpec = {
      "eval report",
      "what an evaluation shows: who is better, for which role, on which machine",
      "eval report --run november\n  rigwise eval report results.json --reference claude-sonnet-4.6 --out report.md",
      {{"FILE", "", ArgType::list, "FILE",
        "result files, of `eval report --results-out` or `eval import` (repeatable)"},
       {"--store", "", ArgType::text, "URL", "the ledger, where no file is given (RIGWISE_STORE)"},
       {"--run", "", ArgType::text, "LABEL", "a run by its id, the beginning of it, or label (default: the newest)"},
       {"--threshold", "threshold", ArgType::number, "SHARE", "score that is good enough (0.7; 0.9 of --reference)"},
       {"--reference", "reference", ArgType::text, "MODEL", "column that the others are measured by"},
       {"--role", "roles", ArgType::list, "ROLE", "only these roles (repeatable; all)"},
       {"--context", "context_tokens", ArgType::number, "TOKENS", "room that a model needs beside its weights (8192)"},
       {"--level", "level", ArgType::number, "P", "coverage of the intervals (0.95)"},
       {"--currency", "currency", ArgType::text, "CODE", "currency of machines' prices (USD)"},
       {"--as-of", "as_of", ArgType::text, "DATE", "prices as of this date"},
       {"--out", "", ArgType::text, "FILE", "write the report: .json, .md, .csv, else text"},
       {"--results-out", "", ArgType::text, "FILE.json", "write the results too, for other machines and --scores"},
       {"--verify", "", ArgType::text, "REPORT", "compute a report again and compare it byte for byte"}},
      run};
  return kSpec;
}

}  // namespace rigwise
