#include "codec/text_lines.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {

std::vector<TextLine> lines_of(std::string_view text) {
  std::vector<TextLine> lines;
  lines.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back({static_cast<int>(lines.size()) + 1, begin, line});
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string_view> table_cells(std::string_view line) {
  std::string_view row = trim(line);
  if (row.size() < 2 || !row.starts_with('|') || !row.ends_with('|')) return {};
  row.remove_prefix(1);
  row.remove_suffix(1);
  std::vector<std::string_view> cells = split(row, '|');
  for (std::string_view& cell : cells) cell = trim(cell);
  return cells;
}

bool is_cut_off_row(std::string_view line) {
  const std::string_view row = trim(line);
  return row.starts_with('|') && (row.size() < 2 || !row.ends_with('|'));
}

bool is_table_rule(const std::vector<std::string_view>& cells) {
  return std::all_of(cells.begin(), cells.end(), [](std::string_view cell) {
    return !cell.empty() && cell.find_first_not_of("-:") == std::string_view::npos;
  });
}

std::string_view value_after(std::string_view line, std::string_view key) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || trim(line.substr(0, colon)) != key) return {};
  return trim(line.substr(colon + 1));
}

}  // namespace rigwise
