#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

inline constexpr int kDefaultPort = 7468;

/// Where the server listens.
struct ListenAddress {
  std::vector<std::string> hosts = {"127.0.0.1", "::1"};  ///< addresses; beyond the first, those the machine has
  int port = kDefaultPort;                                ///< 0: a free one
  bool is_loopback = true;                                ///< no other machine can reach it
};

/// "127.0.0.1:7468", "[::]:80", "localhost:0", or the port alone. localhost is loopback in IPv4 and IPv6; other names
/// are refused, since what they mean is decided elsewhere.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// "127.0.0.1:7468", "[::1]:7468".
std::string authority_text(const std::string& host, int port);

}  // namespace rigwise
