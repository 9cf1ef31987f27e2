#include "host/cli/usage_file.h"

#include <ostream>

#include "codec/usage_json.h"
#include "core/base/text.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

std::string shown(const Json& value) {
  if (value.is_number()) return significant(value.get<double>(), 3);
  if (!value.is_array()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return std::to_string(value.size()) + (value.size() == 1 ? " entry" : " entries");
}

}  // namespace

ArgSpec usage_arg() {
  return {"--usage", "", ArgType::text, "FILE.json", "what is used today, of `usage import --out`; flags win over it"};
}

Result<std::optional<Json>> usage_file(const Args& args) {
  const std::optional<std::string> path = args.text("--usage");
  if (!path) return std::optional<Json>();
  const Result<std::string> text = read_file(*path);
  if (!text) return fail(text.error());
  Result<Json> json = usage_file_of(*text, *path);
  if (!json) return fail(json.error());
  return std::optional<Json>(*std::move(json));
}

void lay_usage_under(const Json& part, const std::string& path, Json& target, std::vector<std::string>& filled) {
  if (!part.is_object() || !target.is_object()) return;
  for (const auto& item : part.items()) {
    if (target.contains(item.key())) continue;
    target[item.key()] = item.value();
    filled.push_back(path + item.key() + " " + shown(item.value()));
  }
}

void note_filled(const Console& console, const Args& args, const std::vector<std::string>& filled) {
  const std::optional<std::string> path = args.text("--usage");
  if (!path) return;
  if (filled.empty())
    *console.err << "note: " << *path << " fills nothing: all it knows is said already, or it knows too little\n";
  else
    *console.err << "note: " << *path << " fills " << join(filled, ", ") << '\n';
}

}  // namespace rigwise
