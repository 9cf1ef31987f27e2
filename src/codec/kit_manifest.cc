#include "codec/kit_manifest.h"

#include "codec/json_fields.h"
#include "codec/sha256.h"

namespace rigwise {
namespace {

constexpr const char* kSchema = "rigwise.kit_manifest/1";
constexpr std::size_t kMostFiles = 10000;

Error damaged(const std::string& what) {
  return {ErrorCode::invalid_input,
          "the manifest of the kit that is there cannot be read: " + what,
          kKitManifestPath,
          "remove it to keep all of the former kit's files, or name another folder",
          {}};
}

}  // namespace

KitFile kit_manifest(const KitFiles& files) {
  Json list = Json::array();
  for (const KitFile& file : files) list.push_back({{"path", file.path}, {"sha256", sha256_hex(file.content)}});
  const Json document = {{"schema", kSchema}, {"files", std::move(list)}};
  return {kKitManifestPath, "0644", "what this kit wrote, for the next one in this folder", document.dump(2) + "\n"};
}

Result<std::vector<WrittenFile>> read_kit_manifest(std::string_view text) {
  const Result<Json> json = parse_json(text);
  if (!json) return fail(damaged(json.error().message));
  if (text_at(*json, "schema") != kSchema) return fail(damaged("it is no " + std::string(kSchema)));
  const Json* list = value_at(*json, "files");
  if (list == nullptr || !list->is_array() || list->size() > kMostFiles) return fail(damaged("it lists no files"));
  std::vector<WrittenFile> files;
  files.reserve(list->size());
  for (const Json& entry : *list) {
    WrittenFile file{text_at(entry, "path"), text_at(entry, "sha256")};
    if (file.path.empty() || file.sha256.size() != 64) return fail(damaged("a file has no path or no hash"));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace rigwise
