#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/evaluate/standings.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// From scores to memory: what a machine's memory buys in quality, and the least machine for a role.

/// A model of the set as it would be run here: nothing for an API's model without published weights.
struct LocalForm {
  const Llm* llm = nullptr;
  const Format* format = nullptr;
  bool is_assumed = false;  ///< the run did not say in which format; the score may be of a better one
};

/// The catalog's record and the format of each model of the set. A name that the catalog lacks is nobody's.
/// Takes  "Q4_K_M" and the like as the quantisation; without one the format such a model is usually run in.
std::vector<std::optional<LocalForm>> local_forms(const Catalog& catalog, const ResultSet& results);

/// The catalog's record of a column, by its id or by the name asked for; null when there is none.
const Llm* record_of(const Catalog& catalog, const EvaluatedModel& model);

/// Memory sizes as machines are sold, in GB.
inline constexpr double kTierSizes[] = {8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512};

/// Which models a size of memory holds. A model fits when it fits (or likely does) on at least one machine of the
/// catalog with that much memory, with room for the context; processors with plain RAM count only where a size has
/// nothing else. Of a model that was asked in a cloud and in a format that runs here only the latter column counts.
struct MemoryTier {
  double memory_gb = 0;
  std::vector<const Device*> machines;
  struct Holding {
    bool fits = false;
    std::vector<const Device*> on;  ///< machines that hold it
  };
  std::vector<Holding> models;  ///< by model of the set
};
std::vector<MemoryTier> tiers_of(const Catalog& catalog, const std::vector<std::optional<LocalForm>>& forms,
                                 double context_tokens);

/// What score is asked for.
///     limit = threshold,   or threshold * the reference's score on the same tasks
struct Target {
  double threshold = 0.7;
  std::optional<std::size_t> reference;
};

enum class Reach {
  reaches,           ///< the interval lies at or above the limit
  undecided,         ///< it holds the limit: not enough tasks
  below,             ///< it lies below
  not_enough_tasks,  ///< fewer than 10 tasks: no interval
};
const char* reach_name(Reach reach);

struct Reached {
  Reach reach = Reach::not_enough_tasks;
  double limit = 0;
};
/// Beside a reference the differences on common tasks decide, family by family: paired, they vary less.
Reached reached(const ScoreSheet& sheet, std::size_t model, const TaskList& tasks, const Target& target, double level);

/// The best model that a tier holds, on some tasks.
struct TierScore {
  std::optional<std::size_t> model;  ///< nothing fits that was scored
  TaskMean mean;
  Reached reached;
  std::optional<double> own_mean;  ///< mean of the models whose least tier this is: how the seeds score a tier
  int own_models = 0;
};

/// A role's need of memory.
struct RoleNeed {
  std::string role;
  int tasks = 0, families = 0;
  std::vector<TierScore> tiers;         ///< as the list of tiers
  std::optional<std::size_t> minimum;   ///< the least tier whose model certainly reaches the limit
  std::optional<std::size_t> by_score;  ///< the least tier whose best score reaches it, certain or not
  Reach verdict = Reach::not_enough_tasks;
  std::optional<int> families_needed;  ///< with the scores as they are, to be certain of `by_score`
};

/// Incomplete models and foreign columns are not considered.
std::vector<TierScore> tier_scores(const ResultSet& results, const Standings& standings, const ScoreSheet& sheet,
                                   const std::vector<MemoryTier>& tiers, const TaskList& tasks, const Target& target,
                                   double level);
RoleNeed role_need(const ResultSet& results, const Standings& standings, const ScoreSheet& sheet,
                   const std::vector<MemoryTier>& tiers, const std::string& role, const Target& target, double level);

}  // namespace rigwise
