#include "host/cli/table.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

std::string padded(const std::string& text, int width, bool right) {
  const int missing = std::max(0, width - display_width(text));
  const std::string spaces(static_cast<std::size_t>(missing), ' ');
  return right ? spaces + text : text + spaces;
}

std::string quoted_csv(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string escaped_markdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

}  // namespace

int display_width(const std::string& text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string Table::as_text(int width) const {
  std::vector<int> widths;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    int widest = display_width(columns[c].title);
    for (const auto& row : rows) widest = std::max(widest, display_width(row[c]));
    widths.push_back(widest);
  }
  int total = static_cast<int>(columns.size()) * 2 - 2;
  for (const int w : widths) total += w;
  // Shrinkable columns give way, the widest first, but stay readable.
  while (total > width) {
    std::size_t victim = columns.size();
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (columns[c].may_shrink && widths[c] > 8 && (victim == columns.size() || widths[c] > widths[victim]))
        victim = c;
    }
    if (victim == columns.size()) break;
    --widths[victim];
    --total;
  }
  std::string text;
  const auto add_line = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (c != 0) line += "  ";
      line += padded(cut_to_width(cell_of(c), static_cast<std::size_t>(widths[c])), widths[c], columns[c].numeric);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    text += line + "\n";
  };
  add_line([&](std::size_t c) { return columns[c].title; });
  for (const auto& row : rows) add_line([&](std::size_t c) { return row[c]; });
  return text;
}

std::string Table::as_csv() const {
  std::string text;
  const auto add_line = [&](const auto& cell_of) {
    for (std::size_t c = 0; c < columns.size(); ++c) text += (c == 0 ? "" : ",") + quoted_csv(cell_of(c));
    text += "\n";
  };
  add_line([&](std::size_t c) { return columns[c].title; });
  for (const auto& row : rows) add_line([&](std::size_t c) { return row[c]; });
  return text;
}

std::string Table::as_markdown() const {
  std::string text = "|";
  for (const Column& column : columns) text += " " + escaped_markdown(column.title) + " |";
  text += "\n|";
  for (const Column& column : columns) text += column.numeric ? " ---: |" : " --- |";
  text += "\n";
  for (const auto& row : rows) {
    text += "|";
    for (const std::string& cell : row) text += " " + escaped_markdown(cell) + " |";
    text += "\n";
  }
  return text;
}

}  // namespace rigwise
