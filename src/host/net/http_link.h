#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>
#include <string>

#include "host/net/http_client.h"

namespace rigwise {

/// Errors come back as values.
inline constexpr auto kNetTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/// What went wrong on the way, in our classes.
struct LinkFault {
  HttpFault fault = HttpFault::none;
  std::string detail;

  explicit operator bool() const { return fault != HttpFault::none; }
};

/// When a call must be over.
struct CallDeadline {
  std::chrono::steady_clock::time_point connect, total;
  std::chrono::milliseconds idle{0};

  /// Until the next byte is due.
  std::chrono::steady_clock::time_point next() const {
    return std::min(total, std::chrono::steady_clock::now() + idle);
  }
};

/// One connection, with TLS or without, direct or through a proxy.
class HttpLink {
 public:
  using Plain = boost::beast::tcp_stream;
  using Secret = boost::beast::ssl_stream<boost::beast::tcp_stream>;

  HttpLink(boost::asio::io_context& io, std::string key)
      : io_(io), plain_(std::make_unique<Plain>(io)), key_(std::move(key)) {}

  /// Name, connection, tunnel, handshake.
  boost::asio::awaitable<LinkFault> open(const NetUrl& url, const std::optional<Proxy>& proxy,
                                         boost::asio::ssl::context& tls, CallDeadline deadline);

  /// Calls `use` with the stream that bytes go through.
  template <class Use>
  auto with_stream(Use use) {
    return secret_ ? use(*secret_) : use(*plain_);
  }
  Plain& socket() { return secret_ ? boost::beast::get_lowest_layer(*secret_) : *plain_; }
  boost::beast::flat_buffer& buffer() { return buffer_; }
  const std::string& key() const { return key_; }

  /// Nothing is to be read and nobody hung up: another request may go out.
  bool is_quiet();
  void close();

 private:
  boost::asio::awaitable<LinkFault> connect(const std::string& host, int port, CallDeadline deadline);
  boost::asio::awaitable<LinkFault> tunnel(const NetUrl& url, const Proxy& proxy, CallDeadline deadline);
  boost::asio::awaitable<LinkFault> shake_hands(const NetUrl& url, boost::asio::ssl::context& tls,
                                                CallDeadline deadline);

  boost::asio::io_context& io_;
  std::unique_ptr<Plain> plain_;
  std::unique_ptr<Secret> secret_;
  boost::beast::flat_buffer buffer_;
  std::string key_;
};

/// Class of an error while a request or its answer is under way.
LinkFault fault_under_way(boost::system::error_code fault, const CallDeadline& deadline);

}  // namespace rigwise
