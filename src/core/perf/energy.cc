#include "core/perf/energy.h"

#include <algorithm>

#include "core/perf/speed_numbers.h"

namespace rigwise {
namespace {

/// Shares of a board's power that flow whatever it does, and with compute, memory and link fully used.
constexpr double kStaticPower = 0.30, kComputePower = 0.40, kMemoryPower = 0.20, kLinkPower = 0.10;

/// Time a device takes for its layers, in units that cancel.
double time_of_layers(const Device& device) {
  const double bandwidth = device.memory_bandwidth ? device.memory_bandwidth->value : 1;
  return bandwidth > 0 ? device.memory_capacity.value / bandwidth : 0;
}

}  // namespace

std::vector<double> working_shares(const Setup& setup, const SpeedModel& model, double streams) {
  const SpeedNumbers n(model);
  const double passes = std::max(1.0, streams / n.replicas);
  const bool all_at_once = n.pipeline_stages <= 1 || (n.batches_across_stages && passes >= n.pipeline_stages);
  std::vector<double> shares(setup.parts.size(), 1.0);
  double sum = 0;
  for (const SetupPart& part : setup.parts) sum += part.count * time_of_layers(*part.device);
  if (all_at_once || sum <= 0) return shares;
  const double at_work = static_cast<double>(setup.device_count()) / n.pipeline_stages;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i] = std::min(1.0, at_work * time_of_layers(*setup.parts[i].device) / sum);
  }
  return shares;
}

std::optional<double> energy_per_token(const Setup& setup, const StepTerms& step, const std::vector<double>& shares,
                                       double streams) {
  const double compute = std::min(1.0, step.compute_s / step.total_s);
  const double memory = std::min(1.0, (step.weights_s + step.kv_s) / step.total_s);
  const double link = std::min(1.0, step.link_s / step.total_s);
  const double busy = kStaticPower + kComputePower * compute + kMemoryPower * memory + kLinkPower * link;
  double watts = 0;
  for (std::size_t i = 0; i < setup.parts.size(); ++i) {
    const Device& device = *setup.parts[i].device;
    if (!device.power_max) return std::nullopt;
    const double idle = device.power_idle ? device.power_idle->value : 0;
    const double working = std::max(device.power_max->value * busy, idle);
    watts += setup.parts[i].count * (shares[i] * working + (1 - shares[i]) * idle);
  }
  return watts * step.total_s / streams;
}

}  // namespace rigwise
