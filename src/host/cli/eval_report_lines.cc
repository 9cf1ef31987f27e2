#include "host/cli/eval_report_lines.h"

#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "core/evaluate/result_set.h"
#include "host/cli/eval_flags.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/say.h"
#include "host/eval/result_set_of_ledger.h"
#include "host/process/interrupt_watch.h"
#include "host/sandbox/code_sandbox.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr std::string_view kEnds[] = {"done", "over_budget", "unreachable", "forbidden", "interrupted", "store_failed"};

std::string count(std::int64_t n) { return say_count(static_cast<double>(n)); }

std::string end_words(const RunnerReport& report) {
  switch (report.end) {
    case RunnerEnd::done: return report.why.empty() ? "" : "stopped a model: " + report.why;
    case RunnerEnd::over_budget: return "stopped: " + report.why + "; --budget-usd with more goes on";
    case RunnerEnd::unreachable: return "stopped: the endpoint does not answer: " + report.why;
    case RunnerEnd::forbidden: return "stopped: the endpoint refuses us: " + report.why;
    case RunnerEnd::interrupted: return "interrupted; what was answered is kept, the same command goes on";
    case RunnerEnd::store_failed: return "stopped: the store failed: " + report.why;
  }
  return "";
}

int exit_of(const RunnerReport& report, bool all_answered) {
  switch (report.end) {
    case RunnerEnd::interrupted: return 130;
    case RunnerEnd::unreachable:
    case RunnerEnd::forbidden:
    case RunnerEnd::store_failed: return 3;
    default: return all_answered ? 0 : 1;
  }
}

}  // namespace

std::string say_counted(std::int64_t n, const std::string& noun, const std::string& many) {
  return count(n) + " " + (n == 1 ? noun : many.empty() ? noun + "s" : many);
}

std::string say_usd(std::int64_t nano) {
  constexpr std::int64_t kLeast = 100'000;
  if (nano != 0 && nano < kLeast) return "<$0.0001";
  const double usd = usd_of_nano(nano);
  return "$" + (usd >= 100 || nano == 0 ? fixed(usd, 2) : usd >= 1 ? fixed(usd, 2) : fixed(usd, 4));
}

Json money_json(const std::optional<std::int64_t>& nano) { return nano ? Json(usd_of_nano(*nano)) : Json(nullptr); }

void say_broken_tasks(const Console& console, const FoundTasks& found) {
  constexpr std::size_t kMost = 5;
  for (std::size_t i = 0; i < found.faults.size() && i < kMost; ++i) {
    const Diagnostic& fault = found.faults[i];
    *console.err << "note: left out: " << fault.file << ":" << fault.line << ": " << fault.message << '\n';
  }
  if (found.faults.size() > kMost)
    *console.err << "note: and " << say_counted(static_cast<std::int64_t>(found.faults.size() - kMost), "more fault")
                 << "; rigwise eval tasks check\n";
}

Result<GradeReport> grade_in_sandbox(const Console& console, const Args& args, const std::string& store,
                                     const std::string& run, const std::map<std::string, const EvalTask*>& tasks,
                                     bool all) {
  const auto ledger = open_store(store, IfMissing::refuse);
  if (!ledger) return fail(ledger.error());
  const auto waiting = (*ledger)->database().run(
      "SELECT 1 FROM run_item r JOIN item i ON i.work_key = r.work_key WHERE r.run = $1 AND i.state = 'answered' LIMIT "
      "1",
      {run});
  if (!waiting) return fail(waiting.error());
  if (waiting->empty() && !all) return GradeReport{};
  const InterruptWatch watch;
  const bool shows_progress = console.err_is_terminal && console.format == OutputFormat::table;
  const auto tell = [&](std::int64_t graded) {
    if (shows_progress) *console.err << "\rgrading: " << say_counted(graded, "answer") << "\x1b[K" << std::flush;
    return !watch.is_interrupted();
  };
  const auto wiped = [&](Result<GradeReport> report) {
    if (shows_progress) *console.err << "\r\x1b[K" << std::flush;
    if (report && report->is_interrupted)
      *console.err << "interrupted; what was graded is kept, `rigwise eval grade` goes on\n";
    return report;
  };
  if (!needs_code(tasks)) return wiped(grade_run(**ledger, run, tasks, check_tools(), all, {}, tell));
  CodeSandbox code{Sandbox(probe_sandbox()), code_tool_folders(args)};
  const std::string words = code.sandbox().support().words;
  *console.err << "sandbox: " << words << '\n';
  return wiped(grade_run(**ledger, run, tasks, check_tools(&code), all, words, tell));
}

ArgSpec run_arg() {
  return {"--run", "", ArgType::text, "RUN", "a run by its id, the beginning of it, or label (default: the newest)"};
}

Result<std::string> run_called(Ledger& ledger, const Args& args) {
  const Result<std::vector<std::string>> ids = runs_called(ledger, args.text("--run").value_or(""));
  if (!ids) return fail(ids.error());
  return ids->back();
}

void say_demo(const Console& console) { *console.out << kDemoWords << '\n'; }

Json summary_json(const std::vector<ModelSummary>& models) {
  Json list = Json::array();
  for (const ModelSummary& model : models) {
    list.push_back({{"model", model.model},
                    {"answers", model.items},
                    {"ok", model.ok},
                    {"empty", model.empty},
                    {"truncated", model.truncated},
                    {"refused", model.refused},
                    {"timeout", model.timeout},
                    {"failed", model.failed},
                    {"waiting", model.waiting},
                    {"in_doubt", model.in_doubt},
                    {"attempts", model.attempts},
                    {"cost_usd", money_json(model.cost_nano)}});
  }
  return list;
}

/// What befell nobody has no column: names need the room.
Table summary_table(const std::vector<ModelSummary>& models, bool marks_demo) {
  struct Column {
    const char* name;
    std::int64_t (*of)(const ModelSummary& model);
  };
  static constexpr Column kFates[] = {
      {"empty", [](const ModelSummary& m) { return m.empty; }},
      {"cut", [](const ModelSummary& m) { return m.truncated; }},
      {"refused", [](const ModelSummary& m) { return m.refused; }},
      {"too slow", [](const ModelSummary& m) { return m.timeout; }},
      {"failed", [](const ModelSummary& m) { return m.failed; }},
      {"waiting", [](const ModelSummary& m) { return m.waiting + m.in_doubt; }},
  };
  Table table;
  table.columns = {{"model", false, true}, {"wanted", true, false}, {"ok", true, false}};
  std::vector<Column> shown;
  for (const Column& column : kFates) {
    if (std::none_of(models.begin(), models.end(), [&](const ModelSummary& m) { return column.of(m) > 0; })) continue;
    shown.push_back(column);
    table.columns.push_back({column.name, true, false});
  }
  table.columns.push_back({"cost", true, false});
  if (marks_demo) table.columns.push_back({"demonstration", false, false});
  for (const ModelSummary& model : models) {
    std::vector<std::string> row = {model.model, count(model.items), count(model.ok)};
    for (const Column& column : shown) row.push_back(count(column.of(model)));
    row.push_back(model.cost_nano ? say_usd(*model.cost_nano) : "-");
    if (marks_demo) row.emplace_back("yes");
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// What most of the attempts met whose items were given up: "http 500: ..."; empty: nothing was given up.
std::string commonest_fault(Ledger& ledger, const std::string& run) {
  const auto rows = ledger.database().run(
      "SELECT a.fault, a.detail, COUNT(*) FROM attempt a JOIN item i ON i.work_key = a.work_key WHERE a.run = $1 AND "
      "i.state = 'failed_infra' AND a.fault IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1",
      {run});
  if (!rows || rows->empty()) return {};
  const std::string detail = rows->at(0).text(1);
  return detail.empty() ? rows->at(0).text(0) : rows->at(0).text(0) + ": " + detail;
}

int say_run_end(Session& session, const RunEnd& end) {
  Console& console = session.console();
  const auto ledger = open_store(end.store, IfMissing::refuse);
  if (!ledger) return console.print_error(ledger.error());
  const auto models = run_summary(**ledger, end.run);
  const auto totals = (*ledger)->totals(end.run);
  if (!models || !totals) return console.print_error(models ? totals.error() : models.error());
  std::int64_t missing = 0, in_doubt = 0, answered = 0, failed = 0;
  for (const ModelSummary& model : *models) {
    failed += model.failed;
    answered += model.items - model.failed - model.waiting - model.in_doubt;
    missing += model.failed + model.waiting + model.in_doubt;
    in_doubt += model.in_doubt;
  }
  const Result<bool> is_demo = is_demo_run(**ledger, end.run);
  if (!is_demo) return console.print_error(is_demo.error());
  const Json report = {{"schema", "rigwise.eval_run/1"},
                       {"run", end.run},
                       {"is_demo", *is_demo},
                       {"endpoint", end.endpoint},
                       {"store", shown_store(end.store)},
                       {"end", kEnds[static_cast<std::size_t>(end.report.end)]},
                       {"why", end.report.why},
                       {"asked", end.report.asked},
                       {"graded", end.graded.graded},
                       {"checks_not_run", end.graded.not_run},
                       {"plan", end.plan},
                       {"models", summary_json(*models)},
                       {"currency", "USD"},
                       {"spent_usd", money_json(totals->known_spent_nano())},
                       {"perhaps_twice_usd", money_json(totals->doubtful_nano)},
                       {"budget_usd", money_json(totals->budget_nano)}};
  constexpr int kWorldFailed = 3;
  const bool is_all_lost = answered == 0 && failed > 0 && end.report.end == RunnerEnd::done;
  constexpr int kInterrupted = 130;
  const int status = end.graded.is_interrupted ? kInterrupted
                     : is_all_lost             ? kWorldFailed
                                               : exit_of(end.report, missing == 0);
  if (session.printed_as_json(report)) return status;
  console.print(summary_table(*models, *is_demo && console.format == OutputFormat::csv));
  if (*is_demo && console.format != OutputFormat::csv) say_demo(console);
  if (console.format != OutputFormat::table) return status;
  *console.out << "\nrun " << end.run << ": " << count(end.report.asked) << " asked now, " << count(end.graded.graded)
               << " graded";
  if (end.graded.not_run > 0)
    *console.out << " (" << say_counted(end.graded.not_run, "check") << " could not be run here)";
  if (const auto spent = totals->known_spent_nano()) {
    *console.out << ", " << say_usd(*spent) << " spent";
  } else {
    *console.out << ", what it cost nobody knows";
  }
  if (totals->doubtful_nano > 0) *console.out << ", of which " << say_usd(totals->doubtful_nano) << " perhaps twice";
  *console.out << '\n';
  if (in_doubt > 0)
    *console.out << count(in_doubt) << (in_doubt == 1 ? " was" : " were")
                 << " sent by a process that died: --in-doubt resend asks them again\n";
  if (const std::string fault = failed > 0 ? commonest_fault(**ledger, end.run) : ""; !fault.empty())
    *console.err << say_counted(failed, "answer") << " given up; most often " << fault
                 << ". The same command asks again\n";
  const std::string words = end_words(end.report);
  if (!words.empty()) *console.err << words << '\n';
  return status;
}

}  // namespace rigwise
