#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "host/serve/http_api.h"
#include "host/serve/http_server.h"
#include "host/serve/request_gate.h"

namespace rigwise {

/// A connection as the server sees it.
struct Visit {
  bool idle = true;            ///< waits for a request, or for an event: nothing is lost by ending it
  std::function<void()> wake;  ///< ends whatever it waits for
};

/// What all connections share. Only the thread of `io` touches it, but for the API, which is safe to share.
struct ServerState {
  ServerState(const House& house, ServerOptions with, int threads)
      : options(std::move(with)),
        api(house, metrics, options.version, options.evaluations, options.runs),
        gate({options.listen.is_loopback, options.hosts, options.token, !options.tls_cert_file.empty(),
              options.opening}),
        quick(static_cast<std::size_t>(threads)),
        slow(static_cast<std::size_t>(threads)),
        store(kStoreThreads) {}

  /// They wait for a database most of the time, and every one of them is a connection to it.
  static constexpr std::size_t kStoreThreads = 2;

  ServerOptions options;
  ServerMetrics metrics;
  HttpApi api;
  RequestGate gate;
  std::optional<boost::asio::ssl::context> tls;
  int quick_waiting = 0, slow_waiting = 0, store_waiting = 0;
  int large_bodies = 0;
  int turned_away = 0;  ///< connections beyond the limit that are being told so
  std::list<Visit*> visits;
  bool stopping = false;
  std::function<void()> last_left;  ///< called when stopping and no connection is left
  // Last, so that connections and verbs that are still under way when the server goes find the rest of it.
  boost::asio::io_context io{1};
  boost::asio::thread_pool quick, slow, store;
};

/// Counts a connection in and out.
class VisitorsBook {
 public:
  VisitorsBook(ServerState& state, Visit& visit) : state_(state) {
    at_ = state_.visits.insert(state_.visits.end(), &visit);
    state_.metrics.connection_opened();
  }
  VisitorsBook(const VisitorsBook&) = delete;
  VisitorsBook& operator=(const VisitorsBook&) = delete;
  ~VisitorsBook() {
    state_.visits.erase(at_);
    state_.metrics.connection_closed();
    if (state_.stopping && state_.visits.empty() && state_.last_left) state_.last_left();
  }

 private:
  ServerState& state_;
  std::list<Visit*>::iterator at_;
};

/// Holds one of a few places while it lives.
class Place {
 public:
  explicit Place(int& taken) : taken_(&taken) { ++taken; }
  Place(Place&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (taken_ != nullptr) --*taken_;
  }

 private:
  int* taken_;
};

/// One connection from its first byte to its last.
boost::asio::awaitable<void> attend(boost::asio::ip::tcp::socket socket, ServerState& state);

/// A connection beyond the limit: 503, and goodbye.
boost::asio::awaitable<void> turn_away(boost::asio::ip::tcp::socket socket, ServerState& state);

}  // namespace rigwise
