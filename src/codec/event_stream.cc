#include "codec/event_stream.h"

namespace rigwise {

std::vector<StreamEvent> EventStreamReader::add(std::string_view bytes) {
  std::vector<StreamEvent> events;
  lines_.add(bytes, [&](std::string_view line) { take_line(line, events); });
  return events;
}

std::optional<StreamEvent> EventStreamReader::finish() {
  if (!lines_.rest().empty()) {
    std::vector<StreamEvent> none;
    const std::string last = lines_.rest();
    take_line(last, none);
  }
  if (!has_data_ || spoilt()) return std::nullopt;
  has_data_ = false;
  return std::exchange(event_, {});
}

void EventStreamReader::take_line(std::string_view line, std::vector<StreamEvent>& events) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (std::exchange(is_first_, false) && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (line.empty()) {
    StreamEvent event = std::exchange(event_, {});
    if (std::exchange(has_data_, false) && !spoilt_) {
      if (event.name.empty()) event.name = "message";
      events.push_back(std::move(event));
    }
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") event_.name = value;
  if (field != "data") return;
  if (event_.data.size() + value.size() > largest_) {
    spoilt_ = true;
    return;
  }
  if (has_data_) event_.data += '\n';
  has_data_ = true;
  event_.data += value;
}

}  // namespace rigwise
