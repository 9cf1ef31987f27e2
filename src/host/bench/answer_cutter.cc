#include "host/bench/answer_cutter.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kProtocol = "HTTP/1.";

bool says(std::string_view value, std::string_view word) { return lower(value).find(word) != std::string::npos; }

std::optional<std::size_t> whole_number(std::string_view text, int base) {
  std::size_t value = 0;
  if (text.empty() || text.size() > 15) return std::nullopt;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : 99;
    if (digit >= base) return std::nullopt;
    value = value * static_cast<std::size_t>(base) + static_cast<std::size_t>(digit);
  }
  return value;
}

}  // namespace

void AnswerCutter::reset() {
  state_ = State::head;
  framing_ = Framing::until_close;
  kind_ = AnswerKind::other;
  keep_alive_ = first_line_ = true;
  encoded_ = after_return_ = has_data_ = named_error_ = begun_ = chunked_ = false;
  status_ = 0;
  left_ = 0;
  frame_.clear();
  line_.clear();
  data_.clear();
}

bool AnswerCutter::take_head(std::string_view& bytes) {
  // The end may lie across two reads: look from three bytes before what is new.
  const std::size_t from = frame_.size() < 3 ? 0 : frame_.size() - 3;
  const std::size_t had = frame_.size();
  frame_.append(bytes.substr(0, kLargestHead + 1 - std::min(kLargestHead, had)));
  const std::size_t end = frame_.find("\r\n\r\n", from);
  if (end == std::string::npos) {
    bytes = {};
    const std::string_view start = std::string_view(frame_).substr(0, kProtocol.size());
    if (frame_.size() > kLargestHead || start != kProtocol.substr(0, start.size())) state_ = State::broken;
    return false;
  }
  bytes.remove_prefix(end + 4 - had);
  const bool fine = parse_head(std::string_view(frame_).substr(0, end + 2));
  frame_.clear();
  if (!fine) {
    state_ = State::broken;
    return false;
  }
  if (status_ >= 100 && status_ < 200) return false;  // another head follows
  state_ = State::body;
  if (chunked_) framing_ = Framing::chunk_size;
  const bool empty = status_ == 204 || status_ == 304 || (framing_ == Framing::length && left_ == 0);
  if (empty) state_ = State::over;
  if (framing_ == Framing::until_close) keep_alive_ = false;
  return true;
}

bool AnswerCutter::parse_head(std::string_view head) {
  const std::size_t line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  if (line.size() < 12 || !line.starts_with(kProtocol)) return false;
  const std::optional<std::size_t> status = whole_number(line.substr(9, 3), 10);
  if (!status || line[8] != ' ') return false;
  status_ = static_cast<int>(*status);
  keep_alive_ = line[7] == '1';
  for (std::size_t at = line_end + 2; at < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view field = head.substr(at, end - at);
    const std::size_t colon = field.find(':');
    if (colon != std::string_view::npos) parse_field(field.substr(0, colon), trim(field.substr(colon + 1)));
    at = end + 2;
  }
  return true;
}

void AnswerCutter::parse_field(std::string_view name, std::string_view value) {
  const std::string field = lower(name);
  if (field == "content-length") {
    if (const auto length = whole_number(value, 10)) {
      framing_ = Framing::length;
      left_ = *length;
    }
  } else if (field == "transfer-encoding") {
    chunked_ = says(value, "chunked");
  } else if (field == "content-encoding") {
    encoded_ = !says(value, "identity");
  } else if (field == "connection") {
    if (says(value, "close")) keep_alive_ = false;
    if (says(value, "keep-alive")) keep_alive_ = true;
  } else if (field == "content-type") {
    kind_ = says(value, "text/event-stream")                ? AnswerKind::events
            : says(value, "ndjson") || says(value, "jsonl") ? AnswerKind::lines
            : says(value, "json")                           ? AnswerKind::json
                                                            : AnswerKind::other;
  }
}

std::optional<std::string_view> AnswerCutter::framing_line(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  if (frame_.size() + std::min(end, bytes.size()) > kLargestHead) {
    state_ = State::broken;
    bytes = {};
    return std::nullopt;
  }
  if (end == std::string_view::npos) {
    frame_.append(bytes);
    bytes = {};
    return std::nullopt;
  }
  std::string_view line = bytes.substr(0, end);
  if (!frame_.empty()) {
    frame_.append(line);
    line = frame_;
  }
  bytes.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void AnswerCutter::take_chunk_size(std::string_view line) {
  const std::optional<std::size_t> size = whole_number(trim(line.substr(0, line.find(';'))), 16);
  if (!size) {
    state_ = State::broken;
    return;
  }
  left_ = *size;
  framing_ = left_ == 0 ? Framing::trailer : Framing::chunk_data;
}

}  // namespace rigwise
