#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/advise/brief.h"
#include "core/advise/run_finder.h"

namespace rigwise {

/// How the devices of a machine are divided: all together, in groups that each hold some of the models, or as
/// replicas that each serve their share of the streams.
struct Layout {
  std::vector<Pool> pools;
  bool all_work = false;  ///< a pool without a model would be bought for nothing
  int replicas = 1;       ///< above 1: `pools` has one entry, and so many of it stand side by side
  std::string words;      ///< "each card holds its own models"; empty for all together
};

/// A task on a pool; `task` is its place among the brief's tasks.
struct Placed {
  std::size_t task = 0, pool = 0;
  const ModelRun* run = nullptr;
  int streams = 1;
};

/// Which share of its time a pool spends when every task on it runs at its asked speed; its band by the band of the
/// speeds (low: with fast speeds). Above 1 the speeds cannot all be met at once.
struct Duty {
  double value = 0, low = 0, high = 0;
};

/// All tasks on a machine, with how well they are served when they run at once.
struct Placement {
  int layout = -1;                                  ///< of the layouts given; -1: nothing fits
  std::vector<Placed> placed;                       ///< by task
  std::vector<Duty> duty;                           ///< by pool, at the asked speeds
  std::vector<double> used_bytes, available_bytes;  ///< by pool
  double probability = 0;                           ///< that every task gets its asked speed, all at once, in memory
  bool meets_minimum = false;  ///< every minimum speed holds at the lower end of the bands, all at once
  double minimum_share = 0;    ///< share of the minimum speeds that the lower end delivers; 1 or more: all
  double quality = 0;          ///< mean over the tasks, relative
  double quality_share = 0;    ///< mean place between the worst and the best model of each task's class
  bool quality_is_known = true;
  bool cut_short = false;  ///< not every combination was looked at
  double value = -1;       ///< what the choice among placements maximises
};

/// What the choice among placements weighs.
struct PlacementRules {
  double z = 1.2816;  ///< of the bands' level
  double weight_probability = 0.5, weight_quality = 0.2;
  std::vector<double> quality_floor, quality_span;  ///< by task: worst model of the class, distance to the best
  bool minimum_must_hold = true;
  std::optional<std::size_t> left_out = {};  ///< a task that is done elsewhere
  double least_value = -1;                   ///< what is worth less is not looked for
  bool prune = true;                         ///< false: every combination is judged, for tests

  /// That a placement can be worth `least_value`.
  bool can_be_reached() const { return !prune || least_value < weight_probability + weight_quality; }
};

/// The best way to put all tasks on one of the layouts; `layout` is -1 when there is none.
///
/// On each pool the tasks share time: duty = sum of asked / alone speed, plus the prefill that arrives. Memory adds up;
/// two tasks with the same model in the same format share its weights. Ties go to the earlier layout and run.
Placement best_placement(const Brief& brief, RunFinder& finder, const std::vector<Layout>& layouts,
                         const PlacementRules& rules);

/// Layouts of `count` like devices, all together first. `joined` is false where nothing connects the devices.
std::vector<Layout> layouts_of(const Device& device, int count, const Link* link, const Brief& brief, bool joined);

}  // namespace rigwise
