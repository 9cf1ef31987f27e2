// Figures of the seeds that whoever doubts the engine can check by hand.
#include "seeds_for_tests.h"

namespace rigwise {
namespace {

TEST(SeedFigures, S0_31Costs18936Gross4680EffectiveAnd130AMonth) {
  const Json section = seed_section("S0-31");
  EXPECT_EQ(seed_value(section, "GROSS 3-YEAR COST", "CAD"), 18936);
  EXPECT_EQ(seed_value(section, "EFFECTIVE 3-YEAR COST", "CAD"), 4680);
  EXPECT_EQ(seed_value(section, "Effective monthly", "CAD"), 130);
}

TEST(SeedFigures, S0_31FollowsThePriceOfTheLaptop) {
  const Json dearer = seed_section("S0-31", {{"price:apple-macbook-pro-16-m5-max-40c-128gb.CAD", 9350}});
  EXPECT_EQ(seed_value(dearer, "GROSS 3-YEAR COST", "CAD"), 19936);
  EXPECT_EQ(seed_value(dearer, "EFFECTIVE 3-YEAR COST", "CAD"), 4665)
      << "1000 more, 750 of it back at resale (rounded), 265 off the tax";
}

TEST(SeedFigures, S0_27BreaksEvenInTenMonths) {
  EXPECT_NEAR(seed_value(seed_section("S0-27"), "break-even", "months"), 10.0, 0.005);
}

TEST(SeedFigures, S0_15GivesMegabytesPerDollar) {
  const Json section = seed_section("S0-15");
  EXPECT_NEAR(seed_value(section, "Intel Arc Pro B70", "VRAM/$"), 32.03, 0.005);
  EXPECT_NEAR(seed_value(section, "NVIDIA RTX Pro 4000", "VRAM/$"), 14.12, 0.005);
  EXPECT_NEAR(seed_value(section, "AMD Radeon R9700", "VRAM/$"), 24.62, 0.005);
  EXPECT_NEAR(seed_value(section, "NVIDIA RTX 5090", "VRAM/$"), 16.01, 0.005);
}

TEST(SeedFigures, S4_11CachesAreInGigabytes) {
  const Json section = seed_section("S4-11");
  EXPECT_NEAR(seed_value(section, "Q4_K_M", "KV 8K"), 2.68, 0.005);
  EXPECT_NEAR(seed_value(section, "Q4_K_M", "KV 32K"), 10.74, 0.005);
  EXPECT_NEAR(seed_value(section, "Q4_K_M", "KV 128K"), 42.95, 0.005);
}

TEST(SeedFigures, SpeedsStandBesideOurPredictionAndAVerdict) {
  const Json section = seed_section("S0-16");
  for (const Json& cell : section["cells"]) {
    if (cell["class"] != "observed") continue;
    ASSERT_EQ(cell["speeds"].size(), 1u) << cell["subject"] << cell["quantity"];
    const Json& speed = cell["speeds"][0];
    EXPECT_LT(speed["prediction"]["low"], speed["prediction"]["high"]);
    EXPECT_TRUE(speed["verdict"].is_string());
  }
}

}  // namespace
}  // namespace rigwise
