#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// A fenced block of Markdown.
struct CodeBlock {
  std::string info;    ///< after the fence: "python", "cpp title=a.cc"
  std::string before;  ///< the line above the fence
  std::string body;
};

/// Every closed block of backticks or tildes, in order. One that never closes is none: it was cut off.
std::vector<CodeBlock> code_blocks(std::string_view answer);

/// The code of an answer. "No code found" is something else than "does not compile", and `missing` says it.
struct ExtractedCode {
  std::map<std::string, std::string> files;  ///< name -> code
  std::vector<std::string> missing;          ///< wanted names without code

  bool whole() const { return missing.empty(); }
  std::string joined() const;
};

/// Which block is which file; part of the protocol version.
///     several files: each is the last block that names it, in its info, in the line above or in its first line
///     one file: the longest block that names it; else the longest of the language; else the longest without a
///     language; else an answer without any fence is the code
/// Takes  names relative to the working folder, and a language: cpp, python, javascript, typescript, bash, sql, go,
/// text.
ExtractedCode extract_code(std::string_view answer, std::string_view language, const std::vector<std::string>& names);

/// Whether a word after a fence means the language: "py" is python.
bool names_language(std::string_view word, std::string_view language);

}  // namespace rigwise
