#include "core/measure/sustained_load.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/stats/quantile.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

constexpr double kColdSeconds = 2, kLeastWallSeconds = 10, kThrottledDrop = 0.05;
constexpr std::size_t kFewestSamples = 12, kFewestCold = 3;
constexpr int kDraws = 1000;
constexpr std::uint64_t kSeed = 20261121;

double drawn_median(const std::vector<double>& values, Random& random) {
  std::vector<double> drawn;
  drawn.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    drawn.push_back(values[static_cast<std::size_t>(random.below(values.size()))]);
  return median(std::move(drawn));
}

Interval drop_interval(const std::vector<double>& cold, const std::vector<double>& steady) {
  Random random(kSeed);
  std::vector<double> drops;
  drops.reserve(kDraws);
  for (int draw = 0; draw < kDraws; ++draw) {
    const double first = drawn_median(cold, random), last = drawn_median(steady, random);
    if (first > 0) drops.push_back(1 - last / first);
  }
  if (drops.empty()) return {};
  return {quantile(drops, 0.025), quantile(drops, 0.975)};
}

/// The split into two levels with the least squared error; sums of prefixes make it one walk.
double fall_time(const std::vector<LoadSample>& samples) {
  double after_sum = 0, before_sum = 0;
  for (const LoadSample& sample : samples) after_sum += sample.rate;
  const auto count = static_cast<double>(samples.size());
  double best = -1, at_s = samples.front().at_s;
  for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
    before_sum += samples[i].rate;
    after_sum -= samples[i].rate;
    const double before = static_cast<double>(i + 1), after = count - before;
    // Least squared error is the largest sum of squares between the two levels.
    const double explained = before_sum * before_sum / before + after_sum * after_sum / after;
    if (before_sum / before <= after_sum / after || explained <= best) continue;
    best = explained;
    at_s = samples[i + 1].at_s;
  }
  return at_s;
}

template <class Member>
std::vector<double> known(const std::vector<LoadSample>& samples, Member member) {
  std::vector<double> values;
  for (const LoadSample& sample : samples) {
    if (sample.*member) values.push_back(*(sample.*member));
  }
  return values;
}

void add_sensors(const std::vector<LoadSample>& samples, SustainedLoad& load) {
  const std::vector<double> temperatures = known(samples, &LoadSample::temperature_c),
                            clocks = known(samples, &LoadSample::clock_mhz),
                            powers = known(samples, &LoadSample::power_w);
  if (!temperatures.empty()) {
    load.temperature_first_c = temperatures.front();
    load.temperature_most_c = *std::max_element(temperatures.begin(), temperatures.end());
  }
  if (!clocks.empty()) {
    load.clock_first_mhz = clocks.front();
    const std::size_t third = std::max<std::size_t>(1, clocks.size() / 3);
    load.clock_last_mhz = median({clocks.end() - static_cast<std::ptrdiff_t>(third), clocks.end()});
  }
  if (!powers.empty()) {
    double sum = 0;
    for (const double power : powers) sum += power;
    load.power_mean_w = sum / static_cast<double>(powers.size());
  }
}

}  // namespace

std::optional<SustainedLoad> sustained_load(const std::vector<LoadSample>& samples) {
  if (samples.size() < kFewestSamples) return std::nullopt;
  SustainedLoad load;
  load.samples = samples.size();
  load.wall_s = samples.back().at_s - samples.front().at_s;
  if (load.wall_s < kLeastWallSeconds) return std::nullopt;
  std::vector<double> cold, steady;
  const double begin_s = samples.front().at_s, steady_s = begin_s + load.wall_s * 2 / 3;
  for (const LoadSample& sample : samples) {
    if (sample.at_s <= begin_s + kColdSeconds || cold.size() < kFewestCold) cold.push_back(sample.rate);
    if (sample.at_s >= steady_s) steady.push_back(sample.rate);
  }
  load.cold = median(cold);
  load.steady = median(steady);
  if (load.cold <= 0 || steady.size() < kFewestCold) return std::nullopt;
  load.drop = 1 - load.steady / load.cold;
  load.drop_interval = drop_interval(cold, steady);
  load.is_throttled = load.drop_interval.low > kThrottledDrop;
  if (load.is_throttled) load.drop_at_s = fall_time(samples) - begin_s;
  add_sensors(samples, load);
  return load;
}

std::string sustained_words(const SustainedLoad& load) {
  const auto percent = [](double share) { return significant(100 * share, 2); };
  std::string words = load.drop >= 0 ? percent(load.drop) + " % slower" : percent(-load.drop) + " % faster";
  words += " at the end of " + significant(load.wall_s, 2) + " s (slower by " + percent(load.drop_interval.low) +
           " to " + percent(load.drop_interval.high) + " %)";
  if (!load.is_throttled) {
    words +=
        load.drop_interval.high > kThrottledDrop ? ": throttling is not shown, and not ruled out" : ": no throttling";
  } else {
    words += ": it slows down under load";
    if (load.drop_at_s) words += ", after " + significant(*load.drop_at_s, 2) + " s";
  }
  if (load.temperature_first_c && load.temperature_most_c) {
    words +=
        "; " + significant(*load.temperature_first_c, 2) + " to " + significant(*load.temperature_most_c, 2) + " C";
  }
  if (load.clock_first_mhz && load.clock_last_mhz) {
    words +=
        "; clock " + significant(*load.clock_first_mhz, 3) + " to " + significant(*load.clock_last_mhz, 3) + " MHz";
  }
  return words;
}

}  // namespace rigwise
