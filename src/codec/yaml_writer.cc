#include "codec/yaml_writer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/text.h"

namespace rigwise {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What some version of YAML reads as something else than the text, in lower case.
constexpr std::array<std::string_view, 12> kWords = {"y",  "n",   "yes",  "no",   "true", "false",
                                                     "on", "off", "null", "none", "inf",  "nan"};

bool stands_plain(const std::string& text) {
  if (text.empty() || !(is_letter(text.front()) || text.front() == '/')) return false;
  if (std::find(kWords.begin(), kWords.end(), lower(text)) != kWords.end()) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '/' || c == '.' || c == '-'; });
}

void write_node(const Json& node, std::size_t indent, std::string& out);

void write_value(const Json& value, std::size_t indent, std::string& out) {
  if (value.is_string()) {
    out += ' ' + yaml_scalar(value.get<std::string>()) + '\n';
  } else if (value.is_structured() && value.empty()) {
    out += value.is_array() ? " []\n" : " {}\n";
  } else if (value.is_structured()) {
    out += '\n';
    write_node(value, indent, out);
  } else {
    out += ' ' + value.dump() + '\n';
  }
}

void write_comment(const std::string& text, std::size_t indent, std::string& out) {
  for (const std::string_view line : split(text, '\n')) {
    out.append(indent, ' ');
    out += "# ";
    out += line;
    out += '\n';
  }
}

void write_object(const Json& object, std::size_t indent, bool first_is_open, std::string& out) {
  bool is_open = first_is_open;
  for (const auto& [key, value] : object.items()) {
    if (!key.empty() && key.front() == '#') {
      if (is_open) continue;
      write_comment(value.get<std::string>(), indent, out);
      continue;
    }
    if (!is_open) out.append(indent, ' ');
    is_open = false;
    out += yaml_scalar(key) + ':';
    write_value(value, indent + 2, out);
  }
}

void write_node(const Json& node, std::size_t indent, std::string& out) {
  if (node.is_object()) {
    write_object(node, indent, false, out);
    return;
  }
  for (const Json& item : node) {
    out.append(indent, ' ');
    out += '-';
    if (item.is_object() && !item.empty()) {
      out += ' ';
      write_object(item, indent + 2, true, out);
    } else {
      write_value(item, indent + 2, out);
    }
  }
}

}  // namespace

std::string yaml_scalar(const std::string& text) {
  return stands_plain(text) ? text : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string yaml_text(const Json& object) {
  std::string out;
  write_node(object, 0, out);
  return out;
}

}  // namespace rigwise
