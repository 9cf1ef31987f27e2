#include "core/machine/power_state.h"

#include "core/base/text.h"

namespace rigwise {
namespace {

/// Drivers whose processor chooses its clock itself; their two governors are named otherwise than they act.
bool follows_load(std::string_view driver) { return driver == "intel_pstate" || driver == "amd-pstate-epp"; }

bool is_for_silence(std::string_view profile) {
  return profile == "low-power" || profile == "quiet" || profile == "cool";
}

}  // namespace

PowerState power_state(const FactSheet& facts) {
  PowerState state;
  state.source = facts.text("power/source");
  state.profile = facts.text("power/profile");
  state.governor = facts.text("power/governor");
  state.driver = facts.text("power/driver");
  state.preference = facts.text("power/preference");
  if (const std::optional<double> boost = facts.number("power/boost")) state.boost = *boost > 0;
  return state;
}

std::vector<std::string> power_warnings(const PowerState& state) {
  std::vector<std::string> warnings;
  if (state.source == "battery")
    warnings.emplace_back(
        "runs on its battery, which lowers the clocks of most machines: plug it in and measure again");
  if (is_for_silence(state.profile)) {
    warnings.push_back("the power profile is \"" + state.profile +
                       "\", which is not for speed: choose \"balanced\" or \"performance\" and measure again");
  }
  if (state.governor.find("powersave") != std::string::npos && !follows_load(state.driver)) {
    warnings.emplace_back(
        "the governor \"powersave\" keeps clocks at their lowest: every figure is too low (as root: cpupower "
        "frequency-set -g performance)");
  }
  if (state.preference == "power") {
    warnings.emplace_back(
        "the processor is told to save power (energy_performance_preference \"power\"): clocks rise late, or not all "
        "the way");
  }
  if (state.boost == false) warnings.emplace_back("clocks above the rated one are switched off (boost, turbo)");
  return warnings;
}

std::string power_words(const PowerState& state) {
  std::vector<std::string> words;
  if (!state.source.empty()) words.emplace_back(state.source == "battery" ? "on its battery" : "plugged in");
  if (!state.profile.empty()) words.push_back("profile " + state.profile);
  if (!state.governor.empty())
    words.push_back("governor " + state.governor + (state.driver.empty() ? "" : " of " + state.driver));
  if (!state.preference.empty()) words.push_back("prefers " + state.preference);
  if (state.boost == false) words.emplace_back("no boost");
  return join(words, "; ");
}

}  // namespace rigwise
