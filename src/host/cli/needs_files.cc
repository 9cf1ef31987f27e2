#include "host/cli/needs_files.h"

#include <utility>

#include "host/files/files.h"

namespace rigwise {

Error GivenNeeds::located(Error error) const {
  if (file && error.where.starts_with("needs")) error.where = file->locate(error.where);
  return error;
}

Result<GivenNeeds> read_needs_file(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  if (path.ends_with(".json")) {
    Result<Json> object = parse_json(*text);
    if (!object) {
      Error error = object.error();
      error.where = path + (error.where.empty() ? "" : ": " + error.where);
      return fail(std::move(error));
    }
    return GivenNeeds{*std::move(object), std::nullopt};
  }
  Result<NeedsFile> file = parse_needs_toml(*text, path);
  if (!file) return fail(file.error());
  return GivenNeeds{file->object, *std::move(file)};
}

}  // namespace rigwise
