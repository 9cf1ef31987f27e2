#pragma once

#include <string>
#include <vector>

namespace rigwise {

/// A table of texts: numbers are right-aligned. Renders as aligned text (fitted to a width), CSV or Markdown.
struct Table {
  struct Column {
    std::string title;
    bool numeric = false;
    bool may_shrink = false;  ///< the column whose text is cut with an ellipsis when the line would be too wide
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;

  std::string as_text(int width) const;
  std::string as_csv() const;
  std::string as_markdown() const;
};

/// Columns a text takes on a terminal (UTF-8 code points; wide scripts are not expected in the catalog).
int display_width(const std::string& text);

}  // namespace rigwise
