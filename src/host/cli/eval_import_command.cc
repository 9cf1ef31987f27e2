#include <ostream>

#include "codec/foreign_results.h"
#include "codec/result_set.h"
#include "host/cli/command.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

int run(Session& session, const Args& args) {
  const Console& console = session.console();
  std::vector<ForeignFile> files;
  for (const std::string& path : args.list("FILE")) {
    Result<std::string> text = read_file(path);
    if (!text) return console.print_error(text.error());
    files.push_back({path, std::move(*text)});
  }
  if (files.empty()) {
    return console.print_error({ErrorCode::invalid_input,
                                "no file is named",
                                "eval import",
                                "rigwise eval import results.json --out mine.json",
                                {}});
  }
  Result<ForeignResults> read = read_foreign_results(files);
  if (!read) return console.print_error(read.error());
  const std::string text = result_set_text(read->results);
  const auto out = args.text("--out");
  if (!out) {
    *console.out << text;
    return 0;
  }
  const Result<void> written = write_file_atomically(*out, text);
  if (!written) return console.print_error(written.error());
  const Json report = {{"schema", "rigwise.eval_import/1"},
                       {"program", read->program},
                       {"rows", read->rows},
                       {"duplicates", read->duplicates},
                       {"models", read->results.models.size()},
                       {"tasks", read->results.tasks.size()},
                       {"answers", read->results.answers.size()},
                       {"out", *out},
                       {"notes", read->notes}};
  if (session.printed_as_json(report)) return 0;
  console.print_wrapped(read->program + ": " + say_counted(report["answers"].get<std::int64_t>(), "answer") + " of " +
                            say_counted(report["models"].get<std::int64_t>(), "model") + " to " +
                            say_counted(report["tasks"].get<std::int64_t>(), "task") + ", in " + *out,
                        2);
  for (const std::string& note : read->notes) console.print_wrapped("note: " + note, 2);
  console.print_wrapped("rigwise eval report " + *out + " shows them, as columns apart from your own");
  return 0;
}

}  // namespace

const CommandSpec& eval_import_command() {
  static const CommandSpec kSpec = {
      "eval import",
      "results of promptfoo, lm-eval or inspect as a result file, for eval report",
      "eval import results.json --out theirs.json\n  rigwise eval report mine.json theirs.json",
      {{"FILE", "", ArgType::list, "FILE", "promptfoo results, lm-eval samples and results, inspect logs (json)"},
       {"--out", "", ArgType::text, "FILE.json", "write here (default: print)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
