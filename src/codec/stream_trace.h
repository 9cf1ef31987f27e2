#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "core/measure/request_trace.h"

namespace rigwise {

/// Reads the events of one answer, after the run, into the trace of its request: what bore tokens, how many, whether it
/// ended as answers end. OpenAI's chat and completions, and Ollama's lines, told apart by what they hold.
///
/// Most events of a stream differ from the one before in one string. Such are recognised by their bytes and not parsed;
/// anything else is, so that a surprise costs time and never a wrong count.
class StreamTraceReader {
 public:
  /// Takes  a trace in which the transport has filled in its times, status and fault.
  explicit StreamTraceReader(RequestTrace trace)
      : trace_(std::move(trace)), read_at_ns_(trace_.sent_ns.value_or(0)), read_before_ns_(read_at_ns_) {}

  /// The data of one event of a stream, or one line of NDJSON, and when it came. `named_error`: the event's name was
  /// "error". Events of one read have one stamp, its last byte's.
  void add_event(std::string_view data, std::int64_t at_ns, bool named_error = false);
  /// A body of one JSON object, though a stream was asked for.
  void add_body(std::string_view body, std::int64_t at_ns);
  /// All events of the last read came after this moment: bounds those that share its stamp.
  void came_after(std::int64_t ns);

  bool has_fault() const { return trace_.fault != RequestFault::none; }

  /// The trace, with its tokens counted and shared out. A fault of the transport stays, unless the answer had ended
  /// before it: then the rest was of no interest.
  RequestTrace finish();

 private:
  struct Familiar {
    std::string head, tail;  ///< of the event around its one text
    TokenChannel channel = TokenChannel::content;
  };

  bool is_familiar(std::string_view data) const;
  void learn(std::string_view data, std::string_view key, TokenChannel channel);
  void take_object(const Json& object, std::string_view data, std::int64_t at_ns);
  void take_choice(const Json& choice, std::string_view data, std::int64_t at_ns, double counted);
  void take_ollama(const Json& object, std::int64_t at_ns);
  void take_timings(const Json& timings);
  /// Tokens that a running count went up by; 0 when there is none.
  double take_usage(const Json& usage, bool with_choices);
  void add_tokens(std::int64_t at_ns, TokenChannel channel, double tokens);
  void take_finish(std::int64_t at_ns);
  void fail_with(RequestFault fault);
  void begin_event(std::int64_t at_ns);
  void mark_shared_stamps();

  RequestTrace trace_;
  std::optional<Familiar> familiar_;
  bool done_ = false, finished_ = false, answer_fault_ = false;
  std::optional<std::int64_t> usage_, running_, timings_, ids_;
  std::size_t events_with_count_ = 0;
  std::int64_t read_at_ns_ = 0, read_before_ns_ = 0;  ///< stamps of the last read and of the one before
  std::size_t read_first_token_ = 0;                  ///< where its token events begin
};

}  // namespace rigwise
