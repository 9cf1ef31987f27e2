#include "host/probe/peak_loops.h"

#include <gmock/gmock.h>

#include <string_view>

namespace rigwise {
namespace {

TEST(PeakLoops, CountTheirOnes) {
  for (const std::string& name : kernel_names()) {
    for (const PeakLoop& loop : peak_loops(*kernels_named(name), false)) {
      if (loop.run == nullptr) continue;
      double sum = 0;
      const double operations = loop.run(3, &sum);
      EXPECT_GT(operations, 0) << name << " " << loop.what;
      EXPECT_EQ(2 * sum * 3, operations) << name << " " << loop.what << " " << loop.instructions;
    }
  }
}

TEST(PeakLoops, ThatAreNotThereSayWhy) {
  const std::vector<PeakLoop> loops = peak_loops(best_kernels(), false);
  ASSERT_EQ(loops.size(), 4U);
  for (const PeakLoop& loop : loops) {
    EXPECT_NE(loop.run == nullptr, std::string_view(loop.why_not).empty()) << loop.what;
    EXPECT_EQ(loop.run == nullptr, std::string_view(loop.instructions).empty()) << loop.what;
  }
}

TEST(PeakLoops, ForAnEngineBuiltForLessUseNoMore) {
  const std::vector<PeakLoop> loops = peak_loops(plain_kernels(), true);
  EXPECT_STREQ(loops[0].what, "int8");
  EXPECT_STREQ(loops[0].instructions, "plain");
  for (std::size_t i = 1; i < loops.size(); ++i) {
    EXPECT_EQ(loops[i].run, nullptr);
    EXPECT_THAT(loops[i].why_not, testing::HasSubstr("built for less"));
  }
}

}  // namespace
}  // namespace rigwise
