#include <string>

#include "fuzz/fuzz.h"

using namespace rigwise;

/// A file of a user's overlay: its path on the first line, its text below. Laying it over a catalog must end in facts
/// or in diagnostics; what is accepted without fault must survive the bundle.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzzed_text(bytes, size);
  const std::size_t line_end = text.find('\n');
  if (line_end == std::string_view::npos) return 0;
  const CatalogFile file{std::string(text.substr(0, line_end)), std::string(text.substr(line_end + 1))};

  Catalog catalog = small_house().catalog;
  for (const Diagnostic& fault : overlay_catalog(catalog, {file})) RW_CHECK(!fault.message.empty());
  for (const Diagnostic& fault : check_catalog(catalog)) RW_CHECK(!fault.message.empty());

  const Result<std::string> bundle = write_bundle({file});
  value_or_words(bundle);
  if (bundle) value_or_words(read_bundle(*bundle));
  return 0;
}
