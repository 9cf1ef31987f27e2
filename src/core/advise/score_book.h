#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts/catalog.h"

namespace rigwise {

/// What somebody sets about the scores.
struct ScoreWish {
  std::string benchmark;          ///< only of this one; empty: of all
  std::string reference;          ///< name of the model to compare with; empty: a benchmark's best closed model
  std::vector<QualityScore> own;  ///< the asker's evaluation: counts instead of published scores of a category
  double level = 0.8;             ///< of the intervals
  bool best_of_all = false;       ///< a benchmark without a closed model: its best model is the reference
};

/// How a score was come by.
enum class ScoreBasis { category, overall };
const char* score_basis_name(ScoreBasis basis);

/// How a model did in a category of work, beside the reference.
struct CategoryScore {
  ScoreBasis basis = ScoreBasis::category;  ///< overall: nobody measured the category apart
  double share = 0;                         ///< of the full mark, mean over the tasks
  double reference_share = 1;               ///< of the reference on the same tasks
  bool reference_is_full_mark = false;      ///< it was not scored there, so the full mark stands for it
  std::optional<int> tasks;                 ///< nothing: not stated
  std::optional<double> low, high;          ///< of `share`, by Wilson; nothing without a count
  std::string reference;                    ///< its name; empty: the full mark
  std::vector<std::string> measured_as, benchmarks;
  bool is_own = false;

  double relative() const { return reference_share > 0 ? share / reference_share : 0; }
};

/// Published and own scores, asked by model and category of work.
///
/// A category's scores are those of the tasks of its name, and of the kin of a common word ("coding": bug fixing,
/// refactoring, ...; kin_of()). Where the category was not measured the benchmark's average stands in, as `overall`. A
/// published score of 0 is a failed run and is left out, as in QualityBook.
class ScoreBook {
 public:
  ScoreBook(const Catalog& catalog, ScoreWish wish);

  /// `model`: an id of the catalog, or a name that only scores know. Nothing when nobody scored it.
  std::optional<CategoryScore> of(std::string_view model, std::string_view category) const;

  /// What 1.00 is, in words: the named reference, or each benchmark's best closed model.
  std::string reference_words() const;
  /// The name of the reference in a benchmark; empty: the full mark.
  std::string reference_in(const std::string& benchmark) const;
  double level() const { return wish_.level; }
  /// Tasks that somebody measured, for "did you mean".
  std::vector<std::string> known_tasks() const;
  /// Models that are scored and not in the catalog.
  std::vector<std::string> unnamed_models() const;
  std::vector<std::string> benchmarks() const;
  /// Whether a benchmark, a scored model or reference is known by this name; the name as it is written there.
  std::optional<std::string> scored_name(std::string_view name) const;

 private:
  struct Pool;
  bool is_broad(const std::string& benchmark) const;  ///< enough models for its average to say something
  bool is_of(const QualityScore& row, std::string_view model) const;
  void add_row(const QualityScore& row, bool is_own, Pool& pool) const;
  std::optional<CategoryScore> score_of(const Pool& pool, ScoreBasis basis) const;
  std::optional<double> reference_share(const QualityScore& row) const;
  std::optional<int> tasks_of(const QualityScore& row) const;

  const Catalog& catalog_;
  ScoreWish wish_;
  std::vector<const QualityScore*> rows_;                ///< that count
  std::map<std::string, std::set<std::string>> models_;  ///< by benchmark
  std::map<std::string, std::string> best_;              ///< by benchmark
};

/// Tasks that a common word for a kind of work stands for, beside the task of that very name. Judgement, and shown with
/// every answer that uses it: no benchmark of the catalog calls a task "coding".
std::vector<std::string_view> kin_of(std::string_view category);

/// Wilson's interval of a share seen in `count` tasks.
///
///     (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
///
/// Takes  share in [0, 1], count >= 1, z of the level.
/// Holds  for tasks passed or failed; marks in between vary less, so it is wide rather than narrow for them.
/// From   Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
struct ShareInterval {
  double low = 0, high = 1;
};
ShareInterval wilson_interval(double share, int count, double z);

}  // namespace rigwise
