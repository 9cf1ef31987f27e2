#include "codec/measurement_csv.h"
#include "core/perf/validate.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// A file of published runs: every row is predicted or skipped with a reason, none is lost.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto rows = decode_measurements(fuzzed_text(bytes, size), "runs.csv");
  value_or_words(rows);
  if (!rows) return 0;
  const House& house = small_house();
  const std::vector<ValidatedRow> validated = validate_rows(house.catalog, house.calibration, *rows, 0.8);
  RW_CHECK(validated.size() == rows->size());
  for (const ValidatedRow& row : validated) RW_CHECK(row.predicted.has_value() == row.skip_reason.empty());
  summarize_accuracy(house.catalog, validated);
  return 0;
}
