#include "host/net/net_url.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr int kHttp = 80, kHttps = 443;

Unexpected no_url(std::string_view text, std::string why) {
  return invalid("\"" + std::string(text) + "\" " + std::move(why), {}, "an address such as http://127.0.0.1:8080/v1");
}

bool is_plain(char c) { return c > ' ' && c < 0x7F; }

}  // namespace

Result<NetUrl> parse_net_url(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_plain))
    return no_url("the address", "holds spaces or control characters");
  NetUrl url;
  std::string_view rest = text;
  if (lower(rest.substr(0, 8)) == "https://") {
    url.tls = true;
    url.port = kHttps;
    rest.remove_prefix(8);
  } else if (lower(rest.substr(0, 7)) == "http://") {
    rest.remove_prefix(7);
  } else {
    return no_url(text, "is no http:// or https:// address");
  }
  const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, path);
  std::string_view target = rest.substr(path);
  target = target.substr(0, target.find('#'));
  // What stands before an @ is a secret and must not be quoted.
  if (authority.find('@') != std::string_view::npos) return no_url("the address", "holds a name or password");
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const Result<double> port = parse_number(authority.substr(colon + 1));
    const bool digits = authority.substr(colon + 1).find_first_not_of("0123456789") == std::string_view::npos;
    if (!port || !digits || *port < 1 || *port > 65535) return no_url(text, "has no port between 1 and 65535");
    url.port = static_cast<int>(*port);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) return no_url(text, "names no host");
  url.host = lower(authority);
  if (!target.empty()) url.target = target.front() == '/' ? std::string(target) : "/" + std::string(target);
  return url;
}

std::string authority_of(const NetUrl& url) {
  std::string text = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  if (url.port != (url.tls ? kHttps : kHttp)) text.append(":").append(std::to_string(url.port));
  return text;
}

bool is_loopback_host(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" || host.starts_with("127.");
}

}  // namespace rigwise
