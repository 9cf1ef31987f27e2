#include "core/machine/power_state.h"

#include <gmock/gmock.h>

namespace rigwise {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PowerState, ABatteryIsWarnedOf) {
  PowerState state;
  state.source = "battery";
  EXPECT_THAT(power_warnings(state), ElementsAre(HasSubstr("plug it in")));
  state.source = "mains";
  EXPECT_THAT(power_warnings(state), IsEmpty());
}

TEST(PowerState, ThePowersaveOfADriverThatFollowsTheLoadIsItsUsualOne) {
  PowerState state;
  state.governor = "powersave";
  state.driver = "acpi-cpufreq";
  EXPECT_THAT(power_warnings(state), ElementsAre(HasSubstr("at their lowest")));
  for (const char* driver : {"intel_pstate", "amd-pstate-epp"}) {
    state.driver = driver;
    EXPECT_THAT(power_warnings(state), IsEmpty()) << driver;
  }
  state.preference = "power";
  EXPECT_THAT(power_warnings(state), ElementsAre(HasSubstr("told to save power")));
}

TEST(PowerState, AProfileForSilenceAndClocksThatAreCutOffAreWarnedOf) {
  PowerState state;
  state.profile = "low-power";
  state.boost = false;
  EXPECT_THAT(power_warnings(state), ElementsAre(HasSubstr("\"low-power\""), HasSubstr("switched off")));
  state.profile = "balanced";
  state.boost = true;
  EXPECT_THAT(power_warnings(state), IsEmpty());
}

TEST(PowerState, IsSaidInOneLine) {
  PowerState state;
  EXPECT_EQ(power_words(state), "");
  state.source = "battery";
  state.profile = "low-power";
  state.governor = "powersave";
  state.driver = "acpi-cpufreq";
  EXPECT_EQ(power_words(state), "on its battery; profile low-power; governor powersave of acpi-cpufreq");
}

}  // namespace
}  // namespace rigwise
