#include "fuzz/fuzz.h"

using namespace rigwise;

/// The bytes a page hands to rigwise_load(): a bundle, a truncated bundle, or anything else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const Result<LoadedCatalog> loaded = read_bundle(fuzzed_text(bytes, size));
  value_or_words(loaded);
  if (loaded) check_catalog(loaded->catalog);
  return 0;
}
