#include "host/bench/tls_pipe.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace rigwise {
namespace {

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* const text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return text == nullptr ? "the connection broke" : text;
}

}  // namespace

Result<std::shared_ptr<const TlsTarget>> TlsTarget::of(const std::string& host, const TlsTrust& trust) {
  const std::shared_ptr<TlsTarget> target(new TlsTarget);
  target->host_ = host;
  target->context_ = SSL_CTX_new(TLS_client_method());
  if (target->context_ == nullptr) return fail({ErrorCode::io, "no TLS: " + last_error(), "OpenSSL", "", {}});
  SSL_CTX_set_min_proto_version(target->context_, TLS1_2_VERSION);
  // Thousands of idle streams need not keep 34 KB of buffers each.
  SSL_CTX_set_mode(target->context_, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(target->context_, trust.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  const int loaded = trust.ca_file.empty()
                         ? SSL_CTX_set_default_verify_paths(target->context_)
                         : SSL_CTX_load_verify_locations(target->context_, trust.ca_file.c_str(), nullptr);
  if (loaded != 1) {
    return invalid("cannot use the certificates in \"" + trust.ca_file + "\": " + last_error(), "--ca-file",
                   "a PEM file");
  }
  return std::shared_ptr<const TlsTarget>(target);
}

TlsTarget::~TlsTarget() { SSL_CTX_free(context_); }

TlsPipe::TlsPipe(const TlsTarget& target)
    : ssl_(SSL_new(target.context_)), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  if (ssl_ == nullptr || in_ == nullptr || out_ == nullptr) {
    state_ = State::failed;
    why_ = "no memory";
    return;
  }
  SSL_set_bio(ssl_, in_, out_);
  SSL_set_connect_state(ssl_);
  if (is_address(target.host_)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), target.host_.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl_, target.host_.c_str());
    SSL_set1_host(ssl_, target.host_.c_str());
  }
  SSL_set_mode(ssl_, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  go_on();
}

TlsPipe::~TlsPipe() { SSL_free(ssl_); }

void TlsPipe::take(std::string_view wire) {
  if (state_ == State::failed) return;
  if (BIO_write(in_, wire.data(), static_cast<int>(wire.size())) != static_cast<int>(wire.size())) {
    state_ = State::failed;
    why_ = "no memory";
    return;
  }
  if (state_ == State::shaking_hands) go_on();
}

void TlsPipe::go_on() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_);
  if (done == 1) {
    state_ = State::open;
  } else if (SSL_get_error(ssl_, done) != SSL_ERROR_WANT_READ) {
    fail_with_reason();
  }
}

void TlsPipe::fail_with_reason() {
  state_ = State::failed;
  const long verdict = SSL_get_verify_result(ssl_);
  const bool judged = verdict != X509_V_OK && (SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) != 0;
  why_ = judged ? X509_verify_cert_error_string(verdict) : last_error();
}

std::size_t TlsPipe::read(char* into, std::size_t size) {
  if (state_ != State::open) return 0;
  ERR_clear_error();
  std::size_t count = 0;
  const int done = SSL_read_ex(ssl_, into, size, &count);
  if (done == 1) return count;
  const int fault = SSL_get_error(ssl_, done);
  if (fault == SSL_ERROR_ZERO_RETURN) {
    state_ = State::ended;
  } else if (fault != SSL_ERROR_WANT_READ) {
    fail_with_reason();
  } else {
    write_on();
  }
  return 0;
}

bool TlsPipe::write(std::string_view text, std::string& wire) {
  if (state_ != State::open) return false;
  unwritten_ += text;
  write_on();
  if (state_ == State::failed) return false;
  drain(wire);
  return true;
}

void TlsPipe::write_on() {
  if (unwritten_.empty()) return;
  ERR_clear_error();
  std::size_t count = 0;
  // Into memory a write takes all or nothing.
  const int done = SSL_write_ex(ssl_, unwritten_.data(), unwritten_.size(), &count);
  if (done == 1)
    unwritten_.clear();
  else if (SSL_get_error(ssl_, done) != SSL_ERROR_WANT_READ)
    fail_with_reason();
}

void TlsPipe::drain(std::string& wire) {
  if (out_ == nullptr) return;
  const std::size_t waiting = BIO_ctrl_pending(out_);
  if (waiting == 0) return;
  const std::size_t before = wire.size();
  wire.resize(before + waiting);
  const int count = BIO_read(out_, wire.data() + before, static_cast<int>(waiting));
  wire.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
}

}  // namespace rigwise
