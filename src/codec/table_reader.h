#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/diagnostic.h"
#include "codec/record.h"

namespace rigwise {

/// "YYYY", "YYYY-MM" or "YYYY-MM-DD" of a day that exists.
bool is_date(std::string_view text);

/// What every date must look like, for messages.
inline constexpr std::string_view kDateForm = "YYYY, YYYY-MM or YYYY-MM-DD";

/// Reads one table of a record key by key; every fault is added to the list with file, line and key.
/// Ask for every key the table may have, then call done(), which reports the others.
class TableReader {
 public:
  /// A null `table` reads as one without keys.
  TableReader(const Record& record, const RecordTable* table, std::vector<Diagnostic>& faults)
      : record_(&record), table_(table), faults_(&faults) {
    asked_.reserve(48);  // more than any table has; growing it by steps would show in the start-up time
  }

  std::optional<double> number(std::string_view key, double least, double most);
  std::optional<int> integer(std::string_view key, int least, int most);
  std::optional<bool> boolean(std::string_view key);

  void read(std::string_view key, std::string& out);
  void read(std::string_view key, std::vector<std::string>& out);
  void read(std::string_view key, bool& out) { out = boolean(key).value_or(out); }
  void read_date(std::string_view key, std::string& out);
  /// One of the words listed; anything else is a fault that lists them.
  void read_word(std::string_view key, std::initializer_list<std::string_view> words, std::string& out);
  void read_count(std::string_view key, int& out, int least = 0, int most = 100'000'000);

  /// A number times `unit` into an optional quantity: read_quantity("bandwidth_gbps", kGb, d.memory_bandwidth, ...).
  template <class Quantity>
  void read_quantity(std::string_view key, double unit, std::optional<Quantity>& out, double least, double most) {
    if (const auto n = number(key, least, most)) out = Quantity{*n * unit};
  }
  /// The same into a plain double or optional of it.
  void read_number(std::string_view key, std::optional<double>& out, double least, double most) {
    if (const std::optional<double> n = number(key, least, most)) out = n;
  }
  void read_number(std::string_view key, double& out, double least, double most, double unit = 1) {
    if (const auto n = number(key, least, most)) out = *n * unit;
  }

  /// A word of an enumeration whose values are 0 .. `last`, spelt by `name`.
  template <class Enum>
  void read_enum(std::string_view key, const char* (*name)(Enum), Enum last, Enum& out) {
    const Field* field = find(key);
    if (field == nullptr || !expect(*field, FieldType::text)) return;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      if (field->raw != name(static_cast<Enum>(i))) continue;
      out = static_cast<Enum>(i);
      return;
    }
    std::vector<std::string> words;
    for (int i = 0; i <= static_cast<int>(last); ++i) words.emplace_back(name(static_cast<Enum>(i)));
    wrong_word(*field, words);
  }

  /// The keys and texts of a table whose keys are free.
  std::vector<std::pair<std::string, std::string>> all_texts();

  bool has(std::string_view key) const;
  /// True for a key that was asked for, in the table or not.
  bool knows(std::string_view key) const;
  /// Reports a key that must be there and is not.
  void require(std::initializer_list<std::string_view> keys);
  /// Reports every key nobody asked for, with the nearest one that exists.
  void done();
  /// A fault of this table as a whole or of one of its keys.
  void fault(std::string_view key, std::string message, std::string try_this = {}, bool is_error = true);

  bool is_present() const { return table_ != nullptr; }
  int line() const { return table_ != nullptr ? table_->line : 0; }

 private:
  const Field* find(std::string_view key);
  const Field* look(std::string_view key) const;
  bool expect(const Field& field, FieldType type);
  void wrong_word(const Field& field, const std::vector<std::string>& words);
  std::string path_of(std::string_view key) const;

  const Record* record_;
  const RecordTable* table_;
  std::vector<Diagnostic>* faults_;
  std::vector<std::string_view> asked_;
  std::size_t found_ = 0;
};

}  // namespace rigwise
