#include "sections.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {

std::string filled(const std::string& page, const Sections& sections) {
  static const std::string kBegin = "<!-- generated: ", kClose = " -->\n", kEnd = "<!-- end -->";
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = page.find(kBegin, at);
    if (begin == std::string::npos) return out + page.substr(at);
    const std::size_t name_at = begin + kBegin.size(), close = page.find(kClose, name_at);
    const std::size_t end = close == std::string::npos ? close : page.find(kEnd, close);
    if (end == std::string::npos) return out + page.substr(at) + "\n(the last generated place never ends)\n";
    const std::string name = page.substr(name_at, close - name_at);
    const auto found = sections.find(name);
    out += page.substr(at, close + kClose.size() - at);
    out += found == sections.end() ? "(nothing is generated under this name)\n" : found->second;
    at = end;
  }
}

std::string first_difference(const std::string& stands, const std::string& should) {
  const auto old_lines = split(stands, '\n'), new_lines = split(should, '\n');
  for (std::size_t i = 0; i < std::max(old_lines.size(), new_lines.size()); ++i) {
    const std::string_view a = i < old_lines.size() ? old_lines[i] : "(nothing)";
    const std::string_view b = i < new_lines.size() ? new_lines[i] : "(nothing)";
    if (a != b) {
      return "line " + std::to_string(i + 1) + "\n  stands: " + std::string(a) + "\n  should: " + std::string(b);
    }
  }
  return {};
}

}  // namespace rigwise
