// Bytes as a server might send them: the load generator cuts them into events and reads those, in whatever pieces they
// come, and says the same of them.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/stream_trace.h"
#include "core/base/check.h"
#include "host/bench/answer_cutter.h"

namespace {

struct Heard {
  std::vector<std::pair<std::string, bool>> events;
  std::vector<std::string> bodies;
  void on_head() {}
  void on_event(std::string_view data, bool named_error) { events.emplace_back(data, named_error); }
  void on_body(std::string_view bytes) { bodies.emplace_back(bytes); }
};

Heard cut(std::string_view bytes, std::size_t piece) {
  rigwise::AnswerCutter cutter;
  Heard heard;
  for (std::size_t at = 0; at < bytes.size(); at += piece) cutter.feed(bytes.substr(at, piece), heard);
  cutter.end_of_connection(heard);
  return heard;
}

rigwise::RequestTrace read(const Heard& heard) {
  rigwise::StreamTraceReader reader({});
  std::int64_t at = 0;
  for (const auto& [data, named_error] : heard.events) reader.add_event(data, ++at, named_error);
  for (const std::string& body : heard.bodies) reader.add_body(body, ++at);
  return reader.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Heard whole = cut(bytes, bytes.size() + 1), pieces = cut(bytes, 1 + size % 7);
  RW_CHECK(whole.events == pieces.events && whole.bodies == pieces.bodies);
  const rigwise::RequestTrace trace = read(whole);
  RW_CHECK(trace.tokens.size() <= whole.events.size() + whole.bodies.size());
  RW_CHECK(trace.is_ok() || trace.fault != rigwise::RequestFault::interrupted);
  return 0;
}
