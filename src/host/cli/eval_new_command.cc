#include <algorithm>
#include <ctime>
#include <filesystem>
#include <ostream>

#include "codec/eval_task_draft.h"
#include "codec/task_template.h"
#include "codec/toml_eval_task.h"
#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/eval/bundled_tasks.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

/// What a new task begins with, from a person or from a TaskDefinition of another project.
struct Draft {
  std::string title{TaskTemplate::title};
  std::string category = "reasoning";
  int difficulty = 2;
  int max_output_tokens = 4096;
  std::vector<std::string> tags;
  std::vector<std::string> expects = {std::string(TaskTemplate::expects)};
  std::string prompt{TaskTemplate::prompt};
};

std::string quoted(const std::string& text) { return Json(text).dump(); }

std::string quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  parts.reserve(texts.size());
  for (const std::string& text : texts) parts.push_back(quoted(text));
  return "[" + join(parts, ", ") + "]";
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &utc)};
}

/// A line that would part the file, in a text that came from elsewhere.
std::string without_marks(std::string_view text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    if (!out.empty()) out += '\n';
    out.append(line.starts_with("+++") ? " " : "").append(line);
  }
  return out;
}

std::string skeleton(const Draft& draft) {
  std::string text = "+++\nschema = 1\n";
  text += "title = " + quoted(draft.title) + "\n";
  text += "category = " + quoted(draft.category) + "  # one of: " + join(task_categories(), ", ") + "\n";
  text += "kind = \"calculation\"  # code text translation extraction choice calculation agent\n";
  text += "difficulty = " + std::to_string(draft.difficulty) + "  # 1 anybody, 5 an expert with time\n";
  if (!draft.tags.empty()) text += "tags = " + quoted(draft.tags) + "\n";
  text += "expects = " + quoted(draft.expects) + "\n";
  text += "license = \"Apache-2.0\"\nauthors = []\nsource = \"\"\ncreated = " + today() + "\n";
  text += std::string("canary = ") + quoted(std::string(kTaskCanary)) + "\n\n";
  text += "[limits]\nmax_output_tokens = " + std::to_string(draft.max_output_tokens) + "\n\n";
  text += "# What tells a right answer from a wrong one; docs/tasks.md lists the types.\n";
  text += "[[check]]\ntype = \"number\"\nlabel = \"Answer\"\nvalue = 42\nmust = true\n+++\n";
  text += without_marks(draft.prompt) + "\n";
  text.append("+++ reference\n").append(TaskTemplate::reference).append("\n\nAnswer: 42\n");
  for (const std::string_view name : TaskTemplate::wrong_names) {
    text.append("+++ wrong ").append(name).append("\n").append(TaskTemplate::wrong).append("\n\nAnswer: 0\n");
  }
  return text;
}

/// S3's TaskDefinition: id, category, title, difficulty, maxTokens, tags, prompt, expectedCapabilities.
Result<Draft> draft_from(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  const Result<Json> json = parse_json(*text);
  if (!json) return fail(json.error());
  Draft draft;
  ObjectReader reader(*json, "");
  (void)reader.text("id");
  draft.title = reader.required_text("title", "\"Duplicate invoice\"");
  draft.category = reader.required_text("category", "\"debugging\"");
  const std::vector<std::string>& known = task_categories();
  if (std::find(known.begin(), known.end(), draft.category) == known.end()) {
    reader.refuse({ErrorCode::invalid_input, "\"" + draft.category + "\" is no category", "category",
                   "one of: " + join(known, ", "), nearest_names(draft.category, known)});
  }
  draft.difficulty = reader.integer("difficulty", 1, 5).value_or(draft.difficulty);
  draft.max_output_tokens = reader.integer("maxTokens", 1, 1'000'000).value_or(draft.max_output_tokens);
  draft.tags = reader.texts("tags").value_or(draft.tags);
  draft.prompt = reader.required_text("prompt", "\"Write ...\"");
  draft.expects = reader.texts("expectedCapabilities").value_or(draft.expects);
  if (const std::optional<Error> fault = reader.done()) {
    Error error = *fault;
    error.where = path + (error.where.empty() ? "" : " / " + error.where);
    return fail(std::move(error));
  }
  return draft;
}

/// Before anything is written: what the skeleton would be refused for, such as a role that is none.
std::optional<Error> refusal_of(const std::string& id, const std::string& shown, const std::string& text) {
  const ReadTask read = read_eval_task({id, shown, true, {{"task.md", text}}});
  if (read.faults.empty()) return std::nullopt;
  const Diagnostic& fault = read.faults.front();
  return Error{ErrorCode::invalid_input, fault.message, fault.key.empty() ? shown : fault.key, fault.try_this, {}};
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const std::string id = args.text("ROLE/SLUG").value_or("");
  if (id.empty()) {
    return console.print_error({ErrorCode::invalid_input,
                                "the new task has no name",
                                "ROLE/SLUG",
                                "rigwise eval tasks new manager/budget-line",
                                {}});
  }
  const std::optional<std::string> from = args.text("--from");
  const Result<Draft> draft = from ? draft_from(*from) : Result<Draft>(Draft{});
  if (!draft) return console.print_error(draft.error());
  const std::vector<std::string> given = args.list("--tasks");
  const std::string below = given.empty() ? "tasks" : given.front();
  if (below == kBundledTasks) {
    return console.print_error(
        {ErrorCode::invalid_input, "the bundled tasks are part of the program", "--tasks", "a folder of your own", {}});
  }
  const std::filesystem::path path = std::filesystem::path(below) / (id + ".task.md");
  const std::string text = skeleton(*draft);
  if (const std::optional<Error> refused = refusal_of(id, path.string(), text)) return console.print_error(*refused);
  std::filesystem::path folder = path;
  folder.replace_extension().replace_extension();
  if (std::filesystem::exists(path) || std::filesystem::exists(folder)) {
    return console.print_error(
        {ErrorCode::invalid_input, "there is a task " + id + " already", path.string(), "another name", {}});
  }
  Result<void> written = make_folder(path.parent_path().string());
  if (written) written = write_file_atomically(path.string(), text);
  if (!written) return console.print_error(written.error());
  if (session.printed_as_json({{"schema", "rigwise.eval_tasks_new/1"}, {"id", id}, {"file", path.string()}})) return 0;
  *console.out << "wrote " << path.string() << "\nnow fill in:\n"
               << "  prompt        what was really asked, with every rule that the answer depends on\n"
               << "  [[check]]     what only a right answer has; words of the prompt are no evidence\n"
               << "  +++ reference the answer that you would send\n"
               << "  +++ wrong     three answers of somebody who skims, each lost to one check\n"
               << "then: rigwise eval tasks prove " << id << " --tasks " << below << " --verbose\n";
  return 0;
}

}  // namespace

const CommandSpec& eval_tasks_new_command() {
  static const CommandSpec kSpec = {
      "eval tasks new",
      "write the beginning of a task, to be filled in",
      "eval tasks new manager/budget-line",
      {{"ROLE/SLUG", "", ArgType::text, "ROLE/SLUG", "the new task's id: manager/budget-line"},
       {"--tasks", "", ArgType::list, "DIR", "folder of tasks (tasks)"},
       {"--from", "", ArgType::text, "FILE.json",
        "begin with a TaskDefinition: title, prompt, expectedCapabilities, ..."}},
      run};
  return kSpec;
}

}  // namespace rigwise
