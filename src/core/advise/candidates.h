#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/advise/brief.h"
#include "core/advise/placement.h"
#include "core/cost/machine.h"

namespace rigwise {

/// A machine that could be bought (or is owned), before anybody asks how fast it is.
struct Candidate {
  std::string setup;  ///< as parse_setup() reads it: "2x nvidia-geforce-rtx-3090"
  std::string label;  ///< "2x NVIDIA GeForce RTX 3090"
  std::vector<MachinePart> parts;
  std::vector<Layout> layouts;
  Machine machine;
  Ownership ownership;
  bool more_ram = false;  ///< the host has more RAM than the cards alone ask for, so that experts can stay there
  double usual_ram = 0;   ///< bytes that the host without more RAM has for experts
  std::vector<std::string> also;  ///< near-identical machines, dearer: "Framework Desktop ..., 2,459 USD"

  const Device& device() const { return *parts.front().device; }
  int device_count() const;
  bool is_owned() const;
};

/// Everything that can be bought by the brief's rules, and what is left out, by reason.
struct Offers {
  std::vector<Candidate> candidates;
  std::map<std::string, int> left_out;
  std::deque<PurchasePrice> prices;  ///< the candidates' parts point here
  int devices = 0;                   ///< with a price, or owned
};

/// Counts of 1, 2, 4 and 8 where slots, power supply or links allow; then unlike pairs: two cards in one host, and a
/// laptop with a machine that stays at home, when there are at least two things to run.
Offers candidates_on_offer(const Catalog& catalog, const Brief& brief);

/// So many rented devices: nothing to buy, to hear or to plug in. The caller fills in what they cost.
Candidate rented_candidate(const Catalog& catalog, const Brief& brief, const Device& device, int count);

/// Why a hard constraint excludes the candidate, in a few words without figures (reasons are counted); empty: none.
/// `reasons` gets every constraint that fails, budget last.
std::vector<std::string> broken_constraints(const Candidate& candidate, const Brief& brief);

/// Whether somebody who says `vendor` also means this device: its maker, or the maker of its chip.
bool is_made_by(const Device& device, std::string_view vendor);

/// What it looks like where it stands.
BodyShape body_shape(const Candidate& candidate);

/// Machines with the same chip, memory and bandwidth become one candidate, the cheapest; the others are named in
/// `also`. Gives how many were merged.
int merge_twins(std::vector<Candidate>& candidates);

}  // namespace rigwise
