#include <algorithm>
#include <ostream>
#include <set>

#include "codec/llama_bench.h"
#include "codec/measurement_csv.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

/// What is in the file already, if anything: new runs come behind it.
struct Existing {
  std::string text;
  std::set<std::string> ids;
};

/// The file to append to. A file that is no measurement CSV with our columns is not touched.
Result<Existing> existing_runs(const std::string& path) {
  Existing existing;
  Result<std::uint64_t> size = file_size(path);
  if (!size || *size == 0) return existing;  // writing says why a path cannot be used
  Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  const std::string header = text->substr(0, text->find_first_of("\r\n"));
  const auto rows = decode_own_measurements(*text, path);
  if (!rows || header != kMeasurementColumns) {
    return invalid(rows ? "the file is there and has other columns than these runs"
                        : "the file is there and is no measurement CSV",
                   rows ? path : rows.error().where, "another name, or a file that `rigwise import` wrote");
  }
  existing.text = std::move(*text);
  if (!existing.text.ends_with('\n')) existing.text += '\n';
  for (const Measurement& row : *rows) existing.ids.insert(row.id);
  return existing;
}

std::string file_name(const std::string& path) { return path.substr(path.find_last_of("/\\") + 1); }

struct Imported {
  std::vector<Measurement> rows;                             ///< each run once
  int known = 0;                                             ///< runs that were there already
  std::vector<std::pair<std::string, SkippedTest>> skipped;  ///< with the file's path
};

Result<Imported> read_all(const Catalog& catalog, const Args& args, std::set<std::string> ids) {
  const LlamaBenchChoices choices{args.text("--setup").value_or(""), args.text("--model").value_or(""),
                                  args.text("--quant").value_or("")};
  Imported imported;
  for (const std::string& path : args.list("FILE")) {
    const Result<std::string> text = read_file(path);
    if (!text) return fail(text.error());
    Result<LlamaBenchRuns> runs = read_llama_bench(catalog, *text, file_name(path), choices);
    if (!runs) {
      Error error = runs.error();
      error.where = path;
      return fail(std::move(error));
    }
    for (Measurement& row : runs->rows) {
      if (ids.insert(row.id).second) {
        imported.rows.push_back(std::move(row));
      } else {
        ++imported.known;
      }
    }
    for (SkippedTest& test : runs->skipped) imported.skipped.emplace_back(path, std::move(test));
  }
  return imported;
}

std::string where(const std::pair<std::string, SkippedTest>& skipped) {
  return skipped.first + ":" + std::to_string(skipped.second.line);
}

/// Nothing could be taken: the first reason is the answer.
Error nothing_imported(const Imported& imported) {
  const auto& first = imported.skipped.front();
  return {ErrorCode::invalid_input, first.second.message, where(first),
          "--setup, --model and --quant name what the file does not", first.second.did_you_mean};
}

Json report_json(const Imported& imported, const std::optional<std::string>& out) {
  Json skipped = Json::array();
  for (const auto& test : imported.skipped) {
    skipped.push_back(
        {{"where", where(test)}, {"message", test.second.message}, {"did_you_mean", test.second.did_you_mean}});
  }
  return {{"schema", "rigwise.import/1"},
          {"new", imported.rows.size()},
          {"known", imported.known},
          {"skipped", std::move(skipped)},
          {"written_to", out ? Json(*out) : Json(nullptr)},
          {"rows_csv", std::string(kMeasurementColumns) + "\n" + measurement_lines(imported.rows)}};
}

void say_skipped(const Console& console, const Imported& imported) {
  for (const auto& test : imported.skipped) {
    *console.err << "note: " << where(test) << ": " << test.second.message;
    for (std::size_t i = 0; i < test.second.did_you_mean.size(); ++i) {
      *console.err << (i == 0 ? "; did you mean " : ", ") << test.second.did_you_mean[i];
    }
    *console.err << (test.second.did_you_mean.empty() ? "\n" : "?\n");
  }
}

void say_written(const Console& console, const Imported& imported, const std::string& path) {
  Table table;
  table.columns = {{"device", false, true},
                   {"model", false, false},
                   {"format", false, false},
                   {"test", false, false},
                   {"measured", true, false}};
  for (const Measurement& row : imported.rows) {
    const std::string count = row.hardware_count > 1 ? std::to_string(row.hardware_count) + "x " : "";
    table.rows.push_back({count + row.hardware, row.model, row.quant,
                          row.source_locator.substr(row.source_locator.find(' ') + 1),
                          say_number(row.tokens_per_s) + " tok/s"});
  }
  if (!table.rows.empty()) console.print(table);
  *console.out << (table.rows.empty() ? "" : "\n") << say_count(static_cast<double>(imported.rows.size()))
               << " new runs in " << path;
  if (imported.known > 0) *console.out << ", " << imported.known << " were there already";
  *console.out << '\n';
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  if (args.list("FILE").empty()) {
    return console.print_error(
        {ErrorCode::invalid_input, "no file to import is named", "FILE", "the output of `llama-bench -o json`", {}});
  }
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  const std::optional<std::string> out = args.text("--out");
  const Result<Existing> existing = out ? existing_runs(*out) : Result<Existing>(Existing{});
  if (!existing) return console.print_error(existing.error());
  const Result<Imported> imported = read_all((*house)->catalog, args, existing->ids);
  if (!imported) return console.print_error(imported.error());
  if (imported->rows.empty() && imported->known == 0 && !imported->skipped.empty()) {
    return console.print_error(nothing_imported(*imported));
  }
  const std::string header = std::string(kMeasurementColumns) + "\n";
  if (out && !imported->rows.empty()) {
    const std::string before = existing->text.empty() ? header : existing->text;
    const Result<void> written = write_file_atomically(*out, before + measurement_lines(imported->rows));
    if (!written) return console.print_error(written.error());
  }
  say_skipped(console, *imported);
  if (session.printed_as_json(report_json(*imported, out))) return 0;
  if (out) {
    say_written(console, *imported, *out);
  } else {
    *console.out << header << measurement_lines(imported->rows);
  }
  return 0;
}

}  // namespace

const CommandSpec& import_command() {
  static const CommandSpec kSpec = {
      "import",
      "your own llama-bench runs as a measurement CSV, for --measurements",
      "import runs.jsonl --out mine.csv\n  rigwise predict --model llama-3.1-8b --setup \"rtx 4090\" --measurements "
      "mine.csv",
      {{"FILE", "", ArgType::list, "FILE", "what llama-bench -o json or -o jsonl printed (- is stdin)"},
       {"--out", "", ArgType::text, "FILE.csv", "add the new runs to this file (default: print them)"},
       {"--setup", "", ArgType::text, "SETUP", "the machine, as \"2x rtx-3090\" (default: as the file says)"},
       {"--model", "", ArgType::text, "NAME", "the model (default: by the file's name and size)"},
       {"--quant", "", ArgType::text, "FORMAT", "the weight format (default: by the file's name)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
