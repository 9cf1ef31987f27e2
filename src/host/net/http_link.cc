#include "host/net/http_link.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <tuple>

namespace rigwise {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

const char* const kTooLong = "the answer took too long";

/// Time ran out before there was a connection: that for connecting, or, where that is no longer, that for everything.
LinkFault out_of_time(const CallDeadline& deadline, std::string why) {
  if (deadline.connect >= deadline.total) return {HttpFault::total_timeout, kTooLong};
  return {HttpFault::connect_timeout, std::move(why)};
}

LinkFault fault_of_connect(error_code fault, const CallDeadline& deadline, const std::string& host, int port) {
  const std::string at = host + ":" + std::to_string(port);
  if (fault == beast::error::timeout) return out_of_time(deadline, "no connection to " + at + " in time");
  if (fault == asio::error::connection_refused) return {HttpFault::refused, "nobody listens at " + at};
  if (fault == asio::error::operation_aborted) return {HttpFault::cancelled, "cancelled"};
  return {HttpFault::unreachable, at + ": " + fault.message()};
}

}  // namespace

LinkFault fault_under_way(error_code fault, const CallDeadline& deadline) {
  if (!fault) return {};
  if (fault == beast::error::timeout) {
    const bool is_total = std::chrono::steady_clock::now() >= deadline.total - std::chrono::milliseconds(2);
    return is_total ? LinkFault{HttpFault::total_timeout, kTooLong}
                    : LinkFault{HttpFault::idle_timeout, "nothing came for too long"};
  }
  if (fault == asio::error::operation_aborted || fault == asio::error::bad_descriptor) {
    return {HttpFault::cancelled, "cancelled"};
  }
  if (fault == http::error::end_of_stream || fault == http::error::partial_message || fault == asio::error::eof ||
      fault == asio::ssl::error::stream_truncated) {
    return {HttpFault::cut, "the connection ended before the answer did"};
  }
  if (fault == http::error::header_limit || fault == http::error::body_limit || fault == http::error::buffer_overflow) {
    return {HttpFault::too_large, fault.message()};
  }
  if (fault.category() == http::make_error_code(http::error::bad_chunk).category()) {
    return {HttpFault::malformed, "this is no HTTP: " + fault.message()};
  }
  if (fault.category() == asio::error::get_ssl_category()) return {HttpFault::tls, fault.message()};
  return {HttpFault::reset, fault.message()};
}

awaitable<LinkFault> HttpLink::open(const NetUrl& url, const std::optional<Proxy>& proxy, asio::ssl::context& tls,
                                    CallDeadline deadline) {
  const NetUrl& first = proxy ? proxy->at : url;
  LinkFault fault = co_await connect(first.host, first.port, deadline);

  if (!fault && proxy && url.tls) fault = co_await tunnel(url, *proxy, deadline);
  if (!fault && url.tls) fault = co_await shake_hands(url, tls, deadline);
  co_return fault;
}

awaitable<LinkFault> HttpLink::connect(const std::string& host, int port, CallDeadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  std::vector<tcp::endpoint> endpoints;
  error_code no_address;
  const asio::ip::address address = asio::ip::make_address(host, no_address);
  if (!no_address) {
    endpoints.emplace_back(address, static_cast<unsigned short>(port));
  } else {
    tcp::resolver resolver(io_);
    asio::steady_timer timer(io_, deadline.connect);
    const std::string service = std::to_string(port);
    auto found = co_await (resolver.async_resolve(host, service, kNetTuple) || timer.async_wait(kNetTuple));
    if (found.index() == 1) {
      std::string why = "the name " + host + " was not found in time";
      co_return out_of_time(deadline, std::move(why));
    }
    auto& [fault, results] = std::get<0>(found);
    if (fault) co_return LinkFault{HttpFault::unresolved, host + ": " + fault.message()};
    for (const auto& entry : results) endpoints.push_back(entry.endpoint());
  }
  plain_->expires_at(deadline.connect);
  auto [fault, endpoint] = co_await plain_->async_connect(endpoints, kNetTuple);
  if (fault) co_return fault_of_connect(fault, deadline, host, port);
  error_code ignored;
  std::ignore = plain_->socket().set_option(tcp::no_delay(true), ignored);  // slower without, not wrong
  co_return LinkFault{};
}

awaitable<LinkFault> HttpLink::tunnel(const NetUrl& url, const Proxy& proxy, CallDeadline deadline) {
  const std::string at =
      (url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]") + ":" + std::to_string(url.port);
  std::string head = "CONNECT " + at + " HTTP/1.1\r\nHost: " + at + "\r\n";
  if (!proxy.authorization.empty()) head.append("Proxy-Authorization: ").append(proxy.authorization).append("\r\n");
  head += "\r\n";
  plain_->expires_at(deadline.connect);
  auto [write_fault, written] = co_await asio::async_write(*plain_, asio::buffer(head), kNetTuple);
  if (write_fault) co_return LinkFault{HttpFault::proxy, "the proxy hung up"};
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  auto [fault, count] = co_await http::async_read_header(*plain_, buffer_, parser, kNetTuple);
  if (fault == beast::error::timeout) co_return out_of_time(deadline, "the proxy did not answer in time");
  if (fault) co_return LinkFault{HttpFault::proxy, "the proxy's answer cannot be read: " + fault.message()};
  const int status = static_cast<int>(parser.get().result_int());
  if (status / 100 != 2) co_return LinkFault{HttpFault::proxy, "the proxy answers " + std::to_string(status)};
  if (buffer_.size() > 0) co_return LinkFault{HttpFault::proxy, "the proxy sends more than a tunnel's head"};
  co_return LinkFault{};
}

awaitable<LinkFault> HttpLink::shake_hands(const NetUrl& url, asio::ssl::context& tls, CallDeadline deadline) {
  secret_ = std::make_unique<Secret>(std::move(*plain_), tls);
  plain_.reset();
  error_code not_an_address;
  asio::ip::make_address(url.host, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(secret_->native_handle(), url.host.c_str());
  error_code ignored;
  secret_->set_verify_callback(asio::ssl::host_name_verification(url.host), ignored);
  socket().expires_at(deadline.connect);
  auto [fault] = co_await secret_->async_handshake(asio::ssl::stream_base::client, kNetTuple);
  if (!fault) co_return LinkFault{};
  if (fault == beast::error::timeout) co_return out_of_time(deadline, "no TLS handshake in time");
  if (fault == asio::error::operation_aborted) co_return LinkFault{HttpFault::cancelled, "cancelled"};
  std::string why = fault.message();
  const long verdict = SSL_get_verify_result(secret_->native_handle());
  if (verdict != X509_V_OK) why = X509_verify_cert_error_string(verdict);
  co_return LinkFault{HttpFault::tls, url.host + ": " + why};
}

bool HttpLink::is_quiet() {
  if (buffer_.size() > 0 || !socket().socket().is_open()) return false;
  char byte = 0;
  const auto got = ::recv(socket().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void HttpLink::close() {
  error_code ignored;
  std::ignore = socket().socket().close(ignored);
}

}  // namespace rigwise
