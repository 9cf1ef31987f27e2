#include "host/cli/eval_tasks_args.h"

#include <filesystem>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/eval_report_lines.h"
#include "host/eval/bundled_tasks.h"
#include "host/eval/demo_record.h"

namespace rigwise {

std::vector<ArgSpec> tasks_args(TaskIds ids) {
  const bool as_arguments = ids == TaskIds::arguments;
  return {{as_arguments ? "ID" : "--only", "", ArgType::list, "ID",
           as_arguments ? "ids, or starts of ids: accountant/ (all without)"
                        : "tasks whose id begins so: developer/cents (repeatable)"},
          {"--tasks", "", ArgType::list, "DIR",
           "folder of tasks, or bundled (default: tasks, where it has some, else bundled; repeatable)"},
          {"--role", "", ArgType::list, "ROLE", "only tasks of this role (repeatable)"},
          {"--category", "", ArgType::list, "CATEGORY", "only tasks of this category (repeatable)"}};
}

Result<std::vector<std::string>> tasks_folders(const Args& args) {
  const std::vector<std::string> given = args.list("--tasks");
  if (args.text("--endpoint") != std::string(kDemoEndpoint)) return given.empty() ? usual_task_folders() : given;
  if (given.empty() || given == std::vector{std::string(kBundledTasks)}) return std::vector{std::string(kBundledTasks)};
  return invalid("the demonstration has answers to the bundled tasks alone", "--tasks",
                 "--endpoint demo without --tasks");
}

Result<FoundTasks> tasks_of(const Args& args) {
  const Result<std::vector<std::string>> folders = tasks_folders(args);
  if (!folders) return fail(folders.error());
  std::vector<std::string> ids = args.list("ID");
  if (ids.empty()) ids = args.list("--only");
  Result<FoundTasks> found = find_tasks(*folders, {ids, args.list("--role"), args.list("--category")});
  if (!found || !found->tasks.empty() || !found->faults.empty()) return found;
  return fail({ErrorCode::not_found, "no such task", folders->front(), "rigwise eval tasks list", {}});
}

void say_task_source(const Console& console, const Args& args, const FoundTasks& found) {
  const Result<std::vector<std::string>> folders = tasks_folders(args);
  if (!folders || args.text("--endpoint") == std::string(kDemoEndpoint)) return;
  std::vector<std::string> own;
  for (const std::string& folder : *folders) {
    if (folder != kBundledTasks) own.push_back(folder);
  }
  const auto counted = [](std::size_t n, const char* noun) { return say_counted(static_cast<std::int64_t>(n), noun); };
  const std::size_t from_folders = found.tasks.size() - found.bundled;
  std::string words;
  if (!own.empty()) words = counted(from_folders, "task") + " from " + join(own, " and ");
  if (found.replaced > 0) words += ", " + std::to_string(found.replaced) + " of the id of a bundled one";
  if (own.size() < folders->size()) words += (words.empty() ? "" : ", and ") + counted(found.bundled, "bundled task");
  if (args.list("--tasks").empty() && !own.empty()) {
    const std::size_t hidden = bundled_tasks_not_in(own.front());
    if (hidden > 0)
      words += "; " + counted(hidden, "bundled task") + " left aside: --tasks " + own.front() + " --tasks " +
               std::string(kBundledTasks) + " takes both";
  }
  *console.err << words << '\n';
}

std::vector<std::string> code_tool_folders(const Args& args) {
  std::vector<std::string> folders;
  for (const std::string& folder : tasks_folders(args).value_or(std::vector<std::string>())) {
    const std::filesystem::path above = std::filesystem::absolute(folder).lexically_normal();
    for (const auto& root : {above.parent_path(), above.parent_path().parent_path()}) {
      folders.push_back((root / "web" / "node_modules" / ".bin").string());
    }
  }
  return folders;
}

void print_task_fault(const Console& console, const Diagnostic& fault) {
  std::ostream& out = *console.out;
  out << console.bad("error") << ": " << fault.message << "\n  where: " << fault.file;
  if (fault.line > 0) out << ":" << fault.line;
  if (!fault.key.empty()) out << " " << fault.key;
  out << '\n';
  if (!fault.try_this.empty()) out << "  try: " << fault.try_this << '\n';
}

Json task_faults_json(const std::vector<Diagnostic>& faults) {
  Json list = Json::array();
  for (const Diagnostic& fault : faults) {
    list.push_back({{"file", fault.file},
                    {"line", fault.line},
                    {"key", fault.key},
                    {"message", fault.message},
                    {"try", fault.try_this}});
  }
  return list;
}

}  // namespace rigwise
