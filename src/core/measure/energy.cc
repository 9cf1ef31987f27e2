#include "core/measure/energy.h"

#include <algorithm>
#include <cmath>

#include "core/stats/quantile.h"

namespace rigwise {
namespace {

using Reading = PowerTrace::Reading;

/// A counter without its rounds.
std::vector<Reading> unwound(const PowerTrace& trace) {
  std::vector<Reading> readings = trace.readings;
  if (!trace.is_counter) return readings;
  double rounds = 0;
  for (std::size_t i = 1; i < readings.size(); ++i) {
    const double before = trace.readings[i - 1].value, now = trace.readings[i].value;
    if (now < before) rounds += trace.wrap_j.value_or(0);
    readings[i].value = now + rounds;
  }
  return readings;
}

/// A counter that went back and does not say where it goes round was set anew: nothing can be told across that.
bool was_reset(const PowerTrace& trace) {
  if (!trace.is_counter || trace.wrap_j) return false;
  return !std::is_sorted(trace.readings.begin(), trace.readings.end(),
                         [](const Reading& a, const Reading& b) { return a.value < b.value; });
}

double usual_distance(const std::vector<Reading>& readings) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < readings.size(); ++i) gaps.push_back(readings[i].at_s - readings[i - 1].at_s);
  return median(std::move(gaps));
}

/// On the line through the readings around `at_s`; beyond the ends on that of the last two.
double value_at(const std::vector<Reading>& readings, double at_s, bool is_counter) {
  const auto after = std::upper_bound(readings.begin(), readings.end(), at_s,
                                      [](double s, const Reading& reading) { return s < reading.at_s; });
  const bool outside = after == readings.begin() || after == readings.end();
  if (outside && !is_counter) return after == readings.begin() ? readings.front().value : readings.back().value;
  const auto right = after == readings.begin() ? after + 1 : after == readings.end() ? after - 1 : after;
  const auto left = right - 1;
  const double span_s = right->at_s - left->at_s;
  if (span_s <= 0) return left->value;
  return left->value + (right->value - left->value) * (at_s - left->at_s) / span_s;
}

double area(const std::vector<Reading>& readings, double from_s, double to_s) {
  double joules = 0, last_s = from_s, last_w = value_at(readings, from_s, false);
  for (const Reading& reading : readings) {
    if (reading.at_s <= from_s || reading.at_s >= to_s) continue;
    joules += (reading.at_s - last_s) * (reading.value + last_w) / 2;
    last_s = reading.at_s;
    last_w = reading.value;
  }
  return joules + (to_s - last_s) * (value_at(readings, to_s, false) + last_w) / 2;
}

bool has(const std::vector<SourceEnergy>& sources, PowerCoverage coverage) {
  return std::any_of(sources.begin(), sources.end(), [&](const SourceEnergy& s) { return s.coverage == coverage; });
}

/// Whether a source counts in the sum, beside what else is there.
bool counts(const SourceEnergy& source, const std::vector<SourceEnergy>& all) {
  if (has(all, PowerCoverage::battery)) return source.coverage == PowerCoverage::battery;
  if (!has(all, PowerCoverage::platform)) return true;
  return source.coverage != PowerCoverage::package && source.coverage != PowerCoverage::dram;
}

std::string coverage_words(const std::vector<SourceEnergy>& sources) {
  int gpus = 0;
  for (const SourceEnergy& source : sources) gpus += source.coverage == PowerCoverage::gpu ? 1 : 0;
  if (has(sources, PowerCoverage::battery)) return "the whole machine, from its battery";
  std::string words;
  const auto add = [&](bool is_there, const std::string& word) {
    if (is_there) words += (words.empty() ? "" : " + ") + word;
  };
  const bool platform = has(sources, PowerCoverage::platform);
  add(platform, "platform (RAPL psys)");
  add(!platform && has(sources, PowerCoverage::package), "processor package");
  add(!platform && has(sources, PowerCoverage::dram), "memory");
  add(gpus > 0, std::to_string(gpus) + (gpus == 1 ? " GPU" : " GPUs"));
  return words;
}

std::optional<SourceEnergy> energy_of(const PowerTrace& trace, double idle_from_s, double idle_to_s, double from_s,
                                      double to_s) {
  const std::optional<double> joules = joules_between(trace, from_s, to_s);
  if (!joules) return std::nullopt;
  SourceEnergy source;
  source.name = trace.name;
  source.from = trace.from;
  source.coverage = trace.coverage;
  source.joules = *joules;
  source.mean_w = *joules / (to_s - from_s);
  for (const Reading& reading : trace.readings)
    source.readings += reading.at_s >= from_s && reading.at_s <= to_s ? 1 : 0;
  if (const std::optional<double> idle = joules_between(trace, idle_from_s, idle_to_s)) {
    source.idle_w = *idle / (idle_to_s - idle_from_s);
    source.net_joules = *joules - *source.idle_w * (to_s - from_s);
  }
  return source;
}

}  // namespace

const char* power_coverage_name(PowerCoverage coverage) {
  static const char* const kNames[] = {"package", "dram", "platform", "gpu", "battery"};
  return kNames[static_cast<int>(coverage)];
}

std::optional<double> joules_between(const PowerTrace& trace, double from_s, double to_s) {
  constexpr std::size_t kFewest = 2;
  constexpr double kReach = 2;
  if (trace.readings.size() < kFewest || to_s <= from_s || was_reset(trace)) return std::nullopt;
  const std::vector<Reading> readings = unwound(trace);
  const double reach_s = kReach * usual_distance(readings);
  if (readings.front().at_s > from_s + reach_s || readings.back().at_s < to_s - reach_s) return std::nullopt;
  const double joules = trace.is_counter ? value_at(readings, to_s, true) - value_at(readings, from_s, true)
                                         : area(readings, from_s, to_s);
  return std::isfinite(joules) && joules >= 0 ? std::optional<double>(joules) : std::nullopt;
}

std::optional<WindowEnergy> window_energy(const std::vector<PowerTrace>& traces, double idle_from_s, double idle_to_s,
                                          double from_s, double to_s, std::optional<double> output_tokens) {
  WindowEnergy energy;
  energy.wall_s = to_s - from_s;
  for (const PowerTrace& trace : traces) {
    if (std::optional<SourceEnergy> source = energy_of(trace, idle_from_s, idle_to_s, from_s, to_s))
      energy.sources.push_back(std::move(*source));
  }
  if (energy.sources.empty()) return std::nullopt;
  energy.coverage = coverage_words(energy.sources);
  double net = 0;
  bool all_idle_known = true;
  for (const SourceEnergy& source : energy.sources) {
    if (!counts(source, energy.sources)) continue;
    energy.joules += source.joules;
    net += source.net_joules.value_or(0);
    all_idle_known = all_idle_known && source.net_joules.has_value();
  }
  energy.mean_w = energy.joules / energy.wall_s;
  if (all_idle_known) energy.net_joules = net;
  if (output_tokens && *output_tokens > 0) {
    energy.joules_per_output_token = energy.joules / *output_tokens;
    if (energy.net_joules) energy.net_joules_per_output_token = *energy.net_joules / *output_tokens;
  }
  return energy;
}

}  // namespace rigwise
