// Which models stay loaded where: a depth-first search over items and the devices each could stand on. An item is put
// on one of its options or left out; what is placed only takes room and time from the others, so what is placed so far
// bounds everything below.
#include "core/advise/pack_search.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "core/advise/shared_memory.h"

namespace rigwise {
namespace {

constexpr double kSame = 1e-9;  ///< worths nearer than this are equal

int order_of(double a, double b) { return a > b + kSame ? 1 : a < b - kSame ? -1 : 0; }

/// What stands on the devices while the search goes on.
struct Shelf {
  std::vector<double> room, used, variance;  ///< by device; room shrinks with engines that take less
  std::vector<std::uint32_t> holds;          ///< by device: a bit an item

  explicit Shelf(const PackProblem& problem)
      : used(problem.devices.size(), 0), variance(problem.devices.size(), 0), holds(problem.devices.size(), 0) {
    room.reserve(problem.devices.size());
    for (const PackDevice& device : problem.devices) room.push_back(device.available_bytes);
  }

  double free_bytes() const {
    double sum = 0;
    for (std::size_t d = 0; d < room.size(); ++d) sum += std::max(0.0, room[d] - used[d]);
    return sum;
  }
};

double room_on(const Shelf& shelf, const PackOption& option, std::size_t i) {
  const auto d = static_cast<std::size_t>(option.devices[i]);
  return option.room_bytes.empty() ? shelf.room[d] : std::min(shelf.room[d], option.room_bytes[i]);
}

std::size_t roomiest(const std::vector<double>& free) {
  return static_cast<std::size_t>(std::max_element(free.begin(), free.end()) - free.begin());
}

/// Deals whole layers out, each to the device with most room left; gives how many each got.
std::vector<int> deal_layers(const PackOption& option, std::vector<double> free) {
  std::vector<int> layers(free.size(), 0);
  for (int i = 0; i < option.layers; ++i) {
    const std::size_t d = roomiest(free);
    free[d] -= option.layer_bytes;
    ++layers[d];
  }
  return layers;
}

/// What the option takes on each of its devices, given what stands there; the caller checks whether it fits.
PackPlace laid_out(const Shelf& shelf, const PackOption& option) {
  const std::size_t count = option.devices.size();
  PackPlace place;
  place.bytes.assign(count, option.each_bytes);
  place.at_work.assign(count, 1);
  if (option.layers == 0) {
    if (option.outside_bytes > 0) place.bytes.front() += option.outside_bytes;
    return place;
  }
  std::vector<double> free(count);
  for (std::size_t i = 0; i < count; ++i) {
    free[i] = room_on(shelf, option, i) - shelf.used[static_cast<std::size_t>(option.devices[i])] - option.each_bytes;
  }
  const std::size_t head = roomiest(free);
  place.bytes[head] += option.outside_bytes;
  free[head] -= option.outside_bytes;
  place.layers = deal_layers(option, free);
  double turn_s = 0;
  for (std::size_t i = 0; i < count; ++i) {
    place.bytes[i] += place.layers[i] * option.layer_bytes;
    if (option.in_turns) turn_s += place.layers[i] * option.layer_s[i];
  }
  for (std::size_t i = 0; i < count && turn_s > 0; ++i) place.at_work[i] = place.layers[i] * option.layer_s[i] / turn_s;
  return place;
}

bool holds(const Shelf& shelf, const PackItem& item, const PackOption& option, const PackPlace& place) {
  for (std::size_t i = 0; i < option.devices.size(); ++i) {
    const auto d = static_cast<std::size_t>(option.devices[i]);
    const double sigma = item.doubt * place.bytes[i];
    if (!fits_likely(shelf.used[d] + place.bytes[i], shelf.variance[d] + sigma * sigma, room_on(shelf, option, i))) {
      return false;
    }
  }
  return true;
}

void put(Shelf& shelf, const PackItem& item, std::size_t index, const PackOption& option, const PackPlace& place) {
  for (std::size_t i = 0; i < option.devices.size(); ++i) {
    const auto d = static_cast<std::size_t>(option.devices[i]);
    const double sigma = item.doubt * place.bytes[i];
    shelf.room[d] = room_on(shelf, option, i);
    shelf.used[d] += place.bytes[i];
    shelf.variance[d] += sigma * sigma;
    shelf.holds[d] |= 1U << index;
  }
}

const PackOption& option_of(const PackItem& item, const PackPlace& place) {
  return item.options[static_cast<std::size_t>(place.option)];
}

/// Lays everything out anew for the options chosen in `places`: what has its fixed place first, then the layers that
/// are dealt out over what is left. So the order in which items were chosen does not matter. False when it does not
/// fit.
bool lay_out(const PackProblem& problem, std::vector<PackPlace>& places, Shelf& shelf) {
  shelf = Shelf(problem);
  bool fits = true;
  for (const bool dealt : {false, true}) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!places[i].is_loaded()) continue;
      const PackOption& option = option_of(problem.items[i], places[i]);
      if ((option.layers > 0) != dealt) continue;
      PackPlace place = laid_out(shelf, option);
      place.option = places[i].option;
      fits = fits && holds(shelf, problem.items[i], option, place);
      put(shelf, problem.items[i], i, option, place);
      places[i] = std::move(place);
    }
  }
  return fits;
}

/// How many times longer a token of item `index` takes: where devices take turns each only for its part, else as long
/// as the most wanted of them. `only_fixed`: layers that are dealt out may still move, so they do not count.
double slowdown_of(const PackProblem& problem, const std::vector<PackPlace>& places, std::size_t index,
                   bool only_fixed) {
  const PackPlace& mine = places[index];
  const PackOption& option = option_of(problem.items[index], mine);
  if (only_fixed && option.layers > 0) return 1;
  double sum = 0, most = 0;
  for (std::size_t i = 0; i < option.devices.size(); ++i) {
    double wanted = 1;
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (k == index || !places[k].is_loaded()) continue;
      const PackOption& other = option_of(problem.items[k], places[k]);
      if (only_fixed && other.layers > 0) continue;
      const std::vector<int>& on = other.devices;
      const auto found = std::find(on.begin(), on.end(), option.devices[i]);
      if (found == on.end()) continue;
      wanted += problem.items[k].duty * places[k].at_work[static_cast<std::size_t>(found - on.begin())];
    }
    sum += mine.at_work[i] * wanted;
    most = std::max(most, wanted);
  }
  return option.in_turns ? sum : most;
}

/// What a packing holds, for asking what else would fit.
Shelf shelf_of(const PackProblem& problem, const Packing& packing) {
  Shelf shelf(problem);
  shelf.used = packing.used_bytes;
  shelf.variance = packing.variance;
  for (std::size_t i = 0; i < packing.places.size(); ++i) {
    if (!packing.places[i].is_loaded()) continue;
    const PackOption& option = option_of(problem.items[i], packing.places[i]);
    for (std::size_t k = 0; k < option.devices.size(); ++k) {
      shelf.room[static_cast<std::size_t>(option.devices[k])] = room_on(shelf, option, k);
    }
  }
  return shelf;
}

/// The worth of what is placed; fills in the slowdowns.
PackWorth worth_of(const PackProblem& problem, std::vector<PackPlace>& places, bool only_fixed = false) {
  PackWorth worth;
  std::vector<double> best(problem.mix.size(), 0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i].is_loaded()) continue;
    const PackItem& item = problem.items[i];
    worth.pinned += item.pinned ? 1 : 0;
    worth.services += item.is_service ? 1 : 0;
    worth.models += item.is_service ? 0 : 1;
    for (std::size_t c = 0; c < item.quality.size(); ++c) best[c] = std::max(best[c], item.quality[c]);
    places[i].slowdown = slowdown_of(problem, places, i, only_fixed);
    const PackOption& option = option_of(item, places[i]);
    if (option.in_turns) worth.splits += static_cast<int>(option.devices.size()) - 1;
    const double token_s = option.token_s;
    if (token_s > 0) worth.slowness += item.weight * token_s * places[i].slowdown / item.least_token_s();
  }
  for (std::size_t c = 0; c < best.size(); ++c) worth.value += problem.mix[c] * best[c];
  return worth;
}

double least_bytes(const PackItem& item) {
  double least = -1;
  for (const PackOption& option : item.options) {
    const double bytes = total_bytes(option);
    if (least < 0 || bytes < least) least = bytes;
  }
  return least;
}

double weighed(const PackProblem& problem, const PackItem& item) {
  double sum = 0;
  for (std::size_t c = 0; c < item.quality.size(); ++c) sum += problem.mix[c] * item.quality[c];
  return sum;
}

/// The search, depth first: what is pinned, then services, then models by quality; large before small.
class Packer {
 public:
  explicit Packer(const PackProblem& problem) : problem_(problem), shelf_(problem) {
    places_.resize(problem.items.size());
    can_fit_.assign(problem.items.size(), false);
    for (std::size_t i = 0; i < problem.items.size(); ++i) {
      least_.push_back(least_bytes(problem.items[i]));
      order_.push_back(i);
      for (const PackOption& option : problem.items[i].options) {
        const PackPlace place = laid_out(shelf_, option);
        can_fit_[i] = can_fit_[i] || holds(shelf_, problem.items[i], option, place);
      }
    }
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return comes_first(a, b); });
  }

  Packing packed() {
    best_.places = places_;
    best_.worth = worth_of(problem_, best_.places);
    keep(shelf_, best_.places, best_.worth);
    const PackWorth bound = bound_from(0);
    place_from(0);
    best_.is_exact = tries_ <= problem_.most_tries || !problem_.prune;
    if (!best_.is_exact) improve();
    best_.bound = best_.is_exact ? best_.worth : bound;
    best_.tries = tries_;
    return std::move(best_);
  }

 private:
  bool comes_first(std::size_t a, std::size_t b) const {
    const PackItem &x = problem_.items[a], &y = problem_.items[b];
    const auto key = [&](const PackItem& item, std::size_t i) {
      return std::make_tuple(!item.pinned, !item.is_service, -weighed(problem_, item), -least_[i], i);
    };
    return key(x, a) < key(y, b);
  }

  /// The most that the items from `step` on can still make of what is placed: as many of the smallest as the free
  /// memory could hold in one piece, each as fast as alone, and the best quality of any that could.
  PackWorth bound_from(std::size_t step) {
    std::vector<PackPlace> placed = places_;
    PackWorth worth = worth_of(problem_, placed, true);
    const double free = shelf_.free_bytes();
    std::vector<double> sizes, service_sizes, pinned_sizes;
    std::vector<double> best(problem_.mix.size(), 0);
    for (std::size_t i = 0; i < placed.size(); ++i) {
      if (placed[i].is_loaded()) raise(best, problem_.items[i]);
    }
    for (std::size_t s = step; s < order_.size(); ++s) {
      const PackItem& item = problem_.items[order_[s]];
      if (!can_fit_[order_[s]] || least_[order_[s]] > free) continue;
      (item.is_service ? service_sizes : sizes).push_back(least_[order_[s]]);
      if (item.pinned) pinned_sizes.push_back(least_[order_[s]]);
      raise(best, item);
    }
    worth.pinned += most_that_fit(pinned_sizes, free);
    worth.services += most_that_fit(service_sizes, free);
    const int models = most_that_fit(sizes, free);
    worth.models += models;
    worth.slowness += models;  // none weighs less than 1
    worth.value = 0;
    for (std::size_t c = 0; c < best.size(); ++c) worth.value += problem_.mix[c] * best[c];
    return worth;
  }

  static void raise(std::vector<double>& best, const PackItem& item) {
    for (std::size_t c = 0; c < item.quality.size(); ++c) best[c] = std::max(best[c], item.quality[c]);
  }

  static int most_that_fit(std::vector<double>& sizes, double free) {
    std::sort(sizes.begin(), sizes.end());
    int count = 0;
    for (const double bytes : sizes) {
      if (bytes > free) break;
      free -= bytes;
      ++count;
    }
    return count;
  }

  void keep(const Shelf& shelf, const std::vector<PackPlace>& places, const PackWorth& worth) {
    best_.places = places;
    best_.used_bytes = shelf.used;
    best_.variance = shelf.variance;
    best_.worth = worth;
  }

  void place_from(std::size_t step) {
    if (problem_.prune && tries_ > problem_.most_tries) return;
    ++tries_;
    if (step == order_.size()) {
      std::vector<PackPlace> places = places_;
      Shelf shelf(problem_);
      if (!problem_.prune && !lay_out(problem_, places, shelf)) return;
      const PackWorth worth = worth_of(problem_, places_);
      if (worth.compared_with(best_.worth) > 0) keep(shelf_, places_, worth);
      return;
    }
    if (problem_.prune && bound_from(step).compared_with(best_.worth) <= 0) return;
    const std::size_t index = order_[step];
    std::vector<std::vector<DeviceState>> tried;
    for (std::size_t o = 0; o < problem_.items[index].options.size(); ++o) try_option(step, index, o, tried);
    places_[index] = {};
    place_from(step + 1);
  }

  /// What tells a device from its like: what stands on it.
  using DeviceState = std::tuple<int, double, std::uint32_t>;

  void try_option(std::size_t step, std::size_t index, std::size_t o, std::vector<std::vector<DeviceState>>& tried) {
    const PackOption& option = problem_.items[index].options[o];
    if (problem_.prune && problem_.devices.size() <= kMostDevicesOfAllSubsets) {
      std::vector<DeviceState> states;
      for (const int device : option.devices) {
        const auto d = static_cast<std::size_t>(device);
        states.emplace_back(problem_.devices[d].kind, shelf_.used[d], shelf_.holds[d]);
      }
      std::sort(states.begin(), states.end());
      if (std::find(tried.begin(), tried.end(), states) != tried.end()) return;
      tried.push_back(std::move(states));
    }
    const std::vector<PackPlace> before = places_;
    const Shelf shelf_before = shelf_;
    places_[index].option = static_cast<int>(o);
    if (lay_out(problem_, places_, shelf_) || !problem_.prune) place_from(step + 1);
    places_ = before;
    shelf_ = shelf_before;
  }

  /// Item by item in this order, each where the worth of all grows most.
  void pack_greedily(const std::vector<std::size_t>& order) {
    Shelf shelf(problem_);
    std::vector<PackPlace> places(problem_.items.size());
    PackWorth worth = worth_of(problem_, places);
    for (const std::size_t index : order) {
      const std::vector<PackPlace> before = places;
      std::vector<PackPlace> chosen = before;
      for (std::size_t o = 0; o < problem_.items[index].options.size(); ++o) {
        places = before;
        places[index].option = static_cast<int>(o);
        if (!lay_out(problem_, places, shelf)) continue;
        const PackWorth with = worth_of(problem_, places);
        if (with.compared_with(worth) <= 0) continue;
        worth = with;
        chosen = places;
      }
      places = chosen;
    }
    lay_out(problem_, places, shelf);
    worth = worth_of(problem_, places);
    if (worth.compared_with(best_.worth) > 0) keep(shelf, places, worth);
  }

  /// Beyond the exact search: greedy by quality, by size, and with what is left out going first.
  void improve() {
    pack_greedily(order_);
    std::vector<std::size_t> small_first = order_;
    std::stable_sort(small_first.begin(), small_first.end(), [&](std::size_t a, std::size_t b) {
      const PackItem &x = problem_.items[a], &y = problem_.items[b];
      return std::make_tuple(!x.pinned, !x.is_service, least_[a]) <
             std::make_tuple(!y.pinned, !y.is_service, least_[b]);
    });
    pack_greedily(small_first);
    constexpr int kRounds = 4;
    for (int round = 0; round < kRounds; ++round) {
      const PackWorth before = best_.worth;
      for (const std::size_t index : order_) {
        if (best_.places[index].is_loaded()) continue;
        std::vector<std::size_t> order = order_;
        order.erase(std::find(order.begin(), order.end(), index));
        order.insert(order.begin(), index);
        pack_greedily(order);
      }
      if (best_.worth.compared_with(before) == 0) return;
    }
  }

  static constexpr std::size_t kMostDevicesOfAllSubsets = 4;

  const PackProblem& problem_;
  Shelf shelf_;
  std::vector<PackPlace> places_;
  std::vector<std::size_t> order_;
  std::vector<double> least_;
  std::vector<bool> can_fit_;
  Packing best_;
  int tries_ = 0;
};

}  // namespace

double total_bytes(const PackOption& option) {
  return option.each_bytes * static_cast<double>(option.devices.size()) + option.layer_bytes * option.layers +
         option.outside_bytes;
}

double PackItem::least_token_s() const {
  double least = 0;
  for (const PackOption& option : options) {
    if (option.token_s > 0 && (least <= 0 || option.token_s < least)) least = option.token_s;
  }
  return least;
}

int PackWorth::compared_with(const PackWorth& other) const {
  if (pinned != other.pinned) return pinned > other.pinned ? 1 : -1;
  if (services != other.services) return services > other.services ? 1 : -1;
  if (const int order = order_of(value, other.value); order != 0) return order;
  if (models != other.models) return models > other.models ? 1 : -1;
  if (splits != other.splits) return splits < other.splits ? 1 : -1;
  return order_of(other.slowness, slowness);
}

Packing best_packing(const PackProblem& problem) { return Packer(problem).packed(); }

Packing without(const PackProblem& problem, const Packing& packing, std::size_t item) {
  Packing rest = packing;
  rest.places[item] = {};
  Shelf shelf(problem);
  lay_out(problem, rest.places, shelf);
  rest.worth = worth_of(problem, rest.places);
  rest.used_bytes = shelf.used;
  rest.variance = shelf.variance;
  return rest;
}

std::optional<double> missing_bytes(const PackProblem& problem, const Packing& packing, const PackItem& item) {
  const Shelf shelf = shelf_of(problem, packing);
  std::optional<double> least;
  for (const PackOption& option : item.options) {
    double free = 0, short_of = 0;
    for (std::size_t i = 0; i < option.devices.size(); ++i) {
      const double here = room_on(shelf, option, i) - shelf.used[static_cast<std::size_t>(option.devices[i])];
      free += here;
      short_of += std::max(0.0, option.each_bytes - here);
    }
    const double sigma = kLeastMemoryZ * item.doubt * total_bytes(option);
    const double missing = std::max(short_of, total_bytes(option) + sigma - free);
    if (!least || missing < *least) least = missing;
  }
  return least;
}

PackPlace place_beside(const PackProblem& problem, const Packing& packing, const PackItem& item) {
  const Shelf shelf = shelf_of(problem, packing);
  PackPlace best;
  for (std::size_t o = 0; o < item.options.size(); ++o) {
    PackPlace place = laid_out(shelf, item.options[o]);
    if (!holds(shelf, item, item.options[o], place)) continue;
    const bool faster =
        best.is_loaded() && item.options[o].token_s < item.options[static_cast<std::size_t>(best.option)].token_s;
    if (best.is_loaded() && !faster) continue;
    best = std::move(place);
    best.option = static_cast<int>(o);
  }
  return best;
}

}  // namespace rigwise
