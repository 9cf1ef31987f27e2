#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct ssl_st;
struct ssl_ctx_st;
struct bio_st;

namespace rigwise {

/// Whom a TLS connection trusts.
struct TlsTrust {
  std::string ca_file;    ///< certificates to trust in place of the system's; empty: the system's
  bool insecure = false;  ///< take any certificate: nothing is known of who answers
};

/// What all TLS connections to one host share. Threads may use it together.
class TlsTarget {
 public:
  /// Errors  a file that holds no certificates.
  static Result<std::shared_ptr<const TlsTarget>> of(const std::string& host, const TlsTrust& trust);
  ~TlsTarget();
  TlsTarget(const TlsTarget&) = delete;
  TlsTarget& operator=(const TlsTarget&) = delete;

 private:
  friend class TlsPipe;
  TlsTarget() = default;
  ssl_ctx_st* context_ = nullptr;
  std::string host_;
};

/// The client's end of one TLS connection, over bytes that somebody else moves: reads stay ours, and with them the
/// kernel's stamps. A record counts as come when its last byte has.
class TlsPipe {
 public:
  enum class State : std::uint8_t { shaking_hands, open, ended, failed };

  /// Begins the handshake: drain() has its first bytes.
  explicit TlsPipe(const TlsTarget& target);
  ~TlsPipe();
  TlsPipe(const TlsPipe&) = delete;
  TlsPipe& operator=(const TlsPipe&) = delete;

  State state() const { return state_; }
  /// What went wrong, in words; of State::failed.
  const std::string& why() const { return why_; }

  /// Takes bytes from the wire, and goes on with the handshake where it is not over.
  void take(std::string_view wire);
  /// What whole records hold, up to `size` bytes; 0: none is whole, or the other side said goodbye (State::ended).
  std::size_t read(char* into, std::size_t size);
  /// Appends the records of a text to `wire`; while the other side changes the terms (TLS 1.2 may begin anew at any
  /// time) it waits, and drain() gives it after the read that ends this. False: it failed.
  bool write(std::string_view text, std::string& wire);
  /// Appends to `wire` what the protocol itself wants to say.
  void drain(std::string& wire);

 private:
  void go_on();
  void write_on();
  void fail_with_reason();

  ssl_st* ssl_ = nullptr;
  bio_st *in_ = nullptr, *out_ = nullptr;  ///< owned by ssl_
  State state_ = State::shaking_hands;
  std::string why_, unwritten_;
};

}  // namespace rigwise
