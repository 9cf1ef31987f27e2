#include "host/cli/eval_tasks_args.h"

#include <filesystem>
#include <ostream>

namespace rigwise {

std::vector<ArgSpec> tasks_args() {
  return {{"ID", "", ArgType::list, "ID", "ids, or starts of ids: accountant/ (all without)"},
          {"--tasks", "", ArgType::list, "DIR", "folder of tasks, repeatable (tasks)"},
          {"--role", "", ArgType::list, "ROLE", "only tasks of this role, repeatable"},
          {"--category", "", ArgType::list, "CATEGORY", "only tasks of this category, repeatable"}};
}

std::vector<std::string> tasks_folders(const Args& args) {
  const std::vector<std::string> given = args.list("--tasks");
  return given.empty() ? std::vector<std::string>{"tasks"} : given;
}

Result<FoundTasks> tasks_of_args(const Args& args) {
  Result<FoundTasks> found =
      find_tasks(tasks_folders(args), {args.list("ID"), args.list("--role"), args.list("--category")});
  if (!found) return found;
  if (!found->tasks.empty() || !found->faults.empty()) return found;
  return fail({ErrorCode::not_found, "no such task", tasks_folders(args).front(), "rigwise eval tasks list", {}});
}

std::vector<std::string> tool_folders(const Args& args) {
  std::vector<std::string> folders;
  for (const std::string& folder : tasks_folders(args)) {
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
