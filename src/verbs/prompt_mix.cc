#include "verbs/prompt_mix.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "codec/result_set.h"
#include "core/advise/quality.h"
#include "core/base/text.h"
#include "core/evaluate/own_scores.h"
#include "verbs/answers.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostScores = 5000;
constexpr double kMostShare = 1e9;
constexpr const char* kMixForm = "[{\"category\": \"coding\", \"share\": 0.4}, ...]";
constexpr const char* kOwn = kOwnEvaluation;

std::string path_of(const char* key, std::size_t i) { return std::string(key) + "[" + std::to_string(i) + "]"; }

Result<std::vector<WorkNeed>> needs_in(const std::vector<std::string>& names, const std::string& where) {
  std::vector<std::string> known;
  for (const WorkNeed need : work_needs()) known.emplace_back(work_need_name(need));
  std::vector<WorkNeed> needs;
  for (const std::string& name : names) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const std::string& k) { return fold_name(k) == fold_name(name); });
    if (found == known.end()) {
      return fail({ErrorCode::not_found, "nobody knows the need \"" + name + "\"", where,
                   "one of: " + join(known, ", "), nearest_names(name, known)});
    }
    needs.push_back(work_needs()[static_cast<std::size_t>(found - known.begin())]);
  }
  return needs;
}

/// One entry; a share of -1 is none stated.
Result<WorkCategory> read_category(const Json& value, const std::string& where, bool with_needs) {
  WorkCategory work;
  work.share = -1;
  if (value.is_string()) {
    work.category = value.get<std::string>();
  } else {
    ObjectReader reader(value, where);
    work.category = reader.required_text("category", "\"coding\"");
    work.share = reader.number("share", 0, kMostShare).value_or(-1);
    const std::vector<std::string> names =
        with_needs ? reader.texts("needs").value_or(std::vector<std::string>{}) : std::vector<std::string>{};
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
    Result<std::vector<WorkNeed>> needs = needs_in(names, where + ".needs");
    if (!needs) return fail(needs.error());
    work.needs = *std::move(needs);
  }
  if (fold_name(work.category).empty()) return invalid("a category has no name", where, kMixForm);
  return work;
}

/// Scales the shares to a sum of 1.
Result<void> settle_shares(std::vector<WorkCategory>& mix, std::vector<std::string>& assumptions) {
  double sum = 0;
  std::size_t stated = 0;
  for (const WorkCategory& work : mix) {
    sum += std::max(0.0, work.share);
    stated += work.share >= 0 ? 1 : 0;
  }
  if (stated == 0) {
    for (WorkCategory& work : mix) work.share = 1.0 / static_cast<double>(mix.size());
    if (mix.size() > 1) assumptions.push_back("every category has the same share (none was stated)");
    return {};
  }
  if (stated < mix.size()) {
    return invalid("some categories have a share and others none", "prompt_mix", "a share for each, or for none");
  }
  if (sum <= 0) return invalid("all shares are 0", "prompt_mix", "shares that add up to 1 or to 100");
  const bool is_usual = std::abs(sum - 1) < 1e-6 || std::abs(sum - 100) < 1e-4;
  if (!is_usual) {
    assumptions.push_back("the shares add up to " + significant(sum, 4) + " and are scaled to 1");
  }
  for (WorkCategory& work : mix) work.share /= sum;
  return {};
}

Result<QualityScore> read_own_score(const Catalog& catalog, const Json& value, const std::string& where) {
  ObjectReader reader(value, where);
  QualityScore row;
  const std::string model = reader.required_text("model", "\"qwen3-32b\"");
  row.task = reader.required_text("category", "\"coding\"");
  const std::optional<double> score = reader.number("score", 0, 1e9);
  row.scale_max = reader.number("scale_max", 1e-6, 1e9).value_or(100);
  const std::optional<int> tasks = reader.integer("tasks", 1, 1000000);
  if (!score) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"score\" is missing",
                   reader.path_of("score"),
                   "points from 0 to scale_max (100)",
                   {}});
  } else if (*score > row.scale_max) {
    reader.refuse({ErrorCode::invalid_input,
                   "the score " + significant(*score, 6) + " is above the full mark " + significant(row.scale_max, 6),
                   reader.path_of("score"),
                   "a score from 0 to scale_max",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  row.score = *score;
  row.model_name = model;
  row.benchmark = kOwn;
  if (tasks) row.category = std::to_string(*tasks) + " tasks";
  if (const auto index = catalog.model_names.find_quietly(model)) row.model_id = catalog.models[*index].id;
  return row;
}

/// The reference as the scores write it, or an id of the catalog, or the name of an API.
Result<std::string> reference_name(const Catalog& catalog, const ScoreWish& wish, const std::string& name) {
  const ScoreBook book(catalog, wish);  // no reference in it yet
  if (auto scored = book.scored_name(name)) return *scored;
  if (const auto index = catalog.model_names.find_quietly(name)) return catalog.models[*index].id;
  const std::string folded = fold_name(name);
  std::vector<std::string> names = book.unnamed_models();
  for (const ApiPrice& price : catalog.api_prices) {
    const std::string bare = price.model.substr(price.model.rfind('/') + 1);
    if (fold_name(price.model) == folded || fold_name(bare) == folded) return name;
    names.push_back(bare);
  }
  for (const Llm& model : catalog.models) names.push_back(model.id);
  return fail({ErrorCode::not_found, "nobody scored or prices \"" + name + "\"", "reference",
               "a model of `rigwise catalog scores` or `rigwise catalog api_prices`", nearest_names(name, names)});
}

}  // namespace

Result<std::vector<WorkCategory>> read_prompt_mix(const Json* list, bool with_needs,
                                                  std::vector<std::string>& assumptions) {
  std::vector<WorkCategory> mix;
  if (list == nullptr) return mix;
  if (!list->is_array() || list->size() > kMostCategories) {
    return invalid(list->is_array() ? "too many categories" : "\"prompt_mix\" is no list", "prompt_mix",
                   list->is_array() ? "at most " + std::to_string(kMostCategories) : kMixForm);
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    Result<WorkCategory> work = read_category((*list)[i], path_of("prompt_mix", i), with_needs);
    if (!work) return fail(work.error());
    for (const WorkCategory& known : mix) {
      if (fold_name(known.category) != fold_name(work->category)) continue;
      return invalid("\"" + work->category + "\" is named twice", path_of("prompt_mix", i), "one entry a category");
    }
    mix.push_back(*std::move(work));
  }
  if (mix.empty()) return mix;
  if (Result<void> done = settle_shares(mix, assumptions); !done) return fail(done.error());
  return mix;
}

Result<std::vector<WorkNeed>> read_abilities(ObjectReader& reader) {
  return needs_in(reader.texts("abilities").value_or(std::vector<std::string>{}), "abilities");
}

Result<ScoreWish> read_score_wish(const Catalog& catalog, ObjectReader& reader) {
  ScoreWish wish;
  const std::optional<std::string> source = reader.text("quality_source"), reference = reader.text("reference");
  const Json *own = reader.raw("scores"), *results = reader.raw("results");
  wish.level = reader.number("level", 0.5, 0.99).value_or(0.8);
  if (source && fold_name(*source) != "published") {
    const std::vector<std::string> known = ScoreBook(catalog, {}).benchmarks();
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const std::string& name) { return fold_name(name) == fold_name(*source); });
    if (found == known.end()) {
      return fail({ErrorCode::not_found, "the catalog has no scores of \"" + *source + "\"", "quality_source",
                   "published (all of them), or one of: " + join(known, ", "), nearest_names(*source, known)});
    }
    wish.benchmark = *found;
  }
  if (own != nullptr && (!own->is_array() || own->size() > kMostScores)) {
    return invalid("\"scores\" is no list of at most " + std::to_string(kMostScores), "scores",
                   "[{\"model\": \"qwen3-32b\", \"category\": \"coding\", \"score\": 87, \"tasks\": 25}, ...]");
  }
  for (std::size_t i = 0; own != nullptr && i < own->size(); ++i) {
    Result<QualityScore> row = read_own_score(catalog, (*own)[i], path_of("scores", i));
    if (!row) return fail(row.error());
    wish.own.push_back(*std::move(row));
  }
  if (results != nullptr) {
    const Result<ResultSet> set = read_scored_results(*results, "results");
    if (!set) return fail(set.error());
    for (QualityScore& row : own_scores(catalog, *set)) wish.own.push_back(std::move(row));
  }
  if (reference) {
    Result<std::string> name = reference_name(catalog, wish, *reference);
    if (!name) return fail(name.error());
    wish.reference = *std::move(name);
  }
  return wish;
}

Result<ResultSet> read_result_sets(const Json& json, const std::string& where) {
  constexpr std::size_t kMostSets = 64;
  if (!json.is_array()) return result_set_of_json(json, where);
  if (json.empty() || json.size() > kMostSets) {
    return invalid("\"" + where + "\" lists " + std::to_string(json.size()) + " sets", where,
                   "1 to " + std::to_string(kMostSets));
  }
  std::vector<ResultSet> sets;
  sets.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    Result<ResultSet> set = result_set_of_json(json[i], where + "[" + std::to_string(i) + "]");
    if (!set) return set;
    sets.push_back(std::move(*set));
  }
  return joined_results(std::move(sets), where);
}

Result<ResultSet> joined_results(std::vector<ResultSet> sets, const std::string& where) {
  // Other programs' files may say of no run which it is: then it is known by being the same in all.
  std::set<std::string> nameless;
  std::vector<ExcludedItem> repeats;
  std::erase_if(sets, [&](const ResultSet& set) {
    if (!set.run.id.empty() || nameless.insert(result_set_text(set)).second) return false;
    repeats.push_back({"run", set.run.label, "its results were given twice, and count once"});
    return true;
  });
  if (const auto run = run_in_two_sets(sets)) {
    return invalid("the run " + *run + " is in two of the results beside other runs, and would be counted twice", where,
                   "the results of each run once");
  }
  ResultSet all = joined(std::move(sets));
  std::move(repeats.begin(), repeats.end(), std::back_inserter(all.excluded));
  put_in_order(all);
  return all;
}

Result<ResultSet> read_scored_results(const Json& json, const std::string& where) {
  Result<ResultSet> set = read_result_sets(json, where);
  if (!set || !set->run.is_demo) return set;
  return invalid("these results are the demonstration's: its answers are written by rule, and no model's score", where,
                 "results of your own: rigwise eval run --endpoint URL --model NAME");
}

Json category_score_json(const CategoryScore& score) {
  return {{"basis", score_basis_name(score.basis)},
          {"score", score.share},
          {"reference_score", score.reference_share},
          {"reference", score.reference.empty() ? Json(nullptr) : Json(score.reference)},
          {"reference_is_full_mark", score.reference_is_full_mark},
          {"relative", score.relative()},
          {"low", optional_json(score.low)},
          {"high", optional_json(score.high)},
          {"tasks", score.tasks ? Json(*score.tasks) : Json(nullptr)},
          {"measured_as", score.measured_as},
          {"benchmarks", score.benchmarks},
          {"is_own", score.is_own}};
}

}  // namespace rigwise
