#include "codec/record.h"

#include "core/base/text.h"

namespace rigwise {

const char* field_type_name(FieldType type) {
  switch (type) {
    case FieldType::text: return "text";
    case FieldType::integer: return "a whole number";
    case FieldType::real: return "a number";
    case FieldType::boolean: return "true or false";
    case FieldType::list: return "a list of texts";
    case FieldType::other: return "something else";
  }
  return "something else";
}

const RecordTable* Record::table(std::string_view name) const {
  for (const RecordTable& t : tables)
    if (t.name == name) return &t;
  return nullptr;
}

std::string escape_flat(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (const char c = text[i]) {
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      case '[': out += i == 0 ? "\\[" : "["; break;  // would open a table
      default: out += c;
    }
  }
  return out;
}

std::string unescape_flat(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos) return std::string(raw);
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      out += raw[i];
      continue;
    }
    switch (const char c = raw[++i]) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      default: out += c;
    }
  }
  return out;
}

std::vector<std::string> unescape_list(std::string_view raw) {
  std::vector<std::string> items;
  while (!raw.empty()) {
    raw.remove_prefix(1);  // the tab
    const std::size_t end = raw.find('\t');
    items.push_back(unescape_flat(raw.substr(0, end)));
    if (end == std::string_view::npos) break;
    raw.remove_prefix(end);
  }
  return items;
}

bool read_flat(std::string_view flat, const std::vector<int>* lines, Record& record) {
  record.fields.clear();
  record.tables.clear();
  record.tables.emplace_back();
  std::size_t line_index = 0;
  while (!flat.empty()) {
    const std::size_t end = flat.find('\n');
    if (end == std::string_view::npos) return false;
    const std::string_view line = flat.substr(0, end);
    flat.remove_prefix(end + 1);
    const int at = lines != nullptr && line_index < lines->size() ? (*lines)[line_index] : 0;
    ++line_index;
    if (line.starts_with('[')) {
      record.tables.back().end = record.fields.size();
      const bool repeated = line.starts_with("[[");
      record.tables.push_back(
          {line.substr(repeated ? 2 : 1), repeated, at, record.fields.size(), record.fields.size()});
      continue;
    }
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab + 1 >= line.size()) return false;
    const char type = line[tab + 1];
    if (std::string_view("sirblx").find(type) == std::string_view::npos) return false;
    const std::string_view raw = line.substr(tab + 2);
    if (type == 'l' && !raw.empty() && raw[0] != '\t') return false;
    record.fields.push_back({line.substr(0, tab), raw, static_cast<FieldType>(type), at});
  }
  record.tables.back().end = record.fields.size();
  return true;
}

}  // namespace rigwise
