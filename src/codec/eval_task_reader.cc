#include "codec/eval_task_reader.h"

#include <algorithm>

#include "codec/json_schema.h"
#include "core/base/text.h"

namespace rigwise {

std::vector<std::vector<std::string>> TaskReader::groups(ObjectReader& reader, std::string_view key) {
  std::vector<std::vector<std::string>> lists;
  const Json* value = reader.raw(key);
  if (value == nullptr) return lists;
  const auto is_group = [](const Json& group) {
    return group.is_array() && !group.empty() &&
           std::all_of(group.begin(), group.end(), [](const Json& term) { return term.is_string(); });
  };
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), is_group)) {
    refuse(reader, key, "\"" + std::string(key) + "\" must be a list of lists of texts",
           "[[\"one\", \"synonym\"], [\"two\"]]");
    return lists;
  }
  for (const Json& group : *value) lists.push_back(group.get<std::vector<std::string>>());
  return lists;
}

std::string TaskReader::word(ObjectReader& reader, std::string_view key, const std::vector<std::string>& words,
                             bool must_be_given) {
  const std::optional<std::string> given = reader.text(key);
  if (given && std::find(words.begin(), words.end(), *given) != words.end()) return *given;
  if (given) {
    reader.refuse({ErrorCode::invalid_input, "\"" + *given + "\" is no " + std::string(key), reader.path_of(key),
                   "one of: " + join(words, ", "), nearest_names(*given, words)});
  } else if (must_be_given) {
    refuse(reader, key, "\"" + std::string(key) + "\" is missing", "one of: " + join(words, ", "));
  }
  return {};
}

const std::string* TaskReader::file_of(ObjectReader& reader, std::string_view key, const std::string& path) {
  if (!is_inner_path(path)) {
    refuse(reader, key, "\"" + path + "\" leaves the task's folder", "a path below it, such as tests/driver.py");
    return nullptr;
  }
  const auto found = files_->single ? files_->files.end() : files_->files.find(path);
  if (found != files_->files.end()) return &found->second;
  refuse(reader, key,
         files_->single ? "\"" + path + "\": a task of one file has no files beside it"
                        : "\"" + path + "\": no such file in " + files_->shown);
  return nullptr;
}

std::string TaskReader::schema(ObjectReader& reader, std::string_view key, bool may_be_file) {
  const Json* value = reader.raw(key);
  if (value == nullptr) return "{}";
  Json schema = *value;
  if (value->is_string()) {
    std::string text = value->get<std::string>();
    if (may_be_file && !trim(text).starts_with('{')) {
      const std::string* bytes = file_of(reader, key, text);
      if (bytes == nullptr) return "{}";
      text = *bytes;
    }
    Result<Json> parsed = parse_json(text);
    if (!parsed) {
      refuse(reader, key,
             "\"" + std::string(key) + "\": " + parsed.error().message + " (" + parsed.error().where + ")");
      return "{}";
    }
    schema = *std::move(parsed);
  }
  if (const std::string words = unusable_schema(schema); !words.empty()) {
    refuse(reader, key, words,
           "type properties required additionalProperties items enum const minimum maximum "
           "minItems maxItems minLength pattern");
    return "{}";
  }
  return schema.dump();
}

void TaskReader::refuse(ObjectReader& reader, std::string_view key, std::string message, std::string try_this) {
  reader.refuse({ErrorCode::invalid_input, std::move(message), reader.path_of(key), std::move(try_this), {}});
}

void TaskReader::finish(ObjectReader& reader) {
  if (const std::optional<Error> fault = reader.done()) add(*fault);
}

void TaskReader::add(const Error& error) {
  std::string try_this = error.try_this;
  if (!error.did_you_mean.empty()) {
    try_this = "did you mean " + join(error.did_you_mean, " or ") + "?" + (try_this.empty() ? "" : " " + try_this);
  }
  faults_->push_back({true, toml_->name, toml_->line_at(error.where), error.where, error.message, std::move(try_this)});
}

}  // namespace rigwise
