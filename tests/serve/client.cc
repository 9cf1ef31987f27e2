#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "core/base/text.h"
#include "host/serve/message.h"

namespace rigwise {

std::string Heard::field(std::string_view name) const {
  for (const std::string_view line : split(head, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && same_ignoring_case(line.substr(0, colon), name)) {
      return std::string(trim(line.substr(colon + 1)));
    }
  }
  return {};
}

Client::Client(int port) {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
}

Client::~Client() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Client::Client(Client&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), unread_(std::move(other.unread_)) {}

bool Client::send(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t done = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    if (done <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

bool Client::read_more() {
  char bytes[16384];
  const ssize_t got = ::recv(descriptor_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  unread_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

bool Client::hear_until(std::string_view text) {
  for (;;) {
    const std::size_t at = unread_.find(text);
    if (at != std::string::npos) {
      unread_.erase(0, at + text.size());
      return true;
    }
    if (!read_more()) return false;
  }
}

Heard Client::hear(bool is_head) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  std::size_t end = 0;
  while ((end = unread_.find(kEnd)) == std::string::npos) {
    if (!read_more()) return {};
  }
  Heard heard;
  heard.head = unread_.substr(0, end + 2);
  unread_.erase(0, end + kEnd.size());
  const std::string length = heard.field("Content-Length");
  const std::size_t size = is_head || length.empty() ? 0 : static_cast<std::size_t>(parse_number(length).value_or(0));
  while (unread_.size() < size) {
    if (!read_more()) return {};
  }
  heard.body = unread_.substr(0, size);
  unread_.erase(0, size);
  const std::string status = heard.head.substr(std::string_view("HTTP/1.1 ").size(), 3);
  heard.status = static_cast<int>(parse_number(status).value_or(0));
  return heard;
}

bool Client::is_ended() { return unread_.empty() && !read_more(); }

Heard Client::ask(const std::string& request, bool is_head) {
  send(request);
  return hear(is_head);
}

std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

std::string post(const std::string& target, const std::string& body, const std::string& fields) {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

}  // namespace rigwise
