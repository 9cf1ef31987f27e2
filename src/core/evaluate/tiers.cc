#include "core/evaluate/tiers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/perf/predict.h"
#include "core/sizing/memory.h"
#include "core/stats/distributions.h"

namespace rigwise {
namespace {

/// Machines that are sold, or were, with so much memory.
std::vector<const Device*> machines_with(const Catalog& catalog, double memory_gb) {
  std::vector<const Device*> all, fast;
  for (const Device& device : catalog.devices) {
    if (device.status != DeviceStatus::current && device.status != DeviceStatus::discontinued) continue;
    if (std::round(in_gib(device.memory_capacity)) != memory_gb) continue;
    all.push_back(&device);
    if (device.processor != Processor::cpu) fast.push_back(&device);
  }
  return fast.empty() ? all : fast;
}

bool holds(const Catalog& catalog, const Device& device, const LocalForm& form, double context_tokens) {
  Setup setup;
  setup.text = device.id;
  setup.parts.push_back({&device, 1, nullptr, nullptr});
  const EngineChoice choice = choose_engine(catalog, *form.format, setup);
  if (choice.engine == nullptr) return false;
  const std::string container = container_of(*choice.engine, *form.format);
  FitQuery query;
  query.context_tokens = context_tokens;
  const FitCheck check = check_fit(*form.llm, weight_plan(*form.llm, *form.format, container),
                                   kv_plan(*form.llm, nullptr), setup, *choice.engine, query);
  const FitVerdict verdict = fit_verdict(check.probability);
  return verdict == FitVerdict::fits || verdict == FitVerdict::likely;
}

/// Whether a line may stand for a tier: complete, our own, with tasks.
bool is_eligible(const ResultSet& results, const ModelStanding& line) {
  return !line.is_incomplete && line.mean.tasks > 0 && !results.models[line.model].foreign;
}

const Format* usual_format(const Catalog& catalog, const Llm& llm) {
  const Result<const Format*> native = catalog.format(llm.native_format);
  if (native && (*native)->format_class == "mxfp4") return *native;
  const Result<const Format*> usual = catalog.format("q4_k_m");
  return usual ? *usual : nullptr;
}

/// Families that would bring an interval's low end up to the limit, were mean and spread as they are.
///     n = families * (t * error / (score - limit))^2
std::optional<int> families_to_reach(const TaskMean& mean, double limit, double level) {
  const double above = mean.score - limit;
  if (!mean.error || above <= 1e-3 || *mean.error <= 0) return std::nullopt;
  const double ratio = normal_quantile((1 + level) / 2) * *mean.error / above;
  const double needed = std::ceil(mean.families * ratio * ratio);
  if (needed > 1e6) return std::nullopt;
  return std::max(mean.families + 1, static_cast<int>(needed));
}

/// Mean scores of the models whose least tier is this one.
void add_own_models(const ResultSet& results, const Standings& standings, const ScoreSheet& sheet,
                    const std::vector<MemoryTier>& tiers, std::size_t tier, const TaskList& tasks, double level,
                    TierScore& score) {
  double sum = 0;
  for (const ModelStanding& line : standings.models) {
    if (!is_eligible(results, line) || !tiers[tier].models[line.model].fits) continue;
    if (tier > 0 && tiers[tier - 1].models[line.model].fits) continue;
    const TaskMean mean = task_mean(sheet, line.model, tasks, level);
    if (mean.tasks == 0) continue;
    sum += mean.score;
    ++score.own_models;
  }
  if (score.own_models > 0) score.own_mean = sum / score.own_models;
}

/// A cloud's column says nothing of a tier where the same model was asked in a format that runs there.
bool is_outdone(const std::vector<std::optional<LocalForm>>& forms, std::size_t model) {
  return forms[model]->is_assumed && std::any_of(forms.begin(), forms.end(), [&](const auto& other) {
           return other && !other->is_assumed && other->llm == forms[model]->llm;
         });
}

}  // namespace

const Llm* record_of(const Catalog& catalog, const EvaluatedModel& model) {
  const std::string& asked = model.requested;
  const std::string bare = asked.substr(asked.rfind('/') + 1);
  const std::string untagged = bare.substr(0, bare.find(':'));
  for (const std::string& name : {model.catalog_id.value_or(""), asked, bare, untagged}) {
    if (name.empty()) continue;
    if (const auto index = catalog.model_names.find_quietly(name)) return &catalog.models[*index];
  }
  return nullptr;
}

std::vector<std::optional<LocalForm>> local_forms(const Catalog& catalog, const ResultSet& results) {
  std::vector<std::optional<LocalForm>> forms;
  forms.reserve(results.models.size());
  for (const EvaluatedModel& model : results.models) {
    const Llm* llm = record_of(catalog, model);
    if (llm == nullptr || llm->weights != WeightsStatus::published) {
      forms.emplace_back();
      continue;
    }
    LocalForm form{llm, usual_format(catalog, *llm), true};
    if (model.quantisation) {
      if (const Result<const Format*> format = catalog.format(*model.quantisation)) form = {llm, *format, false};
    }
    forms.push_back(form.format == nullptr ? std::nullopt : std::optional<LocalForm>(form));
  }
  return forms;
}

std::vector<MemoryTier> tiers_of(const Catalog& catalog, const std::vector<std::optional<LocalForm>>& forms,
                                 double context_tokens) {
  std::vector<MemoryTier> tiers;
  for (const double size : kTierSizes) {
    MemoryTier tier;
    tier.memory_gb = size;
    tier.machines = machines_with(catalog, size);
    tier.models.resize(forms.size());
    for (std::size_t model = 0; model < forms.size(); ++model) {
      if (!forms[model] || is_outdone(forms, model)) continue;
      for (const Device* device : tier.machines) {
        if (holds(catalog, *device, *forms[model], context_tokens)) tier.models[model].on.push_back(device);
      }
      // More memory never holds less, even where its machines are of another kind.
      tier.models[model].fits = !tier.models[model].on.empty() || (!tiers.empty() && tiers.back().models[model].fits);
    }
    tiers.push_back(std::move(tier));
  }
  return tiers;
}

const char* reach_name(Reach reach) {
  switch (reach) {
    case Reach::reaches: return "reaches";
    case Reach::undecided: return "undecided";
    case Reach::below: return "below";
    case Reach::not_enough_tasks: break;
  }
  return "not_enough_tasks";
}

Reached reached(const ScoreSheet& sheet, std::size_t model, const TaskList& tasks, const Target& target, double level) {
  const auto verdict = [](const std::optional<Interval>& interval, double limit) {
    if (!interval) return Reach::not_enough_tasks;
    if (interval->low >= limit) return Reach::reaches;
    return interval->high < limit ? Reach::below : Reach::undecided;
  };
  if (!target.reference) {
    return {verdict(task_mean(sheet, model, tasks, level).interval, target.threshold), target.threshold};
  }
  const std::array<std::size_t, 2> both = {model, *target.reference};
  TaskList common;
  for (const std::size_t task : tasks) {
    if (sheet.scores[both[0]][task] && sheet.scores[both[1]][task]) common.push_back(task);
  }
  const double limit = target.threshold * task_mean(sheet, *target.reference, common, level).score;
  if (claim_allowed(static_cast<int>(common.size()), 0) == ClaimAllowed::count_only) {
    return {Reach::not_enough_tasks, limit};
  }
  const auto means = common_family_means(sheet, both, common);
  std::vector<TaskFamily> differences;
  for (std::size_t i = 0; i < means[0].size(); ++i) {
    differences.push_back({means[0][i] - target.threshold * means[1][i]});
  }
  return {verdict(clustered_mean(differences, level, -target.threshold, 1).interval, 0), limit};
}

std::vector<TierScore> tier_scores(const ResultSet& results, const Standings& standings, const ScoreSheet& sheet,
                                   const std::vector<MemoryTier>& tiers, const TaskList& tasks, const Target& target,
                                   double level) {
  std::vector<TierScore> scores;
  for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
    TierScore best;
    for (const ModelStanding& line : standings.models) {
      if (!is_eligible(results, line) || !tiers[tier].models[line.model].fits) continue;
      const TaskMean mean = task_mean(sheet, line.model, tasks, level);
      if (mean.tasks == 0 || (best.model && mean.score <= best.mean.score)) continue;
      best.model = line.model;
      best.mean = mean;
    }
    if (best.model) best.reached = reached(sheet, *best.model, tasks, target, level);
    add_own_models(results, standings, sheet, tiers, tier, tasks, level, best);
    scores.push_back(std::move(best));
  }
  return scores;
}

RoleNeed role_need(const ResultSet& results, const Standings& standings, const ScoreSheet& sheet,
                   const std::vector<MemoryTier>& tiers, const std::string& role, const Target& target, double level) {
  RoleNeed need;
  need.role = role;
  const TaskList tasks = tasks_of_role(results, role);
  need.tasks = static_cast<int>(tasks.size());
  std::vector<std::size_t> families;
  for (const std::size_t task : tasks) families.push_back(sheet.family_of[task]);
  std::sort(families.begin(), families.end());
  need.families = static_cast<int>(std::unique(families.begin(), families.end()) - families.begin());
  need.tiers = tier_scores(results, standings, sheet, tiers, tasks, target, level);
  bool undecided = false, scored = false;
  for (std::size_t i = 0; i < need.tiers.size(); ++i) {
    const TierScore& tier = need.tiers[i];
    if (!tier.model) continue;
    scored = true;
    if (tier.reached.reach == Reach::reaches && !need.minimum) need.minimum = i;
    if (tier.mean.score >= tier.reached.limit && !need.by_score) need.by_score = i;
    undecided = undecided || tier.reached.reach == Reach::undecided || tier.reached.reach == Reach::not_enough_tasks;
  }
  need.verdict = need.minimum ? Reach::reaches : scored && !undecided ? Reach::below : Reach::not_enough_tasks;
  if (!need.minimum && need.by_score) {
    const TierScore& tier = need.tiers[*need.by_score];
    need.families_needed = families_to_reach(tier.mean, tier.reached.limit, level);
  }
  return need;
}

}  // namespace rigwise
