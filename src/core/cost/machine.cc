#include "core/cost/machine.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kUnknownCardWatts = 250, kUnknownHostWatts = 90;
constexpr double kIdleShare = 0.1;  ///< of the load power, where the idle power is unknown

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

NoiseClass louder(NoiseClass n) {
  return n == NoiseClass::very_loud ? n : static_cast<NoiseClass>(static_cast<int>(n) + 1);
}

NoiseClass noise_by_watts(double watts) {
  if (watts <= 15) return NoiseClass::silent;
  if (watts <= 200) return NoiseClass::quiet;
  if (watts <= 320) return NoiseClass::audible;
  return watts <= 450 ? NoiseClass::loud : NoiseClass::very_loud;
}

double card_watts(const Device& card) { return card.power_max ? card.power_max->value : kUnknownCardWatts; }
double host_watts(const HostTemplate& host) { return host.load ? host.load->value : kUnknownHostWatts; }

/// Share of the cards' memory that the host should have as RAM: a model is read through it.
constexpr double kHostRamShare = 0.5;

/// What the cards together ask of their host.
struct CardLoad {
  int cards = 0, owned = 0;
  double watts = 0;
  double supply_w = 0;  ///< the largest power supply that a card's maker recommends
  double memory_bytes = 0;
  double least_ram = 0;
};

CardLoad card_load(const std::vector<MachinePart>& parts) {
  CardLoad load;
  for (const MachinePart& part : parts) {
    if (!part.device->is_bare()) continue;
    load.cards += part.count;
    load.owned += std::min(part.owned, part.count);
    load.watts += part.count * card_watts(*part.device);
    load.supply_w = std::max(load.supply_w, part.device->power_supply_w.value_or(0));
    load.memory_bytes += part.count * part.device->memory_capacity.value;
  }
  return load;
}

struct PricedHost {
  const HostTemplate* host = nullptr;
  PurchasePrice price;
};

bool takes(const HostTemplate& host, const CardLoad& load) {
  if (host.max_cards < load.cards) return false;
  if (host.power_supply_w < std::max(load.supply_w, load.watts + host_watts(host))) return false;
  const double ram = std::max(kHostRamShare * load.memory_bytes, load.least_ram);
  return host.ram_capacity ? host.ram_capacity->value >= ram : load.least_ram <= 0;
}

/// The cheapest host that takes the cards; ties by id.
PricedHost cheapest_host(const Catalog& catalog, const CardLoad& load, const PriceRules& rules) {
  PricedHost best;
  for (const HostTemplate& host : catalog.hosts) {
    if (!takes(host, load)) continue;
    const PriceAnswer answer = part_price(host.quotes, rules);
    if (!answer.price) continue;
    const bool better = best.host == nullptr || answer.price->value < best.price.value ||
                        (answer.price->value == best.price.value && host.id < best.host->id);
    if (better) best = {&host, *answer.price};
  }
  return best;
}

void add_line(Machine& machine, BillLine line) {
  machine.value += line.value;
  machine.low += line.low;
  machine.high += line.high;
  machine.expected += line.expected;
  machine.bill.push_back(std::move(line));
}

BillLine priced_line(std::string name, int count, int to_buy, const PurchasePrice& price, double retention) {
  BillLine line{std::move(name),
                count,
                price.value * to_buy,
                price.low * to_buy,
                price.high * to_buy,
                price.expected() * to_buy,
                price.words(),
                retention,
                price.used ? kUsedKept : kNewKept};
  return line;
}

void add_devices(Machine& machine, const MachinePart& part, const std::string& currency) {
  const int to_buy = part.count - std::min(part.owned, part.count);
  const Money nothing(0, currency);
  if (to_buy == 0 || part.price == nullptr) {
    add_line(machine, {part.device->name, part.count, nothing, nothing, nothing, nothing, "owned", 0});
    return;
  }
  BillLine line = priced_line(part.device->name, part.count, to_buy, *part.price, yearly_retention(*part.device));
  if (to_buy < part.count) line.basis += ", " + std::to_string(part.count - to_buy) + " owned";
  add_line(machine, std::move(line));
}

/// The host around the cards; of an owned machine only the upgrade is paid.
void add_host(Machine& machine, const Catalog& catalog, const CardLoad& load, const PriceRules& rules) {
  PricedHost chosen = cheapest_host(catalog, load, rules);
  if (chosen.host == nullptr) {
    machine.why_not =
        "no host takes " + std::to_string(load.cards) + " cards of " + significant(load.watts) + " W together";
    return;
  }
  machine.host = chosen.host;
  machine.idle_w += chosen.host->idle ? chosen.host->idle->value : kUnknownHostWatts * kIdleShare;
  machine.load_w += host_watts(*chosen.host);
  if (chosen.host->noise_class) machine.noise = std::max(machine.noise, *chosen.host->noise_class);
  BillLine line = priced_line(chosen.host->name, 1, 1, chosen.price, kHostRetention);
  if (load.owned > 0) {
    CardLoad before = load;
    before.cards = load.owned;
    before.watts *= static_cast<double>(load.owned) / load.cards;
    before.memory_bytes *= static_cast<double>(load.owned) / load.cards;
    const PricedHost had = cheapest_host(catalog, before, rules);
    const bool same = had.host == chosen.host || load.owned == load.cards;
    for (Money* amount : {&line.value, &line.low, &line.high, &line.expected}) {
      *amount = same || had.host == nullptr ? *amount * (same ? 0 : 1) : *amount - std::min(*amount, had.price.value);
    }
    line.basis = same ? "owned" : line.basis + ", less the owned host";
  }
  add_line(machine, std::move(line));
}

/// The accessory that suffices with the least link rate and size, and of those the cheapest; null when none is priced.
const Accessory* fitting_accessory(const Catalog& catalog, std::string_view kind, double link_gbit_s, double size_u,
                                   const PriceRules& rules, PurchasePrice& price) {
  const Accessory* best = nullptr;
  bool priced = false;
  for (const Accessory& item : catalog.accessories) {
    const double rate = item.link_gbit_s.value_or(0), size = item.size_u.value_or(0);
    if (item.kind != kind || rate < link_gbit_s || size < size_u) continue;
    const PriceAnswer answer = part_price(item.quotes, rules);
    const double best_rate = best == nullptr ? 1e9 : best->link_gbit_s.value_or(0);
    const bool cheaper = answer.price && (!priced || answer.price->value < price.value);
    if (best != nullptr && (rate > best_rate || (rate == best_rate && !cheaper))) continue;
    best = &item;
    priced = answer.price.has_value();
    if (priced) price = *answer.price;
  }
  return priced ? best : nullptr;
}

/// Cables, network cards, switch and rack of `nodes` whole machines on one link.
void add_network(Machine& machine, const Catalog& catalog, int nodes, const Device& device, const Link* link,
                 const PriceRules& rules) {
  const auto add = [&](std::string_view kind, int count, double gbit_s, double size_u, const std::string& missing) {
    PurchasePrice price;
    const Accessory* item = fitting_accessory(catalog, kind, gbit_s, size_u, rules, price);
    if (item != nullptr) {
      add_line(machine, priced_line(item->name, count, count, price, kNetworkRetention));
    } else {
      machine.notes.push_back(missing);
    }
  };
  const std::string kind = link == nullptr ? "" : link->kind;
  const double gbit_s = link == nullptr ? 10 : link->bandwidth.value * 8 / 1e9;
  if (kind == "thunderbolt") {
    add("cable", nodes * (nodes - 1) / 2, 0, 0, "the Thunderbolt cables are not priced");
  } else {
    // Two nodes are joined by one cable; from three on they need a switch that keeps the link's rate.
    if (nodes > 2) add("switch", 1, std::min(gbit_s, 400.0), 0, "no switch for this link is priced");
    const bool built_in = link != nullptr && link->id == device.interconnect && kind == "roce";
    if (!built_in && gbit_s > 10) add("nic", nodes, gbit_s, 0, "the network cards are not priced");
    machine.notes.push_back("network cables are not priced");
  }
  add("rack", 1, 0, std::min(3.0 * nodes, 12.0), "no rack is priced");
}

void add_power_and_noise(Machine& machine, const MachinePart& part) {
  const Device& device = *part.device;
  const double load = device.is_bare() ? card_watts(device) : device.power_max ? device.power_max->value : 150;
  const double idle = device.power_idle ? device.power_idle->value : load * kIdleShare;
  if (!device.power_max || !device.power_idle) machine.power_is_estimated = true;
  machine.load_w += part.count * load;
  machine.idle_w += part.count * idle;
  NoiseClass noise = noise_of(device, machine.noise_is_estimated);
  // Several fans in one case: two are heard, four are a class louder.
  if (device.is_bare() && part.count >= 2) noise = std::max(noise, NoiseClass::audible);
  if (device.is_bare() && part.count >= 4) noise = louder(noise);
  machine.noise = std::max(machine.noise, noise);
}

}  // namespace

bool is_pc_card(const Device& device) {
  if (device.kind != DeviceKind::gpu) return false;
  for (const char* word : {"sxm", "SXM", "module", "laptop", "OAM"}) {
    if (contains(device.form_factor, word)) return false;
  }
  // Boards for data centres above 350 W are mezzanine modules (OAM), whatever their link is called.
  if (device.form_factor == "datacentre" && card_watts(device) > 350) return false;
  return !device.pcie.empty();
}

NoiseClass noise_of(const Device& device, bool& is_estimated) {
  if (device.noise_class) return *device.noise_class;
  is_estimated = true;
  if (device.kind == DeviceKind::server) return NoiseClass::very_loud;
  if (device.is_bare() && contains(device.form_factor, "datacentre")) return NoiseClass::very_loud;
  const double watts = device.is_bare() ? card_watts(device) : device.power_max ? device.power_max->value : 150;
  return noise_by_watts(watts);
}

Machine build_machine(const Catalog& catalog, const std::vector<MachinePart>& parts, const PriceRules& rules,
                      Bytes least_ram) {
  Machine machine;
  machine.value = machine.low = machine.high = machine.expected = Money(0, rules.currency);
  machine.noise = NoiseClass::silent;
  int nodes = 0;
  for (const MachinePart& part : parts) {
    add_devices(machine, part, rules.currency);
    add_power_and_noise(machine, part);
    if (part.device->is_bare() && !is_pc_card(*part.device)) machine.why_not = "not sold as a card for a PC";
    if (!part.device->is_bare()) nodes += part.count;
  }
  CardLoad load = card_load(parts);
  load.least_ram = least_ram.value;
  if (load.cards > 0 && machine.why_not.empty()) add_host(machine, catalog, load, rules);
  const bool has_host = load.cards > 0;
  if (nodes + (has_host ? 1 : 0) > 1 && parts.size() == 1) {
    add_network(machine, catalog, nodes, *parts[0].device, parts[0].link, rules);
  }
  return machine;
}

}  // namespace rigwise
