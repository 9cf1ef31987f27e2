#include <algorithm>
#include <map>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/eval_task_counts.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/session.h"
#include "host/eval/pattern_matches.h"
#include "host/eval/prove_tasks.h"
#include "host/files/files.h"
#include "host/sandbox/code_sandbox.h"

namespace rigwise {
namespace {

std::string cell(const std::optional<double>& score) { return score ? fixed(*score, 2) : "-"; }

std::string_view verdict_of(const TaskProof& proof) {
  if (!proof.faults.empty()) return "failed";
  return proof.not_run.empty() ? "proven" : "not run";
}

Json score_json(const std::optional<double>& score) { return score ? Json(*score) : Json(nullptr); }

Json proof_json(const TaskProof& proof) {
  Json object = {{"id", proof.id},
                 {"verdict", verdict_of(proof)},
                 {"reference", score_json(proof.reference)},
                 {"empty", score_json(proof.empty)},
                 {"echo", score_json(proof.echo)},
                 {"worst_wrong", score_json(proof.worst_wrong)},
                 {"faults", proof.faults},
                 {"not_run", proof.not_run}};
  object["answers"] = Json::array();
  for (const AnswerProof& answer : proof.answers) {
    object["answers"].push_back({{"name", answer.name}, {"score", answer.score}, {"lost", answer.lost}});
  }
  return object;
}

struct Counts {
  std::size_t proven = 0, failed = 0, not_run = 0;
};

Counts counts_of(const std::vector<TaskProof>& proofs) {
  Counts counts;
  for (const TaskProof& proof : proofs) {
    counts.failed += proof.faults.empty() ? 0 : 1;
    counts.not_run += proof.faults.empty() && !proof.not_run.empty() ? 1 : 0;
    counts.proven += proof.is_proven() ? 1 : 0;
  }
  return counts;
}

void print_proofs(const Console& console, const std::vector<TaskProof>& proofs, bool is_verbose, bool is_quiet) {
  std::ostream& out = *console.out;
  Table table;
  table.columns = {{"task", false, true}, {"ref", true, false},   {"empty", true, false},
                   {"echo", true, false}, {"wrong", true, false}, {"", false, false}};
  for (const TaskProof& proof : proofs) {
    if (is_quiet && proof.is_proven()) continue;
    table.rows.push_back({proof.id, cell(proof.reference), cell(proof.empty), cell(proof.echo), cell(proof.worst_wrong),
                          std::string(verdict_of(proof))});
  }
  if (!table.rows.empty()) console.print(table);
  for (const TaskProof& proof : proofs) {
    for (const std::string& words : proof.faults)
      out << console.bad("failed") << ": " << proof.id << ": " << words << '\n';
    for (const std::string& words : proof.not_run) out << "not run: " << proof.id << ": " << words << '\n';
    if (!is_verbose) continue;
    for (const AnswerProof& answer : proof.answers) {
      if (answer.name.starts_with("wrong ")) {
        out << proof.id << " " << answer.name << " " << fixed(answer.score, 2) << ": " << answer.lost << '\n';
      }
    }
  }
}

/// The scores of every answer, for another implementation of the format to compare with.
std::string scores_csv(const std::vector<TaskProof>& proofs) {
  std::string text = "task,answer,score\n";
  for (const TaskProof& proof : proofs) {
    for (const AnswerProof& answer : proof.answers) {
      text.append(proof.id).append(",").append(answer.name).append(",").append(fixed(answer.score, 6)).append("\n");
    }
  }
  return text;
}

Result<void> write_outputs(const Args& args, const FoundTasks& found, const std::vector<TaskProof>& proofs) {
  if (const std::optional<std::string> path = args.text("--scores")) {
    if (const Result<void> written = write_file_atomically(*path, scores_csv(proofs)); !written) return written;
  }
  const std::optional<std::string> table = args.text("--table");
  if (!table) return {};
  const Result<std::string> page = read_file(*table);
  if (!page) return fail(page.error());
  const Result<std::string> changed = with_task_counts(*page, found.tasks);
  if (!changed) return fail(changed.error());
  return write_file_atomically(*table, *changed);
}

void show_progress(const Console& console, std::size_t done, std::size_t all, const std::string& id) {
  constexpr std::size_t kBar = 24, kLine = 78;
  const std::size_t filled = all == 0 ? 0 : done * kBar / all;
  std::string line = "[" + std::string(filled, '#') + std::string(kBar - filled, ' ') + "] " + std::to_string(done) +
                     "/" + std::to_string(all) + " " + id;
  line.resize(kLine, ' ');
  *console.err << '\r' << line << std::flush;
  if (done == all) *console.err << '\r' << std::string(kLine, ' ') << '\r' << std::flush;
}

Result<int> whole_number(const Args& args, const std::string& flag, int most, int otherwise) {
  const std::optional<std::string> text = args.text(flag);
  if (!text) return otherwise;
  const Result<double> number = parse_number(*text);
  if (number && *number >= 1 && *number <= most && *number == static_cast<int>(*number))
    return static_cast<int>(*number);
  return invalid(flag + " is \"" + *text + "\"", flag, "a whole number from 1 to " + std::to_string(most));
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<int> runs = whole_number(args, "--runs", 100, 5), jobs = whole_number(args, "--jobs", 256, 0);
  if (!runs) return console.print_error(runs.error());
  if (!jobs && args.has("--jobs")) return console.print_error(jobs.error());
  const Result<FoundTasks> found = tasks_of(args);
  if (!found) return console.print_error(found.error());
  say_task_source(console, args, *found);
  CodeSandbox code(Sandbox(probe_sandbox(), args.has("--unsafe-exec")), code_tool_folders(args));
  CheckTools tools;
  tools.count_matches = count_matches;
  tools.code = &code;
  const bool needs_code =
      std::any_of(found->tasks.begin(), found->tasks.end(), [](const EvalTask& t) { return t.needs_sandbox(); });
  if (needs_code) *console.err << "sandbox: " << code.sandbox().support().words << '\n';
  ProveOptions options;
  options.runs = *runs;
  options.threads = static_cast<unsigned>(jobs.value_or(0));
  if (console.err_is_terminal) {
    options.progress = [&](std::size_t done, const std::string& id) {
      show_progress(console, done, found->tasks.size(), id);
    };
  }
  const std::vector<TaskProof> proofs = prove_tasks(found->tasks, tools, options);
  const Counts counts = counts_of(proofs);
  const std::size_t failed = counts.failed + found->broken.size();
  const int status = failed > 0 ? 1 : counts.not_run > 0 ? 3 : 0;
  if (status == 0) {
    if (const Result<void> written = write_outputs(args, *found, proofs); !written)
      return console.print_error(written.error());
  }
  Json response = {{"schema", "rigwise.eval_tasks_prove/1"},
                   {"sandbox", code.sandbox().support().words},
                   {"proven", counts.proven},
                   {"failed", failed},
                   {"not_run", counts.not_run}};
  response["tasks"] = Json::array();
  for (const TaskProof& proof : proofs) response["tasks"].push_back(proof_json(proof));
  response["faults"] = task_faults_json(found->faults);
  if (session.printed_as_json(response)) return status;
  print_proofs(console, proofs, args.has("--verbose"), args.has("--quiet"));
  for (const Diagnostic& fault : found->faults) print_task_fault(console, fault);
  const std::size_t all = found->tasks.size() + found->broken.size();
  *console.out << counts.proven << " of " << say_counted(static_cast<std::int64_t>(all), "task") << " proven, "
               << failed << " failed, " << counts.not_run << " not run\n";
  return status;
}

}  // namespace

const CommandSpec& eval_tasks_prove_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec = {"eval tasks prove", "does every task tell a right answer from wrong ones?",
                        "eval tasks prove accountant/ --verbose", tasks_args(TaskIds::arguments), run};
    for (ArgSpec& arg : std::vector<ArgSpec>{
             {"--runs", "", ArgType::integer, "N", "how often unit tests of a reference run (5)"},
             {"--jobs", "", ArgType::integer, "N", "tasks side by side (one a processor)"},
             {"--verbose", "", ArgType::flag, "", "show what each wrong answer lost"},
             {"--quiet", "", ArgType::flag, "", "show only what is not proven"},
             {"--scores", "", ArgType::text, "FILE", "write every answer's score as CSV, when all are proven"},
             {"--table", "", ArgType::text, "FILE", "write the counts into a page, when all are proven"},
             {"--unsafe-exec", "", ArgType::flag, "", "run code without isolation where there is none"}}) {
      spec.args.push_back(std::move(arg));
    }
    return spec;
  }();
  return kSpec;
}

}  // namespace rigwise
