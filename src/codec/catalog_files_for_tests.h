#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "codec/catalog_text.h"

namespace rigwise::for_tests {

/// The small frozen catalog of tests/catalog as text.
inline std::vector<CatalogFile> frozen_catalog(const std::string& source_folder) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(source_folder) / "tests/catalog";
  std::vector<CatalogFile> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files.push_back({entry.path().lexically_relative(root).generic_string(),
                     std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>())});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

/// Replaces the first `from` in the file at `path` by `to`. False when it is not there.
inline bool edit(std::vector<CatalogFile>& files, std::string_view path, std::string_view from, std::string_view to) {
  for (CatalogFile& file : files) {
    const std::size_t at = file.path == path ? file.text.find(from) : std::string::npos;
    if (at == std::string::npos) continue;
    file.text.replace(at, from.size(), to);
    return true;
  }
  return false;
}

}  // namespace rigwise::for_tests
