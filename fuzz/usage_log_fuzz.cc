#include "codec/toml_usage_rules.h"
#include "codec/usage_json.h"
#include "codec/usage_log_reader.h"
#include "core/usage/secrets.h"
#include "core/usage/usage_summary.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

namespace {

const CategoryRules& few_rules() {
  static const CategoryRules kRules(
      {{"refactoring", "refactoring", "developer", 2, {{"refactor*", 3}, {"clean up", 2}}},
       {"other work", "content", "manager", 2, {{"e*", 2}, {"a b c*", 2}}}});
  return kRules;
}

struct FuzzSink final : UsageSink {
  UsageTally tally{{}, few_rules()};
  std::uint64_t faults = 0;
  void take_request(const UsedRequest& request) override { tally.take_request(request); }
  void take_prompt(const UsedPrompt& prompt) override { (void)tally.take_prompt(prompt); }
  void take_fault(std::uint64_t line, std::string message) override {
    RW_CHECK(line > 0 && !message.empty());
    ++faults;
  }
};

void read_in(std::string_view text, std::size_t piece, FuzzSink& sink) {
  UsageLogReader reader(sink);
  for (std::size_t at = 0; at < text.size(); at += piece) reader.feed(text.substr(at, piece));
  reader.finish();
  RW_CHECK(usage_format_name(reader.format())[0] != '\0');
}

}  // namespace

/// A log of any format, or what is left of one. However it is cut, the sums are the same; what they come to can be
/// said; secrets are taken out of whatever text it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzzed_text(bytes, size);
  FuzzSink whole, cut;
  read_in(text, size + 1, whole);
  read_in(text, 5, cut);
  UsageReport report;
  report.totals = whole.tally.totals();
  const UsageTotals other = cut.tally.totals();
  RW_CHECK(report.totals.all.tokens() == other.all.tokens() && report.totals.all.requests == other.all.requests);
  RW_CHECK(whole.faults == cut.faults && report.totals.prompts == other.prompts);
  report.summary = summary_of(report.totals, {}, few_rules(), 0.8);
  const std::string json = usage_json(report).dump(-1, ' ', false, Json::error_handler_t::replace);
  RW_CHECK(usage_file_of(json, "usage.json").has_value());
  std::size_t end = 0;
  for (const SecretSpan& span : secrets_in(text)) {
    RW_CHECK(span.begin >= end && span.end > span.begin && span.end <= text.size());
    end = span.end;
  }
  value_or_words(parse_usage_rules(text, "rules.toml"));
  return 0;
}
