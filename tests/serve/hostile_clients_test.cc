// What the server must refuse, and what it must survive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served.h"

namespace rigwise {
namespace {

using testing::HasSubstr;

const std::string kToken = "0123456789abcdef0123";

Error refused(ServerOptions options) {
  const auto server = HttpServer::open(small_house(), std::move(options));
  EXPECT_FALSE(server.has_value());
  return server ? Error{} : server.error();
}

TEST(HttpServers, ListenToOtherMachinesOnlyWithAToken) {
  ServerOptions options = on_a_free_port();
  options.listen = *parse_listen_address("0.0.0.0:0");
  EXPECT_EQ(refused(options).code, ErrorCode::invalid_input);
  EXPECT_THAT(refused(options).try_this, HasSubstr("--token-env"));
  options.token = "short";
  EXPECT_EQ(refused(options).code, ErrorCode::invalid_input);
  options.token = kToken;
  EXPECT_TRUE(HttpServer::open(small_house(), options).has_value());
}

TEST(HttpServers, SayThatAPortIsTaken) {
  const auto first = HttpServer::open(small_house(), on_a_free_port());
  ASSERT_TRUE(first.has_value());
  ServerOptions options = on_a_free_port();
  options.listen.port = (*first)->port();
  const Error error = refused(options);
  EXPECT_EQ(error.code, ErrorCode::io);
  EXPECT_THAT(error.message, HasSubstr("is taken"));
}

TEST(HttpServers, RefuseCertificatesTheyCannotRead) {
  ServerOptions options = on_a_free_port();
  options.tls_cert_file = "nowhere.pem";
  EXPECT_EQ(refused(options).where, "--tls-key");
  options.tls_key_file = "nowhere.key";
  EXPECT_EQ(refused(options).where, "--tls-cert");
}

TEST_F(Served, NoForeignNameOrOriginGetsAnAnswer) {
  serve();
  const std::string body = "{}";
  EXPECT_EQ(ask("GET /healthz HTTP/1.1\r\nHost: rebound.example\r\n\r\n").status, 403);
  EXPECT_EQ(ask(post("/api/v1/catalog", body, "Origin: http://evil.example\r\n")).status, 403);
  EXPECT_EQ(ask(post("/api/v1/catalog", body, "Origin: null\r\n")).status, 403);
  EXPECT_EQ(ask(post("/api/v1/catalog", body, "Origin: http://localhost\r\n")).status, 200);
  const Heard preflight =
      ask("OPTIONS /api/v1/catalog HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
          "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_EQ(preflight.status, 403);
  EXPECT_EQ(preflight.field("Access-Control-Allow-Origin"), "");
}

TEST_F(Served, WithoutItsTokenItAnswersNothingButItsHealth) {
  ServerOptions options = on_a_free_port();
  options.listen = *parse_listen_address("0.0.0.0:0");
  options.token = kToken;
  serve(options);
  EXPECT_EQ(ask(get("/")).status, 401);
  EXPECT_EQ(ask(get("/metrics")).status, 401);
  EXPECT_EQ(ask(post("/api/v1/catalog", "{}")).status, 401);
  EXPECT_EQ(ask(get("/healthz")).status, 200);
  EXPECT_EQ(ask(get("/metrics", "Authorization: Bearer " + kToken + "\r\n")).status, 200);
  const Heard shown = ask(get("/?token=" + kToken));
  EXPECT_EQ(shown.status, 303);
  const std::string cookie = shown.field("Set-Cookie");
  EXPECT_EQ(ask(get("/", "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n")).status, 200);
}

TEST_F(Served, NoPathLeavesTheSite) {
  serve();
  for (const char* path : {"/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd",
                           "/assets/../../x", "//etc/passwd", "/%5c..%5cwindows", "/.%00./etc/passwd", "/%"}) {
    const Heard heard = ask(get(path));
    EXPECT_TRUE(heard.status == 404 || heard.status == 400) << path << " " << heard.status;
    EXPECT_EQ(heard.body.find("root:"), std::string::npos);
  }
}

TEST_F(Served, BodiesBeyondTheLimitAreRefusedUnread) {
  serve();
  const std::string head = "POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  Client client = Served::client();
  const Heard heard = client.ask(head + "Content-Length: 67108865\r\n\r\n");
  EXPECT_EQ(heard.status, 413);
  EXPECT_EQ(heard.field("Connection"), "close");
  EXPECT_EQ(ask(head + "Content-Length: 99999999999999999999999\r\n\r\n").status, 400);
}

TEST_F(Served, BodiesThatGrowBeyondTheLimitAreRefusedToo) {
  ServerOptions options = on_a_free_port();
  options.limits.body_bytes = 1000;
  serve(options);
  std::string request =
      "POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) request += "10\r\n0123456789abcdef\r\n";
  EXPECT_EQ(ask(request + "0\r\n\r\n").status, 413);
  const std::string text(900, ' ');
  EXPECT_EQ(ask(post("/api/v1/catalog", text + "{}")).status, 200);
}

TEST_F(Served, HeadsBeyondTheLimitAreRefused) {
  serve();
  EXPECT_EQ(ask(get("/", "X: " + std::string(20'000, 'x') + "\r\n")).status, 431);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(ask(get("/", many)).status, 431);
  Client endless = client();
  EXPECT_TRUE(endless.send("GET / HTTP/1.1\r\nHost: localhost\r\n"));
  while (endless.send("X: 1\r\n")) {
  }
  EXPECT_EQ(ask(get("/healthz")).status, 200) << "a head without an end was cut off, and nothing else";
  EXPECT_EQ(ask(get("/", "X: " + std::string(3'000, 'x') + "\r\n")).status, 200);
}

TEST_F(Served, WhoeverIsSlowIsLeft) {
  ServerOptions options = on_a_free_port();
  options.limits.header_time = std::chrono::milliseconds(30);
  options.limits.body_time = std::chrono::milliseconds(30);
  options.limits.idle_time = std::chrono::milliseconds(30);
  serve(options);
  Client silent = client(), in_head = client(), in_body = client(), idle = client();
  in_head.send("GET / HTTP/1.1\r\nHost: loc");
  in_body.send("POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_EQ(idle.ask(get("/healthz")).status, 200);
  for (Client* each : {&silent, &in_head, &in_body, &idle}) EXPECT_TRUE(each->is_ended());
}

TEST_F(Served, RequestsThatCouldMeanTwoThingsAreRefused) {
  serve();
  const std::string line = "POST /api/v1/catalog HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(ask(line + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n").status, 400);
  EXPECT_EQ(ask(line + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ").status, 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status, 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(ask("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n").status, 400);
  EXPECT_EQ(ask("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n").status, 400);
  EXPECT_EQ(ask(get("/healthz")).status, 200);
}

TEST_F(Served, ClientsThatLeaveEarlyHarmNobody) {
  serve();
  for (const std::string& part :
       {std::string(), std::string("GET"), get("/").substr(0, 20), post("/api/v1/capacity", "{}").substr(0, 90),
        get("/api/v1/events"), post("/api/v1/catalog", R"({"kind": "devices"})")}) {
    for (int i = 0; i < 20; ++i) client().send(part);
  }
  EXPECT_EQ(ask(get("/healthz")).status, 200);
}

}  // namespace
}  // namespace rigwise
