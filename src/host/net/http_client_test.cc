#include "host/net/http_client.h"

#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/fakellm/ask_for_tests.h"
#include "tests/fakellm/own_certificate.h"

namespace rigwise {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

TEST(NetUrl, IsReadAndRefusedWithoutSecrets) {
  const auto url = parse_net_url("HTTPS://OpenRouter.ai:8443/api/v1?x=1#part");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "openrouter.ai");
  EXPECT_EQ(url->target, "/api/v1?x=1");
  EXPECT_EQ(authority_of(*url), "openrouter.ai:8443");
  EXPECT_EQ(authority_of(*parse_net_url("http://[::1]")), "[::1]");
  EXPECT_EQ(parse_net_url("http://h?q")->target, "/?q");
  for (const char* bad : {"", "ftp://x", "openrouter.ai", "http://", "http://h:0", "http://h:99999", "http://h:+1",
                          "http://h: 1", "http://h/\r\nX: y", "http://me:secret@h"}) {
    const auto refused = parse_net_url(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
  }
}

TEST(Proxies, AreForWhatIsNotExceptedAndNeverForThisMachine) {
  ProxyRules rules;
  rules.for_https = "http://name:word@proxy:3128";
  rules.for_http = "proxy";
  rules.none = {"example.org", ".internal", "*.corp", "other.net:8443"};
  const auto proxied = [&](std::string_view url) { return proxy_for(rules, *parse_net_url(url))->has_value(); };
  EXPECT_TRUE(proxied("https://openrouter.ai/"));
  EXPECT_TRUE(proxied("http://openrouter.ai/"));
  EXPECT_FALSE(proxied("https://example.org/"));
  EXPECT_FALSE(proxied("https://api.example.org/"));
  EXPECT_TRUE(proxied("https://notexample.org/"));
  EXPECT_FALSE(proxied("https://a.internal/"));
  EXPECT_FALSE(proxied("https://a.corp/"));
  EXPECT_FALSE(proxied("https://other.net:8443/"));
  EXPECT_TRUE(proxied("https://other.net/"));
  EXPECT_FALSE(proxied("http://127.0.0.1:11434/"));
  EXPECT_FALSE(proxied("http://localhost/"));
  const auto proxy = proxy_for(rules, *parse_net_url("https://openrouter.ai/"));
  EXPECT_EQ((*proxy)->at.host, "proxy");
  EXPECT_EQ((*proxy)->at.port, 3128);
  EXPECT_EQ((*proxy)->authorization, "Basic bmFtZTp3b3Jk");
  rules.none = {"*"};
  EXPECT_FALSE(proxied("https://openrouter.ai/"));
  rules.none.clear();
  rules.for_https = "socks5://name:word@proxy";
  const auto refused = proxy_for(rules, *parse_net_url("https://openrouter.ai/"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("word"), std::string::npos);
}

/// A server that says exactly these bytes to everybody, and hears what it was told.
class WordForWord {
 public:
  explicit WordForWord(std::string says) : says_(std::move(says)) {
    thread_ = std::thread([this] { serve(); });
  }
  ~WordForWord() {
    ended_ = true;
    boost::system::error_code ignored;
    tcp::socket knock(io_);
    knock.connect({asio::ip::address_v4::loopback(), port()}, ignored);
    thread_.join();
  }
  unsigned short port() const { return acceptor_.local_endpoint().port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()) + "/"; }
  const std::string& heard() const { return heard_; }

 private:
  void serve() {
    while (!ended_) {
      boost::system::error_code ignored;
      tcp::socket socket(io_);
      acceptor_.accept(socket, ignored);
      if (ended_) return;
      heard_.clear();
      asio::read_until(socket, asio::dynamic_buffer(heard_), "\r\n\r\n", ignored);
      asio::write(socket, asio::buffer(says_), ignored);
    }
  }

  asio::io_context io_;
  tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::string says_, heard_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

class HttpCalls : public AskTest {
 protected:
  HttpReply get(const std::string& url, std::string* body = nullptr) {
    if (!client_) use_client({});
    HttpCall call;
    call.method = "GET";
    call.url = url;
    call.times.idle = std::chrono::milliseconds(2000);
    HttpSink sink;
    sink.bytes = [body](std::string_view bytes, std::int64_t) {
      if (body != nullptr) *body += bytes;
      return true;
    };
    const HttpCancel never;
    return finished(io_, client_->call(call, sink, never));
  }
  HttpFault fault_of(const std::string& says) {
    const WordForWord server(says);
    return get(server.url()).fault;
  }
};

TEST_F(HttpCalls, ReadChunksTrailersInterimHeadsAndBodiesThatEndWithTheConnection) {
  std::string body;
  const WordForWord chunked(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n");
  EXPECT_EQ(get(chunked.url(), &body).fault, HttpFault::none);
  EXPECT_EQ(body, "abcde");
  EXPECT_NE(chunked.heard().find("Accept-Encoding: identity\r\n"), std::string::npos);
  body.clear();
  const WordForWord old("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  EXPECT_EQ(get(old.url(), &body).fault, HttpFault::none);
  EXPECT_EQ(body, "until the end");
}

TEST_F(HttpCalls, SayWhatIsWrongWithAnAnswer) {
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), HttpFault::cut);
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), HttpFault::cut);
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab"), HttpFault::malformed);
  EXPECT_EQ(fault_of("220 smtp.example.org\r\n\r\n"), HttpFault::malformed);
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"), HttpFault::malformed);
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')), HttpFault::too_large);
  EXPECT_EQ(fault_of(""), HttpFault::cut);
}

TEST_F(HttpCalls, SayWhyThereIsNoConnection) {
  int port = 0;
  {
    const WordForWord gone("");
    port = gone.port();
  }
  EXPECT_EQ(get("http://127.0.0.1:" + std::to_string(port)).fault, HttpFault::refused);
  EXPECT_EQ(get("http://no-such-host.invalid/").fault, HttpFault::unresolved);
  EXPECT_EQ(get("https://me:secret@host/").fault, HttpFault::bad_call);
}

TEST_F(HttpCalls, DoNotFollowRedirects) {
  const WordForWord server("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n");
  const HttpReply reply = get(server.url());
  EXPECT_EQ(reply.status, 302);
  EXPECT_EQ(reply.field("location"), "http://elsewhere/");
}

TEST_F(HttpCalls, ReuseAConnectionAndNoticeOneThatIsGone) {
  serve("{}");
  EXPECT_FALSE(get(server_->url() + "/v1/models").reused);
  EXPECT_TRUE(get(server_->url() + "/v1/models").reused);
  server_->set_script(fake_script(R"({"fault": "closes_after"})"));
  EXPECT_FALSE(asked_once().answer.error);
  server_->settle();  // it has hung up by then; a client that asks before that meets a closed door
  const HttpReply after = get(server_->url() + "/v1/models");
  EXPECT_EQ(after.fault, HttpFault::none);
  EXPECT_FALSE(after.reused);
}

TEST_F(HttpCalls, EndInTimeHoweverTheServerHoldsOn) {
  serve(R"({"fault": "slow_drip", "token_ms": 20})");
  ChatEndpoint slow = endpoint();
  slow.times.total = std::chrono::milliseconds(200);
  EXPECT_EQ(asked(slow, question()).answer.error->fault, ChatFault::too_slow);
  server_->set_script(fake_script(R"({"fault": "hang_before_headers"})"));
  slow.times.total = std::chrono::milliseconds(60'000);
  slow.times.idle = std::chrono::milliseconds(100);
  EXPECT_EQ(asked(slow, question()).answer.error->fault, ChatFault::stalled);
}

TEST_F(HttpCalls, SayWhichTimeRanOutBeforeThereWasAConnection) {
  asio::io_context io;
  const tcp::acceptor silent(io,
                             {asio::ip::address_v4::loopback(), 0});  // the system connects, and nobody shakes hands
  use_client({});
  HttpCall call;
  call.method = "GET";
  call.url = "https://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/";
  const HttpSink sink;
  const HttpCancel never;
  call.times.connect = std::chrono::milliseconds(50);
  EXPECT_EQ(finished(io_, client_->call(call, sink, never)).fault, HttpFault::connect_timeout);
  std::swap(call.times.connect, call.times.total);
  EXPECT_EQ(finished(io_, client_->call(call, sink, never)).fault, HttpFault::total_timeout);
}

FakeServerOptions served_with(const OwnCertificate& certificate) {
  FakeServerOptions options;
  options.tls_cert_file = certificate.cert_file();
  options.tls_key_file = certificate.key_file();
  return options;
}

HttpClientOptions trusting(const OwnCertificate& certificate) {
  HttpClientOptions options;
  options.ca_file = certificate.cert_file();
  return options;
}

TEST_F(HttpCalls, SpeakTlsWithWhomTheyTrustAndNobodyElse) {
  const OwnCertificate ours("localhost"), strangers("example.org");
  serve("{}", served_with(ours));
  EXPECT_EQ(get(server_->url() + "/health").fault, HttpFault::tls);
  use_client(trusting(ours));
  EXPECT_EQ(get(server_->url() + "/health").fault, HttpFault::none);
  EXPECT_TRUE(get(server_->url() + "/health").reused);
  EXPECT_FALSE(asked_once().answer.error);
  serve("{}", served_with(strangers));
  use_client(trusting(strangers));
  const HttpReply reply = get(server_->url() + "/health");
  EXPECT_EQ(reply.fault, HttpFault::tls);
  EXPECT_FALSE(reply.sent);
}

TEST_F(HttpCalls, GoThroughAProxyWithItsSecretAndTheWholeAddress) {
  const WordForWord proxy("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  HttpClientOptions options;
  options.proxies.for_http = "http://u:p@127.0.0.1:" + std::to_string(proxy.port());
  options.proxies.for_https = options.proxies.for_http;
  use_client(options);
  std::string body;
  EXPECT_EQ(get("http://models.example.org:81/v1/models", &body).fault, HttpFault::none);
  EXPECT_EQ(body, "ok");
  EXPECT_TRUE(proxy.heard().starts_with("GET http://models.example.org:81/v1/models HTTP/1.1\r\n")) << proxy.heard();
  EXPECT_NE(proxy.heard().find("Proxy-Authorization: Basic dTpw\r\n"), std::string::npos);
}

TEST_F(HttpCalls, OfTlsGetATunnelThroughAProxy) {
  const WordForWord refusing("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n");
  HttpClientOptions options;
  options.proxies.for_https = refusing.url();
  use_client(options);
  const HttpReply reply = get("https://models.example.org/v1/models");
  EXPECT_EQ(reply.fault, HttpFault::proxy);
  EXPECT_EQ(reply.detail, "the proxy answers 407");
  EXPECT_TRUE(refusing.heard().starts_with("CONNECT models.example.org:443 HTTP/1.1\r\n")) << refusing.heard();
}

TEST(ProxyEnvironment, IsReadInItsUsualNames) {
  ::setenv("https_proxy", "http://p:1", 1);
  ::setenv("HTTP_PROXY", "http://forged:1", 1);
  ::setenv("no_proxy", "a.org, b.org,", 1);
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  ::unsetenv("ALL_PROXY");
  const ProxyRules rules = proxies_from_environment();
  EXPECT_EQ(rules.for_https, "http://p:1");
  EXPECT_EQ(rules.for_http, "");
  EXPECT_EQ(rules.none, (std::vector<std::string>{"a.org", "b.org"}));
  for (const char* name : {"https_proxy", "HTTP_PROXY", "no_proxy"}) ::unsetenv(name);
}

}  // namespace
}  // namespace rigwise
