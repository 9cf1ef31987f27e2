#include <algorithm>
#include <ostream>
#include <set>
#include <unordered_map>

#include "codec/llama_bench.h"
#include "codec/measurement_csv.h"
#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

/// What is in the file already, if anything: new runs come behind it.
struct Existing {
  std::string text;
  std::vector<Measurement> rows;
  bool changed = false;  ///< rows that were retracted or corrected: the text is to be written anew

  std::unordered_map<std::string, std::size_t> by_id;

  Measurement* find(const std::string& id) {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : &rows[found->second];
  }
};

const std::string kRetracted = "retracted";

/// The file to append to. A file that is no measurement CSV with our columns is not touched.
Result<Existing> existing_runs(const std::string& path) {
  Existing existing;
  Result<std::uint64_t> size = file_size(path);
  if (!size || *size == 0) return existing;  // writing says why a path cannot be used
  Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  const std::string header = text->substr(0, text->find_first_of("\r\n"));
  auto rows = decode_own_measurements(*text, path);
  if (!rows || header != kMeasurementColumns) {
    return invalid(rows ? "the file is there and has other columns than these runs"
                        : "the file is there and is no measurement CSV",
                   rows ? path : rows.error().where, "another name, or a file that `rigwise import` wrote");
  }
  existing.text = std::move(*text);
  if (!existing.text.ends_with('\n')) existing.text += '\n';
  existing.rows = std::move(*rows);
  for (std::size_t i = 0; i < existing.rows.size(); ++i) existing.by_id.emplace(existing.rows[i].id, i);
  return existing;
}

/// Marks runs as retracted: they stay, so that the same file read again does not bring them back.
Result<void> retract(const std::vector<std::string>& ids, const std::string& path, Existing& existing) {
  for (const std::string& id : ids) {
    if (Measurement* row = existing.find(id)) {
      row->confidence = kRetracted;
      existing.changed = true;
      continue;
    }
    std::vector<std::string> known;
    known.reserve(existing.rows.size());
    for (const Measurement& row : existing.rows) known.push_back(row.id);
    return fail({ErrorCode::invalid_input, "no run \"" + id + "\" is in the file; nothing is written", path,
                 "an id as in the file's first column", nearest_names(id, known)});
  }
  return {};
}

/// Whether a run that is there is annotated otherwise now: the later word counts where it was asked for.
bool corrects(const LlamaBenchChoices& asked, const Measurement& now, const Measurement& before) {
  if (asked.setup.empty() && asked.model.empty() && asked.quant.empty()) return false;
  return before.confidence == kRetracted || now.hardware != before.hardware ||
         now.hardware_count != before.hardware_count || now.model != before.model || now.quant != before.quant;
}

std::string file_name(const std::string& path) { return path.substr(path.find_last_of("/\\") + 1); }

struct Imported {
  std::vector<Measurement> rows;                             ///< each run once
  int known = 0;                                             ///< runs that were there already
  int corrected = 0;                                         ///< runs that were, with another machine, model or format
  std::vector<std::pair<std::string, SkippedTest>> skipped;  ///< with the file's path
};

/// Takes one run in: new, known, or known and corrected.
void take(Measurement row, const LlamaBenchChoices& choices, std::set<std::string>& seen, Existing& existing,
          Imported& imported) {
  const bool again = !seen.insert(row.id).second;
  Measurement* before = existing.find(row.id);
  if (before != nullptr && !again && corrects(choices, row, *before)) {
    *before = std::move(row);
    existing.changed = true;
    ++imported.corrected;
  } else if (before != nullptr || again) {
    ++imported.known;
  } else {
    imported.rows.push_back(std::move(row));
  }
}

Result<Imported> read_all(const Catalog& catalog, const Args& args, Existing& existing) {
  const LlamaBenchChoices choices{args.text("--setup").value_or(""), args.text("--model").value_or(""),
                                  args.text("--quant").value_or("")};
  std::set<std::string> seen;
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
    for (Measurement& row : runs->rows) take(std::move(row), choices, seen, existing, imported);
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

Json report_json(const Imported& imported, const std::vector<std::string>& retracted,
                 const std::optional<std::string>& out) {
  Json skipped = Json::array();
  for (const auto& test : imported.skipped) {
    skipped.push_back(
        {{"where", where(test)}, {"message", test.second.message}, {"did_you_mean", test.second.did_you_mean}});
  }
  return {{"schema", "rigwise.import/1"},
          {"new", imported.rows.size()},
          {"known", imported.known},
          {"corrected", imported.corrected},
          {"retracted", retracted},
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

void say_written(const Console& console, const Imported& imported, std::size_t retracted, bool asked_for_files,
                 const std::string& path) {
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
  std::vector<std::string> said;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) said.push_back(say_count(static_cast<double>(count)) + what);
  };
  add(retracted, " retracted");
  add(static_cast<std::size_t>(imported.corrected), " corrected");
  add(static_cast<std::size_t>(imported.known), " were there already");
  std::string runs = say_count(static_cast<double>(imported.rows.size())) + " new runs";
  if (!asked_for_files) {
    runs = say_count(static_cast<double>(retracted)) + (retracted == 1 ? " run" : " runs") + " retracted";
    said.clear();
  }
  *console.out << (table.rows.empty() ? "" : "\n") << runs << " in " << path;
  for (const std::string& more : said) *console.out << ", " << more;
  *console.out << '\n';
}

/// The file as it should be: as it was and the new runs behind, or every row anew where one changed.
std::string file_text(const Existing& existing, const Imported& imported) {
  std::string text = existing.text;
  if (text.empty() || existing.changed)
    text = std::string(kMeasurementColumns) + "\n" + measurement_lines(existing.rows);
  return text + measurement_lines(imported.rows);
}

/// What cannot be asked; nothing when it can.
std::optional<Error> unclear(const Args& args) {
  const std::vector<std::string> retracted = args.list("--retract");
  if (args.list("FILE").empty() && retracted.empty()) {
    return Error{
        ErrorCode::invalid_input, "no file to import is named", "FILE", "the output of `llama-bench -o json`", {}};
  }
  if (!retracted.empty() && !args.has("--out")) {
    return Error{ErrorCode::invalid_input,
                 "--retract needs the file that holds \"" + retracted.front() + "\"",
                 "--retract",
                 "--out FILE.csv",
                 {}};
  }
  return std::nullopt;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  if (const std::optional<Error> error = unclear(args)) return console.print_error(*error);
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  const std::optional<std::string> out = args.text("--out");
  Result<Existing> existing = out ? existing_runs(*out) : Result<Existing>(Existing{});
  if (!existing) return console.print_error(existing.error());
  const std::vector<std::string> retracted = args.list("--retract");
  if (const Result<void> done = retract(retracted, out.value_or(""), *existing); !done)
    return console.print_error(done.error());
  const Result<Imported> imported = read_all((*house)->catalog, args, *existing);
  if (!imported) return console.print_error(imported.error());
  const bool took_any = !imported->rows.empty() || imported->known > 0 || imported->corrected > 0;
  if (!took_any && !imported->skipped.empty()) return console.print_error(nothing_imported(*imported));
  if (out && (!imported->rows.empty() || existing->changed)) {
    const Result<void> written = write_file_atomically(*out, file_text(*existing, *imported));
    if (!written) return console.print_error(written.error());
  }
  say_skipped(console, *imported);
  if (session.printed_as_json(report_json(*imported, retracted, out))) return 0;
  if (out) {
    say_written(console, *imported, retracted.size(), !args.list("FILE").empty(), *out);
  } else {
    *console.out << kMeasurementColumns << '\n' << measurement_lines(imported->rows);
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
       {"--quant", "", ArgType::text, "FORMAT",
        "the weight format (default: by the file's name); named for a run that --out holds, --setup, --model and "
        "--quant correct it"},
       {"--retract", "", ArgType::list, "ID",
        "take a run in --out back: it stays there, marked, and teaches nothing (repeatable)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
