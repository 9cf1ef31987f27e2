#include "core/advise/placement.h"

#include <algorithm>
#include <cmath>

#include "core/advise/probability.h"
#include "core/advise/shared_memory.h"

namespace rigwise {
namespace {

constexpr double kBearableWait = 2, kNoMatter = 1e9;
constexpr std::size_t kMostTasksExact = 5;  ///< with more of them only some runs of each are tried
constexpr int kMostTries = 250000;          ///< of one layout's search; best models first, so what is cut is the tail
constexpr int kMostTriesOfMany = 8000;      ///< the same with more tasks, so that they take no longer

/// Share of a pool's time that a task takes at a speed per stream, at one end of the bands.
double share(double wanted, double decode, double prefill_wanted, double prefill) {
  return wanted / std::max(decode, 1e-9) + (prefill_wanted > 0 ? prefill_wanted / std::max(prefill, 1e-9) : 0);
}

/// The search over tasks, pools and runs of one layout: depth first, in the order of the tasks.
class Packer {
 public:
  Packer(const Brief& brief, RunFinder& finder, const std::vector<Layout>& layouts, std::size_t index,
         const PlacementRules& rules, Placement& best)
      : brief_(brief), layout_(layouts[index]), index_(index), rules_(rules), best_(best) {
    for (std::size_t t = 0; t < brief.tasks.size(); ++t)
      if (rules.left_out != t) tasks_.push_back(t);
    for (const std::size_t t : tasks_) {
      const int streams = (brief.tasks[t].streams + layout_.replicas - 1) / layout_.replicas;
      streams_.push_back(streams);
      for (const Pool& pool : layout_.pools) menus_.push_back(menu_of(t, pool, finder.runs(pool, t, streams)));
    }
    const std::size_t pools = layout_.pools.size();
    placed_.resize(tasks_.size());
    used_.assign(pools, 0);
    available_.assign(pools, 0);
    variance_.assign(pools, 0);
    minimum_duty_.assign(pools, 0);
    duty_.assign(pools, Duty{});
    // The best that the tasks from t on can still add to the sum of places.
    best_place_from_.assign(tasks_.size() + 1, 0);
    for (std::size_t t = tasks_.size(); t-- > 0;) {
      double most = 0;
      for (std::size_t p = 0; p < pools; ++p) {
        if (!menu(t, p).empty()) most = std::max(most, menu(t, p).front().place);
      }
      best_place_from_[t] = best_place_from_[t + 1] + most;
    }
    for (std::size_t p = 0; p < pools; ++p) available_[p] = pool_memory(layout_.pools[p]);
    // Speech, image and embedding models stand where there is most room.
    const auto roomiest = std::max_element(available_.begin(), available_.end());
    used_[static_cast<std::size_t>(roomiest - available_.begin())] += brief.service_bytes;
  }

  /// True when every combination was looked at or ruled out.
  bool search() {
    place_task(0, 0);
    return !is_thinned_ && tries_ <= most_tries();
  }

 private:
  static double pool_memory(const Pool& pool) { return pool.device->usable_memory().value * pool.count; }

  /// A run of a task, with what does not change while the others are placed.
  struct Dish {
    const ModelRun* run = nullptr;
    double place = 0;         ///< between the worst and the best model of the task's class
    double minimum_duty = 0;  ///< at the minimum speed and the lower end of the bands
  };
  using Menu = std::vector<Dish>;

  bool has_many_tasks() const { return rules_.prune && tasks_.size() > kMostTasksExact; }
  int most_tries() const { return has_many_tasks() ? kMostTriesOfMany : kMostTries; }

  /// The runs to try, best quality first: all of them; of many tasks the best and a few of every size down to the
  /// smallest, so that their combinations stay countable.
  Menu menu_of(std::size_t task, const Pool& pool, const std::vector<ModelRun>& runs) {
    std::vector<const ModelRun*> chosen;
    chosen.reserve(runs.size());
    for (const ModelRun& run : runs) chosen.push_back(&run);
    const double tasks = static_cast<double>(tasks_.size());
    const auto most = static_cast<std::size_t>(std::ceil(std::pow(kMostTriesOfMany, 1 / tasks)));
    if (has_many_tasks() && chosen.size() > most) chosen = thinned(chosen, most);
    Menu menu;
    menu.reserve(chosen.size());
    const Task& wanted = brief_.tasks[task];
    for (const ModelRun* run : chosen) {
      const double duty = share(wanted.minimum_tokens_per_s, run->decode.low,
                                wanted.prefill_tokens_per_s / layout_.replicas, run->prefill.low);
      if (rules_.minimum_must_hold && (duty > 1 || first_word_share(wanted, *run) < 1)) continue;
      if (std::min(pool_memory(pool), run->available_bytes) < run->other_bytes) continue;
      menu.push_back({run, place_of(task, *run), duty});
    }
    return menu;
  }

  std::vector<const ModelRun*> thinned(std::vector<const ModelRun*> runs, std::size_t most) {
    is_thinned_ = true;
    std::vector<const ModelRun*> chosen{runs.front()};
    std::stable_sort(runs.begin(), runs.end(),
                     [](const ModelRun* a, const ModelRun* b) { return a->total_bytes() > b->total_bytes(); });
    for (std::size_t i = 1; i < most; ++i) {
      const ModelRun* run = runs[i * (runs.size() - 1) / (most - 1)];
      if (std::find(chosen.begin(), chosen.end(), run) == chosen.end()) chosen.push_back(run);
    }
    std::stable_sort(chosen.begin(), chosen.end(),
                     [](const ModelRun* a, const ModelRun* b) { return a->quality > b->quality; });
    return chosen;
  }

  // Below, `at` counts the tasks that are placed; tasks_[at] is the task's place in the brief.
  const Menu& menu(std::size_t at, std::size_t pool) const { return menus_[at * layout_.pools.size() + pool]; }

  double place_of(std::size_t task, const ModelRun& run) const {
    const double span = rules_.quality_span[task];
    return span <= 0 ? 1 : (run.quality - rules_.quality_floor[task]) / span;
  }

  double worth(double probability, double places) const {
    return rules_.weight_probability * confidence_worth(probability) +
           rules_.weight_quality * places / static_cast<double>(tasks_.size());
  }

  void place_task(std::size_t at, double places) {
    if (at == tasks_.size()) return judge(places);
    // More tasks only take time and room, so what is placed so far bounds the probability.
    const double slack = 1e-12;
    if (rules_.prune && worth(1, places + best_place_from_[at]) + slack < best_.value) return;
    const double probability = rules_.prune && at > 0 ? speed_probability() : 1;
    const double most_places = places + best_place_from_[at + 1];
    for (std::size_t p = 0; p < layout_.pools.size(); ++p) {
      if (is_mirror(p)) continue;
      for (const Dish& dish : menu(at, p)) {
        // The menu is sorted by quality: what follows is worth no more.
        if (rules_.prune && worth(probability, most_places + dish.place) + slack < best_.value) break;
        if (rules_.prune && ++tries_ > most_tries()) return;
        try_run(at, p, dish, places);
      }
    }
  }

  /// A pool like an earlier one that is still empty: placing here would only rename the pools.
  bool is_mirror(std::size_t pool) const {
    for (std::size_t p = 0; p < pool; ++p) {
      if (count_on_[p] == 0 && layout_.pools[p].key() == layout_.pools[pool].key()) return true;
    }
    return false;
  }

  void try_run(std::size_t at, std::size_t pool, const Dish& dish, double places) {
    const ModelRun& run = *dish.run;
    if (rules_.minimum_must_hold && minimum_duty_[pool] + dish.minimum_duty > 1) return;
    const double room = std::min(available_[pool], run.available_bytes);
    if (room - used_[pool] < run.other_bytes) return;
    bool shared = false;
    for (std::size_t t = 0; t < at; ++t) {
      shared = shared || (placed_[t].pool == pool && placed_[t].run->shares_weights_with(run));
    }
    const double bytes = run.other_bytes + (shared ? 0 : run.weight_bytes);
    const double used = used_[pool] + bytes;
    if (room < used) return;
    // What does not fit beside experts in RAM is one more expert in RAM.
    const double sigma = run.host_bytes > 0 ? 0 : kMemorySigma * bytes;
    const double variance = variance_[pool] + sigma * sigma;
    if (!fits_likely(used, variance, room)) return;
    const double variance_before = variance_[pool];
    variance_[pool] = variance;
    const double available_before = available_[pool], used_before = used_[pool];
    const double minimum_duty_before = minimum_duty_[pool];
    const Duty duty_before = duty_[pool];
    add_duty(duty_[pool], brief_.tasks[tasks_[at]], run);
    available_[pool] = room;
    used_[pool] = used;
    minimum_duty_[pool] += dish.minimum_duty;
    ++count_on_[pool];
    placed_[at] = {tasks_[at], pool, &run, streams_[at]};
    place_task(at + 1, places + dish.place);
    --count_on_[pool];
    minimum_duty_[pool] = minimum_duty_before;
    used_[pool] = used_before;
    available_[pool] = available_before;
    duty_[pool] = duty_before;
    variance_[pool] = variance_before;
  }

  /// Above 1: the first word comes within twice the wait that was asked for. Waits that nobody asked for exclude
  /// nothing.
  static double first_word_share(const Task& task, const ModelRun& run) {
    if (task.ttft_is_assumed) return kNoMatter;
    const double wait_s = task.prompt_tokens / std::max(run.prefill.value, 1e-9) + 1 / std::max(run.decode.value, 1e-9);
    return kBearableWait * task.ttft_s / wait_s;
  }

  void add_duty(Duty& duty, const Task& task, const ModelRun& run) const {
    const double prefill = task.prefill_tokens_per_s / layout_.replicas;
    duty.value += share(task.asked_tokens_per_s, run.decode.value, prefill, run.prefill.value);
    duty.low += share(task.asked_tokens_per_s, run.decode.high, prefill, run.prefill.high);
    duty.high += share(task.asked_tokens_per_s, run.decode.low, prefill, run.prefill.low);
  }

  /// That every pool manages what stands on it so far at the asked speeds.
  double speed_probability() const {
    double probability = 1;
    for (const Duty& duty : duty_) {
      if (duty.value <= 0) continue;
      const Band speed{1 / duty.value, 1 / duty.high, 1 / duty.low};
      probability *= probability_at_least(speed, rules_.z, 1);
    }
    return probability;
  }

  /// That the first token of a request comes in time when nobody else asks.
  double ttft_probability(const Placed& at) const {
    const Task& task = brief_.tasks[at.task];
    const double left = task.ttft_s - 1 / std::max(at.run->decode.value, 1e-9);
    return left <= 0 ? 0 : probability_at_least(at.run->prefill, rules_.z, task.prompt_tokens / left);
  }

  /// The whole placement: kept when it is better than the best so far.
  void judge(double places) {
    for (std::size_t p = 0; layout_.all_work && p < layout_.pools.size(); ++p)
      if (count_on_[p] == 0) return;
    double probability = speed_probability();
    for (std::size_t p = 0; p < layout_.pools.size(); ++p)
      probability *= memory_probability(used_[p], variance_[p], available_[p]);
    for (const Placed& at : placed_) probability *= ttft_probability(at);
    const double value = worth(probability, places);
    if (value <= best_.value) return;
    const double tasks = static_cast<double>(tasks_.size());
    best_ = {};
    best_.layout = static_cast<int>(index_);
    best_.placed = placed_;
    best_.used_bytes = used_;
    best_.available_bytes = available_;
    best_.duty = duty_;
    best_.probability = probability;
    best_.quality_share = places / tasks;
    best_.value = value;
    best_.minimum_share = 1e9;
    for (const double duty : minimum_duty_) {
      if (duty > 0) best_.minimum_share = std::min(best_.minimum_share, 1 / duty);
    }
    for (const Placed& at : placed_)
      best_.minimum_share = std::min(best_.minimum_share, first_word_share(brief_.tasks[at.task], *at.run));
    best_.meets_minimum = best_.minimum_share >= 1;
    for (const Placed& at : placed_) {
      best_.quality += at.run->quality / tasks;
      best_.quality_is_known = best_.quality_is_known && at.run->quality_is_known;
    }
  }

  const Brief& brief_;
  const Layout& layout_;
  std::size_t index_;
  const PlacementRules& rules_;
  Placement& best_;
  std::vector<std::size_t> tasks_;
  std::vector<int> streams_;
  std::vector<Menu> menus_;
  std::vector<Placed> placed_;
  std::vector<double> used_, variance_, available_, minimum_duty_, best_place_from_;
  std::vector<Duty> duty_;
  int count_on_[16] = {};
  int tries_ = 0;
  bool is_thinned_ = false;
};

Layout groups(const Device& device, const Link* link, std::initializer_list<int> sizes, std::string words) {
  Layout layout;
  for (const int size : sizes) layout.pools.push_back({&device, size, link});
  layout.words = std::move(words);
  return layout;
}

}  // namespace

Placement best_placement(const Brief& brief, RunFinder& finder, const std::vector<Layout>& layouts,
                         const PlacementRules& rules) {
  Placement best;
  if (rules.prune) best.value = std::max(best.value, rules.least_value);
  bool complete = true;
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    complete = Packer(brief, finder, layouts, i, rules, best).search() && complete;
  }
  best.cut_short = !complete;
  return best;
}

std::vector<Layout> layouts_of(const Device& device, int count, const Link* link, const Brief& brief, bool joined) {
  std::vector<Layout> layouts;
  if (joined || count == 1) layouts.push_back(groups(device, link, {count}, ""));
  const std::string one = device.is_bare() ? "card" : "machine";
  if (brief.tasks.size() > 1) {
    if (count == 2) layouts.push_back(groups(device, link, {1, 1}, "each " + one + " runs its own models"));
    if (count == 4) {
      layouts.push_back(groups(device, link, {2, 2}, "each pair of " + one + "s runs its own models"));
      layouts.push_back(groups(device, link, {2, 1, 1}, "two " + one + "s share a model, the others run their own"));
    }
    if (count == 8) layouts.push_back(groups(device, link, {4, 4}, "each four " + one + "s run their own models"));
  }
  const bool can_replicate = std::all_of(brief.tasks.begin(), brief.tasks.end(), [](auto& t) { return t.streams > 1; });
  if (count > 1 && can_replicate) {
    Layout replicas =
        groups(device, link, {1}, "each " + one + " holds all models and serves its share of the streams");
    replicas.replicas = count;
    layouts.push_back(std::move(replicas));
  }
  return layouts;
}

}  // namespace rigwise
