#include "core/advise/quality.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kFewestModels = 5;
constexpr double kRankStep = 0.97, kUnscoredBest = 0.85;

struct Mean {
  double sum = 0;
  int count = 0;
  bool is_closed = false;
  double value() const { return count == 0 ? 0 : sum / count; }
};

using Means = std::map<std::string, Mean>;  ///< by model id, or by name for models the catalog does not hold

/// Shares of the full mark by benchmark and model.
std::map<std::string, Means> means_by_benchmark(const Catalog& catalog, bool own) {
  std::map<std::string, Means> result;
  for (const QualityScore& score : catalog.scores) {
    if ((score.benchmark == kOwnEvaluation) != own) continue;
    if (score.scale_max <= 0 || (score.score <= 0 && !own) || (score.model_id.empty() && score.model_name.empty()))
      continue;
    const bool unknown = score.model_id.empty();
    Mean& mean = result[score.benchmark][unknown ? score.model_name : score.model_id];
    mean.sum += score.score / score.scale_max;
    ++mean.count;
    if (unknown) {
      mean.is_closed = true;
    } else if (const Result<const Llm*> model = catalog.model(score.model_id); model) {
      mean.is_closed = (*model)->weights == WeightsStatus::closed;
    }
  }
  return result;
}

using NamedMean = Means::value_type;

/// The best closed model, or the best of all; null without models.
const NamedMean* reference_of(const Means& means) {
  const NamedMean* best = nullptr;
  for (const NamedMean& entry : means) {
    const bool more_closed = best != nullptr && entry.second.is_closed && !best->second.is_closed;
    const bool less_closed = best != nullptr && !entry.second.is_closed && best->second.is_closed;
    const bool better = best == nullptr || entry.second.value() > best->second.value();
    if (more_closed || (better && !less_closed)) best = &entry;
  }
  return best;
}

/// "Claude Sonnet 4.6 on seed-000-tasks (11 models, 115 scores)".
std::string reference_words(const Catalog& catalog, const std::string& benchmark, const Means& means,
                            const NamedMean& best) {
  int scores = 0;
  for (const auto& [model, mean] : means) scores += mean.count;
  const Result<const Llm*> known = catalog.model(best.first);
  const std::string name = known ? (*known)->name : best.first;
  return name + " on " + benchmark + " (" + std::to_string(means.size()) + " models, " + std::to_string(scores) +
         (best.second.is_closed ? " scores)" : " scores, no closed model among them)");
}

}  // namespace

QualityBook::QualityBook(const Catalog& catalog) {
  std::map<std::string, std::vector<std::pair<double, std::string>>> shares;
  for (const auto& [benchmark, means] : means_by_benchmark(catalog, false)) {
    const NamedMean* best = reference_of(means);
    const double reference = best == nullptr ? 0 : best->second.value();
    if (means.size() < kFewestModels || reference <= 0) continue;
    scale_ += (scale_.empty() ? "" : "; ") + reference_words(catalog, benchmark, means, *best);
    for (const auto& [model, mean] : means) {
      shares[model].push_back({mean.value() / reference, std::to_string(mean.count) + " of " + benchmark});
    }
  }
  for (const auto& [model, list] : shares) {
    RelativeQuality quality;
    quality.is_known = true;
    for (const auto& [share, basis] : list) {
      quality.value += share / static_cast<double>(list.size());
      quality.basis += (quality.basis.empty() ? "scores: " : ", ") + basis;
    }
    by_model_.emplace(model, std::move(quality));
  }
  lay_own_over(catalog);
}

void QualityBook::lay_own_over(const Catalog& catalog) {
  const std::map<std::string, Means> own = means_by_benchmark(catalog, true);
  if (own.empty()) return;
  const Means& means = own.begin()->second;
  const NamedMean* best = reference_of(means);
  double unit = best->second.value();
  std::string anchor = reference_words(catalog, kOwnEvaluation, means, *best);
  if (!best->second.is_closed) {  // tie the scale to the published one
    const NamedMean* known = nullptr;
    for (const NamedMean& entry : means) {
      const bool better = known == nullptr || entry.second.value() > known->second.value();
      if (by_model_.contains(entry.first) && better) known = &entry;
    }
    if (known != nullptr && known->second.value() > 0) {
      unit = known->second.value() / by_model_.at(known->first).value;
      anchor = std::string(kOwnEvaluation) + ", in which " + known->first +
               " counts as it is published: " + significant(by_model_.at(known->first).value);
    }
  }
  if (unit <= 0) return;
  scale_ += (scale_.empty() ? "" : "; ") + anchor;
  for (const auto& [model, mean] : means) {
    by_model_[model] = {mean.value() / unit, true, "own evaluation: " + std::to_string(mean.count) + " kinds of work"};
  }
}

std::optional<RelativeQuality> QualityBook::of(std::string_view model_id) const {
  const auto found = by_model_.find(std::string(model_id));
  if (found == by_model_.end()) return std::nullopt;
  return found->second;
}

std::vector<RelativeQuality> QualityBook::of_class(const std::vector<const Llm*>& models) const {
  std::vector<RelativeQuality> qualities;
  for (const Llm* model : models) qualities.push_back(of(model->id).value_or(RelativeQuality{}));
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (qualities[i].is_known) continue;
    std::size_t above = i, below = i;
    while (above > 0 && !qualities[above].is_known) --above;
    while (below + 1 < models.size() && !qualities[below].is_known) ++below;
    const bool has_above = qualities[above].is_known, has_below = qualities[below].is_known;
    RelativeQuality& quality = qualities[i];
    if (has_above && has_below) {
      const double part = static_cast<double>(i - above) / static_cast<double>(below - above);
      quality.value = qualities[above].value + part * (qualities[below].value - qualities[above].value);
    } else if (has_above) {
      quality.value = qualities[above].value;
      for (std::size_t k = above; k < i; ++k) quality.value *= kRankStep;
    } else if (has_below) {
      quality.value = qualities[below].value;
    } else {
      quality.value = kUnscoredBest;
      for (std::size_t k = 0; k < i; ++k) quality.value *= kRankStep;
    }
    quality.basis = "not scored; placed by its rank in the class";
  }
  for (std::size_t i = 1; i < qualities.size(); ++i) {
    if (qualities[i].value <= qualities[i - 1].value) continue;
    qualities[i].value = qualities[i - 1].value;
    qualities[i].basis += "; the class ranks it below " + models[i - 1]->name;
  }
  return qualities;
}

double quality_kept(const Format& format, const Llm& model) {
  if (!model.native_format.empty() && fold_name(format.format_class) == fold_name(model.native_format)) return 1.0;
  const double bits = format.bits.ffn;
  if (bits >= 8) return 0.999;
  if (bits >= 6) return 0.997;
  if (bits >= 5) return 0.99;
  if (bits >= 4) return 0.975;
  return bits >= 3.3 ? 0.90 : 0.8;
}

}  // namespace rigwise
