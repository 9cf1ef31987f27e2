#include "verbs/probe_response.h"

#include <algorithm>
#include <cmath>

#include "codec/energy_json.h"
#include "core/base/text.h"
#include "core/machine/here_device.h"
#include "verbs/probe_gpu_json.h"

namespace rigwise {
namespace {

constexpr const char* kUsualFormat = "q4_k_m";
constexpr int kContextTokens = 4096;

template <class T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json bytes_json(const std::optional<Bytes>& bytes) { return bytes ? Json(bytes->value) : Json(nullptr); }

Json text_json(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// Rates are known to three digits at best.
Json rate_json(const std::optional<double>& rate) {
  if (!rate || !std::isfinite(*rate) || *rate <= 0) return nullptr;
  const Result<double> rounded = parse_number(significant(*rate, 3));
  return rounded ? Json(*rounded) : Json(nullptr);
}

Json match_json(const CatalogMatch& match) {
  return {{"id", match.device == nullptr ? Json(nullptr) : Json(match.device->id)},
          {"alternatives", match.alternatives},
          {"nearest", match.nearest}};
}

Json gpu_json(const FoundGpu& gpu, const CatalogMatch& match) {
  return {{"id", gpu.id},
          {"name", gpu.name},
          {"vendor", text_json(gpu.vendor)},
          {"memory_bytes", bytes_json(gpu.memory)},
          {"free_bytes", bytes_json(gpu.free_now)},
          {"shared_memory_bytes", bytes_json(gpu.shared_memory)},
          {"unified", gpu.unified},
          {"is_slice", gpu.is_slice},
          {"cores", value_or_null(gpu.cores)},
          {"power_limit_w", value_or_null(gpu.power_limit_w)},
          {"driver", text_json(gpu.driver)},
          {"link_gen", value_or_null(gpu.link_gen)},
          {"link_gen_max", value_or_null(gpu.link_gen_max)},
          {"link_lanes", value_or_null(gpu.link_lanes)},
          {"link_lanes_max", value_or_null(gpu.link_lanes_max)},
          {"catalog", match_json(match)}};
}

Json processor_json(const FoundMachine& machine, const CatalogMatch& match) {
  return {{"name", text_json(machine.processor)},
          {"vendor", text_json(machine.vendor)},
          {"architecture", text_json(machine.architecture)},
          {"features", text_json(machine.facts.text("cpu/features"))},
          {"sockets", value_or_null(machine.sockets)},
          {"cores", value_or_null(machine.cores)},
          {"threads", value_or_null(machine.threads)},
          {"usable_threads", value_or_null(machine.usable_threads)},
          {"efficient_threads", value_or_null(machine.slow_threads)},
          {"numa_nodes", machine.numa_nodes},
          {"last_level_cache_bytes", bytes_json(machine.last_level_cache)},
          {"catalog", match_json(match)}};
}

Json power_json(const PowerState& power) {
  return {{"source", text_json(power.source)},         {"profile", text_json(power.profile)},
          {"governor", text_json(power.governor)},     {"driver", text_json(power.driver)},
          {"preference", text_json(power.preference)}, {"boost", value_or_null(power.boost)},
          {"words", text_json(power_words(power))}};
}

Json memory_json(const FoundMachine& machine) {
  const std::optional<double> peak =
      machine.memory_peak ? std::optional<double>(machine.memory_peak->value / kGb) : std::nullopt;
  return {{"total_bytes", bytes_json(machine.memory_total)}, {"available_bytes", bytes_json(machine.memory_available)},
          {"limit_bytes", bytes_json(machine.memory_limit)}, {"installed_bytes", bytes_json(machine.memory_installed)},
          {"kind", text_json(machine.memory_kind)},          {"peak_gbps", rate_json(peak)}};
}

Json machine_json(const FoundMachine& machine, const MachineInCatalog& in_catalog) {
  Json gpus = Json::array();
  for (std::size_t i = 0; i < machine.gpus.size(); ++i) gpus.push_back(gpu_json(machine.gpus[i], in_catalog.gpus[i]));
  return {{"maker", text_json(machine.maker)},
          {"product", text_json(machine.product)},
          {"os", text_json(machine.os)},
          {"kernel", text_json(machine.kernel)},
          {"virtualisation", text_json(machine.virtualisation)},
          {"in_container", machine.in_container},
          {"catalog", match_json(in_catalog.whole)},
          {"processor", processor_json(machine, in_catalog.processor)},
          {"memory", memory_json(machine)},
          {"power", power_json(machine.power)},
          {"gpus", std::move(gpus)}};
}

Json fact_json(const MachineFact& fact) {
  return {{"value", fact.number ? Json(*fact.number) : Json(fact.text)}, {"source", fact.source}};
}

Json facts_json(const FactSheet& sheet) {
  Json facts = Json::array();
  for (const MachineFact& fact : sheet.facts()) {
    Json json = {{"key", fact.key}};
    json.update(fact_json(fact));
    facts.push_back(std::move(json));
  }
  return facts;
}

Json disagreements_json(const FoundMachine& machine) {
  Json all = Json::array();
  for (const Disagreement& disagreement : machine.disagreements) {
    Json said = Json::array();
    for (const MachineFact& fact : disagreement.said) said.push_back(fact_json(fact));
    all.push_back({{"key", disagreement.key}, {"said", std::move(said)}});
  }
  return all;
}

Json pools_json(const FoundMachine& machine) {
  Json pools = Json::array();
  for (const MemoryPool& pool : machine.pools) {
    pools.push_back({{"name", pool.name},
                     {"total_bytes", std::round(pool.total.value)},
                     {"usable_bytes", std::round(pool.usable.value)},
                     {"unified", pool.unified},
                     {"rule", pool.rule}});
  }
  return pools;
}

/// Models that fit, the largest first. Null where nothing says how fast the memory is.
Json runs_json(const House& house, const std::string& setup) {
  const Json request = {
      {"setups", {setup}}, {"quants", {kUsualFormat}}, {"context_tokens", kContextTokens}, {"best_only", true}};
  const Result<Json> fit = run_verb(house, "fit", request);
  if (!fit) return nullptr;
  std::vector<Json> rows;
  for (const Json& row : (*fit)["rows"]) {
    if (!row["decode"].is_object()) continue;
    rows.push_back({{"model", row["model"]},
                    {"fits", row["fits"]},
                    {"total_gb", row["total_gb"]},
                    {"max_context_tokens", row["max_context_tokens"]},
                    {"decode", row["decode"]}});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) {
    return a["total_gb"].get<double>() > b["total_gb"].get<double>();
  });
  return {{"setup", setup}, {"quant", kUsualFormat}, {"context_tokens", kContextTokens}, {"rows", rows}};
}

bool any_card(const std::vector<ProbedGpu>& gpus) {
  return std::any_of(gpus.begin(), gpus.end(), [](const ProbedGpu& gpu) { return !gpu.is_software && gpu.read_gbps; });
}

Json notes_json(const FoundMachine& machine, const MachineInCatalog& in_catalog, const ProbedSpeed* speed,
                const std::vector<ProbedGpu>& gpus) {
  Json notes = machine.notes;
  for (std::size_t i = 0; i < machine.gpus.size(); ++i) {
    const CatalogMatch& match = in_catalog.gpus[i];
    if (match.device != nullptr || machine.gpus[i].unified) continue;
    std::string note = machine.gpus[i].name;
    note += machine.gpus[i].is_slice ? ": the catalog has whole cards only" : " is not in the catalog";
    if (!match.nearest.empty()) note += "; nearest: " + join(match.nearest, ", ");
    if (std::find(notes.begin(), notes.end(), Json(note)) == notes.end()) notes.push_back(std::move(note));
  }
  if (speed != nullptr && !machine.gpus.empty() && in_catalog.setup == kHere && !any_card(gpus))
    notes.push_back("the speeds above are the processor's: the catalog has no record of this machine's graphics");
  if (speed != nullptr)
    for (const std::string& note : speed->notes) notes.push_back(note);
  return notes;
}

double number_of(const Json& object, const char* key) {
  if (!object.is_object()) return 0;
  const auto found = object.find(key);
  return found == object.end() || !found->is_number() ? 0 : found->get<double>();
}

std::optional<double> rate_of(const Json& object, const char* key) {
  const double rate = number_of(object, key);
  return rate > 0 ? std::optional<double>(rate) : std::nullopt;
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + "\"";
}

void add_line(std::string& toml, std::string_view key, std::string_view value) {
  toml.append(key).append(" = ").append(value).append("\n");
}

Json stream_json(const std::vector<StreamRate>& rates) {
  Json list = Json::array();
  for (const StreamRate& rate : rates) {
    list.push_back({{"kernel", rate.kernel},
                    {"stores", rate.is_streaming ? "streaming" : "ordinary"},
                    {"threads", rate.threads},
                    {"best_gbps", rate_json(rate.best_gbps)},
                    {"usual_gbps", rate_json(rate.usual_gbps)},
                    {"moved_gbps", rate_json(rate.moved_gbps())}});
  }
  return list;
}

Json peaks_json(const std::vector<ComputePeak>& peaks) {
  Json list = Json::array();
  for (const ComputePeak& peak : peaks) {
    list.push_back({{"what", peak.what},
                    {"instructions", text_json(peak.instructions)},
                    {"gops", rate_json(peak.gops)},
                    {"why_not", text_json(peak.why_not)}});
  }
  return list;
}

}  // namespace

Json probed_speed_json(const ProbedSpeed& speed) {
  Json read = Json::array();
  for (const ThreadRate& rate : speed.read) {
    read.push_back({{"threads", rate.threads},
                    {"best_gbps", rate_json(rate.best_gbps)},
                    {"usual_gbps", rate_json(rate.median_gbps)}});
  }
  return {{"kernels", speed.kernels},
          {"buffer_bytes", speed.buffer_bytes},
          {"is_plateau", speed.is_plateau},
          {"read", std::move(read)},
          {"read_gbps", rate_json(speed.read_gbps)},
          {"read_usual_gbps", rate_json(speed.read_usual_gbps)},
          {"read_sustained_gbps", rate_json(speed.read_sustained_gbps)},
          {"one_thread_gbps", speed.read.empty() ? Json(nullptr) : rate_json(speed.read.front().best_gbps)},
          {"enough_threads", value_or_null(enough_threads(speed.read))},
          {"peak_share", rate_json(speed.peak_share)},
          {"peak_verdict", speed.peak_share ? Json(peak_verdict_name(peak_verdict(*speed.peak_share))) : Json(nullptr)},
          {"stream", stream_json(speed.stream)},
          {"spread", std::round(speed.spread * 1000) / 1000},
          {"processor_share", rate_json(speed.processor_share)},
          {"threads", speed.threads},
          {"q4_gbps", rate_json(speed.q4_gbps)},
          {"q8_gbps", rate_json(speed.q8_gbps)},
          {"q4k_gbps", rate_json(speed.q4k_gbps)},
          {"q6k_gbps", rate_json(speed.q6k_gbps)},
          {"f16_gbps", rate_json(speed.f16_gbps)},
          {"q4_cached_gbps", rate_json(speed.q4_cached_gbps)},
          {"q8_cached_gbps", rate_json(speed.q8_cached_gbps)},
          {"q4k_cached_gbps", rate_json(speed.q4k_cached_gbps)},
          {"q6k_cached_gbps", rate_json(speed.q6k_cached_gbps)},
          {"fma_gflops", rate_json(speed.fma_gflops)},
          {"peaks", peaks_json(speed.peaks)},
          {"disk_read_gbps", rate_json(speed.disk_read_gbps)},
          {"sustained", sustained_json(speed.sustained)},
          {"throttle_events", value_or_null(speed.throttle_events)},
          {"products_energy", speed.products_energy ? window_energy_json(*speed.products_energy) : Json(nullptr)},
          {"wall_s", std::round(speed.wall_s * 10) / 10}};
}

ProbedSpeed probed_speed_of(const Json& speed) {
  ProbedSpeed read;
  read.read_gbps = rate_of(speed, "read_gbps");
  read.read_usual_gbps = rate_of(speed, "read_usual_gbps");
  read.read_sustained_gbps = rate_of(speed, "read_sustained_gbps");
  read.q4_gbps = rate_of(speed, "q4_gbps");
  read.q8_gbps = rate_of(speed, "q8_gbps");
  read.q4k_gbps = rate_of(speed, "q4k_gbps");
  read.q6k_gbps = rate_of(speed, "q6k_gbps");
  read.f16_gbps = rate_of(speed, "f16_gbps");
  read.q4k_cached_gbps = rate_of(speed, "q4k_cached_gbps");
  read.q6k_cached_gbps = rate_of(speed, "q6k_cached_gbps");
  read.q4_cached_gbps = rate_of(speed, "q4_cached_gbps");
  read.q8_cached_gbps = rate_of(speed, "q8_cached_gbps");
  read.fma_gflops = rate_of(speed, "fma_gflops");
  read.disk_read_gbps = rate_of(speed, "disk_read_gbps");
  read.threads = static_cast<int>(std::clamp(number_of(speed, "threads"), 0.0, 1e6));
  read.spread = number_of(speed, "spread");
  read.processor_share = rate_of(speed, "processor_share");
  return read;
}

void settle_here(House& house, Device here, const ProbedSpeed* speed, const std::vector<ProbedGpu>& gpus) {
  std::vector<Device>& devices = house.catalog.devices;
  const auto known = std::find_if(devices.begin(), devices.end(), [&](const Device& d) { return d.id == here.id; });
  if (known == devices.end()) {
    devices.push_back(std::move(here));
    house.catalog.index_names();
  } else {
    *known = std::move(here);
  }
  const Result<const Device*> settled = house.catalog.device(kHere);
  if (settled && speed != nullptr) learn_probed_speed(house.catalog, **settled, *speed, house.calibration);
  if (settled) learn_probed_gpus(house.catalog, **settled, gpus, house.calibration);
}

Json probe_response(const House& house, const FoundMachine& machine, const ProbedSpeed* speed,
                    const ProbedGraphics& graphics) {
  const MachineInCatalog in_catalog = match_machine(house.catalog, machine);
  House with_here = house;
  settle_here(with_here, here_device(machine, in_catalog, speed, graphics.gpus), speed, graphics.gpus);
  // What was measured is known better than its record: a processor, or a card that held below it.
  const Result<const Device*> here = with_here.catalog.device(kHere);
  const bool is_processor = here && (*here)->parts.empty();
  const bool is_measured = (is_processor && speed != nullptr) || any_card(graphics.gpus);
  const std::string setup = is_measured ? kHere : in_catalog.setup;
  return {{"schema", "rigwise.probe/1"},
          {"machine", machine_json(machine, in_catalog)},
          {"setup", setup},
          {"pools", pools_json(machine)},
          {"speed", speed == nullptr ? Json(nullptr) : probed_speed_json(*speed)},
          {"gpu_speeds", probed_gpus_json(house.catalog, graphics.gpus)},
          {"gpu_fault", text_json(graphics.fault)},
          {"runs", runs_json(with_here, setup)},
          {"disagreements", disagreements_json(machine)},
          {"facts", facts_json(machine.facts)},
          {"saved_to", nullptr},
          {"notes", notes_json(machine, in_catalog, speed, graphics.gpus)}};
}

std::string here_record_toml(const Device& here) {
  std::string toml = "# Written by `rigwise probe --save`; the next one replaces it.\n";
  add_line(toml, "id", toml_text(here.id));
  add_line(toml, "name", toml_text(here.name));
  add_line(toml, "vendor", toml_text(here.vendor));
  add_line(toml, "kind", toml_text(device_kind_name(here.kind)));
  add_line(toml, "processor", toml_text(processor_name(here.processor)));
  add_line(toml, "arch", toml_text(here.arch));
  if (!here.family.empty()) add_line(toml, "family", toml_text(here.family));
  add_line(toml, "status", toml_text("current"));
  for (const BuildPart& part : here.parts) {
    toml += "\n[[part]]\n";
    add_line(toml, "device", toml_text(part.device));
    add_line(toml, "count", std::to_string(part.count));
  }
  if (here.parts.empty()) {
    toml += "\n[memory]\n";
    add_line(toml, "capacity_gib", shortest(in_gib(here.memory_capacity)));
    if (!here.memory_kind.empty()) add_line(toml, "kind", toml_text(here.memory_kind));
    if (here.memory_bandwidth) add_line(toml, "bandwidth_gbps", shortest(here.memory_bandwidth->value / kGb));
    add_line(toml, "usable_fraction", shortest(here.usable_fraction));
    add_line(toml, "unified", "false");
    toml += "\n[compute]\n";
    if (here.fp16_peak) add_line(toml, "fp16_tflops", shortest(here.fp16_peak->value / 1e12));
    add_line(toml, "matrix_unit", "false");
    if (here.cpu_cores) add_line(toml, "cpu_cores", std::to_string(*here.cpu_cores));
  }
  if (here.host_memory_capacity) {
    toml += "\n[host_memory]\n";
    add_line(toml, "capacity_gib", shortest(in_gib(*here.host_memory_capacity)));
    if (here.host_memory_bandwidth) add_line(toml, "bandwidth_gbps", shortest(here.host_memory_bandwidth->value / kGb));
  }
  toml += "\n[body]\n";
  if (here.storage_bandwidth) add_line(toml, "storage_gbps", shortest(here.storage_bandwidth->value / kGb));
  add_line(toml, "os", "[\"linux\"]");
  add_line(toml, "price_scope", toml_text("machine"));
  toml += "\n[[source]]\n";
  add_line(toml, "covers", "[\"all\"]");
  add_line(toml, "kind", toml_text("measured"));
  add_line(toml, "ref", toml_text("rigwise probe, on this machine"));
  return toml;
}

}  // namespace rigwise
