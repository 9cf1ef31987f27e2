#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "host/net/proxy.h"

namespace rigwise {

/// Name and value, as they go over the wire.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// How long anything may take. None of these starts anew because of a retry: there are none here.
struct HttpTimes {
  std::chrono::milliseconds connect{10'000};  ///< name, connection, proxy and TLS together
  std::chrono::milliseconds idle{120'000};    ///< between two pieces of the answer, and before its first
  std::chrono::milliseconds total{600'000};
};

struct HttpCall {
  std::string method = "POST";
  std::string url;
  HttpFields fields;
  std::string body;
  HttpTimes times;
};

/// Why a call has no whole answer.
enum class HttpFault {
  none,
  bad_call,     ///< the address or a field cannot be sent
  unresolved,   ///< nobody knows the name
  refused,      ///< nobody listens
  unreachable,  ///< no way there
  proxy,        ///< the proxy would not
  tls,          ///< no handshake, or a certificate that is not theirs
  connect_timeout,
  idle_timeout,
  total_timeout,
  reset,      ///< the connection broke
  cut,        ///< it ended politely, before the answer did
  malformed,  ///< this is no HTTP, or a body that we cannot read
  too_large,
  stopped,  ///< the reader of the body had enough
  cancelled,
};
std::string_view http_fault_name(HttpFault fault);

/// All about an answer but its body. Times are of the steady clock; 0: it never came to that.
struct HttpReply {
  HttpFault fault = HttpFault::none;
  std::string detail;  ///< of a fault, in words, without secrets
  int status = 0;
  HttpFields fields;
  bool sent = false;    ///< the request left in full: it may have been acted upon
  bool reused = false;  ///< over a connection that was open already
  std::int64_t start_ns = 0, connected_ns = 0, sent_ns = 0, head_ns = 0, first_byte_ns = 0, end_ns = 0;

  /// The first field of a name in any case.
  std::string_view field(std::string_view name) const;
};

/// Takes the body as it comes. `head` is called once, before any bytes; `bytes` gives false to end the call.
struct HttpSink {
  std::function<void(const HttpReply& head)> head;
  std::function<bool(std::string_view bytes, std::int64_t at_ns)> bytes;
};

/// Ends a call from anywhere, in any thread, before or while it runs.
class HttpCancel {
 public:
  HttpCancel();
  void cancel();
  bool is_cancelled() const;

 private:
  friend class HttpClient;
  struct State;
  std::shared_ptr<State> state_;
};

struct HttpClientOptions {
  ProxyRules proxies;
  std::string ca_file;           ///< certificates to trust in place of the system's
  bool any_certificate = false;  ///< whoever answers is believed
  std::size_t idle_connections = 256;
  std::chrono::milliseconds idle_keep{4'000};  ///< shorter than servers keep theirs (Node: 5 s)
  std::size_t largest_body = std::size_t{256} << 20;
  std::string agent = "rigwise";
};

/// HTTP/1.1 with TLS and proxies, for many calls at once in one thread. It asks once and never again: what may be asked
/// twice, and after how long, is decided in one place above. Redirects are answers.
class HttpClient {
 public:
  /// `io` is run by one thread and outlives the client.
  static Result<std::unique_ptr<HttpClient>> open(boost::asio::io_context& io, HttpClientOptions options);
  ~HttpClient();

  /// The arguments are named variables that outlive the call: g++ 12 copies temporaries within a co_await bit by bit.
  boost::asio::awaitable<HttpReply> call(const HttpCall& call, const HttpSink& sink, const HttpCancel& cancel);

 private:
  struct Machinery;
  explicit HttpClient(std::unique_ptr<Machinery> machinery);
  std::unique_ptr<Machinery> machinery_;
};

std::int64_t steady_ns();

}  // namespace rigwise
