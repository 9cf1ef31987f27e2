#include "host/cli/eval_demo_command.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <ostream>
#include <sstream>

#include "core/evaluate/result_set.h"
#include "host/cli/eval_flags.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/session.h"
#include "host/eval/demo_record.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr const char* kLabel = "demo";

constexpr std::string_view kFolderStart = "rigwise-demo-";

/// A folder that says whose it is: whoever made it holds its lock as long as the process lives.
class LockedFolder {
 public:
  explicit LockedFolder(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)),
        is_locked_(descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {}
  LockedFolder(const LockedFolder&) = delete;
  LockedFolder& operator=(const LockedFolder&) = delete;
  ~LockedFolder() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  /// Ours, and not made just now by somebody about to lock it.
  bool is_left_over() const {
    struct stat about{};
    constexpr std::time_t kMinute_s = 60;
    return is_locked_ && ::fstat(descriptor_, &about) == 0 && about.st_uid == ::geteuid() &&
           about.st_mtime + kMinute_s < std::time(nullptr);
  }

 private:
  int descriptor_;
  bool is_locked_;
};

/// Takes away what demonstrations that were killed have left.
void remove_left_overs(const std::filesystem::path& folder) {
  std::error_code failed;
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string path = at->path().string();
    if (!at->path().filename().string().starts_with(kFolderStart)) continue;
    std::error_code ignored;
    if (LockedFolder(path).is_left_over()) std::filesystem::remove_all(path, ignored);
  }
}

/// A folder that is gone when this is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code failed;
    const std::filesystem::path above = std::filesystem::temp_directory_path(failed);
    if (failed) return;
    remove_left_overs(above);
    std::string pattern = (above / (std::string(kFolderStart) + "XXXXXX")).string();
    if (mkdtemp(pattern.data()) == nullptr) return;
    path_ = pattern;
    lock_.emplace(path_);
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
  std::optional<LockedFolder> lock_;
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
  const auto threshold = number_of(args, "--threshold", 0, 1);
  if (!threshold) return console.print_error(threshold.error());
  std::optional<TemporaryFolder> folder;
  if (!args.has("--store")) folder.emplace();
  if (folder && folder->path().empty()) {
    return console.print_error(
        {ErrorCode::io, "no temporary folder can be made", "TMPDIR", "--store demo.db, or another TMPDIR", {}});
  }
  const std::string store = folder ? "sqlite:" + folder->path() + "/demo.db" : *args.text("--store");
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
