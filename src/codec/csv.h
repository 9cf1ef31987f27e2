#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/diagnostic.h"
#include "core/base/result.h"

namespace rigwise {

/// Reads CSV (RFC 4180: quotes, doubled quotes, line ends inside quotes; LF or CRLF; a byte order mark is skipped) row
/// by row. Cells point into the text or, when quotes had to be undone, into the reader: good until the next row.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);

  /// False at the end of the text or at a fault. Blank lines are skipped.
  bool next(std::vector<std::string_view>& cells);
  /// Line on which the last row began, from 1.
  int line() const { return row_line_; }
  /// What broke the text, if anything did: a quote never closed, text after a closing quote.
  const std::string& fault() const { return fault_; }

 private:
  bool read_quoted(std::string_view& cell);

  std::string_view rest_;
  std::deque<std::string> unquoted_;
  std::string fault_;
  int line_ = 1, row_line_ = 1;
};

/// A CSV table whose columns are found by the names in its first row.
class CsvTable {
 public:
  /// Reads the header. Missing `required` columns, and columns that are neither required nor optional when `closed`,
  /// are faults; see usable().
  CsvTable(std::string_view text, std::string_view file, const std::vector<std::string_view>& required,
           const std::vector<std::string_view>& optional, bool closed, std::vector<Diagnostic>& faults);

  bool usable() const { return usable_; }
  /// Goes to the next row that has as many cells as the header; others are faults (or, with `keep_ragged`, kept with
  /// what they have). False at the end.
  bool next(bool keep_ragged = false);

  int line() const { return reader_.line(); }
  std::size_t cell_count() const { return cells_.size(); }
  std::size_t column_count() const { return header_.size(); }
  /// Position of a column, -1 when the table lacks it.
  int column(std::string_view name) const;
  /// The cell without white space around it; empty when the column or cell is absent.
  std::string_view cell(int column) const;

  /// Typed cells. An empty cell is absent; a bad one is a fault with line, column and key, and absent.
  std::string text(int column) const { return std::string(cell(column)); }
  std::optional<double> number(int column, double least, double most);
  void read_date(int column, std::string& out);
  /// A word of an enumeration that ends with `last`; anything else is a fault that names the nearest.
  template <class Enum>
  std::optional<Enum> word(int column, const char* (*name)(Enum), Enum last) {
    std::vector<std::string> words;
    for (int i = 0; i <= static_cast<int>(last); ++i) words.emplace_back(name(static_cast<Enum>(i)));
    const int at = index_of_word(column, words);
    return at < 0 ? std::nullopt : std::optional<Enum>(static_cast<Enum>(at));
  }
  /// A fault when the cell is empty; true when it has text.
  bool require(int column);
  void fault(int column, std::string message, std::string try_this = {});

 private:
  int index_of_word(int column, const std::vector<std::string>& words);

  CsvReader reader_;
  std::string file_;
  std::vector<std::string> header_;
  std::vector<std::string_view> cells_;
  std::vector<Diagnostic>* faults_;
  bool usable_ = true;
};

/// A cell as CSV wants it: quoted when it holds a comma, a quote or a line end.
std::string csv_cell(std::string_view text);

}  // namespace rigwise
