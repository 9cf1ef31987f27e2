#include "codec/probe_answers.h"
#include "core/machine/catalog_match.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// A report of raw answers, broken in any way. What is found keeps its promises: no pool holds more than it has, a
/// set-up is always named, and what was redacted once is not redacted again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzzed_text(bytes, size);
  const FoundMachine machine = find_machine(read_probe_answers(parse_probe_report(text)));
  for (const MemoryPool& pool : machine.pools) {
    RW_CHECK(pool.usable.value >= 0 && pool.usable.value <= pool.total.value * 1.0001);
    RW_CHECK(!pool.rule.empty());
  }
  for (const MachineFact& fact : machine.facts.facts()) RW_CHECK(!fact.source.empty());
  RW_CHECK(!match_machine(small_house().catalog, machine).setup.empty());
  const std::string redacted = redact_probe_text(text);
  RW_CHECK(redact_probe_text(redacted) == redacted);
  describe_smbios(text);
  return 0;
}
