// What `usage import` prints keeps to its schema, with prompts and without, with dates and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/usage/usage_import.h"
#include "host/usage/usage_rules.h"
#include "schemas.h"

namespace rigwise {
namespace {

TEST(UsageSchema, HoldsForEveryLog) {
  const Result<CategoryRules> rules = usage_rules(std::nullopt);
  ASSERT_TRUE(rules);
  const std::string folder = std::string(RIGWISE_SOURCE_DIR) + "/tests/usage/logs";
  const auto all = find_logs({folder});
  ASSERT_TRUE(all);
  std::vector<std::vector<LogFile>> inputs = {*all};
  for (const LogFile& log : *all) inputs.push_back({log});
  for (const std::vector<LogFile>& logs : inputs) {
    bool interrupted = false;
    const auto report =
        import_usage(logs, {}, *rules, 0.8, nullptr, [](const ImportProgress&) { return true; }, interrupted);
    ASSERT_TRUE(report) << logs.front().path;
    EXPECT_THAT(schema_faults("usage.response.json", usage_json(*report)), testing::IsEmpty()) << logs.front().path;
  }
}

}  // namespace
}  // namespace rigwise
