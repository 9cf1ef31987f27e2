#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"
#include "core/base/result.h"

namespace rigwise {

/// What may go wrong with an answer. Each is something that servers really do.
enum class FakeFault {
  none,
  status,                ///< an HTTP status with an error body: 429, 500, 402, ...; Retry-After when the rule has one
  html_status,           ///< the same with a page in place of JSON
  error_200,             ///< status 200 and an error in the body; `status` is its code
  error_event,           ///< a stream that ends in an error after `after_words`
  null_content,          ///< content null, finish reason length: the tokens went into thinking
  empty_content,         ///< content "", finish reason stop
  no_choices,            ///< an object without choices
  hang_before_headers,   ///< nothing, until the client leaves
  hang_after_headers,    ///< a head, then nothing
  hang_in_stream,        ///< `after_words`, then nothing
  reset_before_headers,  ///< RST in place of an answer
  reset_in_stream,       ///< RST after `after_words`
  cut_stream,            ///< the connection ends after `after_words`, politely and too early
  half_json,             ///< half of the body, and Content-Length says it is all
  slow_drip,             ///< one byte at a time, `token_ms` between them
  wrong_usage,           ///< counts that cannot be: larger than the text, fractions, negative
  no_usage,              ///< no counts, no cost
  missing_done,          ///< a stream without [DONE]
  data_after_done,       ///< and one that does not stop there
  two_finish_reasons,    ///< stop, then length
  carriage_returns,      ///< CR LF and CR as line ends
  burst,                 ///< all events at once, after the time they would have taken
  wrong_content_type,    ///< text/plain for whatever it is
  no_length,             ///< neither length nor chunks: the body ends where the connection does
  ignores_stream,        ///< one JSON object although a stream was asked for
  closes_after,          ///< a good answer, and the connection goes without having said so
  truncated,             ///< finish reason length
  content_filter,        ///< finish reason content_filter
  refusal,               ///< a refusal in place of content
};
std::string_view fault_name(FakeFault fault);
std::optional<FakeFault> fault_of_name(std::string_view name);

/// How a question is answered.
struct FakeReply {
  std::string answer =
      "The answer is 42.";  ///< "{echo}" gives the last message back, "{hash}" words of the prompt's hash
  FakeFault fault = FakeFault::none;
  int status = 429;  ///< of the status faults
  std::optional<double> retry_after_s;
  std::string quota_reset;    ///< not empty: the head says that no requests are left until this passes, as "200ms"
  double delay_ms = 0;        ///< before the head
  double first_token_ms = 0;  ///< between the head and the first word
  double token_ms = 0;        ///< between words, by an absolute schedule
  int after_words = 2;        ///< where faults within a stream strike
  std::string reasoning;      ///< thought aloud before the answer
};

/// When a reply is given: all that is stated must hold. The first rule that fits wins.
struct FakeRule {
  std::string model;
  std::string contains;         ///< in any message
  std::string prompt_sha256;    ///< see prompt_hash()
  std::optional<int> attempts;  ///< only the first so many times that a model is asked a prompt
  double share = 1;             ///< of the questions, chosen by seed, model, prompt and attempt
  FakeReply reply;
};

struct FakeScript {
  std::uint64_t seed = 1;
  FakeReply otherwise;
  std::vector<FakeRule> rules;
  std::string api_key;  ///< demanded as a bearer token when not empty
  std::vector<std::string> models = {"fake-1"};
  std::int64_t prompt_nano = 100, completion_nano = 400;  ///< a token's price, for OpenRouter's costs
  bool log_events = false;                                ///< the truth has the time of each event
};

/// Reads a script; keys are the members' names, `fault` by name, `reply` keys stand in the rule itself.
Result<FakeScript> parse_fake_script(std::string_view json);

/// SHA-256 of the messages as they came: role, line feed, text, line feed.
std::string prompt_hash(const Json& messages);
/// Text of a message, its parts joined.
std::string message_text(const Json& message);

/// The reply for a question asked for the `attempt`-th time, from 1.
FakeReply reply_for(const FakeScript& script, const std::string& model, const Json& messages, const std::string& hash,
                    int attempt);

/// Pieces that stream as tokens: words with the space before them.
std::vector<std::string> words_of(const std::string& text);

}  // namespace rigwise
