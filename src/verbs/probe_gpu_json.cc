#include "verbs/probe_gpu_json.h"

#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// Measured figures are known to three digits at best.
Json three_digits(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  const Result<double> rounded = parse_number(significant(*value, 3));
  return rounded ? Json(*rounded) : Json(nullptr);
}

Json whole_or_null(const std::optional<double>& value) { return value ? Json(std::round(*value)) : Json(nullptr); }

/// The record's peaks, and which share of the bandwidth reads reached. Null: a software device, or not in the catalog.
Json beside_record(const Catalog& catalog, const ProbedGpu& gpu) {
  if (gpu.is_software) return nullptr;
  FoundGpu found;
  found.name = gpu.name;
  if (gpu.memory_bytes) found.memory = Bytes{*gpu.memory_bytes};
  const Device* device = match_gpu(catalog, found).device;
  if (device == nullptr) return nullptr;
  std::optional<double> bandwidth, share, tflops;
  if (device->memory_bandwidth) bandwidth = device->memory_bandwidth->value / kGb;
  if (bandwidth && gpu.read_gbps) share = *gpu.read_gbps / *bandwidth;
  if (device->fp16_peak) tflops = device->fp16_peak->value / 1e12;
  return {{"id", device->id},
          {"bandwidth_gbps", three_digits(bandwidth)},
          {"read_share", three_digits(share)},
          {"fp16_tflops", three_digits(tflops)},
          {"fp16_is_of_matrix_units", device->matrix_unit}};
}

std::optional<double> positive(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto value = found->get<double>();
  return std::isfinite(value) && value > 0 ? std::optional<double>(value) : std::nullopt;
}

std::string word(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Json sustained_json(const std::optional<SustainedLoad>& load) {
  if (!load) return nullptr;
  return {{"wall_s", three_digits(load->wall_s)},
          {"samples", load->samples},
          {"cold", three_digits(load->cold)},
          {"steady", three_digits(load->steady)},
          {"drop", three_digits(load->drop)},
          {"drop_low", three_digits(load->drop_interval.low)},
          {"drop_high", three_digits(load->drop_interval.high)},
          {"is_throttled", load->is_throttled},
          {"drop_at_s", three_digits(load->drop_at_s)},
          {"temperature_first_c", three_digits(load->temperature_first_c)},
          {"temperature_most_c", three_digits(load->temperature_most_c)},
          {"clock_first_mhz", three_digits(load->clock_first_mhz)},
          {"clock_last_mhz", three_digits(load->clock_last_mhz)},
          {"power_mean_w", three_digits(load->power_mean_w)},
          {"words", sustained_words(*load)}};
}

Json probed_gpus_json(const Catalog& catalog, const std::vector<ProbedGpu>& gpus) {
  Json list = Json::array();
  for (const ProbedGpu& gpu : gpus) {
    list.push_back({{"id", gpu.id},
                    {"name", gpu.name},
                    {"driver", gpu.driver},
                    {"other_drivers", gpu.other_drivers},
                    {"kind", gpu.kind},
                    {"software", gpu.is_software},
                    {"memory_bytes", whole_or_null(gpu.memory_bytes)},
                    {"budget_bytes", whole_or_null(gpu.budget_bytes)},
                    {"buffer_bytes", gpu.buffer_bytes},
                    {"read_gbps", three_digits(gpu.read_gbps)},
                    {"read_usual_gbps", three_digits(gpu.read_usual_gbps)},
                    {"is_plateau", gpu.is_plateau},
                    {"q4_gbps", three_digits(gpu.q4_gbps)},
                    {"fp32_tflops", three_digits(gpu.fp32_tflops)},
                    {"fp16_tflops", three_digits(gpu.fp16_tflops)},
                    {"to_device_gbps", three_digits(gpu.to_device_gbps)},
                    {"from_device_gbps", three_digits(gpu.from_device_gbps)},
                    {"memory_peak_gbps", three_digits(gpu.memory_peak_gbps)},
                    {"power_w", three_digits(gpu.power_w)},
                    {"temperature_c", three_digits(gpu.temperature_c)},
                    {"catalog", beside_record(catalog, gpu)},
                    {"sustained", sustained_json(gpu.sustained)},
                    {"wall_s", three_digits(gpu.wall_s)},
                    {"fault", gpu.fault.empty() ? Json(nullptr) : Json(gpu.fault)},
                    {"notes", gpu.notes}});
  }
  return list;
}

std::vector<ProbedGpu> probed_gpus_of(const Json& list) {
  std::vector<ProbedGpu> gpus;
  if (!list.is_array()) return gpus;
  for (const Json& entry : list) {
    if (!entry.is_object()) continue;
    ProbedGpu gpu;
    gpu.id = word(entry, "id");
    gpu.name = word(entry, "name");
    gpu.kind = word(entry, "kind");
    // What does not say that it is hardware is not taken for it.
    gpu.is_software = !entry.contains("software") || entry["software"] != Json(false);
    gpu.memory_bytes = positive(entry, "memory_bytes");
    gpu.read_gbps = positive(entry, "read_gbps");
    gpu.q4_gbps = positive(entry, "q4_gbps");
    gpu.fp32_tflops = positive(entry, "fp32_tflops");
    gpu.fp16_tflops = positive(entry, "fp16_tflops");
    gpu.memory_peak_gbps = positive(entry, "memory_peak_gbps");
    gpus.push_back(std::move(gpu));
  }
  return gpus;
}

}  // namespace rigwise
