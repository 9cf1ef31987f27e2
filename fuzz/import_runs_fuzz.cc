#include "codec/import_runs.h"

#include "codec/measurement_csv.h"
#include "core/perf/learn.h"
#include "fuzz/fuzz.h"
#include "verbs/compared_runs.h"
#include "verbs/take_runs.h"

using namespace rigwise;

/// What any benchmark printed, or was about to when somebody stopped it. What is read can be written as CSV, read
/// again, compared and learned from; what is not says why, and nothing is lost in between.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const House& house = small_house();
  const std::string text(fuzzed_text(bytes, size));
  const auto file = import_runs(house.catalog, text, "runs", {});
  value_or_words(file);
  if (!file) return 0;
  for (const SkippedRun& run : file->skipped) RW_CHECK(!run.message.empty() && run.line > 0);
  RunBook book;
  TakenRuns taken;
  RW_CHECK(take_runs(house, {"runs", text}, {}, book, taken).has_value());
  RW_CHECK(taken.fresh.size() + static_cast<std::size_t>(taken.known) + taken.skipped.size() ==
           static_cast<std::size_t>(taken.read()));
  const std::string csv = book.text_with(taken.fresh);
  const auto again = decode_own_measurements(csv, "own.csv");
  RW_CHECK(again.has_value() && again->size() == taken.fresh.size());
  RW_CHECK(compared_runs(house, *again, 0.8).size() == again->size());
  const Learned learned = learn_from(house.catalog, house.calibration, *again);
  RW_CHECK(learned.refused.size() + learned.calibration.own.runs.size() == again->size());
  return 0;
}
