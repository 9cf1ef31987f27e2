#include "host/bench/kernel_stamps.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

#include "host/bench/bench_clock.h"

namespace rigwise {
namespace {

constexpr std::int64_t kMostNs = 50'000'000;
constexpr int kMostWaitMs = 50;

/// A connection of TCP with ourselves: datagrams get a stamp at the reading where they had none, and tell nothing.
bool connect_to_ourselves(int& sender, int& receiver) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool listens = ::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::listen(listener, 1) == 0 &&
                       ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (listens) sender = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (sender >= 0 && ::connect(sender, reinterpret_cast<const sockaddr*>(&address), size) == 0) {
    receiver = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  }
  ::close(listener);
  return receiver >= 0;
}

/// Reads what is there. Gives whether it had a stamp.
bool read_has_stamp(int receiver) {
  char bytes[64], control[128];
  iovec place{bytes, sizeof bytes};
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(receiver, &message, MSG_DONTWAIT) <= 0) return false;
  for (cmsghdr* about = CMSG_FIRSTHDR(&message); about != nullptr; about = CMSG_NXTHDR(&message, about)) {
    if (about->cmsg_level == SOL_SOCKET && about->cmsg_type == SCM_TIMESTAMPNS) return true;
  }
  return false;
}

}  // namespace

KernelStamps::KernelStamps() {
  if (!connect_to_ourselves(sender_, receiver_)) return;
  const int on = 1;
  if (::setsockopt(receiver_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) return;
  const std::int64_t give_up_ns = monotonic_ns() + kMostNs;
  while (!are_on_ && monotonic_ns() < give_up_ns) {
    if (::send(sender_, "?", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) return;
    ++bytes_sent_;
    pollfd readable{receiver_, POLLIN, 0};
    if (::poll(&readable, 1, kMostWaitMs) == 1) are_on_ = read_has_stamp(receiver_);
    if (!are_on_) ::poll(nullptr, 0, 1);
  }
}

KernelStamps::~KernelStamps() {
  for (const int socket : {sender_, receiver_}) {
    if (socket >= 0) ::close(socket);
  }
}

}  // namespace rigwise
