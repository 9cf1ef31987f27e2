#include "codec/toml_eval_task.h"

#include "core/base/text.h"

namespace rigwise {

ReadTask read_eval_task(TaskFiles files) {
  canonicalise(files);
  const auto only = files.files.find("task.md");
  TaskTexts texts =
      files.single ? split_task_file(only == files.files.end() ? "" : only->second) : folder_texts(files, "", "");
  const std::string settings = files.single ? files.shown : files.shown + "/task.toml";
  const Result<TomlJson> toml = parse_toml_json(texts.settings, settings, "TOML 1.0, see docs/tasks.md");
  if (toml) return read_task_settings(files, *toml, parse_toml_json, std::move(texts));
  ReadTask read;
  if (!texts.fault.empty()) {
    read.faults.push_back({true, files.shown, texts.fault_line, "", texts.fault, "see docs/tasks.md"});
    return read;
  }
  const std::string_view where = toml.error().where;
  const int line = static_cast<int>(parse_number(where.substr(where.find_last_of(':') + 1)).value_or(0));
  read.faults.push_back({true, settings, line, "", toml.error().message, toml.error().try_this});
  return read;
}

}  // namespace rigwise
