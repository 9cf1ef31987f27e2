#include "core/advise/route.h"

#include <algorithm>
#include <cmath>

#include "core/advise/probability.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr int kLongContext = 131072;  ///< 128K; the work needs more than that

/// Why the model lacks the need; empty when it has it.
std::string lacking(const LocalModel& model, WorkNeed need, const std::vector<WorkNeed>& abilities) {
  const std::string what = std::string(work_need_name(need)) + ": ";
  const bool is_stated = std::find(abilities.begin(), abilities.end(), need) != abilities.end();
  switch (need) {
    case WorkNeed::long_context:
      if (is_stated) return "";
      if (model.model == nullptr) return what + "nobody knows the context of " + model.name;
      if (model.model->context_tokens > kLongContext) return "";
      if (model.model->context_tokens <= 0) return what + "the record of " + model.name + " states no context";
      return what + model.name + " takes " + significant(model.model->context_tokens / 1024.0, 4) +
             "K tokens, the work more than 128K";
    case WorkNeed::images:
      if (is_stated || (model.model != nullptr && model.model->sees_images())) return "";
      return what + (model.model == nullptr ? "nobody knows whether " + model.name + " sees them"
                                            : model.name + " takes no images");
    case WorkNeed::tools:
    case WorkNeed::web_search:
    case WorkNeed::agent: break;
  }
  return is_stated ? "" : what + "not stated among the abilities of the local set-up";
}

/// Fills in what the models lack where none of them has all that the work needs; gives those that have.
std::vector<std::size_t> able_models(const RouteQuestion& question, RoutedCategory& routed) {
  std::vector<std::size_t> able;
  for (std::size_t i = 0; i < question.models.size(); ++i) {
    std::vector<std::string> lacks;
    for (const WorkNeed need : routed.work.needs) {
      const std::string why = lacking(question.models[i], need, question.abilities);
      if (!why.empty()) lacks.push_back(why);
    }
    if (lacks.empty()) able.push_back(i);
    for (std::string& why : lacks) {
      if (std::find(routed.lacks.begin(), routed.lacks.end(), why) == routed.lacks.end()) {
        routed.lacks.push_back(std::move(why));
      }
    }
  }
  if (!able.empty()) routed.lacks.clear();
  return able;
}

/// The able model with the best score of the category; one measured apart comes before one known overall.
void choose_model(const ScoreBook& scores, const RouteQuestion& question, const std::vector<std::size_t>& able,
                  RoutedCategory& routed) {
  for (const std::size_t i : able) {
    const LocalModel& model = question.models[i];
    const auto score = scores.of(model.model == nullptr ? model.name : model.model->id, routed.work.category);
    if (!score) continue;
    const bool first = !routed.score;
    const bool apart = score->basis == ScoreBasis::category;
    const bool had_apart = !first && routed.score->basis == ScoreBasis::category;
    const bool better =
        first || (apart && !had_apart) || (apart == had_apart && score->relative() > routed.score->relative());
    if (!better) continue;
    routed.score = score;
    routed.model = static_cast<int>(i);
  }
}

/// The fewest tasks with this mean whose interval lies on one side of the limit; nothing when a thousand are too few.
std::optional<int> tasks_to_settle(double share, double limit, double level) {
  constexpr int kMost = 1000;
  const double z = band_width_z(level);
  const auto settles = [&](int count) {
    const ShareInterval interval = wilson_interval(share, count, z);
    return interval.low >= limit || interval.high < limit;
  };
  if (!settles(kMost)) return std::nullopt;
  int fails = 0, holds = kMost;
  while (holds - fails > 1) {
    const int middle = fails + (holds - fails) / 2;
    (settles(middle) ? holds : fails) = middle;
  }
  return holds;
}

void decide(double threshold, double level, RoutedCategory& routed) {
  const CategoryScore& score = *routed.score;
  routed.limit = threshold * score.reference_share;
  const double low = score.low.value_or(score.share), high = score.high.value_or(score.share);
  routed.leans_local = score.share >= routed.limit - 1e-12;
  if (score.basis == ScoreBasis::overall) {
    routed.cause = routed.leans_local ? RouteCause::overall_reaches : RouteCause::not_measured;
    routed.route = routed.leans_local ? Route::either : Route::cloud;
  } else if (low >= routed.limit - 1e-12) {
    routed.cause = RouteCause::reaches;
    routed.route = Route::local;
  } else if (high < routed.limit) {
    routed.cause = RouteCause::below;
    routed.route = Route::cloud;
  } else {
    routed.cause = RouteCause::undecided;
    routed.route = Route::either;
  }
  if (routed.route == Route::either) routed.tasks_needed = tasks_to_settle(score.share, routed.limit, level);
}

/// The thresholds nearest to the asked one that would move something, downwards to local and upwards to the cloud.
void find_changes(RouteAnswer& answer) {
  for (std::size_t i = 0; i < answer.categories.size(); ++i) {
    const RoutedCategory& routed = answer.categories[i];
    if (!routed.score || routed.score->basis == ScoreBasis::overall || routed.score->reference_share <= 0) continue;
    const double end = routed.score->low.value_or(routed.score->share);
    const double threshold = end / routed.score->reference_share;
    if (routed.route == Route::local) {
      if (!answer.next_cloud || threshold < answer.next_cloud->threshold) answer.next_cloud = {i, threshold};
    } else if (!answer.next_local || threshold > answer.next_local->threshold) {
      answer.next_local = {i, threshold};
    }
  }
}

}  // namespace

const char* work_need_name(WorkNeed need) {
  switch (need) {
    case WorkNeed::long_context: return "long_context";
    case WorkNeed::tools: return "tools";
    case WorkNeed::web_search: return "web_search";
    case WorkNeed::agent: return "agent";
    case WorkNeed::images: return "images";
  }
  return "tools";
}

const std::vector<WorkNeed>& work_needs() {
  static const std::vector<WorkNeed> kAll = {WorkNeed::long_context, WorkNeed::tools, WorkNeed::web_search,
                                             WorkNeed::agent, WorkNeed::images};
  return kAll;
}

const char* route_name(Route route) {
  return route == Route::local ? "local" : route == Route::cloud ? "cloud" : "either";
}

const char* route_cause_name(RouteCause cause) {
  switch (cause) {
    case RouteCause::reaches: return "reaches";
    case RouteCause::below: return "below";
    case RouteCause::undecided: return "undecided";
    case RouteCause::overall_reaches: return "overall_reaches";
    case RouteCause::lacks: return "lacks";
    case RouteCause::not_measured: return "not_measured";
  }
  return "not_measured";
}

RouteAnswer route(const ScoreBook& scores, const RouteQuestion& question) {
  RouteAnswer answer;
  answer.quality_kept = 0;
  for (const WorkCategory& work : question.mix) {
    RoutedCategory routed;
    routed.work = work;
    const std::vector<std::size_t> able = able_models(question, routed);
    if (able.empty()) {
      routed.cause = RouteCause::lacks;
    } else {
      choose_model(scores, question, able, routed);
      if (routed.score) decide(question.threshold, scores.level(), routed);
    }
    (routed.route == Route::local   ? answer.local
     : routed.route == Route::cloud ? answer.cloud
                                    : answer.either) += work.share;
    answer.quality_kept += work.share * routed.kept();
    answer.categories.push_back(std::move(routed));
  }
  find_changes(answer);
  return answer;
}

}  // namespace rigwise
