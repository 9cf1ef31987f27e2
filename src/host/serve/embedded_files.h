#pragma once

#include <span>
#include <string_view>

namespace rigwise {

/// A file that travels in the binary (cmake/embed.cmake).
struct EmbeddedFile {
  std::string_view path;  ///< below its folder, with '/' between the parts
  std::string_view bytes;
  std::string_view gzip;  ///< the same packed; empty where packing saves little
  std::string_view sha256;
};

/// The dashboard as a folder, and as one file; empty when the binary was built without it.
std::span<const EmbeddedFile> embedded_site();
std::span<const EmbeddedFile> embedded_single();

/// The JSON Schemas of docs/schema.
std::span<const EmbeddedFile> embedded_schemas();

inline std::string_view text_between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace rigwise
