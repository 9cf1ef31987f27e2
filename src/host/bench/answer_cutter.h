#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace rigwise {

/// What the body of an answer is.
enum class AnswerKind : std::uint8_t { events, lines, json, other };

/// Cuts one HTTP/1.1 answer into the events of its stream as the bytes come, in any pieces. Nothing is parsed beyond
/// the framing, and no memory is taken once its buffers have grown to the size of an event.
///
/// `Sink` has on_head(), on_event(std::string_view data, bool named_error) and on_body(std::string_view bytes).
class AnswerCutter {
 public:
  enum class State : std::uint8_t { head, body, over, broken };

  void reset();
  State state() const { return state_; }
  int status() const { return status_; }
  AnswerKind kind() const { return kind_; }
  bool is_encoded() const { return encoded_; }
  bool keeps_alive() const { return keep_alive_; }
  /// Bytes of this answer have come.
  bool has_begun() const { return begun_; }

  template <class Sink>
  void feed(std::string_view bytes, Sink& sink) {
    begun_ = begun_ || !bytes.empty();
    while (!bytes.empty() && state_ == State::head) {
      if (take_head(bytes)) sink.on_head();
    }
    while (!bytes.empty() && state_ == State::body) take_framed(bytes, sink);
  }

  /// The connection ended. Gives true when that is how this answer ends.
  template <class Sink>
  bool end_of_connection(Sink& sink) {
    if (state_ == State::over) return true;
    if (state_ != State::body || framing_ != Framing::until_close) return false;
    finish_body(sink);
    return true;
  }

 private:
  enum class Framing : std::uint8_t { length, chunk_size, chunk_data, chunk_end, trailer, until_close };
  static constexpr std::size_t kLargestHead = 65536, kLargestEvent = std::size_t{16} << 20, kMostOfBody = 65536;

  /// Takes what belongs to the head; true when it is whole and no interim one (1xx).
  bool take_head(std::string_view& bytes);
  bool parse_head(std::string_view head);
  void parse_field(std::string_view name, std::string_view value);
  /// A line of the framing; nothing while it is not whole.
  std::optional<std::string_view> framing_line(std::string_view& bytes);
  void take_chunk_size(std::string_view line);

  template <class Sink>
  void take_framed(std::string_view& bytes, Sink& sink) {
    if (framing_ == Framing::until_close) {
      take_body(bytes, sink);
      bytes = {};
    } else if (framing_ == Framing::length || framing_ == Framing::chunk_data) {
      const std::string_view part = bytes.substr(0, left_);
      bytes.remove_prefix(part.size());
      left_ -= part.size();
      take_body(part, sink);
      if (left_ > 0 || state_ == State::broken) return;
      if (framing_ == Framing::length) return finish_body(sink);
      framing_ = Framing::chunk_end;
    } else {
      const std::optional<std::string_view> line = framing_line(bytes);
      if (!line) return;
      if (framing_ == Framing::chunk_end) {
        state_ = line->empty() ? state_ : State::broken;
        framing_ = Framing::chunk_size;
      } else if (framing_ == Framing::chunk_size) {
        take_chunk_size(*line);
      } else if (line->empty()) {  // the end of the trailer
        finish_body(sink);
      }
      frame_.clear();
    }
  }

  template <class Sink>
  void take_body(std::string_view bytes, Sink& sink) {
    if (kind_ != AnswerKind::events && kind_ != AnswerKind::lines) {
      line_.append(
          bytes.substr(0, kind_ == AnswerKind::json ? kLargestEvent - line_.size() : kMostOfBody - line_.size()));
      return;
    }
    while (!bytes.empty()) {
      if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
      after_return_ = false;
      if (bytes.empty()) return;
      const void* const feed = std::memchr(bytes.data(), '\n', bytes.size());
      std::size_t end =
          feed == nullptr ? bytes.size() : static_cast<std::size_t>(static_cast<const char*>(feed) - bytes.data());
      const void* const back = std::memchr(bytes.data(), '\r', end);
      if (back != nullptr) end = static_cast<std::size_t>(static_cast<const char*>(back) - bytes.data());
      if (line_.size() + data_.size() + end > kLargestEvent) {
        state_ = State::broken;
        return;
      }
      if (feed == nullptr && back == nullptr) {
        line_.append(bytes);
        return;
      }
      if (line_.empty()) {
        take_line(bytes.substr(0, end), sink);
      } else {
        line_.append(bytes.substr(0, end));
        take_line(line_, sink);
        line_.clear();
      }
      after_return_ = back != nullptr;
      bytes.remove_prefix(end + 1);
    }
  }

  template <class Sink>
  void take_line(std::string_view line, Sink& sink) {
    if (first_line_) {
      first_line_ = false;
      if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    }
    if (kind_ == AnswerKind::lines) {
      if (!line.empty()) sink.on_event(line, false);
      return;
    }
    if (line.empty()) {
      if (has_data_) sink.on_event(std::string_view(data_), named_error_);
      data_.clear();
      has_data_ = named_error_ = false;
      return;
    }
    if (line.starts_with("data:")) {
      line.remove_prefix(5);
      if (line.starts_with(' ')) line.remove_prefix(1);
      if (has_data_) data_ += '\n';
      data_.append(line);
      has_data_ = true;
    } else if (line == "event: error" || line == "event:error") {
      named_error_ = true;
    }
  }

  template <class Sink>
  void finish_body(Sink& sink) {
    if (kind_ == AnswerKind::events || kind_ == AnswerKind::lines) {
      // An event whose blank line never came, as some servers leave the last one.
      if (!line_.empty()) take_line(line_, sink);
      if (has_data_) sink.on_event(std::string_view(data_), named_error_);
    } else {
      sink.on_body(line_);
    }
    state_ = State::over;
  }

  State state_ = State::head;
  Framing framing_ = Framing::until_close;
  AnswerKind kind_ = AnswerKind::other;
  bool keep_alive_ = true, encoded_ = false, after_return_ = false, has_data_ = false, named_error_ = false;
  bool first_line_ = true, begun_ = false, chunked_ = false;
  int status_ = 0;
  std::size_t left_ = 0;
  std::string frame_, line_, data_;
};

}  // namespace rigwise
