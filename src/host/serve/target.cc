#include "host/serve/target.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace rigwise {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Escapes replaced by what they stand for; nothing for a broken one or a control character.
std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    plain += c;
  }
  return plain;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

std::optional<int> port_of(std::string_view text) {
  int port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  constexpr int kMost = 65535;
  if (fault != std::errc() || end != text.data() + text.size() || port < 0 || port > kMost) return std::nullopt;
  return port;
}

}  // namespace

std::optional<std::string_view> RequestTarget::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Result<RequestTarget> parse_target(std::string_view text) {
  const auto refuse = [&] {
    return invalid("\"" + std::string(text.substr(0, 200)) + "\" is no path", "target",
                   "a path such as /api/v1/predict");
  };
  if (!text.starts_with('/')) return refuse();
  const std::size_t mark = std::min(text.find('?'), text.size());
  RequestTarget target;
  const std::optional<std::string> path = decoded(text.substr(0, mark));
  if (!path) return refuse();
  target.path = *path;
  if (mark == text.size()) return target;
  for (const std::string_view pair : split(text.substr(mark + 1), '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::optional<std::string> key = decoded(pair.substr(0, equals));
    const std::optional<std::string> value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!key || !value) return refuse();
    target.query.emplace_back(*key, *value);
  }
  return target;
}

std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    authority.host = lower(text.substr(1, close - 1));
    port = text.substr(close + 1);
    in6_addr address{};
    if (inet_pton(AF_INET6, authority.host.c_str(), &address) != 1) return std::nullopt;
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    authority.host = lower(text.substr(0, colon));
    port = text.substr(colon);
    if (authority.host.empty() || !std::all_of(authority.host.begin(), authority.host.end(), is_host_character)) {
      return std::nullopt;
    }
  }
  if (port.empty()) return authority;
  authority.port = port.starts_with(':') ? port_of(port.substr(1)) : std::nullopt;
  if (!authority.port) return std::nullopt;
  return authority;
}

bool is_ip_address(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

}  // namespace rigwise
