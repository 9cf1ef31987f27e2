#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rigwise {

/// `text` as HTML and SVG show it, in content and between double quotes: & < > " and ' are written as references,
/// control characters that a page must not hold as U+FFFD.
std::string escape_html(std::string_view text);

/// An attribute of an element; the value is escaped when it is written.
struct HtmlAttribute {
  std::string_view name;
  std::string value;
};
using HtmlAttributes = std::vector<HtmlAttribute>;

/// Writes HTML or SVG element by element. Whatever was opened is closed in order, and text is escaped where it enters,
/// so that the page is well formed whoever wrote the words. Names of elements and attributes are ours, never a user's.
class HtmlWriter {
 public:
  /// Begins an element; close() ends the innermost.
  HtmlWriter& open(std::string_view name, const HtmlAttributes& attributes = {});
  HtmlWriter& close();
  /// An element that has no content and no end: <meta>, <col>.
  HtmlWriter& empty(std::string_view name, const HtmlAttributes& attributes = {});
  /// An element without content that XML ends: <line/>, <rect/>.
  HtmlWriter& shape(std::string_view name, const HtmlAttributes& attributes);
  HtmlWriter& text(std::string_view text);
  /// An element of text alone.
  HtmlWriter& element(std::string_view name, std::string_view text, const HtmlAttributes& attributes = {});
  /// Text that is HTML already: a style sheet of ours, the output of another writer.
  HtmlWriter& raw(std::string_view html);

  /// All of it; what is still open is closed first. The writer is empty afterwards.
  std::string take();

 private:
  void begin(std::string_view name, const HtmlAttributes& attributes);

  std::string html_;
  std::vector<std::string> open_;
};

}  // namespace rigwise
