#include "codec/foreign_results.h"
#include "codec/result_set.h"
#include "core/evaluate/agreement_of_judges.h"
#include "core/evaluate/score_sheet.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// A result file, ours or another program's: what is read is written and read again as the same bytes, and no set is
/// too odd to be averaged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzzed_text(bytes, size);
  Result<ResultSet> set = parse_result_set(text, "fuzz");
  if (!set) {
    Result<ForeignResults> foreign = read_foreign_results({{"samples_fuzz.jsonl", std::string(text)}});
    if (!foreign) return 0;
    set = std::move(foreign->results);
  }
  const std::string written = result_set_text(*set);
  const Result<ResultSet> again = parse_result_set(written, "again");
  RW_CHECK(again && result_set_text(*again) == written);
  const ScoreSheet sheet = score_sheet(*again);
  for (std::size_t model = 0; model < again->models.size(); ++model) {
    const TaskMean mean = task_mean(sheet, model, all_tasks(*again), 0.95);
    RW_CHECK(mean.tasks == 0 || (mean.score >= 0 && mean.score <= 1));
  }
  judges_report(*again, 0.95);
  return 0;
}
