#include "codec/toml_needs.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// A needs file somebody wrote by hand, or broke.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  value_or_words(decode_needs_toml(fuzzed_text(bytes, size), "needs.toml"));
  return 0;
}
