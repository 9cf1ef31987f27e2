#include "host/bench/event_log.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace rigwise {
namespace {

constexpr std::size_t kLargestBase = 4096;
constexpr std::size_t kMostOfHead = 64;  // of an entry without its bytes

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

struct Alike {
  std::size_t before = 0, after = 0;
};

Alike alike(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  Alike result;
  while (result.before < most && a[result.before] == b[result.before]) ++result.before;
  while (result.after < most - result.before && a[a.size() - 1 - result.after] == b[b.size() - 1 - result.after]) {
    ++result.after;
  }
  return result;
}

/// What the writer did, done backwards.
class LogReader {
 public:
  explicit LogReader(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  std::uint8_t byte() {
    const char value = rest_.front();
    rest_.remove_prefix(1);
    return static_cast<std::uint8_t>(value);
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; !rest_.empty(); shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if ((next & 0x80) == 0) break;
    }
    return value;
  }
  std::string_view bytes(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

}  // namespace

EventLog::EventLog(std::size_t bytes) {
  for (capacity_ = bytes; capacity_ >= (std::size_t{1} << 20); capacity_ /= 2) {
    void* const at =
        mmap(nullptr, capacity_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) continue;
    bytes_ = static_cast<char*>(at);
    return;
  }
  capacity_ = 0;
}

EventLog::~EventLog() {
  if (bytes_ != nullptr) munmap(bytes_, capacity_);
}

bool EventLog::has_room(std::size_t bytes) {
  if (used_ + bytes + kMostOfHead <= capacity_) return true;
  full_ = true;
  return false;
}

void EventLog::put(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_[used_++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes_[used_++] = static_cast<char>(value);
}

void EventLog::begin(std::uint32_t slot, std::uint32_t request) {
  if (!has_room(0)) return;
  bytes_[used_++] = static_cast<char>(LogEntry::begin);
  put(slot);
  put(request);
}

void EventLog::add(LogEntry kind, std::uint32_t slot, std::int64_t at_ns, std::string_view data, std::string& base) {
  if (!has_room(data.size())) return;
  const Alike same = alike(data, base);
  bytes_[used_++] = static_cast<char>(kind);
  put(slot);
  put(zigzag(at_ns - last_ns_));
  last_ns_ = at_ns;
  put(same.before);
  put(same.after);
  const std::string_view own = data.substr(same.before, data.size() - same.before - same.after);
  put(own.size());
  std::memcpy(bytes_ + used_, own.data(), own.size());
  used_ += own.size();
  if (data.size() <= kLargestBase) base.assign(data);
}

void EventLog::add_bound(std::uint32_t slot, std::int64_t came_after_ns) {
  if (!has_room(0)) return;
  bytes_[used_++] = static_cast<char>(LogEntry::bound);
  put(slot);
  put(zigzag(came_after_ns - last_ns_));
  last_ns_ = came_after_ns;
}

void EventLog::replay(const std::function<void(const Replayed&)>& use) const {
  LogReader reader(std::string_view(bytes_, used_));
  std::vector<std::string> bases;
  std::string data;
  std::int64_t last_ns = 0;
  while (!reader.at_end()) {
    Replayed entry;
    entry.kind = static_cast<LogEntry>(reader.byte());
    entry.slot = static_cast<std::uint32_t>(reader.number());
    if (entry.kind == LogEntry::begin) {
      entry.request = static_cast<std::uint32_t>(reader.number());
      use(entry);
      continue;
    }
    if (entry.kind == LogEntry::bound) {
      last_ns += unzigzag(reader.number());
      entry.at_ns = last_ns;
      use(entry);
      continue;
    }
    if (entry.slot >= bases.size()) bases.resize(entry.slot + 1);
    std::string& base = bases[entry.slot];
    last_ns += unzigzag(reader.number());
    entry.at_ns = last_ns;
    const std::size_t before = reader.number(), after = reader.number();
    const std::string_view own = reader.bytes(reader.number());
    data.assign(base, 0, before).append(own).append(base, base.size() - after, after);
    entry.data = data;
    use(entry);
    if (data.size() <= kLargestBase) base = data;
  }
}

}  // namespace rigwise
