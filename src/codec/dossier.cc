#include "codec/dossier.h"

#include "core/base/text.h"

namespace rigwise {
namespace {

std::string id_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  if (path.ends_with(".md")) path.remove_suffix(3);
  return std::string(path);
}

}  // namespace

Dossier decode_dossier(std::string_view path, std::string_view text, std::vector<Diagnostic>& faults) {
  Dossier dossier;
  dossier.device = id_of(path);
  std::vector<Opinion>* section = nullptr;
  int number = 0;
  const auto refuse = [&](std::string message, std::string try_this) {
    faults.push_back({true, std::string(path), number, "", std::move(message), std::move(try_this)});
  };
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line);
    if (line.empty() || line.starts_with("# ")) continue;
    if (line == "## Pros" || line == "## Gotchas") {
      section = line == "## Pros" ? &dossier.pros : &dossier.gotchas;
      continue;
    }
    const std::size_t bracket = line.rfind(" [");
    if (!line.starts_with("- ") || section == nullptr) {
      refuse("\"" + std::string(line.substr(0, 40)) + "\" is no point of a section",
             "\"- sentence. [source]\" under \"## Pros\" or \"## Gotchas\"");
    } else if (bracket == std::string_view::npos || !line.ends_with("]") || bracket + 3 >= line.size()) {
      refuse("the point has no source", "end it with [source]");
    } else {
      section->push_back({std::string(trim(line.substr(2, bracket - 2))),
                          std::string(line.substr(bracket + 2, line.size() - bracket - 3))});
    }
  }
  return dossier;
}

}  // namespace rigwise
