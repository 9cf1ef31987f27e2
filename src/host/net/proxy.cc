#include "host/net/proxy.h"

#include <algorithm>
#include <cstdlib>

#include "codec/base64.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

std::string environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

bool is_excepted(const NetUrl& url, std::string_view entry) {
  entry = trim(entry);
  if (entry == "*") return true;
  std::string host = lower(entry);
  if (const std::size_t colon = host.rfind(':'); colon != std::string::npos && host.find(':') == colon) {
    if (host.substr(colon + 1) != std::to_string(url.port)) return false;
    host.resize(colon);
  }
  if (host.starts_with("*.")) host.erase(0, 1);
  if (host.empty()) return false;
  if (host.front() != '.') return url.host == host || url.host.ends_with("." + host);
  return url.host.ends_with(host) || url.host == std::string_view(host).substr(1);
}

}  // namespace

ProxyRules proxies_from_environment() {
  ProxyRules rules;
  const std::string all = environment({"all_proxy", "ALL_PROXY"});
  rules.for_https = environment({"https_proxy", "HTTPS_PROXY"});
  rules.for_http = environment({"http_proxy"});
  if (rules.for_https.empty()) rules.for_https = all;
  if (rules.for_http.empty()) rules.for_http = all;
  const std::string none = environment({"no_proxy", "NO_PROXY"});
  for (const std::string_view entry : split(none, ',')) {
    if (!trim(entry).empty()) rules.none.emplace_back(trim(entry));
  }
  return rules;
}

Result<std::optional<Proxy>> proxy_for(const ProxyRules& rules, const NetUrl& url) {
  const std::string& text = url.tls ? rules.for_https : rules.for_http;
  if (text.empty() || is_loopback_host(url.host)) return std::optional<Proxy>();
  if (std::any_of(rules.none.begin(), rules.none.end(), [&](const std::string& e) { return is_excepted(url, e); })) {
    return std::optional<Proxy>();
  }
  Proxy proxy;
  std::string address = text.find("://") == std::string::npos ? "http://" + text : text;
  const std::size_t begin = address.find("://") + 3;
  const std::size_t at = address.substr(0, std::min(address.find('/', begin), address.size())).rfind('@');
  if (at != std::string::npos && at >= begin) {
    proxy.authorization = "Basic " + encode_base64(address.substr(begin, at - begin));
    address.erase(begin, at + 1 - begin);
  }
  Result<NetUrl> parsed = parse_net_url(address);
  if (!parsed || parsed->tls) {
    return invalid("the proxy for " + std::string(url.tls ? "https" : "http") + " cannot be used",
                   url.tls ? "https_proxy" : "http_proxy", "http://HOST:PORT");
  }
  proxy.at = std::move(*parsed);
  return std::optional<Proxy>(std::move(proxy));
}

}  // namespace rigwise
