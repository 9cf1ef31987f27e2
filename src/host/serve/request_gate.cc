#include "host/serve/request_gate.h"

#include <algorithm>

#include "codec/sha256.h"
#include "core/base/text.h"
#include "host/serve/problem.h"
#include "host/serve/secret.h"

namespace rigwise {
namespace {

constexpr std::string_view kCookie = "rigwise_session";

HttpAnswer forbidden(std::string message, std::string where, std::string try_this) {
  return answer_of({403, "forbidden", std::move(message), std::move(where), std::move(try_this), {}});
}

/// What stands behind "http://" or "https://".
std::optional<std::string_view> authority_of_origin(std::string_view origin) {
  for (const std::string_view scheme : {std::string_view("https://"), std::string_view("http://")}) {
    if (origin.starts_with(scheme)) return origin.substr(scheme.size());
  }
  return std::nullopt;
}

/// The value of a cookie in "a=1; b=2".
std::optional<std::string_view> cookie_in(std::string_view cookies, std::string_view name) {
  for (const std::string_view each : split(cookies, ';')) {
    const std::string_view cookie = trim(each);
    if (cookie.size() > name.size() && cookie.starts_with(name) && cookie[name.size()] == '=') {
      return cookie.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

}  // namespace

RequestGate::RequestGate(GateRules rules)
    : rules_(std::move(rules)), cookie_(sha256_hex("rigwise session of " + rules_.token)) {}

bool RequestGate::knows(const Authority& host) const {
  if (host.host == "localhost") return true;
  for (const std::string& name : rules_.hosts) {
    if (same_ignoring_case(name, host.host)) return true;
  }
  // An address cannot be made to point elsewhere; on loopback only its own are asked for.
  if (rules_.loopback) return host.host == "::1" || (host.host.starts_with("127.") && is_ip_address(host.host));
  return is_ip_address(host.host);
}

std::optional<HttpAnswer> RequestGate::host_refusal(const HttpRequest& head) const {
  if (head.count("Host") != 1) {
    return answer_of({400, "bad_request", "a request names its host once", "Host", "Host: localhost", {}});
  }
  const std::string given(*head.field("Host"));
  const std::optional<Authority> host = parse_authority(given);
  if (host && knows(*host)) return std::nullopt;
  return forbidden("this server does not go by the name \"" + given + "\"", "Host",
                   "localhost or its address; rigwise serve --host NAME adds a name");
}

std::optional<HttpAnswer> RequestGate::origin_refusal(const HttpRequest& head, const RequestTarget& target) const {
  if (const auto origin = head.field("Origin")) {
    const auto from = authority_of_origin(*origin);
    if (head.count("Origin") != 1 || !from || !same_ignoring_case(*from, *head.field("Host"))) {
      return forbidden("pages of \"" + std::string(*origin) + "\" may not ask here", "Origin",
                       "the dashboard of this server, or a program that sends no Origin");
    }
  }
  // What a browser says of requests that carry no Origin. A link from elsewhere may open the page, nothing more.
  const bool is_page = !target.path.starts_with("/api/") && target.path != "/metrics";
  const auto site = head.field("Sec-Fetch-Site");
  if (site && same_ignoring_case(*site, "cross-site") && !(is_page && head.method == "GET")) {
    return forbidden("pages of another site may not ask here", "Sec-Fetch-Site", "the dashboard of this server");
  }
  return std::nullopt;
}

bool RequestGate::has_token(const HttpRequest& head) const {
  constexpr std::string_view kScheme = "bearer ";
  if (const auto given = head.field("Authorization")) {
    if (given->size() > kScheme.size() && same_ignoring_case(given->substr(0, kScheme.size()), kScheme)) {
      return same_secret(trim(given->substr(kScheme.size())), rules_.token);
    }
  }
  const auto cookies = head.field("Cookie");
  const auto cookie = cookies ? cookie_in(*cookies, kCookie) : std::nullopt;
  return cookie && same_secret(*cookie, cookie_);
}

bool RequestGate::opens(std::string_view shown) {
  if (same_secret(shown, rules_.token)) return true;
  if (rules_.opening.empty() || !same_secret(shown, rules_.opening)) return false;
  rules_.opening.clear();
  return true;
}

std::optional<HttpAnswer> RequestGate::token_refusal(const HttpRequest& head, const RequestTarget& target) {
  if (rules_.token.empty() || target.path == "/healthz") return std::nullopt;
  const std::optional<std::string_view> shown = target.parameter("token");
  if (shown && target.path == "/" && head.method == "GET" && opens(*shown)) {
    HttpAnswer redirect;
    redirect.status = 303;
    std::string cookie = std::string(kCookie) + "=" + cookie_ + "; Path=/; HttpOnly; SameSite=Strict";
    if (rules_.tls) cookie += "; Secure";
    redirect.fields = {{"Location", "/"}, {"Cache-Control", "no-store"}, {"Set-Cookie", std::move(cookie)}};
    return redirect;
  }
  if (has_token(head)) return std::nullopt;
  HttpAnswer refusal = answer_of({401,
                                  "unauthorized",
                                  "this server answers to its token only",
                                  "Authorization",
                                  "Authorization: Bearer TOKEN, or open /?token=TOKEN in a browser once",
                                  {}});
  refusal.fields.push_back({"WWW-Authenticate", "Bearer realm=\"rigwise\""});
  return refusal;
}

std::optional<HttpAnswer> RequestGate::stops(const HttpRequest& head, const RequestTarget& target) {
  if (auto refusal = host_refusal(head)) return refusal;
  if (auto refusal = origin_refusal(head, target)) return refusal;
  return token_refusal(head, target);
}

}  // namespace rigwise
