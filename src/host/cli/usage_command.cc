#include "host/cli/usage_command.h"

#include <ctime>
#include <filesystem>
#include <ostream>

#include "core/base/text.h"
#include "core/usage/log_time.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/usage_report.h"
#include "host/files/files.h"
#include "host/process/interrupt_watch.h"
#include "host/usage/usage_import.h"
#include "host/usage/usage_rules.h"

namespace rigwise {
namespace {

constexpr int kInterrupted = 130;
constexpr double kUsualLevel = 0.8;

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &utc)};
}

/// How far reading is, drawn over itself where a person watches.
class ReadingBar {
 public:
  explicit ReadingBar(const Console& console) : console_(&console) {}
  ReadingBar(const ReadingBar&) = delete;
  ReadingBar& operator=(const ReadingBar&) = delete;
  ~ReadingBar() {
    if (was_drawn_) *console_->err << "\r\x1b[K" << std::flush;
  }
  void show(const ImportProgress& progress) {
    constexpr std::uint64_t kStep = 8u << 20;
    if (!console_->err_is_terminal || progress.bytes < shown_ + kStep) return;
    shown_ = progress.bytes;
    was_drawn_ = true;
    *console_->err << "\r\x1b[Kreading file " << progress.file << " of " << progress.files << ", "
                   << say_gb(static_cast<double>(progress.bytes)) << " of "
                   << say_gb(static_cast<double>(progress.all_bytes)) << std::flush;
  }

 private:
  const Console* console_;
  std::uint64_t shown_ = 0;
  bool was_drawn_ = false;
};

Result<std::optional<std::int64_t>> day_of(const Args& args, const char* flag) {
  const std::optional<std::string> text = args.text(flag);
  if (!text) return std::optional<std::int64_t>();
  const std::optional<LogTime> day = log_time_at(*text);
  constexpr std::size_t kDateLength = 10;
  constexpr std::int64_t kDaySeconds = 86'400;
  if (!day || text->size() != kDateLength || day->length != kDateLength) {
    return invalid("\"" + *text + "\" is no day of the calendar", flag, "a whole date that exists, as 2026-10-01");
  }
  return std::optional<std::int64_t>(day->time_s / kDaySeconds);
}

Result<UsageWindow> window_of(const Args& args) {
  UsageWindow window;
  const auto since = day_of(args, "--since"), until = day_of(args, "--until");
  if (!since) return fail(since.error());
  if (!until) return fail(until.error());
  window.since_day = *since;
  window.until_day = *until;
  if (*since && *until && **until < **since) {
    return invalid("the last day lies before the first", "--until", "a day from --since on");
  }
  if (const auto offset = args.text("--offset")) {
    const std::optional<int> seconds = utc_offset_of(*offset);
    if (!seconds) return invalid("\"" + *offset + "\" is no offset from UTC", "--offset", "as +02:00 or -05:30");
    window.offset_s = *seconds;
  }
  return window;
}

Result<double> level_of(const Args& args) {
  const std::optional<std::string> text = args.text("--level");
  if (!text) return kUsualLevel;
  const Result<double> level = parse_number(*text);
  constexpr double kLeast = 0.5, kMost = 0.99;
  if (!level || *level < kLeast || *level > kMost) {
    return invalid("\"" + *text + "\" is no coverage", "--level", "0.5 to 0.99");
  }
  return *level;
}

/// Reads what the arguments name; nothing, and `status`, where that went wrong.
std::optional<UsageReport> read_logs(Session& session, const Args& args, const CategoryRules& rules,
                                     CandidateKeeper* candidates, int& status) {
  const Console& console = session.console();
  const auto refuse = [&](const Error& error) {
    status = console.print_error(error);
    return std::nullopt;
  };
  const std::vector<std::string> paths = args.list("LOGS");
  if (paths.empty()) {
    return refuse(
        {ErrorCode::invalid_input, "no log is named", "LOGS", "files or folders, such as ~/.claude/projects", {}});
  }
  const Result<UsageWindow> window = window_of(args);
  if (!window) return refuse(window.error());
  const Result<double> level = level_of(args);
  if (!level) return refuse(level.error());
  const Result<std::vector<LogFile>> logs = find_logs(paths);
  if (!logs) return refuse(logs.error());
  bool interrupted = false;
  const Result<UsageReport> report = [&] {
    const InterruptWatch watch;
    ReadingBar bar(console);
    return import_usage(
        *logs, *window, rules, *level, candidates,
        [&](const ImportProgress& progress) {
          bar.show(progress);
          return !watch.is_interrupted();
        },
        interrupted);
  }();
  if (!report) return refuse(report.error());
  if (interrupted) {
    *console.err << "interrupted; nothing is written\n";
    status = kInterrupted;
    return std::nullopt;
  }
  for (const UsageFault& fault : report->first_faults) {
    *console.err << "note: " << fault.where << ": " << fault.message << "; passed over\n";
  }
  if (report->faults > report->first_faults.size()) {
    *console.err << "note: " << report->faults - report->first_faults.size() << " more records were passed over\n";
  }
  status = 0;
  return *report;
}

int run_import(Session& session, const Args& args) {
  const Console& console = session.console();
  const Result<CategoryRules> rules = usage_rules(args.text("--rules"));
  if (!rules) return console.print_error(rules.error());
  int status = 0;
  const std::optional<UsageReport> report = read_logs(session, args, *rules, nullptr, status);
  if (!report) return status;
  const Json response = usage_json(*report);
  const std::optional<std::string> out = args.text("--out");
  if (out) {
    const std::string text = response.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    if (const Result<void> written = write_file_atomically(*out, text); !written) {
      return console.print_error(written.error());
    }
  }
  if (session.printed_as_data(response, usage_rows)) return 0;
  print_usage(console, response);
  if (out && console.format == OutputFormat::table) {
    *console.out << "\nwritten to " << *out << "; next, for example:\n  rigwise cost --usage " << *out
                 << " --setup ...\n  rigwise route --usage " << *out << " --models ...\n";
  }
  return 0;
}

Result<std::size_t> count_of(const Args& args) {
  constexpr double kUsual = 10, kMost = 1'000;
  const Result<double> count = args.has("--count") ? parse_number(*args.text("--count")) : Result<double>(kUsual);
  if (!count || *count < 1 || *count > kMost || *count != static_cast<double>(static_cast<int>(*count))) {
    return invalid("\"" + args.text("--count").value_or("") + "\" is no count", "--count", "1 to 1000");
  }
  return static_cast<std::size_t>(*count);
}

int run_tasks(Session& session, const Args& args) {
  const Console& console = session.console();
  const std::optional<std::string> folder = args.text("--out");
  if (!folder) {
    return console.print_error(
        {ErrorCode::invalid_input, "no folder for the drafts is named", "--out", "-o my-tasks", {}});
  }
  const Result<std::size_t> count = count_of(args);
  if (!count) return console.print_error(count.error());
  const Result<CategoryRules> rules = usage_rules(args.text("--rules"));
  if (!rules) return console.print_error(rules.error());
  CandidateKeeper keeper(*count);
  int status = 0;
  const std::optional<UsageReport> report = read_logs(session, args, *rules, &keeper, status);
  if (!report) return status;
  std::vector<TaskDraftFile> drafts;
  for (const TaskCandidate& candidate : keeper.chosen()) drafts.push_back(task_draft_file(candidate, *rules, today()));
  const Result<std::vector<std::string>> written = write_task_drafts(drafts, *folder);
  if (!written) return console.print_error(written.error());
  Json response = {{"schema", "rigwise.usage_tasks/1"},
                   {"prompts", report->totals.prompts},
                   {"candidates", drafts.size()},
                   {"written", *written}};
  if (session.printed_as_json(response)) return drafts.empty() ? 1 : 0;
  for (const std::string& path : *written) *console.out << path << '\n';
  *console.out << say_count(static_cast<double>(written->size())) << " drafts of "
               << say_count(static_cast<double>(report->totals.prompts)) << " prompts";
  if (written->size() < drafts.size()) *console.out << ", " << drafts.size() - written->size() << " were there already";
  *console.out << '\n';
  if (!written->empty()) {
    console.print_wrapped(
        "Read each before anybody else does: what looks like a secret is out, names and figures are not. A draft has "
        "no "
        "checks and no answers yet, and `rigwise eval tasks prove --tasks " +
        *folder + "` refuses it until you add them.");
  }
  return drafts.empty() ? 1 : 0;
}

int run_rules(Session& session, const Args&) {
  if (session.printed_as_json({{"schema", "rigwise.usage_rules/1"}, {"toml", std::string(bundled_usage_rules())}}))
    return 0;
  *session.console().out << bundled_usage_rules();
  return 0;
}

int run_why(Session& session, const Args& args) {
  const Console& console = session.console();
  const std::optional<std::string> prompt = args.text("PROMPT");
  if (!prompt) {
    return console.print_error(
        {ErrorCode::invalid_input, "no prompt is given", "PROMPT", "rigwise usage why \"Fix the failing test\"", {}});
  }
  const Result<CategoryRules> rules = usage_rules(args.text("--rules"));
  if (!rules) return console.print_error(rules.error());
  const CategoryVerdict verdict = rules->verdict(*prompt);
  const std::string name(rules->name_of(verdict.category));
  if (session.printed_as_json({{"schema", "rigwise.usage_why/1"},
                               {"category", name},
                               {"weight", verdict.weight},
                               {"because", verdict.because}})) {
    return 0;
  }
  if (!verdict.category)
    console.print_wrapped("other: no category comes to the weight that it asks");
  else
    console.print_wrapped(name + " (" + significant(verdict.weight, 3) +
                          "), because of: " + join(verdict.because, ", "));
  return 0;
}

ArgSpec rules_arg() {
  return {"--rules", "", ArgType::text, "FILE.toml", "rules of your own for kinds of work (see `usage rules`)"};
}

std::vector<ArgSpec> log_args() {
  return {{"LOGS", "", ArgType::list, "LOGS", "files, folders, or postgresql://... of a LiteLLM proxy (- is stdin)"},
          {"--since", "", ArgType::text, "DATE", "count from this day on, as 2026-10-01 (all days)"},
          {"--until", "", ArgType::text, "DATE", "count up to this day and with it (all days)"},
          {"--offset", "", ArgType::text, "OFFSET", "hours and days as at +02:00 of UTC (+00:00)"},
          rules_arg()};
}

}  // namespace

const CommandSpec& usage_import_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec{"usage import", "tokens a month, hours and kinds of work, from local logs; nothing is sent",
                     "usage import ~/.claude/projects --offset +02:00 --out usage.json\n"
                     "  rigwise cost --usage usage.json --setup \"2x rtx 3090\" --model qwen3-32b",
                     log_args(), run_import};
    spec.args.push_back({"--level", "", ArgType::number, "P", "coverage of the intervals (0.8)"});
    spec.args.push_back({"--out", "", ArgType::text, "FILE.json", "write what --json prints, for --usage"});
    return spec;
  }();
  return kSpec;
}

const CommandSpec& usage_tasks_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec{"usage tasks", "drafts of evaluation tasks from your own prompts, without their secrets",
                     "usage tasks ~/.claude/projects --out my-tasks --count 20", log_args(), run_tasks};
    spec.args.push_back({"--count", "", ArgType::integer, "N", "drafts, evenly over the kinds of work (10)"});
    spec.args.push_back({"--out", "", ArgType::text, "DIR", "folder for the drafts (required)"});
    return spec;
  }();
  return kSpec;
}

const CommandSpec& usage_rules_command() {
  static const CommandSpec kSpec = {"usage rules",
                                    "the rules by which prompts are kinds of work, to read and to change",
                                    "usage rules > mine.toml",
                                    {},
                                    run_rules};
  return kSpec;
}

const CommandSpec& usage_why_command() {
  static const CommandSpec kSpec = {"usage why",
                                    "which kind of work a prompt is, and which words say so",
                                    "usage why \"Write a commit message for this diff\"",
                                    {{"PROMPT", "", ArgType::text, "PROMPT", "what somebody asked"}, rules_arg()},
                                    run_why};
  return kSpec;
}

}  // namespace rigwise
