#include <string>

#include "fuzz/fuzz.h"

using namespace rigwise;

/// What a browser or an HTTP client sends: the verb on the first line, the request below. The answer is always JSON,
/// and always says its schema or its error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzzed_text(bytes, size);
  const std::size_t line_end = text.find('\n');
  if (line_end == std::string_view::npos) return 0;
  const std::string answer = call_verb(small_house(), text.substr(0, line_end), text.substr(line_end + 1));
  const Json response = Json::parse(answer, nullptr, false);
  RW_CHECK(response.is_object());
  RW_CHECK(response.contains("schema") != response.contains("error"));
  return 0;
}
