#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "host/serve/embedded_files.h"
#include "host/serve/message.h"

namespace rigwise {

/// The dashboard's files, from memory. A path is looked up among them and never touches a disk.
class SiteFiles {
 public:
  explicit SiteFiles(std::span<const EmbeddedFile> files);

  /// The file at a path ("/" is index.html), packed when the client takes it, 304 when it has it already, 404 for
  /// others. Without any file "/" is a page that says how to build them.
  HttpAnswer answer(const HttpRequest& request, const std::string& path) const;

 private:
  struct Served {
    const EmbeddedFile* file = nullptr;
    std::string policy;  ///< Content-Security-Policy
  };
  std::map<std::string, Served, std::less<>> by_path_;
};

/// What a page may do: run its own scripts and the core (WebAssembly), and speak to its own origin. Scripts that stand
/// in the page itself are named by their hash.
std::string page_policy(std::string_view html);

/// What everything that is no page may do.
inline constexpr std::string_view kNothingPolicy = "default-src 'none'; frame-ancestors 'none'";

/// By the end of the name; bytes when it says nothing.
std::string_view media_type_of(std::string_view path);

/// Whether an If-None-Match field names the tag.
bool names_tag(std::string_view if_none_match, std::string_view tag);

/// Whether an Accept-Encoding field takes gzip.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace rigwise
