#include <cmath>

#include "codec/base64.h"
#include "verbs/fit.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostBytes = std::size_t{256} << 20;  // of base64; real headers take at most some tens of MB

Error at(Error error, const std::string& where) {
  error.where = where;
  return error;
}

Result<HeaderFile> file_of(std::string name, const Json& text, std::uint64_t size, const std::string& where) {
  if (!text.is_string())
    return invalid("the bytes of a header must be base64 text", where, "base64 of the file's first bytes");
  const std::string& base64 = text.get_ref<const std::string&>();
  if (base64.size() > kMostBytes)
    return invalid("the header is larger than any model's", where, "at most 192 MiB of header bytes");
  Result<std::string> bytes = decode_base64(base64);
  if (!bytes) return fail(at(bytes.error(), where));
  if (bytes->empty()) return invalid("the header is empty", where, "base64 of the file's first bytes");
  return HeaderFile{std::move(name), std::move(*bytes), size};
}

Result<HeaderFile> named_file(const Json& entry, const std::string& where) {
  if (entry.is_string()) return file_of("the file", entry, 0, where);
  ObjectReader reader(entry, where);
  const std::string name = reader.required_text("name", "\"model-00001-of-00002.gguf\"");
  const Json* bytes = reader.raw("bytes");
  const double size = reader.number("size", 0, 1e15).value_or(0);
  if (bytes == nullptr)
    reader.refuse({ErrorCode::invalid_input, "\"bytes\" is missing", reader.path_of("bytes"), "base64 text", {}});
  if (std::optional<Error> fault = reader.done()) return fail(*fault);
  return file_of(name, *bytes, static_cast<std::uint64_t>(size), reader.path_of("bytes"));
}

}  // namespace

Result<Json> fit_file_header(const House& house, const Json& request) {
  const Json& given = request["file_header"];
  std::vector<HeaderFile> files;
  if (given.is_array()) {
    if (given.empty() || given.size() > kMostFiles)
      return invalid("\"file_header\" lists " + std::to_string(given.size()) + " files", "file_header",
                     "1 to " + std::to_string(kMostFiles));
    for (std::size_t i = 0; i < given.size(); ++i) {
      Result<HeaderFile> file = named_file(given[i], "file_header[" + std::to_string(i) + "]");
      if (!file) return fail(file.error());
      files.push_back(std::move(*file));
    }
  } else {
    Result<HeaderFile> file = named_file(given, "file_header");
    if (!file) return fail(file.error());
    files.push_back(std::move(*file));
  }
  Json rest = request;
  rest.erase("file_header");
  return fit_files(house, files, rest);
}

}  // namespace rigwise
