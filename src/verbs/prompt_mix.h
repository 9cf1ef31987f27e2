#pragma once

#include <string>
#include <vector>

#include "core/advise/route.h"
#include "core/advise/score_book.h"
#include "core/evaluate/result_set.h"
#include "verbs/verbs.h"

namespace rigwise {

inline constexpr std::size_t kMostCategories = 64;

/// Reads "prompt_mix": [{"category", "share", "needs": []}] or a list of names. Shares that add up to another sum than
/// 1 or 100 are scaled and `assumptions` says so; no share at all means equal ones; some without, or all 0, is an
/// error. Categories named twice are refused. `with_needs`: whether entries may say what the work needs.
Result<std::vector<WorkCategory>> read_prompt_mix(const Json* list, bool with_needs,
                                                  std::vector<std::string>& assumptions);

/// Reads "abilities", needs that the local set-up meets by other means.
Result<std::vector<WorkNeed>> read_abilities(ObjectReader& reader);

/// Reads "quality_source" (a benchmark, or "published"), "scores" (own ones: [{"model", "category", "score",
/// "scale_max", "tasks"}]), "results" (of an evaluation of one's own: see own_scores()), "reference" and "level". Names
/// are checked against the catalog's scores.
Result<ScoreWish> read_score_wish(const Catalog& catalog, ObjectReader& reader);

/// The result set, or several as one, under a key of a request.
Result<ResultSet> read_result_sets(const Json& json, const std::string& where);

/// Several sets as one, each run once. Errors  a run in two sets beside other runs: its money cannot be told apart.
Result<ResultSet> joined_results(std::vector<ResultSet> sets, const std::string& where);
/// The same where the answer rests on their scores. Errors  the demonstration's, which are no model's.
Result<ResultSet> read_scored_results(const Json& json, const std::string& where);

/// {"basis", "score", "reference_score", "relative", "low", "high", "tasks", "measured_as", "benchmarks", "is_own"}
Json category_score_json(const CategoryScore& score);

}  // namespace rigwise
