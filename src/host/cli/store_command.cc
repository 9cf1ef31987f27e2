#include <cstdio>
#include <fstream>
#include <ostream>

#include "host/cli/command.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"
#include "host/store/ledger_schema.h"
#include "host/store/ledger_transfer.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

std::string store_of(const Args& args) { return args.text("--store").value_or(default_store()); }

std::string store_name(const std::string& url) { return shown_store(url); }

/// Prints one object as JSON, or the words.
void print(Session& session, const Json& report, const std::string& words) {
  if (session.printed_as_json(report)) return;
  *session.console().out << words << '\n';
}

int run_init(Session& session, const Args& args) {
  const std::string url = store_of(args);
  Result<std::unique_ptr<SqlDatabase>> database = open_database(url);
  if (!database) return session.console().print_error(database.error());
  const Result<int> before = (*database)->schema_version();
  if (!before) return session.console().print_error(before.error());
  if (const Result<void> ready = migrate_ledger(**database); !ready)
    return session.console().print_error(ready.error());
  const std::string what = *before == 0               ? "made: "
                           : *before < kLedgerVersion ? "brought up to date: "
                                                      : "is up to date: ";
  print(session,
        {{"schema", "rigwise.store_init/1"},
         {"store", store_name(url)},
         {"version_before", *before},
         {"version", kLedgerVersion}},
        what + store_name(url) + ", version " + std::to_string(kLedgerVersion));
  return 0;
}

int run_check(Session& session, const Args& args) {
  const std::string url = store_of(args);
  const auto ledger = open_store_to_read(url);
  if (!ledger) return session.console().print_error(ledger.error());
  const auto faults = ledger_faults(**ledger);
  if (!faults) return session.console().print_error(faults.error());
  Json counts = Json::object();
  std::string words;
  for (const LedgerTable& table : ledger_tables()) {
    const auto rows = (*ledger)->database().run("SELECT COUNT(*) FROM " + std::string(table.name));
    if (!rows) return session.console().print_error(rows.error());
    counts[std::string(table.name)] = rows->at(0).integer(0);
  }
  for (const char* name : {"run", "item", "attempt", "judge_item"}) {
    const std::string noun = name == std::string("judge_item") ? "judgement" : name;
    words.append(words.empty() ? "" : ", ").append(say_counted(counts[name].get<std::int64_t>(), noun));
  }
  std::string said;
  for (const std::string& fault : *faults) said.append("fault: ").append(fault).append("\n");
  said += store_name(url) + ": " + words + "; " +
          (faults->empty() ? "nothing wrong" : say_counted(static_cast<std::int64_t>(faults->size()), "fault"));
  print(session,
        {{"schema", "rigwise.store_check/1"}, {"store", store_name(url)}, {"rows", counts}, {"faults", *faults}}, said);
  return faults->empty() ? 0 : 1;
}

int run_export(Session& session, const Args& args) {
  Console& console = session.console();
  const auto ledger = open_store_to_read(store_of(args));
  if (!ledger) return console.print_error(ledger.error());
  std::int64_t lines = 0;
  const auto out = args.text("--out");
  const auto give_to = [&](const WritePart& write) {
    return export_ledger(**ledger, [&](std::string_view line) -> Result<void> {
      ++lines;
      if (Result<void> written = write(line); !written) return written;
      return write("\n");
    });
  };
  const Result<void> done =
      out ? write_file_in_parts(*out, give_to) : give_to([&](std::string_view part) -> Result<void> {
        console.out->write(part.data(), static_cast<std::streamsize>(part.size()));
        if (console.out->good()) return {};
        return fail({ErrorCode::io, "what is exported cannot be written", "standard output", "", {}});
      });
  if (!done) return console.print_error(done.error());
  if (out) {
    const std::int64_t rows = lines - 2;  // without head and end
    print(session, {{"schema", "rigwise.store_export/1"}, {"rows", rows}, {"written_to", *out}},
          say_counted(rows, "row") + " in " + *out);
  }
  return 0;
}

void print_taken(Session& session, const Imported& imported, const std::string& url) {
  print(session,
        {{"schema", "rigwise.store_import/1"},
         {"store", store_name(url)},
         {"added", imported.added},
         {"known", imported.known}},
        say_counted(imported.added, "row") + " added to " + store_name(url) + ", " +
            say_count(static_cast<double>(imported.known)) + (imported.known == 1 ? " was" : " were") +
            " there already");
}

int run_import(Session& session, const Args& args) {
  Console& console = session.console();
  const std::string path = args.text("FILE").value_or("");
  if (path.empty()) {
    return console.print_error({ErrorCode::invalid_input, "no file is named", "FILE", "what `store export` wrote", {}});
  }
  std::ifstream file;
  if (path != "-") file.open(path);
  std::istream& lines = path == "-" ? *console.in : file;
  if (path != "-" && !file.is_open()) return console.print_error(read_file_start(path, 1).error());
  const std::string url = store_of(args);
  const auto ledger = open_store(url);
  if (!ledger) return console.print_error(ledger.error());
  const auto imported =
      import_ledger(**ledger, [&](std::string& line) { return static_cast<bool>(std::getline(lines, line)); });
  if (!imported) {
    Error error = imported.error();
    error.where = path + (error.where.empty() ? "" : " " + error.where);
    return console.print_error(error);
  }
  print_taken(session, *imported, url);
  return 0;
}

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The lines of an export on their way from one store to another: on disk, since a store may be larger than memory.
class PassingLines {
 public:
  PassingLines() : file_(std::tmpfile()) {}
  Result<void> put(std::string_view line) {
    const bool whole = file_ && std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
                       std::fputc('\n', file_.get()) != EOF;
    if (whole) return {};
    return fail({ErrorCode::io, "a temporary file cannot be written", "", "room in the temporary folder", {}});
  }
  void rewind() { std::rewind(file_.get()); }
  bool next(std::string& line) {
    char* text = nullptr;
    std::size_t room = 0;
    const ssize_t length = ::getline(&text, &room, file_.get());
    if (length > 0) line.assign(text, static_cast<std::size_t>(length) - 1);
    std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): getline's
    return length > 0;
  }

 private:
  std::unique_ptr<std::FILE, FileCloser> file_;
};

int run_copy(Session& session, const Args& args) {
  Console& console = session.console();
  const auto from = args.text("FROM"), to = args.text("TO");
  if (!from || !to) {
    return console.print_error(
        {ErrorCode::invalid_input, "a copy needs two stores", from ? "TO" : "FROM", "store copy FROM TO", {}});
  }
  if (*from == *to) {
    return console.print_error({ErrorCode::invalid_input, "both stores are \"" + store_name(*to) + "\"", "TO", "", {}});
  }
  const auto source = open_store_to_read(*from);
  if (!source) return console.print_error(source.error());
  const auto target = open_store(*to);
  if (!target) return console.print_error(target.error());
  PassingLines lines;
  const Result<void> written = export_ledger(**source, [&](std::string_view line) { return lines.put(line); });
  if (!written) return console.print_error(written.error());
  lines.rewind();
  const auto imported = import_ledger(**target, [&](std::string& line) { return lines.next(line); });
  if (!imported) return console.print_error(imported.error());
  print_taken(session, *imported, *to);
  return 0;
}

}  // namespace

ArgSpec store_arg() {
  return {"--store", "", ArgType::text, "URL",
          "sqlite:PATH, a path, or postgresql://user@host/database (default: RIGWISE_STORE, else a file of yours)"};
}

const CommandSpec& store_init_command() {
  static const CommandSpec kSpec = {"store init",
                                    "make a store, or bring one of an older version up to date",
                                    "store init --store postgresql://me@db.example/rigwise",
                                    {store_arg()},
                                    run_init};
  return kSpec;
}

const CommandSpec& store_check_command() {
  static const CommandSpec kSpec = {"store check",
                                    "is every answer, blob and amount of money where it should be?",
                                    "store check",
                                    {store_arg()},
                                    run_check};
  return kSpec;
}

const CommandSpec& store_export_command() {
  static const CommandSpec kSpec = {
      "store export",
      "the whole store as JSON lines",
      "store export --out store.jsonl",
      {store_arg(), {"--out", "", ArgType::text, "FILE.jsonl", "write to this file (default: print)"}},
      run_export};
  return kSpec;
}

const CommandSpec& store_import_command() {
  static const CommandSpec kSpec = {
      "store import",
      "take in what another store exported; what is there already stays",
      "store import store.jsonl",
      {{"FILE", "", ArgType::text, "FILE.jsonl", "what store export wrote (- is stdin)"}, store_arg()},
      run_import};
  return kSpec;
}

const CommandSpec& store_copy_command() {
  static const CommandSpec kSpec = {
      "store copy",
      "merge one store into another, of either kind, by content: twice adds nothing",
      "store copy store.db postgresql://me@db.example/rigwise",
      {{"FROM", "", ArgType::text, "FROM", "the store to read"}, {"TO", "", ArgType::text, "TO", "the store to write"}},
      run_copy};
  return kSpec;
}

}  // namespace rigwise
