#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace rigwise {

/// The server's certificate, for all its connections.
using TimedTls = std::shared_ptr<ssl_ctx_st>;
/// `old`: TLS 1.2 at most.   Errors  files that hold no certificate and key.
Result<TimedTls> open_timed_tls(const std::string& cert_file, const std::string& key_file, bool old);

/// A socket of the timed server, with TLS or without. What the network does not take at once is kept.
class TimedLink {
 public:
  TimedLink(int socket, const TimedTls& tls);
  ~TimedLink();
  TimedLink(const TimedLink&) = delete;
  TimedLink& operator=(const TimedLink&) = delete;

  int socket() const { return socket_; }
  /// As recv() of a socket that does not wait.
  ssize_t receive(char* into, std::size_t size);
  /// When the kernel had the bytes of the last receive(), by the steady clock; 0: it does not say (TLS).
  std::int64_t arrived_ns() const { return arrived_ns_; }
  /// More can be received that no look at the socket will tell of.
  bool holds_more() const;
  void send(std::string_view bytes);
  /// TLS: asks for other keys, and sends with them from now on.
  void change_keys();
  bool waits_to_write() const { return !out_.empty(); }
  /// Before it goes: with RST in place of a goodbye.
  void will_reset();

 private:
  ssize_t receive_stamped(char* into, std::size_t size);
  ssize_t hand_over(std::string_view bytes);

  int socket_ = -1;
  ssl_st* tls_ = nullptr;
  std::int64_t arrived_ns_ = 0;
  std::string out_;
  bool resets_ = false;
};

/// The value of a field in the head of a request; empty: it has none.
std::string timed_field_of(std::string_view head, std::string_view name);

}  // namespace rigwise
