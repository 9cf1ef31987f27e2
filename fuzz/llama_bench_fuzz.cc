#include "codec/llama_bench.h"
#include "codec/measurement_csv.h"
#include "core/perf/learn.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// What llama-bench printed, or was about to when somebody stopped it. What is read can be written as CSV, read again
/// and learned from; what is not says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const House& house = small_house();
  const auto runs = read_llama_bench(house.catalog, fuzzed_text(bytes, size), "runs.json", {});
  value_or_words(runs);
  if (!runs) return 0;
  for (const SkippedTest& test : runs->skipped) RW_CHECK(!test.message.empty() && test.line > 0);
  const std::string csv = std::string(kMeasurementColumns) + "\n" + measurement_lines(runs->rows);
  const auto again = decode_own_measurements(csv, "own.csv");
  RW_CHECK(again.has_value() && again->size() == runs->rows.size());
  const Learned learned = learn_from(house.catalog, house.calibration, *again);
  RW_CHECK(learned.refused.size() + learned.calibration.own.runs.size() == again->size());
  return 0;
}
