#include "host/eval/task_folder.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "codec/toml_eval_task.h"
#include "core/base/text.h"
#include "host/eval/bundled_tasks.h"
#include "host/eval/pattern_matches.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSingle = ".task.md";
constexpr std::uintmax_t kLargestTask = std::uintmax_t{32} << 20;

struct Place {
  fs::path path;
  bool single = false;
  std::optional<TaskFiles> bundled;  ///< already read, from the binary
};

std::string id_of(const fs::path& path, bool single) {
  const fs::path whole = fs::weakly_canonical(path);
  std::string slug = whole.filename().string();
  if (single) slug.resize(slug.size() - kSingle.size());
  return whole.parent_path().filename().string() + "/" + slug;
}

bool is_single(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.size() > kSingle.size() && name.ends_with(kSingle);
}

/// Tasks at a path and up to two folders below it.
void look_below(const fs::path& path, int depth, std::vector<Place>& places) {
  std::error_code failed;
  if (fs::is_regular_file(path, failed)) {
    if (is_single(path)) places.push_back({path, true, {}});
    return;
  }
  if (fs::exists(path / "task.toml", failed)) {
    places.push_back({path, false, {}});
    return;
  }
  if (depth == 0) return;
  for (fs::directory_iterator walk(path, failed), end; !failed && walk != end; walk.increment(failed)) {
    if (walk->path().filename().string().starts_with('.')) continue;
    const bool is_folder = walk->is_directory(failed);
    if (is_folder || is_single(walk->path())) look_below(walk->path(), depth - 1, places);
  }
}

std::vector<Place> bundled_places() {
  std::vector<Place> places;
  for (TaskFiles& files : task_files_of(bundled_files())) {
    const std::string shown = files.shown;
    places.push_back({shown, files.single, std::move(files)});
  }
  return places;
}

bool lies_in(const fs::path& inner, const fs::path& folder) {
  const auto [at, rest] = std::mismatch(folder.begin(), folder.end(), inner.begin(), inner.end());
  return at == folder.end();
}

Diagnostic fault(std::string file, std::string message, std::string try_this = {}) {
  return {true, std::move(file), 0, "", std::move(message), std::move(try_this)};
}

/// Reads what lies in a task's folder. Links may lead to other files of it, never out.
bool read_folder(const fs::path& folder, TaskFiles& files, std::vector<Diagnostic>& faults) {
  std::error_code failed;
  const fs::path real = fs::canonical(folder, failed);
  std::uintmax_t total = 0;
  for (fs::recursive_directory_iterator walk(real, failed), end; !failed && walk != end; walk.increment(failed)) {
    const fs::path path = walk->path();
    const std::string name = path.lexically_relative(real).generic_string();
    const std::string shown = files.shown + "/" + name;
    if (path.filename().string().starts_with('.')) {
      if (walk->is_directory(failed)) walk.disable_recursion_pending();
      continue;
    }
    if (walk->is_symlink(failed)) {
      const fs::path target = fs::canonical(path, failed);
      if (failed || !lies_in(target, real)) {
        faults.push_back(fault(shown, "the link leads out of the task's folder", "a copy of the file"));
        return false;
      }
    }
    if (!fs::is_regular_file(path, failed)) continue;
    total += fs::file_size(path, failed);
    Result<std::string> bytes = total > kLargestTask ? Result<std::string>(invalid("the task is larger than 32 MiB"))
                                                     : read_file(path.string());
    if (!bytes) {
      faults.push_back(fault(shown, bytes.error().message, bytes.error().try_this));
      return false;
    }
    files.files[name] = *std::move(bytes);
  }
  if (failed) faults.push_back(fault(files.shown, "cannot be read: " + failed.message()));
  return !failed;
}

bool read_single(const fs::path& path, TaskFiles& files, std::vector<Diagnostic>& faults) {
  std::error_code failed;
  if (fs::is_symlink(path, failed) &&
      !lies_in(fs::canonical(path, failed), fs::canonical(path.parent_path(), failed))) {
    faults.push_back(fault(files.shown, "the link leads out of its folder", "a copy of the file"));
    return false;
  }
  if (fs::file_size(path, failed) > kLargestTask) {
    faults.push_back(fault(files.shown, "the task is larger than 32 MiB"));
    return false;
  }
  Result<std::string> bytes = read_file(path.string());
  if (!bytes) {
    faults.push_back(fault(files.shown, bytes.error().message, bytes.error().try_this));
    return false;
  }
  files.files["task.md"] = *std::move(bytes);
  return true;
}

ReadTask read_place(const std::string& id, Place place) {
  ReadTask read;
  TaskFiles files = place.bundled ? *std::move(place.bundled) : TaskFiles();
  if (files.id.empty()) {
    files.id = id;
    files.shown = place.path.lexically_normal().generic_string();
    files.single = place.single;
    const bool is_read =
        place.single ? read_single(place.path, files, read.faults) : read_folder(place.path, files, read.faults);
    if (!is_read) return read;
  }
  const std::string shown = files.shown;
  read = read_eval_task(std::move(files));
  if (!read.task) return read;
  read.faults = pattern_faults(*read.task, shown);
  if (!read.faults.empty()) read.task.reset();
  return read;
}

Result<void> check_words(const std::vector<std::string>& given, const std::vector<std::string>& known,
                         const std::string& what) {
  for (const std::string& word : given) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    return fail({ErrorCode::not_found, "no " + what + " \"" + word + "\"", what, "one of: " + join(known, ", "),
                 nearest_names(word, known)});
  }
  return {};
}

bool has(const std::vector<std::string>& list, const std::string& word) {
  return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

bool TaskFilter::takes_id(std::string_view id) const {
  const auto begins = [&](const std::string& start) { return id.starts_with(start); };
  if (!ids.empty() && std::none_of(ids.begin(), ids.end(), begins)) return false;
  return has(roles, std::string(id.substr(0, id.find('/'))));
}

bool TaskFilter::takes(const EvalTask& task) const { return takes_id(task.id) && has(categories, task.category); }

std::vector<Diagnostic> pattern_faults(const EvalTask& task, const std::string& shown) {
  std::vector<Diagnostic> faults;
  for (const PatternCheck& pattern : task_patterns(task)) {
    const Result<void> usable = check_pattern(pattern);
    if (!usable) faults.push_back({true, shown, 0, "pattern", usable.error().message, usable.error().try_this});
  }
  return faults;
}

Result<FoundTasks> find_tasks(const std::vector<std::string>& folders, const TaskFilter& filter) {
  if (const Result<void> known = check_words(filter.roles, task_roles(), "role"); !known) return fail(known.error());
  if (const Result<void> known = check_words(filter.categories, task_categories(), "category"); !known) {
    return fail(known.error());
  }
  FoundTasks found;
  std::map<std::string, Place> by_id;
  for (const std::string& folder : folders) {
    std::error_code failed;
    if (folder != kBundledTasks && !fs::exists(folder, failed)) {
      return fail({ErrorCode::not_found,
                   "there is no folder \"" + folder + "\"",
                   "--tasks",
                   "a folder of tasks: role/slug; or " + std::string(kBundledTasks),
                   {}});
    }
    std::vector<Place> places = folder == kBundledTasks ? bundled_places() : std::vector<Place>();
    if (folder != kBundledTasks) look_below(folder, 2, places);
    for (Place& place : places) {
      const std::string id = place.bundled ? place.bundled->id : id_of(place.path, place.single);
      if (!filter.takes_id(id)) continue;
      const std::string shown = place.path.generic_string();
      const bool is_bundled = place.bundled.has_value();
      const auto known = by_id.find(id);
      if (known != by_id.end() && known->second.bundled.has_value() != is_bundled) {
        if (!is_bundled) known->second = std::move(place);
        ++found.replaced;
        continue;
      }
      const auto [first, is_new] = by_id.emplace(id, std::move(place));
      if (is_new || first->second.path == shown || fs::equivalent(first->second.path, shown, failed)) continue;
      found.faults.push_back(
          fault(shown, "another task has the id " + id + ": " + first->second.path.generic_string()));
      found.broken.push_back(id);
    }
  }
  for (auto& [id, place] : by_id) {
    const bool is_bundled = place.bundled.has_value();
    ReadTask read = read_place(id, std::move(place));
    if (read.task && filter.takes(*read.task)) {
      found.tasks.push_back(*std::move(read.task));
      found.bundled += is_bundled ? 1 : 0;
    }
    if (read.faults.empty()) continue;
    found.broken.push_back(id);
    found.faults.insert(found.faults.end(), read.faults.begin(), read.faults.end());
  }
  return found;
}

std::size_t bundled_tasks_not_in(const std::string& folder) {
  std::vector<Place> places;
  look_below(folder, 2, places);
  std::set<std::string> there;
  for (const Place& place : places) there.insert(id_of(place.path, place.single));
  std::size_t missing = 0;
  for (const TaskFiles& task : task_files_of(bundled_files())) missing += there.contains(task.id) ? 0 : 1;
  return missing;
}

std::vector<std::string> usual_task_folders() {
  const std::string here = "tasks";
  std::vector<Place> places;
  look_below(here, 2, places);
  return {places.empty() ? std::string(kBundledTasks) : here};
}

}  // namespace rigwise
