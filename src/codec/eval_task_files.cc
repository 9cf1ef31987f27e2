#include "codec/eval_task_files.h"

#include <algorithm>
#include <array>

#include "codec/sha256.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

std::string_view without_line_feeds(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

std::string as_part(std::string_view text) { return std::string(without_line_feeds(text)) + "\n"; }

bool is_answer_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// What a line that parts the file says after its "+++": "", "reference", "wrong NAME", "right NAME".
std::optional<std::string_view> mark_of(std::string_view line) {
  if (!line.starts_with("+++")) return std::nullopt;
  std::string_view rest = line.substr(3);
  while (rest.ends_with(' ') || rest.ends_with('\t')) rest.remove_suffix(1);
  if (rest.empty()) return rest;
  if (!rest.starts_with(' ')) return std::nullopt;
  rest.remove_prefix(1);
  if (rest == "reference") return rest;
  const bool is_side = rest.starts_with("wrong ") || rest.starts_with("right ");
  return is_side && is_answer_name(rest.substr(6)) ? std::optional(rest) : std::nullopt;
}

struct Part {
  std::string_view mark, body;
  int line = 1;  ///< of the mark
};

std::vector<Part> parts_of(std::string_view text) {
  std::vector<Part> parts;
  int line_number = 1;
  std::size_t body_begin = 0;
  for (std::size_t at = 0; at < text.size(); ++line_number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (const auto mark = mark_of(text.substr(at, end - at))) {
      if (!parts.empty()) parts.back().body = text.substr(body_begin, at - body_begin);
      parts.push_back({*mark, {}, line_number});
      body_begin = std::min(end + 1, text.size());
    } else if (parts.empty()) {
      return {};  // something stands before the first mark
    }
    at = end + 1;
  }
  if (!parts.empty()) parts.back().body = text.substr(body_begin);
  return parts;
}

void fault_at(TaskTexts& texts, const Part& part, std::string words) {
  if (!texts.fault.empty()) return;
  texts.fault = std::move(words);
  texts.fault_line = part.line;
}

std::string fenced(std::string_view fence, std::string_view name, std::string_view code) {
  while (!code.empty() && std::string_view(" \t\r\n\f\v").find(code.back()) != std::string_view::npos) {
    code.remove_suffix(1);
  }
  std::string text = "`";
  text.append(name).append("`\n\n```").append(fence).append("\n").append(code).append("\n```\n");
  return text;
}

/// The files of one answer: path below `wrong/`, or below `solution/`.
using Pieces = std::vector<std::pair<std::string_view, std::string_view>>;

std::string as_blocks(const Pieces& pieces, std::string_view fence) {
  std::string text;
  for (const auto& [name, code] : pieces) {
    if (!text.empty()) text += '\n';
    text += fenced(fence, name, code);
  }
  return text;
}

std::vector<TaskFile> answers_below(const TaskFiles& files, std::string_view folder, std::string_view fence,
                                    std::string_view only_file) {
  std::vector<TaskFile> answers;
  std::map<std::string, Pieces> in_folders;
  for (const auto& [path, bytes] : files.files) {
    if (!path.starts_with(folder)) continue;
    const std::string_view inner = std::string_view(path).substr(folder.size());
    const std::string name(inner.substr(0, inner.find_first_of("./")));
    if (const std::size_t slash = inner.find('/'); slash != std::string_view::npos) {
      in_folders[name].emplace_back(inner.substr(slash + 1), bytes);
    } else {
      answers.push_back(
          {name, inner.ends_with(".md") ? bytes : fenced(fence, only_file.empty() ? inner : only_file, bytes)});
    }
  }
  for (const auto& [name, pieces] : in_folders) answers.push_back({name, as_blocks(pieces, fence)});
  return answers;
}

}  // namespace

void canonicalise(TaskFiles& files) {
  for (auto& [path, bytes] : files.files) {
    if (bytes.find('\0') != std::string::npos) continue;
    std::string plain;
    plain.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] != '\r' || i + 1 >= bytes.size() || bytes[i + 1] != '\n') plain += bytes[i];
    }
    bytes = std::move(plain);
  }
}

std::string task_revision(const TaskFiles& files) {
  Sha256 hash;
  hash.add("rigwise task 1\n");
  for (const auto& [path, bytes] : files.files) {
    hash.add(path);
    hash.add("\n" + std::to_string(bytes.size()) + "\n");
    hash.add(bytes);
  }
  return hash.hex();
}

TaskTexts split_task_file(std::string_view text) {
  TaskTexts texts;
  const std::vector<Part> parts = parts_of(text);
  if (parts.size() < 2 || !parts[0].mark.empty() || !parts[1].mark.empty()) {
    texts.fault = "starts with a line +++, then TOML, then +++, then the prompt";
    texts.fault_line = 1;
    return texts;
  }
  texts.settings = "\n" + std::string(parts[0].body);
  texts.prompt = as_part(parts[1].body);
  for (std::size_t i = 2; i < parts.size(); ++i) {
    const Part& part = parts[i];
    if (part.mark.empty()) {
      fault_at(texts, part, "a third bare +++ line");
    } else if (part.mark == "reference") {
      if (!texts.reference.empty()) fault_at(texts, part, "a second reference");
      texts.reference = as_part(part.body);
    } else {
      std::vector<TaskFile>& answers = part.mark.starts_with("wrong") ? texts.wrong : texts.right;
      const std::string name(part.mark.substr(6));
      if (std::any_of(answers.begin(), answers.end(), [&](const TaskFile& a) { return a.name == name; })) {
        fault_at(texts, part, "a second answer of the name " + name);
      }
      answers.push_back({name, as_part(part.body)});
    }
  }
  return texts;
}

TaskTexts folder_texts(const TaskFiles& files, std::string_view fence, std::string_view only_file) {
  TaskTexts texts;
  const auto text_of = [&](const std::string& path) {
    const auto found = files.files.find(path);
    return found == files.files.end() ? std::string() : found->second;
  };
  texts.settings = text_of("task.toml");
  texts.prompt = text_of("prompt.md");
  texts.reference = text_of("reference.md");
  if (texts.reference.empty()) {
    constexpr std::string_view kSolution = "solution/";
    Pieces pieces;
    for (const auto& [path, bytes] : files.files) {
      if (path.starts_with(kSolution)) pieces.emplace_back(std::string_view(path).substr(kSolution.size()), bytes);
    }
    texts.reference = as_blocks(pieces, fence);
  }
  texts.wrong = answers_below(files, "wrong/", fence, only_file);
  texts.right = answers_below(files, "right/", fence, only_file);
  return texts;
}

bool is_inner_path(std::string_view path) {
  const bool has_odd = std::any_of(
      path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\\' || c == '\x7F'; });
  if (path.empty() || has_odd) return false;
  const std::vector<std::string_view> parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

std::string_view fence_word(CodeLanguage language) {
  constexpr std::array<std::string_view, 8> kWords = {"cpp", "python", "js", "ts", "bash", "sql", "go", ""};
  return kWords[static_cast<std::size_t>(language)];
}

}  // namespace rigwise
