#include "codec/decode_record.h"
#include "codec/record_reader.h"
#include "core/base/units.h"

namespace rigwise {

HostTemplate decode_host(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  HostTemplate h;
  in.read_common(h);
  TableReader& root = in.root();
  root.require({"kind", "power_supply_w", "max_cards"});
  root.read("kind", h.kind);
  root.read("board", h.board);
  root.read("cpu", h.cpu);
  root.read("case", h.case_name);
  root.read_quantity("ram_gib", kGib, h.ram_capacity, 0.1, 1e6);
  root.read_quantity("ram_bandwidth_gbps", kGb, h.ram_bandwidth, 0.1, 1e5);
  root.read_number("power_supply_w", h.power_supply_w, 1, 1e6);
  h.pcie_slots_x16 = root.integer("pcie_slots_x16", 0, 64);
  root.read_count("max_cards", h.max_cards, 1, 64);
  root.read_quantity("idle_w", 1, h.idle, 0, 1e5);
  root.read_quantity("load_w", 1, h.load, 0, 1e5);
  if (root.has("noise_class")) {
    NoiseClass noise = NoiseClass::audible;
    root.read_enum("noise_class", noise_class_name, NoiseClass::very_loud, noise);
    h.noise_class = noise;
  }
  h.quotes = in.quotes();
  in.done();
  return h;
}

Accessory decode_accessory(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  Accessory a;
  in.read_common(a);
  TableReader& root = in.root();
  root.require({"kind"});
  root.read("kind", a.kind);
  root.read("vendor", a.vendor);
  root.read("ports", a.ports);
  root.read_number("link_gbit_s", a.link_gbit_s, 0.001, 1e5);
  root.read_number("latency_us", a.latency_us, 0, 1e6);
  root.read_number("size_u", a.size_u, 0, 100);
  a.quotes = in.quotes();
  in.done();
  return a;
}

ModelClass decode_class(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  ModelClass c;
  in.read_common(c);
  TableReader& root = in.root();
  root.require({"members"});
  root.read("members", c.members);
  root.read_number("minimum_score", c.minimum_score, 0, 1e6);
  root.read("score_benchmark", c.score_benchmark);
  in.done();
  return c;
}

Role decode_role(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  Role r;
  in.read_common(r);
  TableReader& root = in.root();
  root.read("model_class", r.model_class);
  root.read_number("requests_per_hour", r.requests_per_hour, 0, 1e6);
  root.read_number("prompt_tokens", r.prompt_tokens, 0, 1e8);
  root.read_number("output_tokens", r.output_tokens, 0, 1e8);
  root.read_number("hours_per_day", r.hours_per_day, 0, 24);
  root.read_number("burst_factor", r.burst_factor, 1, 1000);
  root.read("tasks", r.tasks);
  root.read("replaces", r.replaces);
  root.read_number("saved_per_month", r.saved_per_month, 0, 1e9);
  root.read("currency", r.currency);
  if (r.saved_per_month) root.require({"currency"});
  root.read_quantity("minimum_laptop_gb", kGb, r.minimum_laptop, 0.1, 1e6);
  in.done();
  return r;
}

}  // namespace rigwise
