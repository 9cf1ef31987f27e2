#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// Where in a file something stands: "faq.md:12".
std::string place_in_file(const std::string& file, int line);

/// What a Markdown text points at becomes what a page may hold, or is refused. Both are given the target as written and
/// where it stands.
struct MarkdownTargets {
  std::function<Result<std::string>(const std::string& target, const std::string& where)> link;   ///< -> href
  std::function<Result<std::string>(const std::string& target, const std::string& where)> image;  ///< -> src
};

/// What stands under a heading of the second level.
struct MarkdownPart {
  std::string heading, anchor, html;
};

/// A Markdown text as HTML.
struct MarkdownText {
  std::string title;  ///< the heading of the first level; empty: there is none
  std::string intro;  ///< what stands before the first heading of the second level
  std::vector<MarkdownPart> parts;
  std::vector<std::string> anchors;  ///< of all headings, "PREFIX-of-the-heading"
};

/// Takes  a CommonMark text with tables and struck words, the file's name and the line at which the text begins there;
///        `prefix` begins its anchors. Headings below the second level stay that far below it.
/// Gives  well-formed HTML of our own elements; whatever the text holds is text in it.
/// Errors  with file and line: HTML (comments are left out), a target that is refused, a second heading of the first
///         level.
Result<MarkdownText> read_markdown_text(std::string_view text, const std::string& file, int first_line,
                                        const std::string& prefix, const MarkdownTargets& targets);

/// Words as they stand in an address: "What is it?" -> "what-is-it".
std::string anchor_words(std::string_view words);

}  // namespace rigwise
