#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/net/net_url.h"

namespace rigwise {

/// Which proxies stand between us and the world.
struct ProxyRules {
  std::string for_http, for_https;  ///< addresses, with name and password if need be; empty: none
  std::vector<std::string> none;    ///< hosts that are asked directly: "example.org" and all below it, "*", with a port
};

/// From https_proxy, http_proxy, all_proxy and no_proxy, in lower or upper case; HTTP_PROXY in upper case is not read,
/// since a web server could be made to set it.
ProxyRules proxies_from_environment();

struct Proxy {
  NetUrl at;
  std::string authorization;  ///< the value of Proxy-Authorization, or empty
};

/// The proxy for an address, if any. This machine is never asked through one.
/// Errors  an address of a proxy that cannot be read; its secrets are not quoted.
Result<std::optional<Proxy>> proxy_for(const ProxyRules& rules, const NetUrl& url);

}  // namespace rigwise
