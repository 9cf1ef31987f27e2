#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/facts/catalog.h"

namespace rigwise {

/// How good a model's answers are, as a share of the best cloud model judged on the same tasks.
struct RelativeQuality {
  double value = 0;
  bool is_known = false;  ///< false: nobody scored it; placed by its rank in the class
  std::string basis;      ///< "10 tasks of seed-000-tasks"
};

/// The benchmark of scores that the asker measured; see own_scores().
inline constexpr const char* kOwnEvaluation = "own evaluation";

/// Published scores, condensed: per benchmark with at least five models, a model's mean over its tasks divided by the
/// mean of the best closed model there (of the best of all, where no closed one took part); benchmarks averaged.
/// Scores of the asker's own evaluation stand for the published ones of a model, however few models have them: divided
/// by the best closed model's; without one by those of the best model that has published scores, times its published
/// share; without that by the best.
/// A task scored exactly zero counts as a failed run and is left out (seed conflict I-1), as a missing one is.
class QualityBook {
 public:
  explicit QualityBook(const Catalog& catalog);

  std::optional<RelativeQuality> of(std::string_view model_id) const;

  /// What 1.00 is, set of tasks by set of tasks, and on how much it rests: "Claude Sonnet 4.6 on the 10 tasks of
  /// seed-000-tasks (11 models); ...". Empty when nothing is scored.
  const std::string& scale() const { return scale_; }

  /// Qualities of a class's models, strongest first. Unscored ones lie between their nearest scored neighbours in the
  /// order; beyond the last scored one a rank costs 3 %; with no score at all the first stands at 0.85. Benchmarks
  /// differ in how hard they are, so nobody is rated above a model that the class ranks stronger.
  std::vector<RelativeQuality> of_class(const std::vector<const Llm*>& models) const;

 private:
  void lay_own_over(const Catalog& catalog);

  std::unordered_map<std::string, RelativeQuality> by_model_;
  std::string scale_;
};

/// Share of a model's quality that survives a weight format, by bits.
/// Holds  as a rule of thumb; native low-bit weights (gpt-oss) lose nothing.
/// From   perplexity tables of llama.cpp's quantize tool: Q8_0 and FP8 under 0.1 %, Q6_K 0.3 %, Q4_K_M and 4-bit
///        groups 2-3 %, Q3_K_M 6 %; below four bits more is taken off, because models with few active parameters suffer
///        most.
double quality_kept(const Format& format, const Llm& model);

}  // namespace rigwise
