#pragma once

#include <string_view>
#include <vector>

namespace rigwise {

/// A line of a text, without its end (LF or CRLF).
struct TextLine {
  int number = 1;  ///< from 1
  std::size_t begin = 0;
  std::string_view text;
};

std::vector<TextLine> lines_of(std::string_view text);

/// Cells of a Markdown table's row, trimmed; none when the line is no row ("| a | b |").
std::vector<std::string_view> table_cells(std::string_view line);

/// Whether a line began as a row and does not end as one: what its last cell would have been nobody knows.
bool is_cut_off_row(std::string_view line);

/// Whether the cells are the rule under a table's head: dashes and colons only.
bool is_table_rule(const std::vector<std::string_view>& cells);

/// The text behind `key` and a colon, trimmed ("eval rate:   70.1 tokens/s"), white space before the colon counting
/// nothing; empty when the line has another key.
std::string_view value_after(std::string_view line, std::string_view key);

}  // namespace rigwise
