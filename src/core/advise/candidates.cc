#include "core/advise/candidates.h"

#include <algorithm>
#include <tuple>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr int kCounts[] = {1, 2, 4, 8};
constexpr std::size_t kMostPartners = 10;  ///< devices of a kind that unlike pairs are made of
constexpr int kMostOffloadCards = 2;       ///< rigs for more have other memory than the two channels of a PC
constexpr double kSystemRam = 8 * kGib;    ///< of the host that no model gets

/// A device on offer: what it costs and how many are owned.
struct Offer {
  const Device* device = nullptr;
  const PurchasePrice* price = nullptr;
  int owned = 0;
};

/// What joins so many of them; bridges join as many cards as the device says, more go over the board.
const Link* default_link(const Catalog& catalog, const Device& device, int count) {
  if (device.interconnect.empty() || (device.is_bare() && device.max_linked && count > *device.max_linked))
    return nullptr;
  const Result<const Link*> link = catalog.link(device.interconnect);
  return link ? *link : nullptr;
}

/// Pools are made of what runs models: the parts of a whole build, else the device itself.
std::pair<const Device*, int> runner(const Catalog& catalog, const Device& device) {
  if (device.parts.size() != 1) return {&device, 1};
  const Result<const Device*> part = catalog.device(device.parts[0].device);
  return part ? std::make_pair(*part, device.parts[0].count) : std::make_pair(&device, 1);
}

/// Most of these devices in one machine or cluster.
int most_together(const Device& device, int owned) {
  if (device.is_bare()) return 8;  // the host templates decide
  const bool can_link = device.max_linked && !device.interconnect.empty() && !device.portable &&
                        device.kind != DeviceKind::laptop && device.kind != DeviceKind::server;
  return std::max(can_link ? *device.max_linked : 1, owned);
}

std::string times(int count, const std::string& name) {
  return count == 1 ? name : std::to_string(count) + "x " + name;
}

std::string why_never_a_candidate(const Device& device) {
  if (device.kind == DeviceKind::cpu) return "bare processor: the board and memory around it are not priced";
  if (device.kind == DeviceKind::gpu && !is_pc_card(device)) return "not sold as a card for a PC";
  if (!device.memory_bandwidth || device.memory_capacity.value <= 0) return "memory or bandwidth unknown";
  return "";
}

/// A record that repeats another one for the sake of its price ("...-used", "...-street-2026").
bool is_second_record(const Catalog& catalog, const Device& device) {
  const std::size_t used = device.id.rfind("-used"), street = device.id.rfind("-street-");
  const std::size_t at = used != std::string::npos ? used : street;
  return at != std::string::npos && catalog.device(device.id.substr(0, at)).has_value();
}

/// One or two like cards that work together may leave experts in the RAM of their host. Such a model takes all of the
/// cards' memory, so it must be the only one.
void use_host_ram(Candidate& candidate, const Brief& brief) {
  if (brief.tasks.size() > 1) return;
  const HostTemplate* host = candidate.machine.host;
  if (host == nullptr || !host->ram_capacity || candidate.device_count() > kMostOffloadCards) return;
  for (Layout& layout : candidate.layouts) {
    const bool together = layout.pools.size() == 1 && layout.replicas == 1;
    if (together) layout.pools[0].host_ram = std::max(0.0, host->ram_capacity->value - kSystemRam);
  }
}

void finish(Candidate& candidate, const Catalog& catalog, const Brief& brief, Offers& offers,
            Bytes least_ram = Bytes{0}) {
  candidate.machine = build_machine(catalog, candidate.parts, brief.prices, least_ram);
  if (!candidate.machine.why_not.empty()) return;
  use_host_ram(candidate, brief);
  candidate.ownership = ownership(candidate.machine, brief.terms);
  offers.candidates.push_back(std::move(candidate));
}

/// The same cards in PCs with more RAM than they ask for.
void add_with_ram(const Catalog& catalog, const Brief& brief, const Candidate& like, Offers& offers) {
  const Machine usual = build_machine(catalog, like.parts, brief.prices);
  if (usual.host == nullptr || !usual.host->ram_capacity) return;
  double last = usual.host->ram_capacity->value;
  std::vector<double> sizes;
  for (const HostTemplate& host : catalog.hosts) {
    if (host.max_cards <= kMostOffloadCards && host.ram_capacity) sizes.push_back(host.ram_capacity->value);
  }
  std::sort(sizes.begin(), sizes.end());
  for (const double size : sizes) {
    if (size <= last) continue;
    Candidate candidate = like;
    candidate.more_ram = true;
    candidate.usual_ram = last - kSystemRam;
    candidate.label += " in a PC with " + significant(size / kGib) + " GiB of RAM";
    finish(candidate, catalog, brief, offers, Bytes{size});
    last = size;
  }
}

void add_like(const Catalog& catalog, const Brief& brief, const Offer& offer, Offers& offers) {
  const Device& device = *offer.device;
  const auto [runs_models, per_device] = runner(catalog, device);
  for (const int count : kCounts) {
    const Link* link = default_link(catalog, device, count);
    if (count > most_together(device, offer.owned)) break;
    if (offer.price == nullptr && count > offer.owned) break;
    Candidate candidate;
    candidate.setup = times(count, device.id);
    candidate.label = times(count, device.name);
    candidate.parts = {{&device, count, std::min(offer.owned, count), offer.price, link}};
    candidate.layouts = layouts_of(*runs_models, count * per_device, link, brief, true);
    const bool may_offload = device.is_bare() && count <= kMostOffloadCards && brief.tasks.size() == 1;
    if (may_offload && offer.owned == 0) add_with_ram(catalog, brief, candidate, offers);
    finish(candidate, catalog, brief, offers);
  }
}

bool is_laptop(const Device& device) { return device.kind == DeviceKind::laptop || device.portable; }

/// Offers of one kind worth pairing: none of the others is as large, as fast and as cheap. Largest first.
std::vector<Offer> undominated(const std::vector<Offer>& offers, const Brief& brief, bool (*wanted)(const Device&)) {
  std::vector<Offer> kept;
  const auto key = [](const Offer& o) {
    const Money price = o.price == nullptr ? Money(0, "USD") : o.price->value;
    return std::make_tuple(o.device->usable_memory().value, o.device->memory_bandwidth->value, -price.amount());
  };
  for (const Offer& offer : offers) {
    if (!wanted(*offer.device)) continue;
    if (offer.price != nullptr && brief.budget && *brief.budget < offer.price->value) continue;
    const auto mine = key(offer);
    const bool beaten = std::any_of(offers.begin(), offers.end(), [&](const Offer& rival) {
      if (!wanted(*rival.device) || rival.device == offer.device) return false;
      const auto his = key(rival);
      return std::get<0>(his) >= std::get<0>(mine) && std::get<1>(his) >= std::get<1>(mine) &&
             std::get<2>(his) >= std::get<2>(mine) && (his != mine || rival.device->id < offer.device->id);
    });
    if (!beaten) kept.push_back(offer);
  }
  std::stable_sort(kept.begin(), kept.end(), [&](const Offer& a, const Offer& b) { return key(a) > key(b); });
  if (kept.size() > kMostPartners) kept.resize(kMostPartners);
  return kept;
}

void add_pair(const Catalog& catalog, const Brief& brief, const Offer& a, const Offer& b, const std::string& words,
              Offers& offers) {
  Candidate candidate;
  candidate.setup = a.device->id + " + " + b.device->id;
  candidate.label = a.device->name + " + " + b.device->name;
  for (const Offer* offer : {&a, &b}) {
    candidate.parts.push_back({offer->device, 1, std::min(offer->owned, 1), offer->price, nullptr});
  }
  Layout layout;
  layout.pools = {{a.device, 1, nullptr}, {b.device, 1, nullptr}};
  layout.words = words;
  layout.all_work = true;
  candidate.layouts = {layout};
  finish(candidate, catalog, brief, offers);
}

/// Two unlike cards in one host; a laptop and a machine that stays at home.
void add_unlike(const Catalog& catalog, const Brief& brief, const std::vector<Offer>& all, Offers& offers) {
  if (brief.tasks.size() < 2) return;
  const std::vector<Offer> cards = undominated(all, brief, [](const Device& d) { return d.is_bare(); });
  for (std::size_t i = 0; i < cards.size(); ++i) {
    for (std::size_t k = i + 1; k < cards.size(); ++k) {
      if (cards[i].device->vendor != cards[k].device->vendor) continue;
      add_pair(catalog, brief, cards[i], cards[k], "each card runs its own models", offers);
    }
  }
  if (!brief.needs.constraints.portable) return;
  const std::vector<Offer> laptops = undominated(all, brief, is_laptop);
  const std::vector<Offer> homes = undominated(
      all, brief, [](const Device& d) { return !d.is_bare() && !is_laptop(d) && d.kind != DeviceKind::server; });
  for (const Offer& laptop : laptops) {
    for (const Offer& home : homes) {
      add_pair(catalog, brief, laptop, home, "the laptop and the machine at home run their own models", offers);
    }
  }
}

}  // namespace

int Candidate::device_count() const {
  int count = 0;
  for (const MachinePart& part : parts) count += part.count;
  return count;
}

bool Candidate::is_owned() const {
  return std::all_of(parts.begin(), parts.end(), [](const MachinePart& p) { return p.owned >= p.count; });
}

Offers candidates_on_offer(const Catalog& catalog, const Brief& brief) {
  Offers offers;
  std::vector<Offer> all;
  for (const Device& device : catalog.devices) {
    const int owned = brief.owned_count(device);
    const std::string never = why_never_a_candidate(device);
    if (!never.empty()) {
      ++offers.left_out[never];
      continue;
    }
    PriceAnswer answer = purchase_price(catalog, device, brief.prices);
    if (!answer.price && owned == 0) {
      ++offers.left_out[answer.why_not];
      continue;
    }
    if (is_second_record(catalog, device)) {
      ++offers.left_out["a second record of a part that is priced"];
      continue;
    }
    ++offers.devices;
    const PurchasePrice* price = nullptr;
    if (answer.price) price = &offers.prices.emplace_back(*std::move(answer.price));
    all.push_back({&device, price, owned});
  }
  for (const Offer& offer : all) add_like(catalog, brief, offer, offers);
  add_unlike(catalog, brief, all, offers);
  return offers;
}

Candidate rented_candidate(const Catalog& catalog, const Brief& brief, const Device& device, int count) {
  const Link* link = default_link(catalog, device, count);
  Candidate candidate;
  candidate.setup = times(count, device.id);
  candidate.label = times(count, device.name);
  candidate.parts = {{&device, count, 0, nullptr, link}};
  candidate.layouts = layouts_of(device, count, link, brief, true);
  Machine& machine = candidate.machine;
  machine.value = machine.low = machine.high = machine.expected = Money(0, brief.currency);
  candidate.ownership.total = machine.value;
  return candidate;
}

int merge_twins(std::vector<Candidate>& candidates) {
  std::vector<Candidate> kept;
  int merged = 0;
  const auto twin_key = [](const Candidate& c) {
    const Device& d = c.device();
    return std::make_tuple(d.chip.empty() ? d.id : d.chip, d.memory_capacity.value, d.memory_bandwidth->value,
                           d.is_bare(), c.device_count(), c.usual_ram);
  };
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::make_tuple(a.parts.size(), a.machine.value.nanos()) <
           std::make_tuple(b.parts.size(), b.machine.value.nanos());
  });
  for (Candidate& candidate : candidates) {
    const auto twin = std::find_if(kept.begin(), kept.end(), [&](const Candidate& c) {
      return c.parts.size() == 1 && candidate.parts.size() == 1 && twin_key(c) == twin_key(candidate);
    });
    if (twin == kept.end()) {
      kept.push_back(std::move(candidate));
      continue;
    }
    ++merged;
    twin->also.push_back(candidate.label + ", " + whole_units(candidate.machine.value) + " " +
                         candidate.machine.value.currency());
  }
  candidates = std::move(kept);
  return merged;
}

}  // namespace rigwise
