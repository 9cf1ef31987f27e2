#include "host/serve/target.h"

#include <gtest/gtest.h>

#include "host/serve/listen_address.h"

namespace rigwise {
namespace {

TEST(RequestTarget, IsDecodedOnce) {
  const Result<RequestTarget> target = parse_target("/a%20b/%252e?x=1%262&y&=z");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/a b/%2e");
  EXPECT_EQ(target->parameter("x"), "1&2");
  EXPECT_EQ(target->parameter("y"), "");
  EXPECT_EQ(target->parameter("z"), std::nullopt);
}

TEST(RequestTarget, IsAPathAndNothingElse) {
  for (const char* text : {"", "x", "http://evil.example/", "*", "evil.example:80", "/%", "/%4", "/%zz", "/a%00b",
                           "/a%0d%0ab", "/?a=%0a", "/a\nb"}) {
    const Result<RequestTarget> target = parse_target(text);
    EXPECT_FALSE(target.has_value()) << text;
  }
}

TEST(Authorities, AreAHostAndAPort) {
  EXPECT_EQ(parse_authority("LocalHost:80")->host, "localhost");
  EXPECT_EQ(parse_authority("LocalHost:80")->port, 80);
  EXPECT_EQ(parse_authority("[::1]:7468")->host, "::1");
  EXPECT_EQ(parse_authority("127.0.0.1")->port, std::nullopt);
  for (const char* text : {"", ":80", "a b", "a:", "a:x", "a:-1", "a:70000", "[::1", "[evil.example]", "::1",
                           "user@localhost", "localhost/", "localhost:80:90"}) {
    EXPECT_FALSE(parse_authority(text).has_value()) << text;
  }
}

TEST(ListenAddresses, AreLoopbackUnlessAnotherIsNamed) {
  EXPECT_TRUE(ListenAddress().is_loopback);
  const ListenAddress both = *parse_listen_address("localhost:0");
  EXPECT_EQ(both.hosts.size(), 2u);
  EXPECT_EQ(both.port, 0);
  EXPECT_EQ(parse_listen_address("9000")->port, 9000);
  EXPECT_TRUE(parse_listen_address("127.1.2.3:80")->is_loopback);
  EXPECT_TRUE(parse_listen_address("[::1]:80")->is_loopback);
  EXPECT_FALSE(parse_listen_address("0.0.0.0:80")->is_loopback);
  EXPECT_FALSE(parse_listen_address("[::]:80")->is_loopback);
  EXPECT_FALSE(parse_listen_address("192.168.1.5")->is_loopback);
  EXPECT_EQ(parse_listen_address("192.168.1.5")->port, kDefaultPort);
}

TEST(ListenAddresses, AreNoNames) {
  for (const char* text : {"", "example.com:80", "localhost:http", "127.0.0.1:99999", "1270.0.1:80", "99999"}) {
    const Result<ListenAddress> listen = parse_listen_address(text);
    ASSERT_FALSE(listen.has_value()) << text;
    EXPECT_NE(listen.error().message.find(text), std::string::npos);
  }
}

}  // namespace
}  // namespace rigwise
