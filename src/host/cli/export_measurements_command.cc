#include "host/cli/export_measurements_command.h"

#include <algorithm>
#include <ostream>

#include "codec/measurement_csv.h"
#include "codec/table_reader.h"
#include "core/base/text.h"
#include "core/usage/secrets.h"
#include "host/bench/saved_runs.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/today.h"
#include "host/files/files.h"
#include "verbs/contributed_rows.h"

namespace rigwise {
namespace {

/// The files named, and the saved runs: those of a folder that is named, else the usual ones where no file is.
Result<std::vector<std::string>> files_to_export(const Args& args) {
  std::vector<std::string> files = args.list("FILE");
  if (!files.empty() && !args.has("--runs")) return files;
  const std::string folder = args.text("--runs").value_or(default_runs_folder());
  const Result<std::vector<SavedRun>> runs = saved_runs(folder);
  if (!runs) return fail(runs.error());
  for (const SavedRun& run : *runs) files.push_back(run.path);
  if (!files.empty()) return files;
  return invalid("there is nothing to export: no file is named, and \"" + folder + "\" holds no saved run", "FILE",
                 "a file of results, rows of `import --out`, or --runs FOLDER of `bench --save`");
}

bool is_measurement_csv(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  return first.find("hardware") != std::string_view::npos && first.find("tokens_per_s") != std::string_view::npos &&
         first.find('{') == std::string_view::npos && first.starts_with("id,");
}

/// "2x rtx-3090" as a row has it.
void name_machine(const std::string& setup, Measurement& row) {
  const std::size_t digits = setup.find_first_not_of("0123456789");
  const bool has_count = digits != 0 && digits != std::string::npos && digits < 4 && setup[digits] == 'x';
  row.hardware_count = has_count ? std::stoi(setup.substr(0, digits)) : 1;
  row.hardware = std::string(trim(has_count ? setup.substr(digits + 1) : setup));
}

/// Rows of a measurement CSV go as they are, results of programs by way of rows.
Result<void> take_file(const House& house, const std::string& path, const ImportChoices& choices, RunBook& book,
                       TakenRuns& taken) {
  Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  if (!is_measurement_csv(*text)) return take_runs(house, {path, std::move(*text)}, choices, book, taken);
  Result<std::vector<Measurement>> rows = decode_own_measurements(*text, path);
  if (!rows) return fail(rows.error());
  for (Measurement& row : *rows) {
    if (!choices.setup.empty()) name_machine(choices.setup, row);
    if (!choices.model.empty()) row.model = choices.model;
    if (!choices.quant.empty()) row.quant = choices.quant;
    if (!choices.engine.empty()) row.engine = choices.engine;
    take_row(house, std::move(row), {}, book, taken);
  }
  return {};
}

Result<TakenRuns> take_files(const House& house, const Args& args) {
  const Result<std::vector<std::string>> files = files_to_export(args);
  if (!files) return fail(files.error());
  const ImportChoices choices = {args.text("--machine").value_or(""), args.text("--model").value_or(""),
                                 args.text("--quant").value_or(""), args.text("--engine").value_or("")};
  RunBook book;
  TakenRuns taken;
  for (const std::string& path : *files) {
    const Result<void> done = take_file(house, path, choices, book, taken);
    if (!done) return fail(done.error());
  }
  return taken;
}

void say_left_out(const Console& console, const ContributedRows& contributed) {
  for (const LeftOutRun& run : contributed.left_out) {
    std::string line =
        "left out: " + (run.id.empty() ? run.where : run.id + " (" + run.where + ")") + ": " + run.message;
    if (!run.did_you_mean.empty()) line.append("; did you mean ").append(join(run.did_you_mean, ", ")).append("?");
    *console.err << line << "\n  try: " << run.try_this << '\n';
  }
}

/// A day that is none, or is yet to come, is no day of a run.
std::optional<Error> fault_of_date(const std::optional<std::string>& date) {
  if (!date || (is_date(*date) && *date <= today_utc())) return std::nullopt;
  return Error{ErrorCode::invalid_input,
               "\"" + *date + "\" " + (is_date(*date) ? "is yet to come" : "is no date"),
               "--date",
               std::string(kDateForm) + ", not after " + today_utc(),
               {}};
}

/// Who measured, and where it can be read, become public as they are.
std::optional<Error> fault_of_origin(const Args& args) {
  for (const char* flag : {"--author", "--source"}) {
    const std::string text = args.text(flag).value_or("");
    const bool is_line =
        std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 32; });
    const bool is_formula = !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos;
    if (is_line && !is_formula && !holds_published_secret(text)) continue;
    return Error{ErrorCode::invalid_input,
                 std::string(flag) + " would be published, and is no name or address",
                 flag,
                 "one line without a key, not beginning like a formula",
                 {}};
  }
  return std::nullopt;
}

/// A file that holds something else is not replaced.
std::optional<Error> fault_of_target(const std::optional<std::string>& out) {
  const Result<std::string> there = out ? read_file_start(*out, 64) : Result<std::string>(std::string());
  if (!there || there->empty() || there->starts_with("id,")) return std::nullopt;
  return Error{ErrorCode::invalid_input,
               *out + " is there, and holds no rows of measurements",
               "--out",
               "another name, or remove it",
               {}};
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  if (const std::optional<Error> fault = fault_of_date(args.text("--date"))) return console.print_error(*fault);
  const Result<TakenRuns> taken = take_files(**house, args);
  if (!taken) return console.print_error(taken.error());
  const ContributedRows contributed =
      contributed_rows(**house, *taken,
                       {args.text("--source").value_or(""), args.text("--author").value_or(""),
                        args.text("--date").value_or(""), today_utc()});
  if (const std::optional<Error> fault = fault_of_origin(args)) return console.print_error(*fault);
  Json response = contributed_rows_json(contributed);
  std::optional<std::string> out = args.text("--out");
  if (out == "-") out.reset();  // printed
  if (const std::optional<Error> fault = fault_of_target(out)) return console.print_error(*fault);
  if (out && !contributed.rows.empty()) {
    const Result<void> written = write_file_atomically(*out, response["rows_csv"].get_ref<const std::string&>());
    if (!written) return console.print_error(written.error());
    response["written_to"] = *out;
  }
  const int status = contributed.left_out.empty() && !contributed.rows.empty() ? 0 : 1;
  if (session.printed_as_json(response)) return status;
  say_left_out(console, contributed);
  if (!out) {
    *console.out << text_of(response, "rows_csv");
    return status;
  }
  const auto rows = static_cast<std::int64_t>(contributed.rows.size());
  if (rows == 0) {
    *console.out << "no row: nothing is written\n";
  } else {
    *console.out << say_counted(rows, "row") << " in " << *out << ", as the catalog has them";
    if (!contributed.left_out.empty()) *console.out << "; " << contributed.left_out.size() << " left out";
    *console.out << '\n';
  }
  return status;
}

}  // namespace

const CommandSpec& export_measurements_command() {
  static const CommandSpec kSpec = {
      "export measurements",
      "your own runs as rows of the catalog, ready to contribute",
      "export measurements --machine \"rtx 4090\" --author \"A. Lind\" -o contributed.csv\n"
      "  rigwise export measurements mine.csv --source https://example.org/log -o contributed.csv",
      {{"FILE", "", ArgType::list, "FILE", "results of programs, rows of `import --out` (default: --runs)"},
       {"--runs", "", ArgType::text, "DIR", "runs that `bench --save` kept (the usual folder, where no file is named)"},
       {"--machine", "", ArgType::text, "SETUP", "the machine, as \"2x rtx-3090\" (default: as the run says)"},
       {"--model", "", ArgType::text, "NAME", "the model (default: as the run says)"},
       {"--quant", "", ArgType::text, "FORMAT", "the weight format (default: as the run says)"},
       {"--engine", "", ArgType::text, "NAME", "the engine (default: as the run says)"},
       {"--source", "", ArgType::text, "TEXT", "where the run can be read up: an address, a report"},
       {"--author", "", ArgType::text, "NAME", "who measured it"},
       {"--date", "", ArgType::text, "DATE", "when, for runs without a date"},
       {"--out", "", ArgType::text, "FILE.csv", "write the rows here (default: print them)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
