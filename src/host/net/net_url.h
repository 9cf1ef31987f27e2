#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rigwise {

/// Where a request goes.
struct NetUrl {
  bool tls = false;
  std::string host;  ///< a name or an address; IPv6 without its brackets
  int port = 80;
  std::string target = "/";  ///< path and query
};

/// "https://openrouter.ai/api/v1". Schemes other than http and https, names and passwords in the address, and
/// characters that could end a line are refused.
Result<NetUrl> parse_net_url(std::string_view text);

/// "host", "host:8080", "[::1]:80": the port only where it is not the scheme's own.
std::string authority_of(const NetUrl& url);

/// An address of this machine, or a name for it.
bool is_loopback_host(std::string_view host);

}  // namespace rigwise
