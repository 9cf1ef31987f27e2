#include "codec/decode_record.h"
#include "codec/record_reader.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

constexpr double kMostGib = 1e6, kMostGbps = 1e6, kMostTflops = 1e6, kMostWatts = 1e6;

void read_memory(RecordReader& in, Device& d) {
  TableReader memory = in.table("memory");
  if (d.parts.empty()) memory.require({"capacity_gib"});
  std::optional<Bytes> capacity;
  memory.read_quantity("capacity_gib", kGib, capacity, 0.001, kMostGib);
  d.memory_capacity = capacity.value_or(Bytes{});
  memory.read("kind", d.memory_kind);
  memory.read_quantity("bandwidth_gbps", kGb, d.memory_bandwidth, 0.1, kMostGbps);
  memory.read_number("usable_fraction", d.usable_fraction, 0.05, 1);
  memory.read("unified", d.unified_memory);
  memory.done();

  TableReader host = in.table("host_memory");
  host.read_quantity("capacity_gib", kGib, d.host_memory_capacity, 0.001, kMostGib);
  host.read_quantity("bandwidth_gbps", kGb, d.host_memory_bandwidth, 0.1, kMostGbps);
  host.done();
}

void read_compute(RecordReader& in, Device& d) {
  TableReader compute = in.table("compute");
  compute.read_quantity("fp16_tflops", 1e12, d.fp16_peak, 0.001, kMostTflops);
  compute.read_quantity("fp8_tflops", 1e12, d.fp8_peak, 0.001, kMostTflops);
  compute.read_quantity("int8_tops", 1e12, d.int8_peak, 0.001, kMostTflops);
  compute.read_quantity("fp4_tflops", 1e12, d.fp4_peak, 0.001, kMostTflops);
  compute.read("matrix_unit", d.matrix_unit);
  d.gpu_cores = compute.integer("gpu_cores", 1, 1'000'000);
  d.cpu_cores = compute.integer("cpu_cores", 1, 100'000);
  compute.done();

  TableReader power = in.table("power");
  power.read_quantity("max_w", 1, d.power_max, 0.1, kMostWatts);
  power.read_quantity("idle_w", 1, d.power_idle, 0, kMostWatts);
  power.read_word("scope", {"board", "package", "wall"}, d.power_scope);
  power.done();
}

void read_links(RecordReader& in, Device& d) {
  TableReader links = in.table("links");
  links.read("pcie", d.pcie);
  links.read("interconnect", d.interconnect);
  links.read_quantity("interconnect_gbps", kGb, d.interconnect_bandwidth, 0.001, kMostGbps);
  d.max_linked = links.integer("max_linked", 1, 100'000);
  d.peer_to_peer = links.boolean("peer_to_peer");
  links.done();
}

void read_body(RecordReader& in, Device& d) {
  TableReader body = in.table("body");
  body.read("form_factor", d.form_factor);
  body.read("noise", d.noise);
  if (body.has("noise_class")) {
    NoiseClass noise = NoiseClass::audible;
    body.read_enum("noise_class", noise_class_name, NoiseClass::very_loud, noise);
    d.noise_class = noise;
  }
  body.read("portable", d.portable);
  body.read_number("slots", d.slots, 0.5, 16);
  body.read_number("power_supply_w", d.power_supply_w, 1, kMostWatts);
  body.read_number("battery_h", d.battery_h, 0.1, 1000);
  body.read_quantity("storage_gbps", kGb, d.storage_bandwidth, 0.001, 1000);
  body.read("os", d.os);
  body.read_number("warranty_years", d.warranty_years, 0, 20);
  body.read("repairability", d.repairability);
  body.read("expandability", d.expandability);
  body.read("throttling", d.throttling);
  body.read_number("sustained_fraction", d.sustained_fraction, 0.05, 1);
  body.read_word("price_scope", {"card", "machine", "processor"}, d.price_scope);
  body.done();
}

}  // namespace

Device decode_device(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  Device d;
  in.read_common(d);
  TableReader& root = in.root();
  root.require({"vendor", "kind", "processor", "status"});
  root.read("vendor", d.vendor);
  root.read_enum("kind", device_kind_name, DeviceKind::sbc, d.kind);
  root.read_enum("processor", processor_name, Processor::npu, d.processor);
  root.read("arch", d.arch);
  root.read_word("family",
                 {"nvidia-pascal",
                  "nvidia-volta",
                  "nvidia-turing",
                  "nvidia-ampere",
                  "nvidia-ada",
                  "nvidia-hopper",
                  "nvidia-blackwell",
                  "nvidia-grace-blackwell",
                  "nvidia-older",
                  "amd-gcn",
                  "amd-rdna1",
                  "amd-rdna2",
                  "amd-rdna3",
                  "amd-rdna3.5",
                  "amd-rdna4",
                  "amd-cdna1",
                  "amd-cdna2",
                  "amd-cdna3",
                  "amd-cdna4",
                  "intel-alchemist",
                  "intel-battlemage",
                  "intel-xe",
                  "intel-ponte-vecchio",
                  "intel-gaudi",
                  "apple-m1",
                  "apple-m2",
                  "apple-m3",
                  "apple-m4",
                  "apple-m5",
                  "cpu-x86",
                  "cpu-arm",
                  "qualcomm-oryon"},
                 d.family);
  root.read("chip", d.chip);
  root.read_date("released", d.released);
  root.read_enum("status", device_status_name, DeviceStatus::seed, d.status);
  for (TableReader& t : in.tables("part")) {
    BuildPart part;
    t.require({"device"});
    t.read("device", part.device);
    t.read_count("count", part.count, 1, 1024);
    t.done();
    d.parts.push_back(std::move(part));
  }
  read_memory(in, d);
  read_compute(in, d);
  read_links(in, d);
  read_body(in, d);
  d.quotes = in.quotes();
  in.done();
  return d;
}

}  // namespace rigwise
