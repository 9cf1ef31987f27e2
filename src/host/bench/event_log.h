#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace rigwise {

/// What an entry of the log is.
enum class LogEntry : std::uint8_t {
  begin,        ///< from here on, the slot's entries belong to another request
  event,        ///< the data of an event, or a line of NDJSON
  error_event,  ///< an event named "error"
  body,         ///< a body that is no stream, or of an error: its first bytes
  bound,        ///< the events of the slot's last read all came after this moment
};

/// Every event of one thread, as it came, in a few bytes each: nothing is parsed, nothing is allocated. An event
/// mostly repeats the one before it in its stream, so only the piece that differs is kept, between the lengths of what
/// is alike before and after it.
class EventLog {
 public:
  /// Takes address space; memory is only taken as it fills. Half as much is asked for until the system agrees.
  explicit EventLog(std::size_t bytes = std::size_t{16} << 30);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void begin(std::uint32_t slot, std::uint32_t request);
  /// `base` is the slot's own, and kept by the caller from one event to the next.
  void add(LogEntry kind, std::uint32_t slot, std::int64_t at_ns, std::string_view data, std::string& base);

  /// Of a read that held several events: only the last has the read's stamp for its own.
  void add_bound(std::uint32_t slot, std::int64_t came_after_ns);

  std::size_t size() const { return used_; }
  /// It was full, and something was not written down.
  bool is_full() const { return full_; }

  struct Replayed {
    LogEntry kind = LogEntry::event;
    std::uint32_t slot = 0, request = 0;  ///< request: of a `begin`
    std::int64_t at_ns = 0;
    std::string_view data;  ///< until the next entry
  };
  /// All entries in the order in which they were written.
  void replay(const std::function<void(const Replayed&)>& use) const;

 private:
  void put(std::uint64_t value);
  bool has_room(std::size_t bytes);

  char* bytes_ = nullptr;
  std::size_t capacity_ = 0, used_ = 0;
  std::int64_t last_ns_ = 0;
  bool full_ = false;
};

}  // namespace rigwise
