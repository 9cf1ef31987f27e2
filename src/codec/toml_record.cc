#include "codec/toml_record.h"

#include <algorithm>
#include <sstream>

#include "codec/toml_parser.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

template <class T>
std::string written_out(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// A TOML file holds one record of one level of tables, so this is a walk over a tree of depth two; anything deeper
/// becomes a dotted table name, which no decoder knows and which is reported as such.
class Flattener {
 public:
  FlatText take() { return std::move(out_); }

  void write_root(const toml::table& root) { write_table(root, ""); }

 private:
  struct Entry {
    const toml::key* key;
    const toml::node* value;
  };

  /// Keys in the order of the file (toml++ keeps them by name), plain values before tables.
  static std::vector<Entry> in_file_order(const toml::table& table) {
    std::vector<Entry> entries;
    for (const auto& [key, value] : table) entries.push_back({&key, &value});
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      const bool a_nests = nests(*a.value), b_nests = nests(*b.value);
      if (a_nests != b_nests) return b_nests;
      return a.key->source().begin.line < b.key->source().begin.line;
    });
    return entries;
  }

  static bool is_array_of_tables(const toml::node& node) {
    const toml::array* array = node.as_array();
    return array != nullptr && !array->empty() &&
           std::all_of(array->begin(), array->end(), [](const toml::node& item) { return item.is_table(); });
  }
  static bool nests(const toml::node& node) { return node.is_table() || is_array_of_tables(node); }

  void write_table(const toml::table& table, const std::string& path) {
    for (const Entry& entry : in_file_order(table)) {
      const std::string key(entry.key->str());
      const int line = static_cast<int>(entry.key->source().begin.line);
      const std::string inner = path.empty() ? key : path + "." + key;
      if (const toml::table* child = entry.value->as_table()) {
        line_of("[" + escape_flat(inner), line);
        write_table(*child, inner);
      } else if (is_array_of_tables(*entry.value)) {
        for (const toml::node& item : *entry.value->as_array()) {
          line_of("[[" + escape_flat(inner), static_cast<int>(item.source().begin.line));
          write_table(*item.as_table(), inner);
        }
      } else {
        line_of(escape_flat(key) + '\t' + flat_value(*entry.value), line);
      }
    }
  }

  static std::string flat_value(const toml::node& node) {
    if (const auto* text = node.as_string()) return "s" + escape_flat(text->get());
    if (const auto* whole = node.as_integer()) return "i" + std::to_string(whole->get());
    if (const auto* real = node.as_floating_point()) return "r" + shortest(real->get());
    if (const auto* truth = node.as_boolean()) return truth->get() ? "btrue" : "bfalse";
    if (const auto* date = node.as_date()) return "s" + written_out(date->get());
    if (const toml::array* array = node.as_array()) {
      std::string items = "l";
      for (const toml::node& item : *array) {
        if (!item.is_string()) return "x";
        items += '\t' + escape_flat(item.as_string()->get());
      }
      return items;
    }
    return "x";
  }

  void line_of(const std::string& text, int line) {
    out_.text += text;
    out_.text += '\n';
    out_.lines.push_back(line);
  }

  FlatText out_;
};

}  // namespace

std::optional<FlatText> flatten_toml(std::string_view text, std::string_view file, std::vector<Diagnostic>& faults) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    faults.push_back({true, std::string(file), static_cast<int>(error.source().begin.line), "",
                      std::string(error.description()), "TOML 1.0, see docs/catalog.md"});
    return std::nullopt;
  }
  Flattener flattener;
  flattener.write_root(parsed.table());
  return flattener.take();
}

}  // namespace rigwise
