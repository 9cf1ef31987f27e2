#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/advise/score_book.h"

namespace rigwise {

/// What a kind of work asks of a model beside quality.
enum class WorkNeed { long_context, tools, web_search, agent, images };
const char* work_need_name(WorkNeed need);
/// All of them, in the order of the enum.
const std::vector<WorkNeed>& work_needs();

/// A kind of work with its share of the prompts (or tokens).
struct WorkCategory {
  std::string category;
  double share = 0;
  std::vector<WorkNeed> needs;
};

enum class Route { local, cloud, either };
const char* route_name(Route route);

/// Why a kind of work goes where it goes.
enum class RouteCause {
  reaches,          ///< the score reaches the limit, even at the low end of its interval
  below,            ///< it does not, even at the high end
  undecided,        ///< the interval holds the limit: the tasks are too few to tell
  overall_reaches,  ///< nobody measured this kind of work; the model's overall score would do
  lacks,            ///< no local model has what the work needs
  not_measured
};
const char* route_cause_name(RouteCause cause);

/// A model that could do work here. `model` is null for one that only scores know.
struct LocalModel {
  const Llm* model = nullptr;
  std::string name;
};

struct RouteQuestion {
  std::vector<LocalModel> models;
  std::vector<WorkCategory> mix;
  double threshold = 0.9;           ///< of the reference's score
  std::vector<WorkNeed> abilities;  ///< that the local set-up has by other means: web search, agent mode, tools
};

/// What became of one kind of work.
struct RoutedCategory {
  WorkCategory work;
  Route route = Route::cloud;
  RouteCause cause = RouteCause::not_measured;
  bool leans_local = false;            ///< of `either`: the score itself reaches the limit
  int model = -1;                      ///< index of the best local model; -1: none has what it needs or a score
  std::optional<CategoryScore> score;  ///< of that model
  double limit = 0;                    ///< share of the full mark that is asked: threshold * the reference's
  std::optional<int> tasks_needed;     ///< of `either`: so many with the same mean would settle it
  std::vector<std::string> lacks;      ///< "images: qwen3-32b takes text only"
  /// Share of the reference's quality that is kept where the work goes: 1 in the cloud.
  double kept() const { return route == Route::local && score ? score->relative() : 1; }
};

/// A change of the threshold that would move a kind of work.
struct ThresholdChange {
  std::size_t category = 0;
  double threshold = 0;  ///< at which it just changes sides
};

struct RouteAnswer {
  std::vector<RoutedCategory> categories;
  double local = 0, either = 0, cloud = 0;  ///< shares
  double quality_kept = 1;                  ///< weighted by share, of what goes where
  std::optional<ThresholdChange> next_local, next_cloud;
};

/// Which work moves local.
///
///     local   no need is lacking and the interval of the best model's score lies at or above threshold * reference
///     cloud   a need is lacking, the interval lies below, or nobody measured the work
///     either  the interval holds the limit, or only the model's overall score is known and reaches it
///
/// Takes  shares that add up to 1; threshold above 0. A score without a count of tasks has no interval and decides
///        by itself.
/// Gives  for each category the best of the models that have what it needs, best by score.
/// Holds  a context over 128K, images: from the models' records. Tools: no record says, so they count as stated among
///        the abilities, like web search and agent mode, which are programs around the model.
RouteAnswer route(const ScoreBook& scores, const RouteQuestion& question);

}  // namespace rigwise
