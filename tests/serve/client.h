// A client of plain sockets, so that nothing of the server's own library hides a fault of the server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// What came back.
struct Heard {
  int status = 0;  ///< 0: the connection ended before an answer did
  std::string head;
  std::string body;

  /// The value of a field of the head; empty when there is none.
  std::string field(std::string_view name) const;
};

/// One connection to this machine; waits for whatever it asks for.
class Client {
 public:
  explicit Client(int port);
  ~Client();
  Client(Client&& other) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client& operator=(Client&&) = delete;

  bool is_connected() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  /// False when the server has closed its side.
  bool send(std::string_view text) const;
  /// The next answer. `is_head`: its length is said, its body not sent.
  Heard hear(bool is_head = false);
  /// Reads until `text` has come; false when the connection ends first.
  bool hear_until(std::string_view text);
  /// True once the server has ended the connection and nothing more comes.
  bool is_ended();
  Heard ask(const std::string& request, bool is_head = false);

 private:
  bool read_more();

  int descriptor_ = -1;
  std::string unread_;
};

/// A GET, and a POST of JSON, from localhost.
std::string get(const std::string& target, const std::string& fields = "");
std::string post(const std::string& target, const std::string& body, const std::string& fields = "");

}  // namespace rigwise
