#include "codec/toml_needs.h"

#include <cmath>
#include <sstream>

#include "codec/needs.h"
#include "codec/toml_parser.h"
#include "core/base/text.h"

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
  explicit Converter(std::map<std::string, int>& line_of) : line_of_(line_of) {}

  Json convert(const toml::node& node, const std::string& path) {
    line_of_.emplace(path, static_cast<int>(node.source().begin.line));
    if (const toml::table* table = node.as_table()) return convert_table(*table, path);
    if (const toml::array* array = node.as_array()) return convert_array(*array, path);
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* real = node.as_floating_point())
      return std::isfinite(real->get()) ? Json(real->get()) : Json("nan");
    if (const auto* truth = node.as_boolean()) return truth->get();
    if (const auto* date = node.as_date()) return text_of(date->get());
    if (const auto* time = node.as_time()) return text_of(time->get());
    if (const auto* both = node.as_date_time()) return text_of(both->get());
    return nullptr;
  }

 private:
  Json convert_table(const toml::table& table, const std::string& path) {
    Json object = Json::object();
    for (const auto& [key, value] : table) {
      const std::string name(key.str());
      const std::string inner = path.empty() ? name : path + "." + name;
      // A key stands where its name does, even when its value begins on a later line.
      line_of_.emplace(inner, static_cast<int>(key.source().begin.line));
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

  std::map<std::string, int>& line_of_;
};

}  // namespace

std::string NeedsFile::locate(std::string_view path) const {
  constexpr std::string_view kRoot = "needs.";
  if (path == "needs") return name;
  std::string key(path.starts_with(kRoot) ? path.substr(kRoot.size()) : path);
  // A key that is missing has no line: the nearest table around it has.
  for (std::string at = key;; at.resize(at.find_last_of(".["))) {
    if (const auto found = line_of.find(at); found != line_of.end() && found->second > 0) {
      return name + ":" + std::to_string(found->second) + " / " + key;
    }
    if (at.find_last_of(".[") == std::string::npos) return name + " / " + key;
  }
}

Result<NeedsFile> parse_needs_toml(std::string_view text, std::string file_name) {
  const toml::parse_result parsed = toml::parse(text, file_name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return invalid("not valid TOML: " + std::string(error.description()),
                   file_name + ":" + std::to_string(error.source().begin.line),
                   "key = value lines under [tables]; see examples/needs-hobbyist.toml");
  }
  NeedsFile file;
  file.name = std::move(file_name);
  file.object = Converter(file.line_of).convert(parsed.table(), "");
  return file;
}

Result<Needs> decode_needs_toml(std::string_view text, std::string file_name) {
  Result<NeedsFile> file = parse_needs_toml(text, std::move(file_name));
  if (!file) return fail(file.error());
  Result<Needs> needs = decode_needs(file->object);
  if (!needs) needs.error().where = file->locate(needs.error().where);
  return needs;
}

}  // namespace rigwise
