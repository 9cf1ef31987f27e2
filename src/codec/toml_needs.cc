#include "codec/toml_needs.h"

#include "codec/needs.h"

namespace rigwise {

std::string NeedsFile::locate(std::string_view path) const {
  constexpr std::string_view kRoot = "needs.";
  if (path == "needs") return name;
  const std::string key(path.starts_with(kRoot) ? path.substr(kRoot.size()) : path);
  const int line = line_at(key);
  return line > 0 ? name + ":" + std::to_string(line) + " / " + key : name + " / " + key;
}

Result<NeedsFile> parse_needs_toml(std::string_view text, std::string file_name) {
  Result<TomlJson> file =
      parse_toml_json(text, std::move(file_name), "key = value lines under [tables]; see examples/needs-hobbyist.toml");
  if (!file) return fail(file.error());
  return NeedsFile{*std::move(file)};
}

Result<Needs> decode_needs_toml(std::string_view text, std::string file_name) {
  Result<NeedsFile> file = parse_needs_toml(text, std::move(file_name));
  if (!file) return fail(file.error());
  Result<Needs> needs = decode_needs(file->object);
  if (!needs) needs.error().where = file->locate(needs.error().where);
  return needs;
}

}  // namespace rigwise
