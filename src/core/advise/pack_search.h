#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace rigwise {

/// A device as the packing sees it.
struct PackDevice {
  double available_bytes = 0;
  int kind = 0;  ///< devices of one kind can stand for each other
};

/// One way to put an item on devices: the same load on each, or layers dealt out so that what stays free is even.
struct PackOption {
  std::vector<int> devices;        ///< ascending
  double each_bytes = 0;           ///< on every one of them
  double layer_bytes = 0;          ///< of one layer; 0: nothing is dealt out
  int layers = 0;                  ///< to deal out
  double outside_bytes = 0;        ///< that no layer owns: on the device with most room
  std::vector<double> room_bytes;  ///< by device: the most that its engine can use of it; empty: all
  bool in_turns = false;           ///< its devices work one after another, each for its layers
  std::vector<double> layer_s;     ///< by device, with in_turns: how long a layer takes there, in any unit
  double token_s = 0;              ///< time of a token when nobody else works; 0: none is counted (a service)
};

/// Something that should stay loaded: a model, or a service beside the models.
struct PackItem {
  std::vector<PackOption> options;
  std::vector<double> quality;  ///< by category of the mix; empty for a service
  bool is_service = false, pinned = false;
  double duty = 1;    ///< share of the time it works, as the others feel it
  double weight = 1;  ///< how much its slowness counts beside the others', 1 at least: its streams over the fewest
  double doubt = 0;   ///< standard deviation of its size, as a share of it
  double least_token_s() const;
};

struct PackProblem {
  std::vector<PackDevice> devices;
  std::vector<PackItem> items;
  std::vector<double> mix;  ///< share of each category; adds up to 1
  int most_tries = 40000;   ///< placements looked at before the search stops and the heuristic takes over
  bool prune = true;        ///< false: every combination is judged, for tests
};

/// Where an item stands.
struct PackPlace {
  int option = -1;              ///< of the item's; -1: left out
  std::vector<double> bytes;    ///< by device of the option
  std::vector<int> layers;      ///< by device of the option, where they are dealt out
  std::vector<double> at_work;  ///< by device of the option: share of a token's time in which it works
  double slowdown = 1;          ///< how many times longer a token takes while the others work
  bool is_loaded() const { return option >= 0; }
};

/// What a packing is worth; compared from the first member to the last.
struct PackWorth {
  int pinned = 0, services = 0;  ///< that are loaded
  double value = 0;              ///< quality weighted by the mix: of each category that of the best loaded model
  int models = 0;                ///< loaded
  int splits = 0;                ///< devices beyond the first of models whose devices work in turns
  double slowness = 0;           ///< sum over the loaded models of weight * a token's time over its shortest possible
  /// +1: this is worth more, -1: less, 0: the same.
  int compared_with(const PackWorth& other) const;
};

struct Packing {
  std::vector<PackPlace> places;             ///< by item
  std::vector<double> used_bytes, variance;  ///< by device
  PackWorth worth;
  PackWorth bound;       ///< no packing is worth more; the worth itself when `is_exact`
  bool is_exact = true;  ///< every combination was judged or ruled out
  int tries = 0;
};

/// Chooses what stays loaded and where.
///
///     worth = (pinned items loaded, services loaded, sum over categories of share * best quality loaded,
///              models loaded, - devices that layers are split over, - sum over models of weight * token time with the
///              others at work / shortest token time)
///
/// in that order. A device holds what stands on it when that is at least 70 % sure; sizes err independently.
/// While others work, a device gives each its turn, so a token takes 1 + (sum of their duties) times as long there.
///
/// Takes  items whose options name devices that exist; at most 31 items.
/// Gives  the best packing of all, found depth first with bounds; beyond most_tries the best of what was seen and of a
///        greedy packing improved by letting items left out go first, with the bound that tells how far off it may be.
/// Holds  ties go to the earlier option of the earlier item; like devices stand for each other.
Packing best_packing(const PackProblem& problem);

/// The packing with one item taken out.
Packing without(const PackProblem& problem, const Packing& packing, std::size_t item);

/// Bytes that an item lacks beside what is packed, on the devices where it lacks least; nothing without an option.
std::optional<double> missing_bytes(const PackProblem& problem, const Packing& packing, const PackItem& item);

/// What an option takes in all.
double total_bytes(const PackOption& option);

/// Whether an item would fit beside what is packed already; `option` of the result is -1 when it would not.
PackPlace place_beside(const PackProblem& problem, const Packing& packing, const PackItem& item);

}  // namespace rigwise
