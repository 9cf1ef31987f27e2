#include "host/net/http_client.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <list>
#include <mutex>
#include <tuple>
#include <utility>

#include "core/base/text.h"
#include "host/net/http_link.h"

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the two halves of Asio's own coroutine allocation for strangers (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rigwise {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;
using boost::system::error_code;
using Parser = http::response_parser<http::buffer_body>;

constexpr std::uint32_t kLargestHead = 64 << 10;

/// The request as bytes; nothing when a field would end its line.
std::optional<std::string> request_text(const HttpCall& call, const NetUrl& url, const std::optional<Proxy>& proxy,
                                        const std::string& agent) {
  const bool whole_target = proxy && !url.tls;
  std::string text = call.method + " " + (whole_target ? "http://" + authority_of(url) : "") + url.target +
                     " HTTP/1.1\r\nHost: " + authority_of(url) + "\r\nUser-Agent: " + agent +
                     "\r\nAccept-Encoding: identity\r\n";
  if (whole_target && !proxy->authorization.empty())
    text.append("Proxy-Authorization: ").append(proxy->authorization).append("\r\n");
  if (!call.body.empty() || call.method == "POST")
    text.append("Content-Length: ").append(std::to_string(call.body.size())).append("\r\n");
  for (const auto& [name, value] : call.fields) {
    const bool breaks = name.find_first_of("\r\n: ") != std::string::npos || name.empty() ||
                        value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
    if (breaks) return std::nullopt;
    text.append(name).append(": ").append(value).append("\r\n");
  }
  return text.append("\r\n").append(call.body);
}

/// Where connections that can stand for each other go.
std::string link_key(const NetUrl& url, const std::optional<Proxy>& proxy) {
  std::string key =
      (url.tls ? "https://" : "http://") + (proxy && !url.tls ? "" : url.host + ":" + std::to_string(url.port));
  if (proxy)
    key.append(" by ")
        .append(proxy->at.host)
        .append(":")
        .append(std::to_string(proxy->at.port))
        .append(proxy->authorization);
  return key;
}

void copy_head(const Parser& parser, HttpReply& reply) {
  reply.status = static_cast<int>(parser.get().result_int());
  reply.fields.clear();
  for (const auto& field : parser.get()) {
    reply.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
}

/// Sends a request over an open link and reads its answer. True in `reusable` when the link may serve another.
class OneExchange {
 public:
  OneExchange(HttpLink& link, const CallDeadline& deadline, const HttpClientOptions& options, const HttpSink& sink,
              HttpReply& reply)
      : link_(link), deadline_(deadline), options_(options), sink_(sink), reply_(reply) {}

  bool reusable = false;

  template <class Stream>
  awaitable<LinkFault> run(Stream& stream, const std::string& request) {
    link_.socket().expires_at(deadline_.next());
    auto [fault, count] = co_await asio::async_write(stream, asio::buffer(request), kNetTuple);
    // A server may answer and close before it has read all: its answer says more than our broken pipe.
    const bool broken = fault == asio::error::broken_pipe || fault == asio::error::connection_reset;
    if (fault && !broken) co_return fault_under_way(fault, deadline_);
    reply_.sent = !fault;
    reply_.sent_ns = steady_ns();
    std::optional<Parser> parser;
    const LinkFault head_fault = co_await read_head(stream, parser);
    if (head_fault) co_return head_fault;
    if (sink_.head) sink_.head(reply_);
    const LinkFault body_fault = co_await read_body(stream, *parser);
    reusable = !body_fault && parser->keep_alive() && !fault;
    co_return body_fault;
  }

 private:
  template <class Stream>
  awaitable<LinkFault> read_head(Stream& stream, std::optional<Parser>& parser) {
    do {
      parser.emplace();
      parser->header_limit(kLargestHead);
      parser->body_limit(boost::none);
      link_.socket().expires_at(deadline_.next());
      auto [fault, count] = co_await http::async_read_header(stream, link_.buffer(), *parser, kNetTuple);
      if (fault) co_return fault_under_way(fault, deadline_);
    } while (parser->get().result_int() / 100 == 1);
    reply_.head_ns = steady_ns();
    copy_head(*parser, reply_);
    const std::string coding = lower(reply_.field("Content-Encoding"));
    if (!coding.empty() && coding != "identity") {
      co_return LinkFault{HttpFault::malformed, "the body is " + coding + ", which was not asked for"};
    }
    co_return LinkFault{};
  }

  template <class Stream>
  awaitable<LinkFault> read_body(Stream& stream, Parser& parser) {
    std::array<char, 16384> piece;
    std::size_t total = 0;
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      link_.socket().expires_at(deadline_.next());
      auto [fault, count] = co_await http::async_read_some(stream, link_.buffer(), parser, kNetTuple);
      const std::size_t got = piece.size() - parser.get().body().size;
      if (got > 0) {
        const std::int64_t now = steady_ns();
        if (reply_.first_byte_ns == 0) reply_.first_byte_ns = now;
        total += got;
        if (total > options_.largest_body)
          co_return LinkFault{HttpFault::too_large, "the answer is larger than we take"};
        if (sink_.bytes && !sink_.bytes({piece.data(), got}, now)) {
          if (parser.is_done()) break;
          co_return LinkFault{HttpFault::stopped, "stopped"};
        }
      }
      if (fault && fault != http::error::need_buffer) co_return fault_under_way(fault, deadline_);
    }
    co_return LinkFault{};
  }

  HttpLink& link_;
  const CallDeadline& deadline_;
  const HttpClientOptions& options_;
  const HttpSink& sink_;
  HttpReply& reply_;
};

}  // namespace

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string_view http_fault_name(HttpFault fault) {
  constexpr std::array<std::string_view, 16> kNames = {"none",         "bad_call",      "unresolved", "refused",
                                                       "unreachable",  "proxy",         "tls",        "connect_timeout",
                                                       "idle_timeout", "total_timeout", "reset",      "cut",
                                                       "malformed",    "too_large",     "stopped",    "cancelled"};
  return kNames[static_cast<std::size_t>(fault)];
}

std::string_view HttpReply::field(std::string_view name) const {
  const std::string wanted = lower(name);
  for (const auto& [key, value] : fields) {
    if (lower(key) == wanted) return value;
  }
  return {};
}

struct HttpCancel::State {
  std::mutex mutex;
  bool cancelled = false;
  std::function<void()> close;
};

HttpCancel::HttpCancel() : state_(std::make_shared<State>()) {}

void HttpCancel::cancel() {
  const std::lock_guard lock(state_->mutex);
  state_->cancelled = true;
  if (state_->close) state_->close();
}

bool HttpCancel::is_cancelled() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

struct HttpClient::Machinery {
  struct Resting {
    std::shared_ptr<HttpLink> link;
    std::chrono::steady_clock::time_point since;
  };

  Machinery(asio::io_context& with, HttpClientOptions how) : io(with), options(std::move(how)) {}

  asio::io_context& io;
  HttpClientOptions options;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  bool knows_authorities = false;
  std::list<Resting> resting;  // the latest in front

  /// Reads the system's authorities, a third of a second's work, before the first connection that needs them. Where
  /// there are none every certificate is refused.
  void learn_authorities() {
    if (std::exchange(knows_authorities, true)) return;
    error_code fault;
    std::ignore = tls.set_default_verify_paths(fault);
  }

  /// An open connection that still is one.
  std::shared_ptr<HttpLink> take(const std::string& key) {
    const auto oldest = std::chrono::steady_clock::now() - options.idle_keep;
    while (!resting.empty() && resting.back().since < oldest) resting.pop_back();
    for (auto at = resting.begin(); at != resting.end(); ++at) {
      if (at->link->key() != key) continue;
      std::shared_ptr<HttpLink> link = std::move(at->link);
      resting.erase(at);
      return link->is_quiet() ? link : take(key);
    }
    return nullptr;
  }
  void give_back(std::shared_ptr<HttpLink> link) {
    link->socket().expires_never();
    resting.push_front({std::move(link), std::chrono::steady_clock::now()});
    if (resting.size() > options.idle_connections) resting.pop_back();
  }
};

HttpClient::HttpClient(std::unique_ptr<Machinery> machinery) : machinery_(std::move(machinery)) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::open(asio::io_context& io, HttpClientOptions options) {
  auto machinery = std::make_unique<Machinery>(io, std::move(options));
  error_code fault;
  SSL_CTX_set_min_proto_version(machinery->tls.native_handle(), TLS1_2_VERSION);
  std::ignore = machinery->tls.set_verify_mode(
      machinery->options.any_certificate ? asio::ssl::verify_none : asio::ssl::verify_peer, fault);
  if (!machinery->options.ca_file.empty()) {
    std::ignore = machinery->tls.load_verify_file(machinery->options.ca_file, fault);
    machinery->knows_authorities = true;
  }
  if (fault) {
    return invalid("cannot use the certificates in \"" + machinery->options.ca_file + "\": " + fault.message(),
                   "--ca-file", "a PEM file");
  }
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(machinery)));
}

awaitable<HttpReply> HttpClient::call(const HttpCall& call, const HttpSink& sink, const HttpCancel& cancel) {
  Machinery& machinery = *machinery_;
  HttpReply reply;
  reply.start_ns = steady_ns();
  const auto ended = [&reply](HttpFault fault, std::string detail) {
    reply.fault = fault;
    reply.detail = std::move(detail);
    reply.end_ns = steady_ns();
    return std::move(reply);
  };
  const Result<NetUrl> url = parse_net_url(call.url);
  if (!url) co_return ended(HttpFault::bad_call, url.error().message);
  const Result<std::optional<Proxy>> proxy = proxy_for(machinery.options.proxies, *url);
  if (!proxy) co_return ended(HttpFault::bad_call, proxy.error().message);
  const std::optional<std::string> request = request_text(call, *url, *proxy, machinery.options.agent);
  if (!request) co_return ended(HttpFault::bad_call, "a field holds a line end");
  const auto now = std::chrono::steady_clock::now();
  CallDeadline deadline{now + std::min(call.times.connect, call.times.total), now + call.times.total, call.times.idle};
  const std::string key = link_key(*url, *proxy);
  std::shared_ptr<HttpLink> link = machinery.take(key);
  reply.reused = link != nullptr;
  if (!link) link = std::make_shared<HttpLink>(machinery.io, key);
  const std::shared_ptr<HttpCancel::State> state = cancel.state_;
  {
    const std::lock_guard lock(state->mutex);
    if (state->cancelled) co_return ended(HttpFault::cancelled, "cancelled");
    state->close = [&io = machinery.io, weak = std::weak_ptr<HttpLink>(link)] {
      asio::post(io, [weak] {
        if (const auto still = weak.lock()) still->close();
      });
    };
  }
  LinkFault fault;
  if (url->tls || (*proxy && (*proxy)->at.tls)) machinery.learn_authorities();
  if (!reply.reused) fault = co_await link->open(*url, *proxy, machinery.tls, deadline);
  reply.connected_ns = fault ? 0 : steady_ns();
  OneExchange exchange(*link, deadline, machinery.options, sink, reply);
  if (!fault) {
    const auto use = [&](auto& stream) { return exchange.run(stream, *request); };
    fault = co_await link->with_stream(use);
  }
  {
    const std::lock_guard lock(state->mutex);
    state->close = nullptr;
    if (state->cancelled && fault) fault = {HttpFault::cancelled, "cancelled"};
    if (!fault && exchange.reusable && !state->cancelled) machinery.give_back(std::move(link));
  }
  co_return ended(fault.fault, std::move(fault.detail));
}

}  // namespace rigwise
