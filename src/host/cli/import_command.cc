#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/run_report.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"
#include "verbs/take_runs.h"

namespace rigwise {
namespace {

constexpr double kLevel = 0.8;

/// The file to append to, empty where there is none yet: writing says why a path cannot be used.
Result<RunBook> book_at(const std::optional<std::string>& path) {
  if (!path) return RunBook();
  const Result<std::uint64_t> size = file_size(*path);
  if (!size || *size == 0) return RunBook();
  Result<std::string> text = read_file(*path);
  if (!text) return fail(text.error());
  return RunBook::open(std::move(*text), *path);
}

ImportChoices choices_of(const Args& args) {
  const std::string machine = args.text("--machine").value_or("");
  return {machine.empty() ? args.text("--setup").value_or("") : machine, args.text("--model").value_or(""),
          args.text("--quant").value_or(""), args.text("--engine").value_or(""), args.text("--kv-type").value_or("")};
}

Result<TakenRuns> read_all(const House& house, const Args& args, RunBook& book) {
  TakenRuns taken;
  for (const std::string& path : args.list("FILE")) {
    Result<std::string> text = read_file(path);
    if (!text) return fail(text.error());
    const Result<void> done = take_runs(house, {path, std::move(*text)}, choices_of(args), book, taken);
    if (!done) return fail(done.error());
  }
  return taken;
}

std::string where_of(const std::pair<std::string, SkippedRun>& skipped) {
  return skipped.first + ":" + std::to_string(skipped.second.line);
}

/// Nothing could be taken: the first reason is the answer.
Error nothing_imported(const TakenRuns& taken) {
  const auto& first = taken.skipped.front();
  return {ErrorCode::invalid_input, first.second.message, where_of(first),
          "a result that a row can state; --machine, --model, --quant and --engine name what the file does not",
          first.second.did_you_mean};
}

void say_note(const Console& console, const std::string& where, const std::string& message,
              const std::vector<std::string>& names) {
  *console.err << "note: " << where << ": " << message;
  for (std::size_t i = 0; i < names.size(); ++i) *console.err << (i == 0 ? "; did you mean " : ", ") << names[i];
  *console.err << (names.empty() ? "\n" : "?\n");
}

/// Files often lack the same name in every record: said once a file, with how many runs it concerns.
void say_unmapped(const Console& console, const TakenRuns& taken) {
  std::vector<std::pair<const UnmappedRun*, int>> groups;
  for (const UnmappedRun& run : taken.unmapped) {
    const std::string file = run.where.substr(0, run.where.rfind(':'));
    const auto same = [&](const std::pair<const UnmappedRun*, int>& group) {
      return group.first->name.message == run.name.message &&
             group.first->where.substr(0, group.first->where.rfind(':')) == file;
    };
    const auto found = std::find_if(groups.begin(), groups.end(), same);
    if (found == groups.end()) {
      groups.emplace_back(&run, 1);
    } else {
      ++found->second;
    }
  }
  for (const auto& [run, count] : groups) {
    const std::string runs = count == 1 ? "" : " (" + std::to_string(count) + " runs)";
    say_note(console, run->where, run->name.message + runs, run->name.did_you_mean);
  }
}

void say_notes(const Console& console, const TakenRuns& taken) {
  for (const auto& skipped : taken.skipped)
    say_note(console, where_of(skipped), skipped.second.message, skipped.second.did_you_mean);
  say_unmapped(console, taken);
  for (const RefusedRun& run : taken.marked)
    *console.err << "note: run " << run.id << " cannot be true and is marked: " << run.message << '\n';
}

/// "5 new runs in mine.csv, 5 were there already".
void say_counts(const Console& console, const TakenRuns& taken, std::size_t retracted, bool asked_for_files,
                const std::string& path) {
  std::vector<std::string> said;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) said.push_back(say_count(static_cast<double>(count)) + what);
  };
  std::string runs = say_count(static_cast<double>(retracted)) + (retracted == 1 ? " run" : " runs") + " retracted";
  if (asked_for_files) {
    add(retracted, " retracted");
    add(static_cast<std::size_t>(taken.corrected), " corrected");
    add(static_cast<std::size_t>(taken.known), " were there already");
    add(taken.marked.size(), " marked as impossible");
    add(taken.skipped.size(), " refused");
    runs = say_count(static_cast<double>(taken.fresh.size())) + (taken.fresh.size() == 1 ? " new run" : " new runs");
  }
  *console.out << runs << " in " << path;
  for (const std::string& more : said) *console.out << ", " << more;
  *console.out << '\n';
}

/// What cannot be asked; nothing when it can.
std::optional<Error> unclear(const Args& args) {
  const std::vector<std::string> retracted = args.list("--retract");
  if (args.list("FILE").empty() && retracted.empty())
    return Error{ErrorCode::invalid_input, "no file to import is named", "FILE", kKnownResultFiles, {}};
  if (args.has("--setup") && args.has("--machine")) {
    return Error{
        ErrorCode::invalid_input, "--machine and --setup both name the machine", "--machine", "one of them", {}};
  }
  if (!retracted.empty() && args.text("--out").value_or("-") == "-") {
    return Error{ErrorCode::invalid_input,
                 "--retract needs the file that holds \"" + retracted.front() + "\"",
                 "--retract",
                 "--out FILE.csv",
                 {}};
  }
  return std::nullopt;
}

/// Writes the file anew where there is anything to write.
Result<void> write_book(const std::optional<std::string>& path, const RunBook& book, const TakenRuns& taken) {
  if (!path || (taken.fresh.empty() && !book.has_changed())) return {};
  return write_file_atomically(*path, book.text_with(taken.fresh));
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  if (const std::optional<Error> error = unclear(args)) return console.print_error(*error);
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  std::optional<std::string> out = args.text("--out");
  if (out == "-") out.reset();  // printed
  Result<RunBook> book = book_at(out);
  if (!book) return console.print_error(book.error());
  const std::vector<std::string> retracted = args.list("--retract");
  if (const Result<void> done = book->retract(retracted, out.value_or("")); !done)
    return console.print_error(done.error());
  const Result<TakenRuns> taken = read_all(**house, args, *book);
  if (!taken) return console.print_error(taken.error());
  const bool took_any = !taken->fresh.empty() || taken->known > 0 || taken->corrected > 0;
  if (!took_any && !taken->skipped.empty()) return console.print_error(nothing_imported(*taken));
  if (const Result<void> written = write_book(out, *book, *taken); !written)
    return console.print_error(written.error());
  say_notes(console, *taken);
  Json response = taken_runs_json(**house, *taken, kLevel);
  response["retracted"] = retracted;
  if (out) response["written_to"] = *out;
  if (session.printed_as_json(response)) return 0;
  if (out) {
    print_compared(console, response["compared"]);
    say_counts(console, *taken, retracted.size(), !args.list("FILE").empty(), *out);
  } else {
    *console.out << text_of(response, "rows_csv");
  }
  return 0;
}

}  // namespace

const CommandSpec& import_command() {
  static const CommandSpec kSpec = {
      "import",
      "your own results of llama-bench, Ollama, vLLM and others as a measurement CSV, beside what is predicted",
      "import runs.jsonl --out mine.csv\n  rigwise predict --model llama-3.1-8b --setup \"rtx 4090\" --measurements "
      "mine.csv",
      {{"FILE", "", ArgType::list, "FILE",
        "what llama-bench, llama-batched-bench, llama-server, LocalScore, Ollama, GuideLLM, AIPerf, vLLM, SGLang, "
        "MLPerf "
        "or rigwise bench printed; the content tells which (- is stdin)"},
       {"--out", "", ArgType::text, "FILE.csv", "add the new runs to this file (default: print them)"},
       {"--machine", "", ArgType::text, "SETUP", "the machine, as \"2x rtx-3090\" (default: as the file says)"},
       {"--setup", "", ArgType::text, "SETUP", "the same"},
       {"--model", "", ArgType::text, "NAME", "the model (default: by the file's name and size)"},
       {"--quant", "", ArgType::text, "FORMAT", "the weight format (default: by the file's name)"},
       {"--kv-type", "", ArgType::text, "FORMAT",
        "the format of the KV cache, as f16 or q8_0, where the file does not say"},
       {"--engine", "", ArgType::text, "NAME",
        "the engine that was measured, where the file does not say; named for a run that --out holds, --machine, "
        "--model, --quant, --kv-type and --engine correct it"},
       {"--retract", "", ArgType::list, "ID",
        "take a run in --out back: it stays there, marked, and teaches nothing (repeatable)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
