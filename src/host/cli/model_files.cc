#include "host/cli/model_files.h"

#include <algorithm>

#include "codec/file_header.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

constexpr std::size_t kFirstRead = std::size_t{64} << 10;
constexpr std::size_t kMostHeader = std::size_t{64} << 20;

/// Grows the read until the header is whole; a fault of the header is left to the verb, which words it.
Result<HeaderFile> read_header(const std::string& path) {
  HeaderFile file;
  file.name = path.substr(path.rfind('/') + 1);
  const Result<std::uint64_t> size = file_size(path);
  if (!size) return fail(size.error());
  file.size = *size;
  std::size_t wanted = kFirstRead;
  while (true) {
    Result<std::string> bytes = read_file_start(path, wanted);
    if (!bytes) return fail(bytes.error());
    file.bytes = std::move(*bytes);
    const Result<FileHeader> header = read_file_header(file.bytes, file.size);
    if (!header || !header->more_bytes_needed || file.bytes.size() >= file.size || wanted >= kMostHeader) return file;
    wanted = std::min(kMostHeader, std::max<std::size_t>(header->next_bytes, 2 * wanted));
  }
}

}  // namespace

Result<std::vector<HeaderFile>> read_model_files(const std::vector<std::string>& paths) {
  std::vector<std::string> all;
  bool needs_config = false;
  for (const std::string& path : paths) {
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (const std::string& name : part_names(path.substr(folder.size()))) all.push_back(folder + name);
    if (path.ends_with(".safetensors")) needs_config = true;
    if (path.ends_with("config.json")) needs_config = false;
  }
  if (needs_config && !all.empty()) all.push_back(all.front().substr(0, all.front().rfind('/') + 1) + "config.json");
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::vector<HeaderFile> files;
  for (const std::string& path : all) {
    if (path.ends_with("config.json")) {
      Result<std::string> text = read_file_start(path, kMostHeader);
      if (!text) return fail(text.error());
      files.push_back({"config.json", std::move(*text), 0});
      continue;
    }
    Result<HeaderFile> file = read_header(path);
    if (!file) return fail(file.error());
    files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace rigwise
