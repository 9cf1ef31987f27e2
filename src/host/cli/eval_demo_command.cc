#include "host/cli/eval_demo_command.h"

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <sstream>

#include "core/evaluate/result_set.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/session.h"
#include "host/eval/demo_record.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr const char* kLabel = "demo";

/// A folder that is gone when this is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rigwise-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }  ///< empty: it could not be made

 private:
  std::string path_;
};

/// Runs a command as if it had been typed, without what it prints: that is shown only where the command fails.
int quietly(Session& session, const CommandSpec& command, const Args& args) {
  Console& console = session.console();
  const Console before = console;
  std::ostringstream printed;
  console.out = &printed;
  console.format = OutputFormat::table;
  const int status = command.run(session, args);
  console = before;
  if (status != 0) *console.err << printed.str();
  return status;
}

void pass_on(const Args& from, Args& to, const std::vector<std::string>& flags) {
  for (const std::string& flag : flags) {
    for (const std::string& value : from.list(flag)) to.add(flag, value);
  }
}

void say_next(const Console& console, const Args& args) {
  if (console.format != OutputFormat::table) return;
  console.out->flush();
  const auto store = args.text("--store");
  const std::string of_store = store ? " --store " + shown_store(*store) : std::string();
  *console.err
      << "\nThat was the demonstration: stand-ins, no models. Next:\n"
      << "  rigwise eval run --endpoint ollama --model gemma3:27b       your own model, on this machine\n"
      << "  rigwise eval run --endpoint openrouter --model NAME --plan  what a cloud's would cost; asks nobody\n";
  if (store) {
    *console.err << "  rigwise eval review" << of_store << "   the answers that a person should look at\n";
  } else {
    *console.err
        << "  rigwise eval demo --store demo.db                           keeps it: eval review, eval status\n";
  }
  *console.err
      << "  rigwise eval demo --results-out demo.json                   a file that `rigwise serve`'s page opens\n";
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const TemporaryFolder folder;
  if (folder.path().empty() && !args.has("--store")) {
    return console.print_error(
        {ErrorCode::io, "no temporary folder can be made", "TMPDIR", "--store demo.db, or another TMPDIR", {}});
  }
  const std::string store = args.text("--store").value_or("sqlite:" + folder.path() + "/demo.db");
  Args ask, judge, report;
  for (Args* each : {&ask, &judge, &report}) each->add("--store", store);
  for (Args* each : {&ask, &judge}) {
    each->add("--endpoint", std::string(kDemoEndpoint));
    pass_on(args, *each, {"--only", "--role", "--category"});
  }
  ask.add("--label", kLabel);
  judge.add("--run", kLabel);
  report.add("--run", kLabel);
  pass_on(args, report, {"--threshold", "--out", "--results-out"});

  const auto headline = [&](const char* words) {
    if (console.format == OutputFormat::table) *console.err << console.faint(words) << '\n';
  };
  headline("1 of 3: stand-ins answer, and their code is run in the sandbox");
  if (const int status = quietly(session, eval_run_command(), ask); status != 0) return status;
  headline("2 of 3: two stand-ins judge");
  if (const int status = quietly(session, eval_judge_command(), judge); status != 0) return status;
  headline("3 of 3: the report\n");
  const int status = eval_report_command().run(session, report);
  if (status == 0) say_next(console, args);
  return status;
}

}  // namespace

const CommandSpec& eval_demo_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec;
    spec.name = "eval demo";
    spec.summary = "every report at once, without key or network: answers written by rule, no model's";
    spec.example = "eval demo\n  rigwise eval demo --role accountant --out report.md";
    for (const ArgSpec& arg : tasks_args(TaskIds::only_flag)) {
      if (arg.flag != "--tasks") spec.args.push_back(arg);
    }
    const std::vector<ArgSpec> more = {
        {"--threshold", "threshold", ArgType::number, "SHARE", "score that is good enough (0.7)"},
        {"--out", "", ArgType::text, "FILE", "write the report: .json, .md, .csv, else text"},
        {"--results-out", "", ArgType::text, "FILE.json", "write the results too, for the page"},
        {"--store", "", ArgType::text, "URL", "keep it here (default: nowhere)"},
    };
    spec.args.insert(spec.args.end(), more.begin(), more.end());
    spec.run = run;
    return spec;
  }();
  return kSpec;
}

}  // namespace rigwise
