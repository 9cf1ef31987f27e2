#pragma once

#include "codec/chat.h"
#include "codec/event_stream.h"

namespace rigwise {

/// Reads the body of an answer as it arrives: an event stream, NDJSON or one JSON object, whichever it turns out to be,
/// since some servers answer a streamed question in one piece.
class ChatReplyReader {
 public:
  /// Takes  the status and the Content-Type of the reply.
  ChatReplyReader(ChatDialect dialect, int status, std::string_view content_type);

  /// `at_ns` is when these bytes came, of any clock that only goes forward.
  void add(std::string_view bytes, std::int64_t at_ns);

  /// Something arrived that ends the answer; bytes after it are of no interest.
  bool is_over() const { return over_; }
  /// Known as soon as the server says it, so that what was paid for can be asked for even when the answer is cut.
  const std::string& generation_id() const { return answer_.generation_id; }

  /// The answer. `complete`: the body ended as HTTP says bodies end, and not because the connection went.
  /// Without a finish reason it was cut, and is an error whatever text came.
  ChatAnswer finish(bool complete);

 private:
  void take_json_text(std::string_view text, std::int64_t at_ns);
  void take_object(const Json& object, std::int64_t at_ns);
  void take_choice(const Json& choice, std::int64_t at_ns);
  void take_ollama(const Json& object, std::int64_t at_ns);
  void take_tool_calls(const Json& calls);
  void take_text(const Json& message, std::int64_t at_ns);
  void take_usage(const Json& usage);
  void fail_with(ChatError error);

  ChatDialect dialect_;
  int status_;
  bool is_events_ = false;
  EventStreamReader events_;
  LineCutter lines_;
  std::string whole_;
  std::int64_t last_ns_ = 0;
  bool over_ = false, finished_ = false, saw_choice_ = false, spoilt_ = false;
  ChatAnswer answer_;
};

/// The class of a status that is no success.
ChatFault fault_of_status(int status);

/// The error in a body, wherever servers put it: {"error": "..."}, {"error": {"message", "code"}}, {"detail"}, text.
/// `status` decides when the body has no code of its own.
ChatError error_of_body(int status, std::string_view body);

/// Seconds to wait when a limit's "remaining" field says that nothing is left; its "reset" field is a duration such as
/// "1s", "6m0s", "20ms", or seconds without a unit. 0: something is left, or the fields do not say.
double quota_wait_s(std::string_view remaining, std::string_view reset);

/// Retry-After: seconds, or a date, which is taken relative to the reply's own Date. Nothing when it is neither.
std::optional<double> parse_retry_after(std::string_view retry_after, std::string_view date);

/// Dollars as a number of JSON -> nano-units. Nothing for what is negative or no number.
std::optional<std::int64_t> nano_of(const Json& value);

}  // namespace rigwise
