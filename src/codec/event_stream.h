#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rigwise {

/// One event of a text/event-stream.
struct StreamEvent {
  std::string name;  ///< "message" unless the stream says otherwise
  std::string data;  ///< lines joined by '\n'
};

/// Cuts bytes that come in any pieces into lines that end in LF, CR LF or CR.
class LineCutter {
 public:
  /// A line longer than this spoils the stream; nobody may make us keep an endless one.
  explicit LineCutter(std::size_t longest = std::size_t{16} << 20) : longest_(longest) {}

  /// Calls `use(line)` for every line that is now whole.
  template <class Use>
  void add(std::string_view bytes, Use use) {
    while (!bytes.empty() && !spoilt_) {
      if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
      after_return_ = false;
      const std::size_t end = bytes.find_first_of("\r\n");
      const std::string_view part = bytes.substr(0, end);
      spoilt_ = pending_.size() + part.size() > longest_;
      if (spoilt_) return;
      pending_ += part;
      if (end == std::string_view::npos) return;
      after_return_ = bytes[end] == '\r';
      bytes.remove_prefix(end + 1);
      const std::string line = std::exchange(pending_, {});
      use(std::string_view(line));
    }
  }

  /// What came after the last line end.
  const std::string& rest() const { return pending_; }
  bool spoilt() const { return spoilt_; }

 private:
  std::size_t longest_;
  std::string pending_;
  bool after_return_ = false, spoilt_ = false;
};

/// Reads server-sent events (WHATWG HTML 9.2) from bytes that come in any pieces.
class EventStreamReader {
 public:
  explicit EventStreamReader(std::size_t largest = std::size_t{16} << 20) : lines_(largest), largest_(largest) {}

  /// The events that these bytes complete.
  std::vector<StreamEvent> add(std::string_view bytes);
  /// The stream has ended: an event whose lines are whole but whose blank line never came, as some servers leave it.
  std::optional<StreamEvent> finish();
  /// A line or an event was larger than allowed; nothing more comes out.
  bool spoilt() const { return spoilt_ || lines_.spoilt(); }

 private:
  void take_line(std::string_view line, std::vector<StreamEvent>& events);

  LineCutter lines_;
  std::size_t largest_;
  StreamEvent event_;
  bool has_data_ = false, spoilt_ = false, is_first_ = true;
};

}  // namespace rigwise
