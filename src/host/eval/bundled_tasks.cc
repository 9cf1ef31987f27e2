#include "host/eval/bundled_tasks.h"

#include "core/base/text.h"
#include "host/store/packed_bytes.h"

namespace rigwise {
namespace {

constexpr std::string_view kFirstLine = "rigwise-tasks/1\n";
constexpr std::string_view kSingle = ".task.md";

Unexpected broken(std::string why) {
  return fail({ErrorCode::corrupt_data, "the bundle of tasks " + std::move(why), "bundle", "another build", {}});
}

}  // namespace

std::string write_task_bundle(const BundledFiles& files) {
  constexpr int kLevel = 19;  // made once, carried by every binary
  std::string text(kFirstLine);
  for (const auto& [path, bytes] : files) {
    text.append(std::to_string(bytes.size())).append(" ").append(path).append("\n").append(bytes);
  }
  return pack_bytes(text, kLevel);
}

Result<BundledFiles> read_task_bundle(std::string_view packed) {
  const Result<std::string> text = unpack_bytes(packed);
  if (!text) return fail(text.error());
  if (!text->starts_with(kFirstLine)) return broken("is of another version");
  BundledFiles files;
  for (std::string_view rest = std::string_view(*text).substr(kFirstLine.size()); !rest.empty();) {
    const std::size_t space = rest.find(' '), line = rest.find('\n');
    if (line == std::string_view::npos || space > line) return broken("is cut off");
    const Result<double> size = parse_number(rest.substr(0, space));
    const std::string_view path = rest.substr(space + 1, line - space - 1);
    rest.remove_prefix(line + 1);
    if (!size || *size < 0 || *size > static_cast<double>(rest.size())) return broken("is cut off");
    const auto length = static_cast<std::size_t>(*size);
    files.emplace(path, rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return files;
}

std::vector<TaskFiles> task_files_of(const BundledFiles& files) {
  std::map<std::string, TaskFiles> tasks;
  for (const auto& [path, bytes] : files) {
    const std::vector<std::string_view> parts = split(path, '/');
    const bool single = parts.size() == 2 && path.ends_with(kSingle);
    if (!single && parts.size() < 3) continue;
    const std::string_view slug = single ? parts[1].substr(0, parts[1].size() - kSingle.size()) : parts[1];
    const std::string id = std::string(parts[0]) + "/" + std::string(slug);
    TaskFiles& task = tasks[id];
    task.id = id;
    task.single = single;
    task.shown = std::string(kBundledTasks) + ":" + (single ? path : id);
    task.files[single ? "task.md" : path.substr(id.size() + 1)] = bytes;
  }
  std::vector<TaskFiles> list;
  list.reserve(tasks.size());
  for (auto& [id, task] : tasks) list.push_back(std::move(task));
  return list;
}

}  // namespace rigwise
