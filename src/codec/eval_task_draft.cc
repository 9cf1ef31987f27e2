#include "codec/eval_task_draft.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kDate = "created";

bool is_table(const Json& value) { return value.is_object(); }

bool is_list_of_tables(const Json& value) {
  return value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), is_table);
}

/// A text in quotes. What JSON escapes TOML escapes alike; but JSON lets DEL stand.
std::string quoted(const std::string& text) {
  const std::string json = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string out;
  for (const char c : json) {
    if (c == '\x7F')
      out += "\\u007F";
    else
      out += c;
  }
  return out;
}

std::string key_text(const std::string& key) {
  const bool is_bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return is_bare ? key : quoted(key);
}

/// A value on one line; a table within a list of values in braces. TOML has no null: it is left out.
std::string value_text(const Json& value) {
  if (value.is_string()) return quoted(value.get_ref<const std::string&>());
  if (value.is_number_float()) {
    std::string number = shortest(value.get<double>());
    if (number.find_first_of(".e") == std::string::npos) number += ".0";
    return number;
  }
  if (!value.is_structured()) return value.dump();
  std::vector<std::string> parts;
  parts.reserve(value.size());
  for (const auto& item : value.items()) {
    if (item.value().is_null()) continue;
    std::string part = value_text(item.value());
    parts.push_back(value.is_object() ? key_text(item.key()) + " = " + part : std::move(part));
  }
  const std::string inner = join(parts, ", ");
  return value.is_object() ? "{" + inner + "}" : "[" + inner + "]";
}

/// A date as TOML has it without quotes: 2026-11-22.
bool is_date(const Json& value) {
  if (!value.is_string()) return false;
  const std::string& text = value.get_ref<const std::string&>();
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !is_digit : text[i] != kForm[i]) return false;
  }
  const int month = 10 * (text[5] - '0') + text[6] - '0', day = 10 * (text[8] - '0') + text[9] - '0';
  constexpr int kDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month >= 1 && month <= 12 && day >= 1 && day <= kDays[month - 1];
}

void add_table(const Json& object, const std::string& path, const std::vector<std::string>& dates, std::string& out) {
  for (const auto& item : object.items()) {
    const Json& value = item.value();
    if (value.is_null() || is_table(value) || is_list_of_tables(value)) continue;
    const bool is_bare_date =
        path.empty() && std::find(dates.begin(), dates.end(), item.key()) != dates.end() && is_date(value);
    out.append(key_text(item.key())).append(" = ");
    out.append(is_bare_date ? value.get<std::string>() : value_text(value)).append("\n");
  }
  for (const auto& item : object.items()) {
    const std::string inner = path.empty() ? key_text(item.key()) : path + "." + key_text(item.key());
    if (is_table(item.value())) {
      out.append("\n[").append(inner).append("]\n");
      add_table(item.value(), inner, dates, out);
    } else if (is_list_of_tables(item.value())) {
      for (const Json& table : item.value()) {
        out.append("\n[[").append(inner).append("]]\n");
        add_table(table, inner, dates, out);
      }
    }
  }
}

void take_answers(ObjectReader& reader, const char* key, std::vector<TaskFile>& answers) {
  const Json* list = reader.raw(key);
  if (list == nullptr) return;
  if (!list->is_array()) {
    reader.refuse({ErrorCode::invalid_input,
                   std::string("\"") + key + "\" must be a list",
                   key,
                   R"([{"name": "skims", "text": "..."}])",
                   {}});
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    ObjectReader one((*list)[i], std::string(key) + "[" + std::to_string(i) + "]");
    TaskFile answer;
    answer.name = one.required_text("name", "skims");
    answer.bytes = one.text("text").value_or("");
    if (const std::optional<Error> fault = one.done()) reader.refuse(*fault);
    answers.push_back(std::move(answer));
  }
}

void add_part(std::string& text, std::string_view mark, std::string_view body) {
  text.append("+++").append(mark.empty() ? "" : " ").append(mark).append("\n").append(body);
  if (!body.ends_with('\n')) text += '\n';
}

/// What stands between the first and the last line that is not empty.
std::string_view inner_of(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

bool is_same(const std::vector<TaskFile>& meant, const std::vector<TaskFile>& got) {
  return std::equal(meant.begin(), meant.end(), got.begin(), got.end(), [](const TaskFile& a, const TaskFile& b) {
    return a.name == b.name && inner_of(a.bytes) == inner_of(b.bytes);
  });
}

/// Whether the file says what the draft says; a line of a text may be a mark, a name may be none.
void check_parts(const TaskDraft& draft, const TaskTexts& texts, const std::string& shown,
                 std::vector<Diagnostic>& faults) {
  const auto fault = [&](const char* key, const char* message, const char* try_this) {
    faults.push_back({true, shown, 0, key, message, try_this});
  };
  constexpr const char* kIndent = "a space before a line that begins with +++";
  if (inner_of(draft.prompt) != inner_of(texts.prompt)) fault("prompt", "a line of the prompt parts the file", kIndent);
  if (inner_of(draft.reference) != inner_of(texts.reference)) {
    fault("reference", "a line of the reference answer parts the file", kIndent);
  }
  constexpr const char* kName = "names of a-z, 0-9 and hyphens, each once; no line of an answer beginning with +++";
  if (!is_same(draft.wrong, texts.wrong)) fault("wrong", "the wrong answers cannot stand so", kName);
  if (!is_same(draft.right, texts.right)) fault("right", "the right answers cannot stand so", kName);
}

std::string without_carriage_returns(std::string text) {
  TaskFiles files;
  files.files["text.md"] = std::move(text);
  canonicalise(files);
  return files.files["text.md"];
}

}  // namespace

std::string toml_of_json(const Json& object, const std::vector<std::string>& dates) {
  std::string out;
  add_table(object, "", dates, out);
  return out;
}

Result<TaskDraft> task_draft_of(const Json& json) {
  ObjectReader reader(json, "");
  TaskDraft draft;
  draft.id = reader.required_text("id", "manager/budget-line");
  if (const Json* settings = reader.raw("settings")) {
    if (settings->is_object())
      draft.settings = *settings;
    else
      reader.refuse({ErrorCode::invalid_input, "\"settings\" must be an object", "settings", "{\"title\": ...}", {}});
  }
  draft.prompt = without_carriage_returns(reader.text("prompt").value_or(""));
  draft.reference = without_carriage_returns(reader.text("reference").value_or(""));
  take_answers(reader, "wrong", draft.wrong);
  take_answers(reader, "right", draft.right);
  for (auto* answers : {&draft.wrong, &draft.right}) {
    for (TaskFile& answer : *answers) answer.bytes = without_carriage_returns(std::move(answer.bytes));
  }
  if (std::optional<Error> fault = reader.done()) return fail(std::move(*fault));
  return draft;
}

DraftedTask drafted_task(const TaskDraft& draft) {
  TomlJson settings;
  settings.name = draft.id + ".task.md";
  settings.object = {{"schema", 1}};
  for (const auto& item : draft.settings.items()) settings.object[item.key()] = item.value();
  if (!settings.object.contains("canary")) settings.object["canary"] = kTaskCanary;
  if (settings.object.contains(kDate) && is_date(settings.object[std::string(kDate)])) {
    settings.dates.insert(std::string(kDate));
  }
  DraftedTask drafted;
  drafted.text = "+++\n" + toml_of_json(settings.object, {std::string(kDate)});
  add_part(drafted.text, "", draft.prompt);
  if (!inner_of(draft.reference).empty()) add_part(drafted.text, "reference", draft.reference);
  for (const TaskFile& answer : draft.wrong) add_part(drafted.text, "wrong " + answer.name, answer.bytes);
  for (const TaskFile& answer : draft.right) add_part(drafted.text, "right " + answer.name, answer.bytes);
  TaskFiles files{draft.id, settings.name, true, {{"task.md", drafted.text}}};
  canonicalise(files);
  const TaskTexts texts = split_task_file(drafted.text);
  drafted.read = read_task_settings(files, settings, nullptr, texts);
  check_parts(draft, texts, settings.name, drafted.read.faults);
  if (!drafted.read.faults.empty()) drafted.read.task.reset();
  return drafted;
}

}  // namespace rigwise
