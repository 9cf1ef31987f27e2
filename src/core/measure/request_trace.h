#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rigwise {

/// What was seen of one request to an endpoint, and nothing else: every metric is computed from this afterwards, so a
/// definition can change, or be compared with another, without a new run. Times are nanoseconds of one clock that only
/// goes forward; absent means that it never came to that.

/// What the tokens of an event belong to.
enum class TokenChannel : std::uint8_t { content, reasoning, refusal, tool };

/// An event of the stream that brought tokens. Role-only pieces, empty texts, usage, comments and progress are none.
struct TokenEvent {
  std::int64_t at_ns = 0;        ///< when its last byte arrived
  std::int64_t earliest_ns = 0;  ///< it came after this; at_ns when the stamp is its own
  double tokens = 1;             ///< by the trace's source; a share of the total where single events are not counted
  TokenChannel channel = TokenChannel::content;
  bool shared_stamp = false;  ///< a later token event came in the same read, whose stamp this is
};

/// Who counted the output tokens, best first. Counts of different sources are not compared without saying so.
enum class TokenSource : std::uint8_t { final_usage, running_usage, server_timings, token_ids, events };
std::string_view token_source_name(TokenSource source);

/// Why a request has no whole answer. A failure is a class, never a zero among the times.
enum class RequestFault : std::uint8_t {
  none,
  refused,             ///< nobody listens
  unreachable,         ///< no way there
  tls,                 ///< no handshake
  connect_timeout,     ///< no connection in time
  stalled,             ///< nothing came for too long
  too_slow,            ///< the whole took too long
  reset,               ///< the connection broke
  cut,                 ///< it ended politely, before the answer did
  malformed_http,      ///< this is no HTTP/1.1
  encoded_body,        ///< a compressed body, though none was asked for
  wrong_content_type,  ///< neither an event stream nor JSON
  rate_limited,        ///< 429
  server_error,        ///< 5xx
  bad_request,         ///< another status that is no success
  forbidden,           ///< 401, 403
  error_in_stream,     ///< an error object, though the status was 200
  malformed_event,     ///< an event that is no JSON
  unfinished,          ///< neither a finish reason nor [DONE]
  no_tokens,           ///< a whole answer with nothing in it
  shed,                ///< never sent: more were under way than allowed
  client_limit,        ///< never sent: this machine had no port, open file or memory left for a connection
  interrupted,         ///< still under way when the run was ended
};
inline constexpr int kRequestFaults = 23;
std::string_view request_fault_name(RequestFault fault);

/// What was odd about an answer that counts as whole. Bits, so that one request may have several.
inline constexpr std::uint32_t kMissingDone = 1;           ///< a finish reason, but no [DONE]
inline constexpr std::uint32_t kDataAfterDone = 2;         ///< and it went on
inline constexpr std::uint32_t kTwoFinishReasons = 4;      ///< stop, then length
inline constexpr std::uint32_t kUsageMissing = 8;          ///< no count of tokens, though it was asked for
inline constexpr std::uint32_t kUsageFalls = 16;           ///< a running count that became smaller
inline constexpr std::uint32_t kUsageBelowEvents = 32;     ///< fewer tokens than events that bore some
inline constexpr std::uint32_t kShortAnswer = 64;          ///< fewer tokens than asked for, though asked not to stop
inline constexpr std::uint32_t kNotStreamed = 128;         ///< one JSON object in place of a stream: no first token
inline constexpr std::uint32_t kResentOnClosedDoor = 256;  ///< the server had closed the idle connection; asked anew
inline constexpr std::uint32_t kPromptNotAsPlanned = 512;  ///< the server counts another number of prompt tokens
inline constexpr std::uint32_t kClientStoodStill = 1024;   ///< the client did not run for a while in between
inline constexpr std::uint32_t kUsageNotWhole = 2048;      ///< a count that is negative, broken or no number
std::string_view request_oddity_name(std::uint32_t oddity);

struct RequestTrace {
  std::uint32_t index = 0;   ///< of its level's plan: the same index asks the same in every run of one seed
  std::uint32_t stream = 0;  ///< closed loop: who asked; open loop: 0
  RequestFault fault = RequestFault::none;
  std::uint32_t oddities = 0;
  int status = 0;  ///< of HTTP; 0: no head came

  std::int64_t planned_ns = 0;                 ///< when it should have left
  std::optional<std::int64_t> sent_ns;         ///< first byte taken by the kernel
  std::optional<std::int64_t> sent_all_ns;     ///< last byte taken
  std::optional<std::int64_t> head_ns;         ///< the answer's head was whole
  std::optional<std::int64_t> first_event_ns;  ///< first event of any kind
  std::optional<std::int64_t> finish_ns;       ///< finish reason
  std::optional<std::int64_t> end_ns;          ///< the answer ended, or failed
  std::vector<TokenEvent> tokens;

  std::optional<std::int64_t> output_tokens;
  TokenSource source = TokenSource::events;
  bool events_counted = false;  ///< the tokens of single events are counts, not shares
  std::optional<std::int64_t> prompt_tokens, cached_tokens;
  std::int64_t prompt_planned = 0, output_planned = 0;  ///< 0: not planned
  std::optional<double> server_prefill_s, server_decode_s;
  /// Those that `server_decode_s` timed: without the first where the server's clock starts with it.
  std::optional<std::int64_t> server_decode_tokens;

  bool is_ok() const { return fault == RequestFault::none; }
};

}  // namespace rigwise
