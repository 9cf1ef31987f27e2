#include "host/catalog_io/load.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

bool is_catalog_text(std::string_view path) {
  return path.ends_with(".toml") || path.ends_with(".csv") ||
         (path.starts_with("dossiers/") && path.ends_with(".md")) ||
         (path.starts_with("plans/") && path.ends_with(".json"));
}

}  // namespace

Result<std::vector<CatalogFile>> find_catalog_sources(const std::string& folder) {
  const Result<std::vector<std::string>> paths = list_files(folder);
  if (!paths) return fail(paths.error());
  std::vector<CatalogFile> files;
  for (const std::string& path : *paths) {
    if (!is_catalog_text(path)) continue;
    std::string whole = folder;
    whole.append("/").append(path);
    Result<std::string> text = read_file(whole);
    if (!text) return fail(text.error());
    files.push_back({path, std::move(*text)});
  }
  return files;
}

}  // namespace rigwise
