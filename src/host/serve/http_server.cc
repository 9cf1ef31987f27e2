#include "host/serve/http_server.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <thread>

#include "host/serve/server_state.h"
#include "host/serve/wire.h"

namespace rigwise {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kShortestToken = 16;

/// Every connection is a descriptor; the soft limit of many systems is a thousand. Gives how many there may be.
int raise_descriptor_limit(int wanted) {
  constexpr int kOwn = 64;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const auto needed = static_cast<rlim_t>(wanted + 2 * kOwn);
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(limit.rlim_max, needed);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  return std::max(1, static_cast<int>(limit.rlim_cur) - kOwn);
}

Result<void> check_options(const ServerOptions& options) {
  if (!options.listen.is_loopback && options.token.empty()) {
    return invalid("other machines can reach " + authority_text(options.listen.hosts.front(), options.listen.port) +
                       ", so it needs a token",
                   "--listen", "--token-env VAR, with a secret of 16 characters or more in VAR; or a loopback address");
  }
  if (!options.token.empty() && options.token.size() < kShortestToken) {
    const std::size_t length = options.token.size();
    return invalid("the token has " + std::to_string(length) + (length == 1 ? " character" : " characters"),
                   "--token-env", "16 or more, as openssl rand -hex 16 makes them");
  }
  if (options.tls_cert_file.empty() != options.tls_key_file.empty()) {
    return invalid("a certificate and its key go together", options.tls_cert_file.empty() ? "--tls-cert" : "--tls-key",
                   "--tls-cert FILE --tls-key FILE");
  }
  return {};
}

Unexpected unusable(const std::string& file, const std::string& flag, const error_code& fault) {
  return invalid("cannot use \"" + file + "\": " + fault.message(), flag, "a PEM file");
}

Result<void> set_up_tls(asio::ssl::context& tls, const ServerOptions& options) {
  error_code fault;
  tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                      asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1,
                  fault);
  tls.use_certificate_chain_file(options.tls_cert_file, fault);
  if (fault) return unusable(options.tls_cert_file, "--tls-cert", fault);
  tls.use_private_key_file(options.tls_key_file, asio::ssl::context::pem, fault);
  if (fault) return unusable(options.tls_key_file, "--tls-key", fault);
  return {};
}

Unexpected cannot_listen(const std::string& host, int port, const error_code& fault) {
  const std::string at = authority_text(host, port);
  if (fault == asio::error::address_in_use) {
    return fail({ErrorCode::io,
                 "port " + std::to_string(port) + " of " + host + " is taken by another program",
                 at,
                 "--listen localhost:0 for a free port, or end what listens there",
                 {}});
  }
  return fail({ErrorCode::io,
               "cannot listen on " + at + ": " + fault.message(),
               at,
               "an address of this machine and a port above 1023",
               {}});
}

Result<tcp::acceptor> listening(asio::io_context& io, const std::string& host, int port) {
  error_code fault;
  const tcp::endpoint endpoint(asio::ip::make_address(host, fault), static_cast<unsigned short>(port));
  tcp::acceptor acceptor(io);
  if (!fault) acceptor.open(endpoint.protocol(), fault);
  if (!fault) acceptor.set_option(tcp::acceptor::reuse_address(true), fault);
  if (!fault && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), fault);
  if (!fault) acceptor.bind(endpoint, fault);
  if (!fault) acceptor.listen(asio::socket_base::max_listen_connections, fault);
  if (fault) return cannot_listen(host, port, fault);
  ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);  // a browser that we start must not keep the port
  return acceptor;
}

asio::awaitable<void> welcome(tcp::acceptor& acceptor, ServerState& state) {
  constexpr int kTurnedAwayAtOnce = 64;
  while (acceptor.is_open()) {
    auto [fault, socket] = co_await acceptor.async_accept(kAsTuple);
    if (fault == asio::error::operation_aborted) co_return;
    if (fault) {  // out of descriptors, or the client was gone already
      asio::steady_timer pause(state.io, std::chrono::milliseconds(50));
      co_await pause.async_wait(kAsTuple);
      continue;
    }
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (state.visits.size() < static_cast<std::size_t>(state.options.limits.connections)) {
      asio::co_spawn(state.io, attend(std::move(socket), state), asio::detached);
    } else if (state.turned_away < kTurnedAwayAtOnce) {
      asio::co_spawn(state.io, turn_away(std::move(socket), state), asio::detached);
    }
  }
}

}  // namespace

struct HttpServer::Machinery {
  Machinery(const House& house, ServerOptions options, int threads)
      : state(house, std::move(options), threads), stop_timer(state.io) {}

  ServerState state;
  std::vector<tcp::acceptor> acceptors;
  std::vector<std::string> urls;
  int port = 0;
  asio::steady_timer stop_timer;
  std::optional<asio::signal_set> signals;

  Result<void> listen();
  void begin_stop();
  void wake(bool all);
  void finish();
};

Result<void> HttpServer::Machinery::listen() {
  const ListenAddress& where = state.options.listen;
  port = where.port;
  for (const std::string& host : where.hosts) {
    Result<tcp::acceptor> acceptor = listening(state.io, host, port);
    const bool is_first = acceptors.empty();
    if (!acceptor && is_first) return fail(acceptor.error());
    if (!acceptor) continue;  // no IPv6 here, or somebody else has that half of localhost
    port = acceptor->local_endpoint().port();
    acceptors.push_back(std::move(*acceptor));
    urls.push_back((state.tls ? "https://" : "http://") + authority_text(host, port) + "/");
  }
  return {};
}

/// Ends the waits of connections between requests; with `all`, whatever any connection does.
void HttpServer::Machinery::wake(bool all) {
  const std::list<Visit*> visits = state.visits;
  for (Visit* visit : visits) {
    if ((visit->idle || all) && visit->wake) visit->wake();
  }
}

void HttpServer::Machinery::begin_stop() {
  if (state.stopping) return;
  state.stopping = true;
  state.last_left = [this] { finish(); };
  error_code ignored;
  for (tcp::acceptor& acceptor : acceptors) acceptor.close(ignored);
  wake(false);
  if (state.visits.empty()) return finish();
  stop_timer.expires_after(state.options.limits.stop_time);
  stop_timer.async_wait([this](const error_code& cancelled) {
    if (!cancelled) state.io.stop();
  });
}

void HttpServer::Machinery::finish() {
  stop_timer.cancel();
  if (signals) signals->cancel();
}

HttpServer::HttpServer(std::unique_ptr<Machinery> machinery) : machinery_(std::move(machinery)) {}

HttpServer::~HttpServer() {
  machinery_->state.last_left = nullptr;  // connections that are cut off now have nobody to tell
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(const House& house, ServerOptions options) {
  const Result<void> sound = check_options(options);
  if (!sound) return fail(sound.error());
  options.limits.connections = raise_descriptor_limit(options.limits.connections);
  options.evaluations.has_token = !options.token.empty();
  const int threads = options.limits.threads > 0 ? options.limits.threads
                                                 : std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  auto machinery = std::make_unique<Machinery>(house, std::move(options), threads);
  ServerState& state = machinery->state;
  if (!state.options.tls_cert_file.empty()) {
    state.tls.emplace(asio::ssl::context::tls_server);
    const Result<void> ready = set_up_tls(*state.tls, state.options);
    if (!ready) return fail(ready.error());
  }
  const Result<void> listens = machinery->listen();
  if (!listens) return fail(listens.error());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(machinery)));
}

const std::vector<std::string>& HttpServer::urls() const { return machinery_->urls; }

int HttpServer::port() const { return machinery_->port; }

void HttpServer::run(bool until_signal) {
  Machinery& machinery = *machinery_;
  if (until_signal) {
    machinery.signals.emplace(machinery.state.io, SIGINT, SIGTERM);
    machinery.signals->async_wait([&machinery](const error_code& cancelled, int) {
      if (cancelled) return;
      machinery.signals->clear();  // a second one ends the program at once
      machinery.begin_stop();
    });
  }
  for (tcp::acceptor& acceptor : machinery.acceptors) {
    asio::co_spawn(machinery.state.io, welcome(acceptor, machinery.state), asio::detached);
  }
  machinery.state.io.run();
  for (asio::thread_pool* verbs : {&machinery.state.quick, &machinery.state.slow, &machinery.state.store}) {
    verbs->stop();  // what only waits is not begun any more
    verbs->join();
  }
}

void HttpServer::stop() {
  asio::post(machinery_->state.io, [this] { machinery_->begin_stop(); });
}

}  // namespace rigwise
