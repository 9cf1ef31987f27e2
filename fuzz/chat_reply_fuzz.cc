#include "codec/chat_reply.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// Whatever a server sends back: the first byte chooses dialect, type, status and the size of the pieces. Cut anywhere
/// the bytes give the same answer, and an answer has a finish reason or an error, never neither.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const unsigned choice = bytes[0];
  const std::size_t piece = 1 + bytes[1];
  const std::string_view body = fuzzed_text(bytes + 2, size - 2);
  const auto dialect = static_cast<ChatDialect>(choice % 3);
  const std::string_view type = (choice & 4) != 0 ? "text/event-stream" : "application/json";
  const int status = (choice & 8) != 0 ? 429 : 200;
  const auto read = [&](std::size_t step) {
    ChatReplyReader reader(dialect, status, type);
    for (std::size_t at = 0; at < body.size(); at += step) reader.add(body.substr(at, step), 1);
    return reader.finish((choice & 16) == 0);
  };
  const ChatAnswer whole = read(body.size() + 1), cut = read(piece);
  RW_CHECK(whole.error || !whole.finish_said.empty() || dialect == ChatDialect::ollama);
  RW_CHECK(whole.error.has_value() == cut.error.has_value() || body.starts_with("data:") || body.starts_with(": "));
  RW_CHECK(whole.error || cut.error || (whole.text == cut.text && whole.finish == cut.finish));
  return 0;
}
