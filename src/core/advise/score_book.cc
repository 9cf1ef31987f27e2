#include "core/advise/score_book.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/advise/probability.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kFewestModels = 5;  ///< for an average to say something, as in QualityBook
constexpr std::string_view kAverage = "average";

struct Kin {
  std::string_view word;
  std::array<std::string_view, 8> tasks;
};

/// Common words first, tasks of the catalog's benchmarks after them.
constexpr std::array kKin = {
    Kin{"coding",
        {"bug fixing", "simple coding", "refactoring", "debugging", "Claude Code specific", "shell and DevOps",
         "database administration", "infrastructure"}},
    Kin{"review", {"bug fixing", "security", "debugging"}},
    Kin{"chat", {"content", "non-coding assistant"}},
    Kin{"writing", {"content", "documentation", "status reports"}},
    Kin{"reasoning", {"analysis and reasoning"}},
    Kin{"analysis", {"analysis and reasoning"}},
    Kin{"planning", {"analysis and reasoning", "strategic planning"}},
    Kin{"devops", {"shell and DevOps", "infrastructure"}},
    Kin{"operations", {"shell and DevOps", "infrastructure", "database administration"}},
    Kin{"agents", {"Claude Code specific"}},
    Kin{"erp", {"ERP integration"}},
    Kin{"vision", {"document questions"}},
};

bool is_same(std::string_view a, std::string_view b) { return fold_name(a) == fold_name(b); }

double share_of(const QualityScore& row) { return std::clamp(row.score / row.scale_max, 0.0, 1.0); }

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

struct Mean {
  double sum = 0;
  int count = 0;
  bool is_closed = false;
  double value() const { return count == 0 ? 0 : sum / count; }
};

/// "30 tasks" -> 30.
std::optional<int> count_in(std::string_view category) {
  constexpr std::string_view kTail = " tasks";
  if (!category.ends_with(kTail) && category != "1 task") return std::nullopt;
  const Result<double> count = parse_number(category.substr(0, category.find(' ')));
  if (!count || *count < 1 || *count > 1e6) return std::nullopt;
  return static_cast<int>(*count);
}

}  // namespace

/// Rows of one model on one kind of work.
struct ScoreBook::Pool {
  double shares = 0, references = 0, weight = 0;
  int tasks = 0;
  bool counts_are_known = true, reference_is_scored = true, is_own = false;
  std::vector<std::string> measured_as, benchmarks, references_used;
};

const char* score_basis_name(ScoreBasis basis) { return basis == ScoreBasis::category ? "category" : "overall"; }

std::vector<std::string_view> kin_of(std::string_view category) {
  std::vector<std::string_view> tasks;
  for (const Kin& kin : kKin) {
    if (!is_same(kin.word, category)) continue;
    for (const std::string_view task : kin.tasks) {
      if (!task.empty()) tasks.push_back(task);
    }
  }
  return tasks;
}

ShareInterval wilson_interval(double share, int count, double z) {
  const double n = count, zz = z * z;
  const double middle = (share + zz / (2 * n)) / (1 + zz / n);
  const double half = z * std::sqrt(share * (1 - share) / n + zz / (4 * n * n)) / (1 + zz / n);
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

ScoreBook::ScoreBook(const Catalog& catalog, ScoreWish wish) : catalog_(catalog), wish_(std::move(wish)) {
  std::map<std::pair<std::string, std::string>, Mean> means;
  for (const QualityScore& row : catalog.scores) {
    if (row.scale_max <= 0 || row.score <= 0) continue;
    if (!wish_.benchmark.empty() && !is_same(row.benchmark, wish_.benchmark)) continue;
    rows_.push_back(&row);
    models_[row.benchmark].insert(row.model_id.empty() ? row.model_name : row.model_id);
    Mean& mean = means[{row.benchmark, row.model_name}];
    mean.sum += share_of(row);
    ++mean.count;
    const Result<const Llm*> known = row.model_id.empty() ? invalid("") : catalog.model(row.model_id);
    mean.is_closed = row.model_id.empty() || (known && (*known)->weights == WeightsStatus::closed);
  }
  std::map<std::string, Mean> best;
  for (const auto& [key, mean] : means) {
    if (!is_broad(key.first) || (!mean.is_closed && !wish_.best_of_all)) continue;
    Mean& so_far = best[key.first];
    const bool kinder = mean.is_closed != so_far.is_closed ? mean.is_closed : mean.value() > so_far.value();
    if (so_far.count > 0 && !kinder) continue;
    so_far = mean;
    best_[key.first] = key.second;
  }
}

std::string ScoreBook::reference_in(const std::string& benchmark) const {
  if (!wish_.reference.empty()) return wish_.reference;
  const auto found = best_.find(benchmark);
  return found == best_.end() ? std::string() : found->second;
}

std::string ScoreBook::reference_words() const {
  if (!wish_.reference.empty()) return wish_.reference + ", the full mark where it was not scored";
  if (best_.empty()) return "the full mark";
  std::vector<std::string> words;
  for (const auto& [benchmark, model] : best_) words.push_back(model + " in " + benchmark);
  return join(words, ", ") + ", the full mark elsewhere";
}

bool ScoreBook::is_broad(const std::string& benchmark) const {
  const auto found = models_.find(benchmark);
  return found != models_.end() && found->second.size() >= kFewestModels;
}

bool ScoreBook::is_of(const QualityScore& row, std::string_view model) const {
  return row.model_id.empty() ? is_same(row.model_name, model) : row.model_id == model;
}

std::optional<int> ScoreBook::tasks_of(const QualityScore& row) const {
  if (const std::optional<int> count = count_in(row.category)) return count;
  // An average beside says that these rows are the tasks it was made of; without one a row may stand for many.
  const bool has_average = std::any_of(rows_.begin(), rows_.end(), [&](const QualityScore* other) {
    return other->benchmark == row.benchmark && other->model_name == row.model_name && other->task == kAverage;
  });
  if (has_average) return 1;
  return std::nullopt;
}

std::optional<double> ScoreBook::reference_share(const QualityScore& row) const {
  const std::string reference = reference_in(row.benchmark);
  if (reference.empty()) return std::nullopt;
  for (const QualityScore* other : rows_) {
    if (other->benchmark != row.benchmark || other->task != row.task) continue;
    if (is_same(other->model_name, reference) || other->model_id == reference) return share_of(*other);
  }
  for (const QualityScore& other : wish_.own) {
    if (other.task != row.task || other.benchmark != row.benchmark) continue;
    if (is_same(other.model_name, reference) || other.model_id == reference) return share_of(other);
  }
  return std::nullopt;
}

void ScoreBook::add_row(const QualityScore& row, bool is_own, Pool& pool) const {
  const std::optional<int> tasks = is_own ? count_in(row.category) : tasks_of(row);
  const std::optional<double> reference = reference_share(row);
  const double weight = tasks.value_or(1);
  pool.shares += weight * share_of(row);
  pool.references += weight * reference.value_or(1);
  pool.weight += weight;
  pool.tasks += tasks.value_or(0);
  pool.counts_are_known = pool.counts_are_known && tasks.has_value();
  pool.reference_is_scored = pool.reference_is_scored && reference.has_value();
  pool.is_own = pool.is_own || is_own;
  if (reference) add_once(pool.references_used, reference_in(row.benchmark));
  add_once(pool.measured_as, row.task);
  add_once(pool.benchmarks, row.benchmark);
}

std::optional<CategoryScore> ScoreBook::score_of(const Pool& pool, ScoreBasis basis) const {
  if (pool.weight <= 0) return std::nullopt;
  CategoryScore score;
  score.basis = basis;
  score.share = pool.shares / pool.weight;
  score.reference_share = pool.references / pool.weight;
  score.reference_is_full_mark = !pool.reference_is_scored;
  score.reference = join(pool.references_used, ", ");
  score.measured_as = pool.measured_as;
  score.benchmarks = pool.benchmarks;
  score.is_own = pool.is_own;
  if (!pool.counts_are_known) return score;
  const ShareInterval interval = wilson_interval(score.share, pool.tasks, band_width_z(wish_.level));
  score.tasks = pool.tasks;
  score.low = interval.low;
  score.high = interval.high;
  return score;
}

std::optional<CategoryScore> ScoreBook::of(std::string_view model, std::string_view category) const {
  Pool own, exact, kin, overall;
  const std::vector<std::string_view> related = kin_of(category);
  for (const QualityScore& row : wish_.own) {
    if (row.scale_max > 0 && is_of(row, model) && is_same(row.task, category)) add_row(row, true, own);
  }
  for (const QualityScore* row : rows_) {
    if (!is_of(*row, model)) continue;
    if (is_same(row->task, category) || is_same(row->category, category)) {
      add_row(*row, false, exact);
    } else if (std::any_of(related.begin(), related.end(), [&](auto task) { return is_same(row->task, task); })) {
      add_row(*row, false, kin);
    }
    if (row->task != kAverage && is_broad(row->benchmark)) add_row(*row, false, overall);
  }
  for (const Pool* pool : {&own, &exact, &kin}) {
    if (const auto score = score_of(*pool, ScoreBasis::category)) return score;
  }
  // The tasks themselves leave failed runs out, which an average has counted in.
  const std::vector<std::string> by_task = overall.benchmarks;
  for (const QualityScore* row : rows_) {
    if (!is_of(*row, model) || row->task != kAverage || !is_broad(row->benchmark)) continue;
    if (std::find(by_task.begin(), by_task.end(), row->benchmark) == by_task.end()) add_row(*row, false, overall);
  }
  return score_of(overall, ScoreBasis::overall);
}

std::vector<std::string> ScoreBook::known_tasks() const {
  std::vector<std::string> tasks;
  for (const QualityScore& row : wish_.own) add_once(tasks, row.task);
  for (const Kin& kin : kKin) add_once(tasks, std::string(kin.word));
  for (const QualityScore* row : rows_) {
    if (row->task != kAverage) add_once(tasks, row->task);
  }
  return tasks;
}

std::vector<std::string> ScoreBook::unnamed_models() const {
  std::vector<std::string> names;
  for (const QualityScore* row : rows_) {
    if (row->model_id.empty()) add_once(names, row->model_name);
  }
  for (const QualityScore& row : wish_.own) {
    if (row.model_id.empty()) add_once(names, row.model_name);
  }
  return names;
}

std::vector<std::string> ScoreBook::benchmarks() const {
  std::vector<std::string> names;
  for (const QualityScore& row : catalog_.scores) {
    if (row.scale_max > 0) add_once(names, row.benchmark);
  }
  return names;
}

std::optional<std::string> ScoreBook::scored_name(std::string_view name) const {
  for (const std::string& known : unnamed_models()) {
    if (is_same(known, name)) return known;
  }
  return std::nullopt;
}

}  // namespace rigwise
