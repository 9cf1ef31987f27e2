#include "host/serve/listen_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "host/serve/target.h"

namespace rigwise {
namespace {

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const bool port_alone = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  const std::string full = port_alone ? "localhost:" + std::string(text) : std::string(text);
  const std::optional<Authority> authority = parse_authority(full);
  if (!authority || !(authority->host == "localhost" || is_ip_address(authority->host))) {
    return invalid("\"" + std::string(text) + "\" is no address to listen on", "--listen",
                   "ADDRESS:PORT, as 127.0.0.1:7468, [::1]:7468, 0.0.0.0:443 or localhost:0 for a free port");
  }
  ListenAddress listen;
  listen.port = authority->port.value_or(kDefaultPort);
  if (authority->host != "localhost") {
    listen.hosts = {authority->host};
    listen.is_loopback = is_loopback(authority->host);
  }
  return listen;
}

std::string authority_text(const std::string& host, int port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace rigwise
