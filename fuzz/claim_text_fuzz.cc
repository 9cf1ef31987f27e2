#include "codec/claim_text.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// A sentence from a forum: "7B Q4 at 90 tok/s on Strix Halo".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  value_or_words(parse_claim_text(small_house().catalog, fuzzed_text(bytes, size)));
  return 0;
}
