#include "codec/toml_eval_task.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// A task of one file that a stranger wrote: a task, or faults in words, never both.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const ReadTask read =
      read_eval_task({"manager/fuzzed", "fuzzed.task.md", true, {{"task.md", std::string(fuzzed_text(bytes, size))}}});
  RW_CHECK(read.task.has_value() == read.faults.empty());
  for (const Diagnostic& fault : read.faults) RW_CHECK(!fault.message.empty());
  if (read.task) (void)task_patterns(*read.task);
  return 0;
}
