#include "codec/toml_json.h"

#include <cmath>
#include <sstream>

#include "codec/toml_parser.h"

namespace rigwise {
namespace {

/// "2026-04-15", whatever the date or time was written as.
template <class T>
std::string text_of(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// Turns TOML into JSON, noting where each key stood.
class Converter {
 public:
  explicit Converter(TomlJson& file) : file_(file) {}

  Json convert(const toml::node& node, const std::string& path) {
    file_.line_of.emplace(path, static_cast<int>(node.source().begin.line));
    if (const toml::table* table = node.as_table()) return convert_table(*table, path);
    if (const toml::array* array = node.as_array()) return convert_array(*array, path);
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* real = node.as_floating_point())
      return std::isfinite(real->get()) ? Json(real->get()) : Json("nan");
    if (const auto* truth = node.as_boolean()) return truth->get();
    if (const auto* time = node.as_time()) return text_of(time->get());
    if (const auto* both = node.as_date_time()) return text_of(both->get());
    if (const auto* date = node.as_date()) {
      file_.dates.insert(path);
      return text_of(date->get());
    }
    return nullptr;
  }

 private:
  Json convert_table(const toml::table& table, const std::string& path) {
    Json object = Json::object();
    for (const auto& [key, value] : table) {
      const std::string name(key.str());
      const std::string inner = path.empty() ? name : path + "." + name;
      // A key stands where its name does, even when its value begins on a later line.
      file_.line_of.emplace(inner, static_cast<int>(key.source().begin.line));
      object[name] = convert(value, inner);
    }
    return object;
  }

  Json convert_array(const toml::array& array, const std::string& path) {
    Json list = Json::array();
    for (std::size_t i = 0; i < array.size(); ++i) {
      list.push_back(convert(array[i], path + "[" + std::to_string(i) + "]"));
    }
    return list;
  }

  TomlJson& file_;
};

}  // namespace

Result<TomlJson> parse_toml_json(std::string_view text, std::string file_name, std::string try_this) {
  const toml::parse_result parsed = toml::parse(text, file_name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return invalid("not valid TOML: " + std::string(error.description()),
                   file_name + ":" + std::to_string(error.source().begin.line), std::move(try_this));
  }
  TomlJson file;
  file.name = std::move(file_name);
  file.object = Converter(file).convert(parsed.table(), "");
  return file;
}

}  // namespace rigwise
