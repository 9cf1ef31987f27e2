#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

// A catalog record in its flat form: what TOML becomes, what the bundle stores, what the decoders read. One line a
// field, `KEY <tab> TYPE VALUE`; `[name` opens a table, `[[name` one more of a repeated table. Backslash escapes keep
// every value on its line. A list is a tab before each item.

enum class FieldType : char { text = 's', integer = 'i', real = 'r', boolean = 'b', list = 'l', other = 'x' };
/// For messages: "text", "a whole number", ...
const char* field_type_name(FieldType type);

struct Field {
  std::string_view key, raw;  ///< as in the flat text, still escaped
  FieldType type = FieldType::text;
  int line = 0;  ///< in the TOML file; 0 in a bundle
};

/// A table of a record: the root (empty name), `[memory]`, or one `[[layers]]`.
struct RecordTable {
  std::string_view name;
  bool repeated = false;
  int line = 0;
  std::size_t begin = 0, end = 0;  ///< of its fields in Record::fields
};

struct Record {
  std::string_view file;
  std::vector<RecordTable> tables;  ///< tables[0] is the root
  std::vector<Field> fields;

  const RecordTable* table(std::string_view name) const;
};

/// Flat text and, per line of it, the line of the TOML file.
struct FlatText {
  std::string text;
  std::vector<int> lines;
};

std::string escape_flat(std::string_view text);
std::string unescape_flat(std::string_view raw);
/// The items of a list field.
std::vector<std::string> unescape_list(std::string_view raw);

/// Cuts flat text into `record`, whose vectors are reused. The text must outlive it. False: not flat text.
bool read_flat(std::string_view flat, const std::vector<int>* lines, Record& record);

}  // namespace rigwise
