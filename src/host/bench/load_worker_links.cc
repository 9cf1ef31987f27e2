// The worker's connections: opening, shaking hands, closing.
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

#include "host/bench/load_worker.h"
#include "host/bench/transport_faults.h"

namespace rigwise {

LoadWorker::Stream& LoadWorker::add_stream() {
  Stream& stream = streams_.emplace_back();
  stream.slot = static_cast<std::uint32_t>(streams_.size() - 1);
  stream.base.reserve(512);
  return stream;
}

void LoadWorker::watch(Stream& stream, std::uint32_t events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = stream.slot;
  epoll_ctl(poll_, operation, stream.socket, &event);
}

bool LoadWorker::connect(Stream& stream) {
  stream.socket = ::socket(plan_.target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (stream.socket < 0) {
    stream.phase = Phase::closed;
    return false;
  }
  stream.out.clear();
  stream.out_at = 0;
  const int on = 1;
  setsockopt(stream.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(stream.socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  stream.phase = Phase::connecting;
  stream.asked_before = false;
  stream.connect_ns = stream.active_ns = monotonic_ns();
  const int result =
      ::connect(stream.socket, reinterpret_cast<const sockaddr*>(&plan_.target.address), plan_.target.size);
  if (result != 0 && errno != EINPROGRESS) {
    const int fault = errno;
    ::close(stream.socket);
    stream.socket = -1;
    stream.phase = Phase::closed;
    errno = fault;
    return false;
  }
  watch(stream, EPOLLOUT, EPOLL_CTL_ADD);
  return true;
}

void LoadWorker::connected(Stream& stream) {
  if (stream.phase != Phase::connecting) return;
  if (stream.tls) return shake_hands(stream);
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(stream.socket, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return connection_failed(stream, fault_of_errno(error));
  watch(stream, EPOLLIN, EPOLL_CTL_MOD);
  stream.waits_to_write = false;
  if (!plan_.tls) return connection_ready(stream);
  stream.tls = std::make_unique<TlsPipe>(*plan_.tls);
  stream.tls->drain(stream.out);
  send(stream);
}

void LoadWorker::shake_hands(Stream& stream) {
  const ssize_t count = ::recv(stream.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return send(stream);
  if (count > 0) stream.tls->take(std::string_view(buffer_.data(), static_cast<std::size_t>(count)));
  const bool failed = count <= 0 || stream.tls->state() == TlsPipe::State::failed;
  if (failed && signs_.tls_failure.empty()) {
    signs_.tls_failure = count > 0 ? stream.tls->why() : "the server hung up during the handshake";
  }
  // The last words too: they tell the server what we think of its certificate.
  stream.tls->drain(stream.out);
  send(stream);
  if (stream.phase != Phase::connecting) return;
  if (failed) return connection_failed(stream, RequestFault::tls);
  if (stream.tls->state() == TlsPipe::State::open) connection_ready(stream);
}

void LoadWorker::connection_ready(Stream& stream) {
  signs_.connect_ns.add(static_cast<std::uint64_t>(monotonic_ns() - stream.connect_ns));
  stream.phase = Phase::idle;
  if (stream.asks_when_connected) {
    stream.asks_when_connected = false;
    begin_sending(stream);
  } else if (plan_.is_open_loop()) {
    idle_.push_back(stream.slot);
  }
}

void LoadWorker::connection_failed(Stream& stream, RequestFault fault) {
  if (stream.asks_when_connected) return request_failed(stream, fault);
  close(stream);
}

void LoadWorker::close(Stream& stream) {
  if (stream.socket >= 0) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(stream.socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
      signs_.retransmits += info.tcpi_total_retrans;
    ::close(stream.socket);
  }
  stream.socket = -1;
  stream.phase = Phase::closed;
  stream.waits_to_write = stream.is_sending = false;
  stream.tls.reset();
}

}  // namespace rigwise
