#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// What a request asks for.
struct RequestTarget {
  std::string path;  ///< decoded, begins with '/'
  std::vector<std::pair<std::string, std::string>> query;

  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// "/a%20b?c=d" -> "/a b" and c=d. A path is a name to look up and never one of a file system, so dots mean nothing.
/// Errors  anything that does not begin with '/', broken escapes, control characters.
Result<RequestTarget> parse_target(std::string_view text);

/// A host and its port as they stand in Host and in addresses: "[::1]:7468", "localhost".
struct Authority {
  std::string host;  ///< lower case, an IPv6 address without its brackets
  std::optional<int> port;
};

std::optional<Authority> parse_authority(std::string_view text);

/// Whether a host is an address and not a name.
bool is_ip_address(const std::string& host);

}  // namespace rigwise
