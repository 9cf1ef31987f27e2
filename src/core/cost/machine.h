#pragma once

#include <string>
#include <vector>

#include "core/cost/price.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// Devices of one kind that go into a machine, and how many of them the buyer already has.
struct MachinePart {
  const Device* device = nullptr;
  int count = 1;
  int owned = 0;
  const PurchasePrice* price = nullptr;  ///< of one; null when all are owned
  const Link* link = nullptr;            ///< between whole machines of this part
};

/// One line of the bill.
struct BillLine {
  std::string name;
  int count = 1;
  Money value, low, high, expected;                                   ///< of all of them
  std::string basis;                                                  ///< "650 USD (used, 2026-05)", "owned"
  double yearly_retention = kHostRetention, kept_at_sale = kNewKept;  ///< of resale_share()
  std::optional<double> stated_resale_share = {};                     ///< of the price, whatever the age
};

/// Everything that stands on the floor: devices, the host around bare cards, switch, cables, rack.
struct Machine {
  std::vector<BillLine> bill;
  Money value, low, high, expected;
  double idle_w = 0, load_w = 0;  ///< at the wall, at most
  NoiseClass noise = NoiseClass::quiet;
  bool power_is_estimated = false, noise_is_estimated = false;
  const HostTemplate* host = nullptr;
  std::vector<std::string> notes;  ///< what the bill leaves out or assumes
  std::string why_not;             ///< set when it cannot be built
};

/// Bare cards go into the cheapest host template with enough places, power and RAM (half of the cards' memory); several
/// whole machines get the cables, switch and rack that the catalog prices. What is owned costs nothing; a host is owned
/// with its cards. `least_ram` asks for a host with more RAM.
Machine build_machine(const Catalog& catalog, const std::vector<MachinePart>& parts, const PriceRules& rules,
                      Bytes least_ram = Bytes{0});

/// A card that can be bought and put into a PC (not a mezzanine module, not a laptop's soldered GPU).
bool is_pc_card(const Device& device);

/// The device's noise under load, from its record or by its power.
NoiseClass noise_of(const Device& device, bool& is_estimated);

}  // namespace rigwise
