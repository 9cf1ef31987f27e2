#include "host/serve/request_gate.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

const std::string kToken = "0123456789abcdef0123";

/// The status that a request is stopped with, 200 when it passes.
int status(const GateRules& rules, const std::string& method, const std::string& target,
           const std::vector<HttpField>& fields) {
  const HttpRequest request{method, target, fields, {}};
  const auto stopped = RequestGate(rules).stops(request, *parse_target(target));
  return stopped ? stopped->status : 200;
}

int status_for_host(const GateRules& rules, const std::string& host) {
  return status(rules, "GET", "/", {{"Host", host}});
}

GateRules open_to_all() {
  GateRules rules;
  rules.loopback = false;
  return rules;
}

TEST(RequestGate, OnLoopbackKnowsLoopbackOnly) {
  const GateRules rules;
  for (const char* host : {"localhost", "localhost:7468", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:80", "[::1]:7468"}) {
    EXPECT_EQ(status_for_host(rules, host), 200) << host;
  }
  for (const char* host : {"evil.example", "evil.example:7468", "192.168.1.5", "localhost.evil.example",
                           "127.0.0.1.evil.example", "127.evil", "[::2]", "0.0.0.0"}) {
    EXPECT_EQ(status_for_host(rules, host), 403) << host;
  }
}

TEST(RequestGate, ElsewhereKnowsAddressesAndTheNamesItIsGiven) {
  GateRules rules = open_to_all();
  rules.hosts = {"Rig.lan"};
  for (const char* host : {"rig.lan:443", "RIG.LAN", "192.168.1.5", "[2001:db8::1]"}) {
    EXPECT_EQ(status_for_host(rules, host), 200) << host;
  }
  EXPECT_EQ(status_for_host(rules, "evil.example"), 403);
}

TEST(RequestGate, WantsOneHost) {
  EXPECT_EQ(status({}, "GET", "/", {}), 400);
  EXPECT_EQ(status({}, "GET", "/", {{"Host", "localhost"}, {"host", "localhost"}}), 400);
  EXPECT_EQ(status({}, "GET", "/", {{"Host", ""}}), 403);
}

TEST(RequestGate, LetsPagesOfItsOwnOriginAsk) {
  const auto from = [](const std::string& origin) {
    return status({}, "POST", "/api/v1/predict", {{"Host", "localhost:7468"}, {"Origin", origin}});
  };
  EXPECT_EQ(from("http://localhost:7468"), 200);
  EXPECT_EQ(from("https://LOCALHOST:7468"), 200);
  for (const char* origin :
       {"http://evil.example", "null", "", "http://localhost", "http://localhost:3000", "http://127.0.0.1:7468",
        "file://", "http://localhost:7468.evil.example", "http://localhost:7468/"}) {
    EXPECT_EQ(from(origin), 403) << origin;
  }
}

TEST(RequestGate, BelievesABrowserThatSaysCrossSite) {
  const std::vector<HttpField> fields = {{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}};
  EXPECT_EQ(status({}, "GET", "/", fields), 200) << "a link may lead here";
  EXPECT_EQ(status({}, "GET", "/api/v1/openapi.json", fields), 403);
  EXPECT_EQ(status({}, "GET", "/metrics", fields), 403);
  EXPECT_EQ(status({}, "POST", "/api/v1/predict", fields), 403);
}

TEST(RequestGate, WithATokenAsksForItEverywhere) {
  GateRules rules;
  rules.token = kToken;
  const auto with = [&](const std::string& target, const std::string& value) {
    return status(rules, "GET", target, {{"Host", "localhost"}, {"Authorization", value}});
  };
  EXPECT_EQ(with("/metrics", "Bearer " + kToken), 200);
  EXPECT_EQ(with("/metrics", "bearer  " + kToken), 200);
  const std::string wrong_ones[] = {
      "", "Bearer", "Bearer ", kToken, "Basic " + kToken, "Bearer " + kToken + "4", "Bearer " + kToken.substr(1)};
  for (const std::string& wrong : wrong_ones) {
    EXPECT_EQ(with("/metrics", wrong), 401) << wrong;
  }
  EXPECT_EQ(with("/", ""), 401);
  EXPECT_EQ(with("/assets/x.js", ""), 401);
  EXPECT_EQ(with("/healthz", ""), 200);
}

TEST(RequestGate, TurnsATokenInTheAddressIntoACookie) {
  GateRules rules;
  rules.token = kToken;
  rules.tls = true;
  const std::string target = "/?token=" + kToken;
  const auto redirect = RequestGate(rules).stops({"GET", target, {{"Host", "localhost"}}, {}}, *parse_target(target));
  ASSERT_TRUE(redirect.has_value());
  EXPECT_EQ(redirect->status, 303);
  EXPECT_EQ(redirect->field("Location"), "/");
  const std::string cookie(*redirect->field("Set-Cookie"));
  EXPECT_NE(cookie.find("HttpOnly; SameSite=Strict; Secure"), std::string::npos);
  EXPECT_EQ(cookie.find(kToken), std::string::npos) << "the cookie gives the token away";
  const std::string pair = cookie.substr(0, cookie.find(';'));
  EXPECT_EQ(status(rules, "GET", "/", {{"Host", "localhost"}, {"Cookie", "a=b; " + pair}}), 200);
  EXPECT_EQ(status(rules, "GET", "/", {{"Host", "localhost"}, {"Cookie", pair + "0"}}), 401);
  EXPECT_EQ(status(rules, "GET", "/?token=wrong", {{"Host", "localhost"}}), 401);
}

TEST(RequestGate, AnOpeningIsGoodOnceAndForThePageAlone) {
  GateRules rules;
  rules.token = kToken;
  rules.opening = "0123456789abcdef";
  RequestGate gate(rules);
  const auto status_of = [&](const std::string& target) {
    const auto answer = gate.stops({"GET", target, {{"Host", "localhost"}}, {}}, *parse_target(target));
    return answer ? answer->status : 200;
  };
  EXPECT_EQ(status_of("/api/v1/catalog?token=" + rules.opening), 401);
  EXPECT_EQ(status_of("/?token=" + rules.opening), 303);
  EXPECT_EQ(status_of("/?token=" + rules.opening), 401);
  EXPECT_EQ(status_of("/?token=" + kToken), 303);
  EXPECT_EQ(status_of("/?token="), 401) << "what is used up is not the empty word";
}

}  // namespace
}  // namespace rigwise
