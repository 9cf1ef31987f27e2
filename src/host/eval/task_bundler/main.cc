// Build step: tasks/ -> one packed bundle, with every file but hidden ones and pages for people.
#include <iostream>

#include "host/eval/bundled_tasks.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

int refuse(const Error& error) {
  std::cerr << "error: " << error.message << (error.where.empty() ? "" : " (" + error.where + ")") << '\n';
  return exit_status(error.code);
}

int run(const std::string& folder, const std::string& out) {
  const Result<std::vector<std::string>> paths = list_files(folder);
  if (!paths) return refuse(paths.error());
  BundledFiles files;
  for (const std::string& path : *paths) {
    if (path.find('/') == std::string::npos) continue;  // README.md
    Result<std::string> bytes = read_file(folder + "/" + path);
    if (!bytes) return refuse(bytes.error());
    files[path] = std::move(*bytes);
  }
  const Result<void> written = write_file_atomically(out, write_task_bundle(files));
  return written ? 0 : refuse(written.error());
}

}  // namespace
}  // namespace rigwise

int main(int argc, char** argv) {
  if (argc == 3) return rigwise::run(argv[1], argv[2]);
  std::cerr << "usage: rigwise_task_bundler TASKS_DIR OUT\n";
  return 2;
}
