#include "tests/fakellm/timed_link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace rigwise {
namespace {

/// What a call of OpenSSL that did not succeed would be as one of the system.
ssize_t as_system_call(ssl_st* tls, int result) {
  const int fault = SSL_get_error(tls, result);
  if (fault == SSL_ERROR_ZERO_RETURN) return 0;
  errno = fault == SSL_ERROR_WANT_READ || fault == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
  return -1;
}

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec; }

}  // namespace

Result<TimedTls> open_timed_tls(const std::string& cert_file, const std::string& key_file, bool old) {
  TimedTls context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (old) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context.get(), cert_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail({ErrorCode::io, "cannot use the certificate", cert_file, "", {}});
  }
  return context;
}

TimedLink::TimedLink(int socket, const TimedTls& tls) : socket_(socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  if (!tls) return;
  tls_ = SSL_new(tls.get());
  SSL_set_fd(tls_, socket);
  SSL_set_accept_state(tls_);
}

TimedLink::~TimedLink() {
  if (tls_ != nullptr) {
    ERR_clear_error();
    if (!resets_ && SSL_is_init_finished(tls_) == 1) SSL_shutdown(tls_);
    SSL_free(tls_);
  }
  ::close(socket_);
}

ssize_t TimedLink::receive_stamped(char* into, std::size_t size) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
  iovec part{into, size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t count = ::recvmsg(socket_, &message, 0);
  if (count <= 0) return count;
  arrived_ns_ = 0;
  for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
    if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{}, wall{}, steady{};
    std::memcpy(&stamp, CMSG_DATA(at), sizeof stamp);
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &steady);
    arrived_ns_ = nanoseconds(steady) - (nanoseconds(wall) - nanoseconds(stamp));
  }
  return count;
}

ssize_t TimedLink::receive(char* into, std::size_t size) {
  if (tls_ == nullptr) return receive_stamped(into, size);
  ERR_clear_error();
  const int count = SSL_read(tls_, into, static_cast<int>(size));
  return count > 0 ? count : as_system_call(tls_, count);
}

bool TimedLink::holds_more() const { return tls_ != nullptr && SSL_has_pending(tls_) == 1; }

ssize_t TimedLink::hand_over(std::string_view bytes) {
  if (tls_ == nullptr) return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ERR_clear_error();
  const int count = SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
  return count > 0 ? count : as_system_call(tls_, count);
}

void TimedLink::send(std::string_view bytes) {
  if (!out_.empty()) {
    out_ += bytes;
    bytes = {};
  }
  const std::string_view first = out_.empty() ? bytes : std::string_view(out_);
  if (first.empty()) return;
  const ssize_t count = hand_over(first);
  if (count < 0 && errno != EAGAIN) {  // the reader went; its hang-up is read next
    out_.clear();
    return;
  }
  const std::size_t taken = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  if (out_.empty()) {
    out_ = bytes.substr(taken);
  } else {
    out_.erase(0, taken);
  }
}

void TimedLink::change_keys() {
  if (tls_ == nullptr) return;
  ERR_clear_error();
  if (SSL_version(tls_) >= TLS1_3_VERSION) {
    SSL_key_update(tls_, SSL_KEY_UPDATE_REQUESTED);
  } else if (SSL_renegotiate(tls_) == 1) {
    SSL_do_handshake(tls_);
  }
}

void TimedLink::will_reset() {
  resets_ = true;
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::string timed_field_of(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    std::string_view line = head.substr(at + 2);
    line = line.substr(0, line.find("\r\n"));
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (!std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) { return a == (b | 32) || a == b; })) {
      continue;
    }
    line.remove_prefix(name.size() + 1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    return std::string(line);
  }
  return {};
}

}  // namespace rigwise
