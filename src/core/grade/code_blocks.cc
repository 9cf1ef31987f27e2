#include "core/grade/code_blocks.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

/// A line that can open or close a block: its sign and how many of them.
struct Fence {
  char sign = 0;
  std::size_t count = 0;
  std::string_view rest;
};

std::optional<Fence> fence_of(std::string_view line) {
  const std::string_view bare = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  if (bare.empty() || (bare[0] != '`' && bare[0] != '~')) return std::nullopt;
  Fence fence{bare[0], std::min(bare.find_first_not_of(bare[0]), bare.size()), {}};
  fence.rest = trim(bare.substr(fence.count));
  if (fence.count < 3 || fence.rest.find('`') != std::string_view::npos) return std::nullopt;
  return fence;
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string_view first_word(std::string_view text) {
  text = trim(text);
  return text.substr(0, text.find_first_of(" \t"));
}

/// A name stands whole: "a.cc" is not in "data.cc" nor in "src/a.cc".
bool mentions(std::string_view line, std::string_view name) {
  for (std::size_t at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
    const auto joins = [](char c) { return c == '-' || c == '/'; };
    const std::size_t end = at + name.size();
    const bool before =
        at > 0 && (is_word_character(utf8_before(line, at).point) || joins(line[at - 1]) || line[at - 1] == '.');
    const bool after = end < line.size() && (is_word_character(utf8_at(line, end).point) || joins(line[end]));
    if (!before && !after) return true;
  }
  return false;
}

bool is_named(const CodeBlock& block, std::string_view name) {
  return mentions(block.info, name) || mentions(block.before, name) || mentions(first_line(block.body), name);
}

/// The longest block that a test takes; of equal ones the first.
template <class Test>
const CodeBlock* longest(const std::vector<CodeBlock>& blocks, Test test) {
  const CodeBlock* best = nullptr;
  for (const CodeBlock& block : blocks) {
    if (test(block) && (best == nullptr || block.body.size() > best->body.size())) best = &block;
  }
  return best;
}

std::optional<std::string> only_file(std::string_view answer, const std::vector<CodeBlock>& blocks,
                                     std::string_view language, const std::string& name) {
  const CodeBlock* best = longest(blocks, [&](const CodeBlock& block) { return is_named(block, name); });
  if (best == nullptr) {
    best = longest(blocks, [&](const CodeBlock& block) { return names_language(first_word(block.info), language); });
  }
  if (best == nullptr) best = longest(blocks, [](const CodeBlock& block) { return block.info.empty(); });
  if (best != nullptr) return best->body;
  const bool has_fence = answer.find("```") != std::string_view::npos || answer.find("~~~") != std::string_view::npos;
  if (has_fence || trim(answer).empty()) return std::nullopt;
  return std::string(answer);
}

}  // namespace

std::vector<CodeBlock> code_blocks(std::string_view answer) {
  std::vector<CodeBlock> blocks;
  std::optional<Fence> open;
  CodeBlock block;
  std::string_view above;
  const std::vector<std::string_view> lines = split(answer, '\n');
  for (const std::string_view line : lines) {
    const std::optional<Fence> fence = fence_of(line);
    if (open) {
      if (fence && fence->sign == open->sign && fence->count >= open->count && fence->rest.empty()) {
        blocks.push_back(std::move(block));
        open.reset();
      } else {
        block.body += line;
        block.body += '\n';
      }
    } else if (fence) {
      open = fence;
      block = {std::string(fence->rest), std::string(above), ""};
    }
    if (!trim(line).empty()) above = line;
  }
  return blocks;
}

std::string ExtractedCode::joined() const {
  std::string all;
  for (const auto& [name, code] : files) {
    all += code;
    if (!all.ends_with('\n')) all += '\n';
  }
  return all;
}

ExtractedCode extract_code(std::string_view answer, std::string_view language, const std::vector<std::string>& names) {
  const std::vector<CodeBlock> blocks = code_blocks(answer);
  ExtractedCode found;
  for (const std::string& name : names) {
    if (names.size() == 1) {
      if (auto code = only_file(answer, blocks, language, name)) found.files[name] = std::move(*code);
      continue;
    }
    for (const CodeBlock& block : blocks) {
      if (is_named(block, name)) found.files[name] = block.body;
    }
  }
  for (const std::string& name : names) {
    if (!found.files.contains(name)) found.missing.push_back(name);
  }
  return found;
}

bool names_language(std::string_view word, std::string_view language) {
  struct Names {
    std::string_view language;
    std::array<std::string_view, 4> words;
  };
  constexpr std::array kNames = {Names{"cpp", {"cpp", "c++", "cc", "cxx"}},
                                 Names{"python", {"python", "py", "python3", "python"}},
                                 Names{"javascript", {"javascript", "js", "node", "mjs"}},
                                 Names{"typescript", {"typescript", "ts", "ts", "ts"}},
                                 Names{"bash", {"bash", "sh", "shell", "zsh"}},
                                 Names{"sql", {"sql", "sqlite", "sqlite3", "sql"}},
                                 Names{"go", {"go", "golang", "go", "go"}},
                                 Names{"text", {"", "text", "txt", "plain"}}};
  const std::string wanted = lower(word);
  for (const Names& names : kNames) {
    if (names.language == language)
      return std::find(names.words.begin(), names.words.end(), wanted) != names.words.end();
  }
  return wanted == language;
}

}  // namespace rigwise
