#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"
#include "core/base/result.h"

namespace rigwise {

/// How an answer goes over the wire where something is odd about it.
enum class TimedWire {
  plain,
  one_byte,     ///< every byte a write of its own
  burst,        ///< all events in one write, when the last is due: a proxy that buffers
  large_event,  ///< a mebibyte of padding in the second event
  gzip,         ///< a body that says it is compressed
  brotli,       ///< the same by another method
  zstd,         ///< and by a third
  trailers,     ///< fields after the last chunk
  slow_head,    ///< the head byte by byte
  cut_in_char,  ///< RST in the middle of a character of several bytes
  no_length,    ///< HTTP/1.0: the body ends where the connection does
  crlf,         ///< CR LF and CR as line ends, data without the space
  comments,     ///< ": keep-alive" between the events
  new_keys,     ///< TLS: other keys in the middle of the answer (a KeyUpdate; before TLS 1.3 a renegotiation)
};
std::optional<TimedWire> timed_wire_of_name(std::string_view name);

/// When the tokens of an answer are sent, and how. All times are absolute schedules from a seed: what was sent late
/// does not push what follows.
struct TimedScript {
  std::uint64_t seed = 1;
  double ttft_ms = 200, token_ms = 50;
  double ttft_cv = 0, token_cv = 0;    ///< lognormal spread; 0: constant
  double prefill_tokens_per_s = 0;     ///< adds prompt/rate to the first token; 0: the prompt costs nothing
  int output_tokens = 0;               ///< 0: as many as the request allows
  int tokens_per_event = 1;            ///< 0: one to four, drawn
  bool role_first = true;              ///< the first event has a role and no text
  int reasoning_tokens = 0;            ///< so many of the first are thoughts
  std::string usage = "last";          ///< last, every, none, wrong (three times), zero, falls, null
  bool timings = false;                ///< llama-server's block in the last event
  int swallow_after = 0, swallow = 0;  ///< tokens counted and never sent, after so many events
  double stall_ms = 0;                 ///< added before event `stall_before`
  int stall_before = 5;
  double stall_share = 1;     ///< of the requests
  bool stall_bursts = false;  ///< what was held up comes at once after it; else all that follows is later
  double load_ms = 0;         ///< the first question has a model loaded, and nobody a token before that is done
  bool same_ids = false;      ///< all answers call themselves the same
  bool prefix_cache = false;  ///< known beginnings cost no prefill and are told as cached

  /// One engine that all requests share, in steps, as GPUs work: a step gives each sequence one token and lasts
  /// token_ms (1 + slowdown (n - 1)); a prompt is taken in between two steps and holds everybody up.
  bool batching = false;
  int slots = 0;       ///< 0: as many as come
  int queue_most = 0;  ///< more waiting than this get 503; 0: no limit
  double slowdown = 0;

  TimedWire wire = TimedWire::plain;
  double wire_share = 1;
  std::vector<std::string> models = {"timed-1"};
};

/// Reads a script; keys are the members' names.
Result<TimedScript> parse_timed_script(std::string_view json);

enum class TimedDialect { chat, completions, ollama };
std::optional<TimedDialect> timed_dialect_of_path(std::string_view path);

/// A question as the timed server understands it.
struct TimedQuestion {
  std::string id, model, request_id;  ///< request_id: the client's x-request-id
  TimedDialect dialect = TimedDialect::chat;
  bool stream = true, include_usage = false;
  int max_tokens = 64;
  int prompt_tokens = 0, cached_tokens = 0;
  std::vector<std::uint64_t> prefixes;  ///< hashes of the beginnings, 16 words apart
};

/// Reads a body. Gives nothing when it is no question.
std::optional<TimedQuestion> read_timed_question(std::string_view body, TimedDialect dialect);

/// Tokens that the server counts in a text: its words.
int timed_token_count(std::string_view text);

/// What one event carries.
struct TimedEvent {
  enum class Kind { role, text, finish, usage } kind = Kind::text;
  int first_token = 0, tokens = 1;  ///< which of the answer
  int tokens_so_far = 0;
};
/// The event's JSON, appended to `into`.
void append_timed_event(const TimedScript& script, const TimedQuestion& question, const TimedEvent& event,
                        double prefill_ms, double decode_ms, std::string& into);

}  // namespace rigwise
