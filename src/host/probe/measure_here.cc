#include "host/probe/measure_here.h"

#include "host/gpu/measure_gpu.h"
#include "host/power/power_meter.h"
#include "host/probe/gpu_answers.h"

namespace rigwise {
namespace {

constexpr const char* kSysfs = "/sys";

/// What the driver says of a card while it works: NVML of NVIDIA's, hwmon of the others'.
class CardSensors {
 public:
  CardSensors() {
    if (Result<std::unique_ptr<NvmlLibrary>> nvml = NvmlLibrary::open()) nvml_ = std::move(*nvml);
  }

  void sense(const std::string& pci_address, LoadSample& sample) const {
    sense_card(kSysfs, pci_address, sample);
    if (const std::optional<NvmlCard> card = card_at(pci_address)) {
      sample.temperature_c = card->temperature_c;
      sample.clock_mhz = card->clock_mhz;
      sample.power_w = card->power_w;
    }
  }
  std::string address_of(const std::string& uuid) const { return nvml_ == nullptr ? "" : nvml_address(*nvml_, uuid); }
  std::optional<NvmlCard> card_at(const std::string& pci_address) const {
    for (std::size_t i = 0; nvml_ != nullptr && i < nvml_->count(); ++i) {
      NvmlCard card = nvml_->card(i);
      if (!card.pci_address.empty() && card.pci_address == pci_address) return card;
    }
    return std::nullopt;
  }

 private:
  std::unique_ptr<NvmlLibrary> nvml_;
};

ProbedGraphics graphics_of(const MeasureChoices& choices, const GraphicsChoices& graphics,
                           const std::function<bool()>& is_stopped, const MeasureProgress& progress) {
  const CardSensors sensors;
  GpuMeasureChoices wanted;
  wanted.quick = choices.quick;
  wanted.software = graphics.software;
  wanted.sustained_s = choices.sustained_s;
  wanted.sensors = [&](const std::string& address, LoadSample& sample) { sensors.sense(address, sample); };
  wanted.address_of = [&](const std::string& uuid) { return sensors.address_of(uuid); };
  wanted.is_stopped = is_stopped;
  wanted.progress = progress;
  ProbedGraphics measured;
  Result<std::vector<ProbedGpu>> gpus = measure_gpus(wanted);
  if (!gpus) {
    measured.fault = gpus.error().message;
    return measured;
  }
  if (gpus->empty()) measured.fault = "Vulkan has no device here";
  for (ProbedGpu& gpu : *gpus) {
    const std::optional<NvmlCard> card = sensors.card_at(gpu.id);
    if (!card) continue;
    gpu.memory_peak_gbps = card->memory_peak_gbps();
    for (const std::string& limit : card->limits) gpu.notes.push_back("its clocks were held back at the end: " + limit);
  }
  measured.gpus = std::move(*gpus);
  return measured;
}

}  // namespace

Result<MeasuredHere> measure_here(const FoundMachine& machine, const MeasureChoices& choices,
                                  const GraphicsChoices& graphics, const std::function<bool()>& is_stopped,
                                  const MeasureProgress& progress) {
  MeasuredHere measured;
  PowerSensors found = local_power_sensors();
  const PowerMeter meter(std::move(found.sensors));
  const double idle_from_s = PowerMeter::now_s();
  const double idle_s = meter.traces().empty() ? 0 : choices.quick ? 1 : 2;
  if (idle_s > 0) progress("power at rest", 0);
  meter.wait_until(idle_from_s + idle_s, is_stopped);
  const double idle_to_s = PowerMeter::now_s();
  Result<ProbedSpeed> speed = measure_cpu(machine, choices, is_stopped, progress);
  if (!speed) return fail(speed.error());
  measured.speed = std::move(*speed);
  measured.speed.products_energy = window_energy(meter.traces(), idle_from_s, idle_to_s, measured.speed.products_from_s,
                                                 measured.speed.products_to_s, std::nullopt);
  for (std::string& note : found.notes) measured.speed.notes.push_back(std::move(note));
  if (graphics.is_wanted && !is_stopped()) measured.graphics = graphics_of(choices, graphics, is_stopped, progress);
  return measured;
}

}  // namespace rigwise
