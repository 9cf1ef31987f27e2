#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/diagnostic.h"
#include "codec/eval_task_files.h"
#include "codec/toml_json.h"

namespace rigwise {

/// Reads the TOML of a further file; see parse_toml_json().
using TomlParser = Result<TomlJson> (*)(std::string_view text, std::string file_name, std::string try_this);

/// Reads a TOML file of a task table by table and collects the faults of all of them; of one table the first. Without a
/// parser it reads no further file: a task of one file has none.
class TaskReader {
 public:
  TaskReader(const TaskFiles& files, const TomlJson& toml, TomlParser parse, std::vector<Diagnostic>& faults)
      : files_(&files), toml_(&toml), parse_(parse), faults_(&faults) {}

  /// The table of `key`, through `read(reader)`.
  template <class Read>
  void inside(ObjectReader& reader, std::string_view key, Read read) {
    const Json* object = reader.raw(key);
    if (object == nullptr) return;
    ObjectReader item(*object, reader.path_of(key));
    read(item);
    finish(item);
  }
  /// Each table of the list of `key`, through `read(reader)`.
  template <class Read>
  void each(ObjectReader& reader, std::string_view key, Read read) {
    const Json* list = reader.raw(key);
    if (list == nullptr) return;
    if (!list->is_array()) {
      refuse(reader, key, "\"" + std::string(key) + "\" must be a list of tables");
      return;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      ObjectReader item((*list)[i], reader.path_of(key) + "[" + std::to_string(i) + "]");
      read(item);
      finish(item);
    }
  }

  /// A list of lists of texts.
  std::vector<std::vector<std::string>> groups(ObjectReader& reader, std::string_view key);
  /// One of some words; a fault where it must be given and is not.
  std::string word(ObjectReader& reader, std::string_view key, const std::vector<std::string>& words,
                   bool must_be_given = true);
  /// The bytes of a file of the task; nothing and a fault where there is none.
  const std::string* file_of(ObjectReader& reader, std::string_view key, const std::string& path);
  /// A JSON Schema as a table, as JSON text or, where it may be, as a file -> JSON text.
  std::string schema(ObjectReader& reader, std::string_view key, bool may_be_file);

  /// A fault of a key, kept by its table's reader.
  void refuse(ObjectReader& reader, std::string_view key, std::string message, std::string try_this = {});
  /// What the reader found, as a diagnostic.
  void finish(ObjectReader& reader);
  void add(const Error& error);

  const TaskFiles& files() const { return *files_; }
  const TomlJson& toml() const { return *toml_; }
  TomlParser parser() const { return parse_; }
  std::vector<Diagnostic>& faults() { return *faults_; }
  bool is_date(std::string_view path) const { return toml_->dates.contains(std::string(path)); }

 private:
  const TaskFiles* files_;
  const TomlJson* toml_;
  TomlParser parse_;
  std::vector<Diagnostic>* faults_;
};

/// `[[check]]`, all of them. `sandbox` and `agent` are the task's, where it has them.
std::vector<TaskCheck> read_task_checks(TaskReader& task, ObjectReader& root, const SandboxSpec* sandbox,
                                        const AgentSpec* agent);
/// `[agent]`.
AgentSpec read_agent(TaskReader& task, ObjectReader& reader);
/// A call that is expected, forbidden or waited for.
CallPattern read_call_pattern(TaskReader& task, ObjectReader& reader, bool is_counted);

}  // namespace rigwise
