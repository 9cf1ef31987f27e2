#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/serve/message.h"
#include "host/serve/target.h"

namespace rigwise {

/// Who may ask.
struct GateRules {
  bool loopback = true;            ///< the server listens on this machine only
  std::vector<std::string> hosts;  ///< names it is known by, beside localhost and addresses
  std::string token;               ///< empty: no token is asked for
  bool tls = false;
  /// Good once in the token's place, in the address of the page alone: an address is an argument of the browser, which
  /// every user of the machine may see. Empty: nothing is.
  std::string opening;
};

/// What stands before every answer. A page of another site can make a browser send requests here, and a name of its
/// own can be made to point here (DNS rebinding); so Host must be a name we go by, Origin must be the host that was
/// asked, and there are no CORS headers at all. With a token, everything but /healthz wants it.
class RequestGate {
 public:
  explicit RequestGate(GateRules rules);

  /// Why this request gets no answer, or the redirect that turns "/?token=..." into a cookie; nothing when it may pass.
  /// Looks at the head alone, so that nobody unknown makes us read a body.
  std::optional<HttpAnswer> stops(const HttpRequest& head, const RequestTarget& target);

 private:
  std::optional<HttpAnswer> host_refusal(const HttpRequest& head) const;
  std::optional<HttpAnswer> origin_refusal(const HttpRequest& head, const RequestTarget& target) const;
  std::optional<HttpAnswer> token_refusal(const HttpRequest& head, const RequestTarget& target);
  bool opens(std::string_view shown);
  bool knows(const Authority& host) const;
  bool has_token(const HttpRequest& head) const;

  GateRules rules_;
  std::string cookie_;  ///< what a browser that showed the token keeps in its place
};

}  // namespace rigwise
