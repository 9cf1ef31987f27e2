#include "codec/eval_task_settings.h"

#include <algorithm>
#include <array>

#include "codec/eval_task_reader.h"
#include "codec/json_schema.h"
#include "core/base/text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kLongestSlug = 100;  // a file's name is no longer than 255 bytes anywhere
constexpr std::size_t kShownId = 120;

bool is_task_id(std::string_view id) {
  const std::vector<std::string_view> parts = split(id, '/');
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) return false;
  const auto is_role = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_slug = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const std::string_view slug = parts[1];
  return std::all_of(parts[0].begin(), parts[0].end(), is_role) && std::all_of(slug.begin(), slug.end(), is_slug) &&
         !slug.starts_with('-') && !slug.ends_with('-') && slug.find("--") == std::string_view::npos &&
         slug.size() <= kLongestSlug;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_at(text, at);
    // U+FFFD is what broken bytes become; written out it has three bytes.
    if (step.point == 0xFFFD && step.next - at != 3) return false;
    at = step.next;
  }
  return true;
}

Texts names_of(std::string_view (*name)(CodeLanguage), int count) {
  Texts names;
  for (int i = 0; i < count; ++i) names.emplace_back(name(static_cast<CodeLanguage>(i)));
  return names;
}

Texts kind_names() {
  Texts names;
  constexpr int kKinds = 7;
  for (int i = 0; i < kKinds; ++i) names.emplace_back(task_kind_name(static_cast<TaskKind>(i)));
  return names;
}

void read_identity(TaskReader& task, ObjectReader& r, EvalTask& out) {
  out.id = task.files().id;
  out.role = out.id.substr(0, out.id.find('/'));
  if (!is_task_id(out.id)) {
    task.refuse(r, "id", "\"" + out.id.substr(0, kShownId) + (out.id.size() > kShownId ? "...\"" : "\"") + " is no id",
                "role/slug, the slug in lower case with single hyphens, of at most " + std::to_string(kLongestSlug) +
                    " characters");
  }
  const Json* schema = r.raw("schema");
  if (schema == nullptr || !schema->is_number_integer() || schema->get<std::int64_t>() != 1) {
    task.refuse(r, "schema", schema == nullptr ? "\"schema\" is missing" : "schema " + schema->dump() + " is not known",
                "schema = 1, the version of this format");
  }
  if (const auto id = r.text("id"); id && *id != out.id) {
    task.refuse(r, "id", "\"" + *id + "\" lies where \"" + out.id + "\" belongs");
  }
  if (const auto role = r.text("role"); role && *role != out.role) {
    task.refuse(r, "role", "\"" + *role + "\" lies in the folder \"" + out.role + "\"");
  }
  if (std::find(task_roles().begin(), task_roles().end(), out.role) == task_roles().end()) {
    r.refuse({ErrorCode::invalid_input, "\"" + out.role + "\" is no role", r.path_of("role"),
              "one of: " + join(task_roles(), ", "), nearest_names(out.role, task_roles())});
  }
}

void read_origin(TaskReader& task, ObjectReader& r, EvalTask& out) {
  out.license = r.required_text("license", "license = \"Apache-2.0\"");
  out.authors = r.texts("authors").value_or(Texts{});
  out.source = r.text("source").value_or("");
  out.created = r.text("created").value_or("");
  if (!task.is_date(r.path_of("created"))) {
    task.refuse(r, "created", out.created.empty() ? "\"created\" is missing" : "\"created\" must be a date",
                "created = 2026-11-22, without quotes");
  }
  out.canary = r.required_text("canary", "canary = \"rigwise-tasks ...\"");
}

void read_about(TaskReader& task, ObjectReader& r, EvalTask& out) {
  out.title = r.required_text("title", "title = \"Duplicate invoice\"");
  out.category = task.word(r, "category", task_categories());
  out.kind = task_kind_of_name(task.word(r, "kind", kind_names())).value_or(TaskKind::text);
  const std::string lang = task.word(r, "lang", task_languages(), false);
  if (!lang.empty()) out.lang = lang;
  const std::optional<int> difficulty = r.integer("difficulty", 1, 5);
  if (!difficulty) task.refuse(r, "difficulty", "\"difficulty\" is missing", "1 anybody to 5 an expert with time");
  out.difficulty = difficulty.value_or(1);
  out.family = r.text("family").value_or(out.id);
  out.tags = r.texts("tags").value_or(Texts{});
  out.expects = r.texts("expects").value_or(Texts{});
  if (out.expects.empty()) task.refuse(r, "expects", "\"expects\" is missing", "one line at least; the judges read it");
  out.pass = r.number("pass", 0, 1).value_or(out.pass);
  out.turns = r.texts("turns").value_or(Texts{});
  read_origin(task, r, out);
}

void read_images(TaskReader& task, ObjectReader& r, EvalTask& out) {
  constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";
  for (const std::string& path : r.texts("images").value_or(Texts{})) {
    const std::string* bytes = task.file_of(r, "images", path);
    if (bytes == nullptr) continue;
    if (!bytes->starts_with(kPng)) task.refuse(r, "images", "\"" + path + "\" is not a PNG");
    out.images.push_back({path, *bytes});
  }
}

void read_settings(TaskReader& task, ObjectReader& root, EvalTask& out) {
  task.inside(root, "limits", [&](ObjectReader& r) {
    out.limits.max_output_tokens = r.integer("max_output_tokens", 1, 1'000'000).value_or(out.limits.max_output_tokens);
    out.limits.time_s = r.number("time_s", 1, 86400).value_or(out.limits.time_s);
  });
  task.inside(root, "sampling", [&](ObjectReader& r) {
    out.sampling.temperature = r.number("temperature", 0, 2).value_or(out.sampling.temperature);
    out.sampling.n = r.integer("n", 1, 1000).value_or(out.sampling.n);
  });
  task.inside(root, "score", [&](ObjectReader& r) {
    constexpr double kMostWeight = 1e6;
    out.weights.content = r.number("content", 0, kMostWeight).value_or(out.weights.content);
    out.weights.compile = r.number("compile", 0, kMostWeight).value_or(out.weights.compile);
    out.weights.completeness = r.number("completeness", 0, kMostWeight).value_or(out.weights.completeness);
    out.cap = r.number("cap", kLowestCap, 1).value_or(out.cap);
  });
}

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

void read_sandbox(TaskReader& task, ObjectReader& r, SandboxSpec& box) {
  constexpr int kLanguages = 8;
  const std::string language = task.word(r, "language", names_of(code_language_name, kLanguages));
  box.language = code_language_of_name(language).value_or(CodeLanguage::text);
  const std::optional<std::string> file = r.text("file");
  box.files = file ? Texts{*file} : r.texts("outputs").value_or(Texts{});
  if (file && r.raw("outputs") != nullptr) task.refuse(r, "outputs", "\"file\" or \"outputs\", not both");
  if (box.files.empty())
    task.refuse(r, "file", "[sandbox] has neither \"file\" nor \"outputs\"", "file = \"clean.py\"");
  for (const std::string& name : box.files) {
    if (!is_inner_path(name)) task.refuse(r, file ? "file" : "outputs", "\"" + name + "\" leaves the folder");
  }
  constexpr int kMostCpu = 600, kMostMemory = 16384;
  box.cpu_s = r.integer("cpu_s", 1, kMostCpu).value_or(box.cpu_s);
  box.memory_mib = r.integer("memory_mib", 16, kMostMemory).value_or(box.memory_mib);
  const std::optional<std::string> driver = r.text("driver");
  if (!driver) return;
  const std::string* bytes = task.file_of(r, "driver", *driver);
  box.driver = TaskFile{std::string(file_name(*driver)), bytes == nullptr ? "" : *bytes};
  if (std::find(box.files.begin(), box.files.end(), box.driver->name) != box.files.end()) {
    task.refuse(r, "driver", "the driver has the name of a file of the answer");
  }
}

void read_parts(TaskReader& task, ObjectReader& root, EvalTask& out) {
  task.inside(root, "sandbox", [&](ObjectReader& r) { read_sandbox(task, r, out.sandbox.emplace()); });
  task.inside(root, "agent", [&](ObjectReader& r) { out.agent = read_agent(task, r); });
  if ((out.kind == TaskKind::agent) != out.agent.has_value()) {
    task.refuse(root, "kind", "kind \"agent\" and [agent] go together");
  }
  out.checks = read_task_checks(task, root, out.sandbox ? &*out.sandbox : nullptr, out.agent ? &*out.agent : nullptr);
}

/// Prompt and answers.
void take_texts(const TaskFiles& files, TaskTexts texts, EvalTask& out, std::vector<Diagnostic>& faults) {
  const auto fault = [&](std::string_view part, std::string message) {
    const std::string file = files.single ? files.shown : files.shown + "/" + std::string(part);
    faults.push_back({true, file, 0, "", std::move(message), ""});
  };
  if (!texts.fault.empty())
    faults.push_back({true, files.shown, texts.fault_line, "", texts.fault, "see docs/tasks.md"});
  if (trim(texts.prompt).empty()) fault("prompt.md", "the prompt is empty");
  if (trim(texts.reference).empty()) fault("reference.md", "no reference answer");
  if (!is_utf8(texts.prompt)) fault("prompt.md", "the prompt is no UTF-8");
  out.prompt = std::move(texts.prompt);
  out.reference = std::move(texts.reference);
  out.wrong = std::move(texts.wrong);
  out.right = std::move(texts.right);
}

void take_tilde_patterns(const std::string& args, std::vector<PatternCheck>& patterns) {
  const Result<Json> object = parse_json(args);
  if (!object || !object->is_object()) return;
  for (const Json& value : *object) {
    if (!value.is_string() || !value.get_ref<const std::string&>().starts_with('~')) continue;
    patterns.emplace_back();
    patterns.back().pattern = value.get<std::string>().substr(1);
    patterns.back().ignore_case = true;
  }
}

void take_schema_patterns(const std::string& schema, std::vector<PatternCheck>& patterns) {
  const Result<Json> object = parse_json(schema);
  if (!object) return;
  for (const std::string& pattern : schema_patterns(*object)) {
    patterns.emplace_back();
    patterns.back().pattern = pattern;
  }
}

}  // namespace

const std::vector<std::string>& task_languages() {
  static const std::vector<std::string> kLanguages = {"en", "fr", "sv"};
  return kLanguages;
}

ReadTask read_task_settings(const TaskFiles& files, const TomlJson& toml, TomlParser parse, TaskTexts texts) {
  ReadTask read;
  EvalTask out;
  out.rev = task_revision(files);
  TaskReader task(files, toml, parse, read.faults);
  ObjectReader root(toml.object, "");
  read_identity(task, root, out);
  read_about(task, root, out);
  read_images(task, root, out);
  read_settings(task, root, out);
  read_parts(task, root, out);
  task.finish(root);
  if (!files.single && out.sandbox) {
    const bool is_one = out.sandbox->files.size() == 1;
    texts = folder_texts(files, fence_word(out.sandbox->language), is_one ? out.sandbox->files.front() : "");
  }
  take_texts(files, std::move(texts), out, read.faults);
  if (read.faults.empty()) read.task = std::move(out);
  return read;
}

std::vector<PatternCheck> task_patterns(const EvalTask& task) {
  std::vector<PatternCheck> patterns;
  for (const TaskCheck& check : task.checks) {
    if (const auto* pattern = std::get_if<PatternCheck>(&check.body)) patterns.push_back(*pattern);
    if (const auto* json = std::get_if<JsonCheck>(&check.body)) take_schema_patterns(json->schema, patterns);
    if (const auto* calls = std::get_if<CallsCheck>(&check.body)) {
      for (const CallPattern& call : calls->expect) take_tilde_patterns(call.args, patterns);
      for (const CallPattern& call : calls->forbid) take_tilde_patterns(call.args, patterns);
    }
  }
  if (!task.agent) return patterns;
  for (const AgentTool& tool : task.agent->tools) {
    take_schema_patterns(tool.parameters, patterns);
    for (const ToolReply& reply : tool.replies) {
      take_tilde_patterns(reply.when, patterns);
      if (reply.after) take_tilde_patterns(reply.after->args, patterns);
    }
  }
  return patterns;
}

}  // namespace rigwise
