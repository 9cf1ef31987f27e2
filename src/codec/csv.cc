#include "codec/csv.h"

#include <algorithm>

#include "codec/table_reader.h"
#include "core/base/text.h"

namespace rigwise {

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

/// Takes a quoted cell off the front, up to the separator that follows it.
bool CsvReader::read_quoted(std::string_view& cell) {
  rest_.remove_prefix(1);
  std::string* undone = nullptr;  // needed only when a doubled quote is inside
  std::size_t from = 0;
  for (;;) {
    const std::size_t quote = rest_.find('"', from);
    if (quote == std::string_view::npos) {
      fault_ = "a quote is never closed";
      return false;
    }
    line_ += static_cast<int>(std::count(rest_.begin() + static_cast<std::ptrdiff_t>(from),
                                         rest_.begin() + static_cast<std::ptrdiff_t>(quote), '\n'));
    const bool doubled = quote + 1 < rest_.size() && rest_[quote + 1] == '"';
    if (undone == nullptr && doubled) {
      undone = &unquoted_.emplace_back(rest_.substr(0, quote + 1));
    } else if (undone != nullptr) {
      undone->append(rest_.substr(from, quote + (doubled ? 1 : 0) - from));
    }
    if (doubled) {
      from = quote + 2;
      continue;
    }
    cell = undone != nullptr ? std::string_view(*undone) : rest_.substr(0, quote);
    rest_.remove_prefix(quote + 1);
    break;
  }
  if (rest_.empty() || rest_[0] == ',' || rest_[0] == '\n' || rest_.starts_with("\r\n")) return true;
  fault_ = "text follows a closing quote";
  return false;
}

bool CsvReader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  unquoted_.clear();
  while (!rest_.empty() && (rest_[0] == '\n' || rest_.starts_with("\r\n"))) {
    rest_.remove_prefix(rest_[0] == '\n' ? 1 : 2);
    ++line_;
  }
  row_line_ = line_;
  if (rest_.empty() || !fault_.empty()) return false;
  for (;;) {
    std::string_view cell;
    if (!rest_.empty() && rest_[0] == '"') {
      if (!read_quoted(cell)) return false;
    } else {
      std::size_t end = 0;  // by hand: this loop is most of the time a bundle takes to read
      while (end < rest_.size() && rest_[end] != ',' && rest_[end] != '\n') ++end;
      cell = rest_.substr(0, end);
      rest_.remove_prefix(end);
      if (cell.ends_with('\r') && (rest_.empty() || rest_[0] == '\n')) cell.remove_suffix(1);
    }
    cells.push_back(cell);
    if (rest_.starts_with('\r')) rest_.remove_prefix(1);
    if (rest_.empty()) return true;
    const bool row_ends = rest_[0] == '\n';
    rest_.remove_prefix(1);
    if (!row_ends) continue;
    ++line_;
    return true;
  }
}

CsvTable::CsvTable(std::string_view text, std::string_view file, const std::vector<std::string_view>& required,
                   const std::vector<std::string_view>& optional, bool closed, std::vector<Diagnostic>& faults)
    : reader_(text), file_(file), faults_(&faults) {
  if (reader_.next(cells_))
    for (const std::string_view name : cells_) header_.emplace_back(trim(name));
  const auto refuse = [&](std::string key, std::string message, std::string try_this) {
    usable_ = false;
    faults.push_back({true, file_, 1, std::move(key), std::move(message), std::move(try_this)});
  };
  if (!reader_.fault().empty()) refuse("", reader_.fault(), "CSV as in RFC 4180");
  for (const std::string_view name : required) {
    if (!reader_.fault().empty() || column(name) >= 0) continue;
    const std::vector<std::string> nearest = nearest_names(name, header_, 1);
    refuse(std::string(name), "the column \"" + std::string(name) + "\" is missing",
           nearest.empty() ? "the first row names the columns" : "is \"" + nearest[0] + "\" meant?");
  }
  std::vector<std::string> known(required.begin(), required.end());
  known.insert(known.end(), optional.begin(), optional.end());
  for (std::size_t i = 0; i < header_.size(); ++i) {
    const std::string& name = header_[i];
    if (std::find(header_.begin(), header_.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        header_.begin() + static_cast<std::ptrdiff_t>(i))
      refuse(name, "the column \"" + name + "\" is there twice", "");
    if (!closed || std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::vector<std::string> nearest = nearest_names(name, known, 1);
    refuse(name, "unknown column \"" + name + "\"",
           nearest.empty() ? "one of: " + join(known, ", ") : "did you mean \"" + nearest[0] + "\"?");
  }
}

bool CsvTable::next(bool keep_ragged) {
  if (!usable_) return false;
  while (reader_.next(cells_)) {
    if (cells_.size() == header_.size() || keep_ragged) return true;
    faults_->push_back(
        {true, file_, line(), "",
         "the row has " + std::to_string(cells_.size()) + " cells, the header " + std::to_string(header_.size()),
         "put quotes around cells that hold commas"});
  }
  if (!reader_.fault().empty()) faults_->push_back({true, file_, line(), "", reader_.fault(), "CSV as in RFC 4180"});
  return false;
}

int CsvTable::column(std::string_view name) const {
  const auto at = std::find(header_.begin(), header_.end(), name);
  return at == header_.end() ? -1 : static_cast<int>(at - header_.begin());
}

std::string_view CsvTable::cell(int column) const {
  if (column < 0 || static_cast<std::size_t>(column) >= cells_.size()) return {};
  return trim(cells_[static_cast<std::size_t>(column)]);
}

void CsvTable::fault(int column, std::string message, std::string try_this) {
  const bool known = column >= 0 && static_cast<std::size_t>(column) < header_.size();
  if (known) message += " (column " + std::to_string(column + 1) + ")";
  faults_->push_back({true, file_, line(), known ? header_[static_cast<std::size_t>(column)] : "", std::move(message),
                      std::move(try_this)});
}

int CsvTable::index_of_word(int column, const std::vector<std::string>& words) {
  const std::string got = text(column);
  const auto known = std::find(words.begin(), words.end(), got);
  if (known != words.end()) return static_cast<int>(known - words.begin());
  const std::vector<std::string> near = nearest_names(got, words, 1);
  fault(column, "\"" + got.substr(0, 40) + "\" is none of its words",
        near.empty() ? "one of: " + join(words, ", ") : "did you mean \"" + near[0] + "\"?");
  return -1;
}

std::optional<double> CsvTable::number(int column, double least, double most) {
  const std::string_view text = cell(column);
  if (text.empty()) return std::nullopt;
  const Result<double> value = parse_number(text);
  if (value && *value >= least && *value <= most) return *value;
  const std::string quoted = "\"" + std::string(text.substr(0, 60)) + "\"";
  fault(column, quoted + (value ? " is out of range" : " is not a number"),
        "a number from " + shortest(least) + " to " + shortest(most));
  return std::nullopt;
}

void CsvTable::read_date(int column, std::string& out) {
  out = text(column);
  if (!out.empty() && !is_date(out))
    fault(column, "\"" + out.substr(0, 60) + "\" is not a date", std::string(kDateForm));
}

bool CsvTable::require(int column) {
  if (!cell(column).empty()) return true;
  fault(column, "the cell is empty");
  return false;
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace rigwise
