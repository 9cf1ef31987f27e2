#include "core/deploy/router_tiers.h"

#include <algorithm>

namespace rigwise {
namespace {

double decode_of(const PlannedModel& model) {
  return model.levels.empty() || !model.levels.front().decode ? 0 : model.levels.front().decode->band.value;
}

/// Whether `a` is the better model: by the plan's quality where both have one, else by parameters, ties by id.
bool is_better(const PlannedModel& a, const PlannedModel& b) {
  if (a.quality > 0 && b.quality > 0 && a.quality != b.quality) return a.quality > b.quality;
  if (a.model->params_total != b.model->params_total) return a.model->params_total > b.model->params_total;
  return a.model->id < b.model->id;
}

bool is_quicker(const PlannedModel& a, const PlannedModel& b) {
  if (decode_of(a) != decode_of(b)) return decode_of(a) > decode_of(b);
  if (a.model->params_active != b.model->params_active) return a.model->params_active < b.model->params_active;
  return a.model->id < b.model->id;
}

}  // namespace

std::vector<RouterTier> router_tiers(const KitPlan& plan) {
  std::vector<std::size_t> left;
  for (std::size_t p = 0; p < plan.processes.size(); ++p) {
    if (plan.is_routed(plan.processes[p])) left.push_back(p);
  }
  if (left.empty()) return {};
  const auto model = [&](std::size_t p) -> const PlannedModel& { return plan.model_of(plan.processes[p]); };
  const auto better = [&](std::size_t a, std::size_t b) { return is_better(model(a), model(b)); };
  const auto quicker = [&](std::size_t a, std::size_t b) { return is_quicker(model(a), model(b)); };
  if (left.size() == 1) {
    const std::string why = "the only model";
    return {{"fast", left[0], why}, {"standard", left[0], why}, {"premium", left[0], why}};
  }
  const std::size_t fast = *std::min_element(left.begin(), left.end(), quicker);
  std::erase(left, fast);
  const std::size_t premium = *std::min_element(left.begin(), left.end(), better);
  std::erase(left, premium);
  const RouterTier best{"premium", premium, "the best by the plan beside the quickest"};
  if (left.empty()) {
    return {{"fast", fast, "the quickest by the plan"}, {"standard", premium, "two models: as premium"}, best};
  }
  const std::size_t rest = *std::min_element(left.begin(), left.end(), better);
  // Whoever is given more than the lowest tier must not get a worse model for it.
  if (better(fast, rest)) {
    return {{"fast", rest, "the best of the rest; the quickest is better, and is standard"},
            {"standard", fast, "the quickest by the plan, and better than the rest"},
            best};
  }
  return {{"fast", fast, "the quickest by the plan"}, {"standard", rest, "the best of the rest"}, best};
}

double requests_per_minute(const PlannedModel& model) {
  if (model.levels.empty() || !model.levels.back().e2e_s) return 0;
  return 60.0 * model.streams / model.levels.back().e2e_s->band.value;
}

std::vector<std::string> tiers_up_to(const std::string& tier) {
  if (tier == "fast") return {"fast"};
  if (tier == "standard") return {"fast", "standard"};
  return {"fast", "standard", "premium"};
}

}  // namespace rigwise
