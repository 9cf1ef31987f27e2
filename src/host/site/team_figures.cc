#include "host/site/team_figures.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "codec/json_fields.h"
#include "codec/result_set.h"
#include "core/base/text.h"
#include "host/files/files.h"
#include "verbs/compared_runs.h"
#include "verbs/eval_report.h"
#include "verbs/report_words.h"
#include "verbs/take_runs.h"

namespace rigwise {
namespace {

constexpr double kLevel = 0.8;

/// A verb's answer; its error points to the table of site.toml that asked.
Result<Json> ask_for(const House& house, const TeamSite& site, const char* verb, const Json& request,
                     const std::string& table) {
  Result<Json> response = run_verb(house, verb, request);
  if (response) return response;
  Error error = response.error();
  const bool is_line = error.where.empty() || error.where.find(':') != std::string::npos;
  error.where = site.locate(is_line ? table : table + "." + error.where);
  return fail(std::move(error));
}

Json with_common(const TeamSite& site, Json request, bool takes_currency) {
  if (takes_currency && !site.currency.empty() && !request.contains("currency")) request["currency"] = site.currency;
  if (!site.as_of.empty() && !request.contains("as_of")) request["as_of"] = site.as_of;
  return request;
}

const Llm* llm_called(const House& house, const std::string& id) {
  const auto found = std::find_if(house.catalog.models.begin(), house.catalog.models.end(),
                                  [&](const Llm& model) { return model.id == id; });
  return found == house.catalog.models.end() ? nullptr : &*found;
}

/// Which of the models run on the machines of the leaderboard, by id; and how fast. A model whose own format counts
/// runs in that.
Result<Json> models_on_machines(const House& house, const TeamSite& site, const std::vector<std::string>& models) {
  std::map<std::string, std::vector<std::string>> by_format;
  for (const std::string& id : models) {
    const Llm* model = llm_called(house, id);
    const bool is_own = model != nullptr &&
                        std::find(site.quants.begin(), site.quants.end(), model->native_format) != site.quants.end();
    by_format[is_own ? model->native_format : ""].push_back(id);
  }
  Json rows = Json::array();
  if (site.runs_on.empty()) return rows;
  for (const auto& [format, ids] : by_format) {
    Json request = with_common(site, {{"models", ids}, {"setups", site.runs_on}, {"best_only", true}}, false);
    if (site.context_tokens) request["context_tokens"] = *site.context_tokens;
    if (!format.empty()) {
      request["quants"] = format;
    } else if (!site.quants.empty()) {
      request["quants"] = site.quants;
    }
    const Result<Json> fit = ask_for(house, site, "fit", request, "leaderboard.runs_on");
    if (!fit) return fit;
    for (const Json& row : (*fit)["rows"]) rows.push_back(row);
  }
  return rows;
}

/// The cells of a model, in the order of the machines: {"fits", "quant", "decode"}, or null.
Json cells_of(const Json& rows, const std::string& model, std::size_t machines) {
  Json cells = Json::array();
  for (const Json& row : rows) {
    if (row["model"] != model) continue;
    cells.push_back({{"fits", row["fits"]}, {"quant", row["quant"]}, {"decode", row["decode"]}});
  }
  while (cells.size() < machines) cells.push_back(nullptr);
  return cells;
}

/// A machine as a visitor reads it: the device's name, where it is one device by any of its names.
std::string machine_words(const House& house, const std::string& setup) {
  const Result<const Device*> device = house.catalog.device(setup);
  return device ? short_machine_name((*device)->name) : setup;
}

Json params_of(const House& house, const std::string& id) {
  const Llm* model = id.empty() ? nullptr : llm_called(house, id);
  if (model == nullptr) return nullptr;
  return {{"total_b", model->params_total / 1e9}, {"active_b", model->params_active / 1e9}};
}

/// Fills in what the catalog knows of each row's "model": parameters, and what it runs on.
Result<void> add_facts(const House& house, const TeamSite& site, Json& board) {
  std::set<std::string> ids;
  for (const Json& row : board["rows"]) {
    const std::string id = text_at(row, "model");
    if (llm_called(house, id) != nullptr) ids.insert(id);
  }
  const Result<Json> fits = models_on_machines(house, site, {ids.begin(), ids.end()});
  if (!fits) return fail(fits.error());
  board["machines"] = Json::array();
  for (const std::string& machine : site.runs_on) board["machines"].push_back(machine_words(house, machine));
  for (Json& row : board["rows"]) {
    const std::string id = text_at(row, "model");
    row["params"] = params_of(house, id);
    row["runs"] = cells_of(*fits, id, site.runs_on.size());
  }
  return {};
}

/// Equal scores share a rank, as printed.
void add_ranks(Json& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_same = i > 0 && rows[i]["score"] == rows[i - 1]["score"];
    rows[i]["rank"] = is_same ? rows[i - 1]["rank"] : Json(i + 1);
  }
}

Unexpected no_benchmark(const House& house, const TeamSite& site, const std::string& name, const std::string& key) {
  std::set<std::string> known;
  for (const QualityScore& score : house.catalog.scores) known.insert(score.benchmark);
  const std::vector<std::string> names(known.begin(), known.end());
  return fail({ErrorCode::not_found, "the catalog has no scores of \"" + name + "\"", site.locate(key),
               "a benchmark of `rigwise catalog scores`", nearest_names(name, names)});
}

/// Published scores of a benchmark: every model's mean, the best first.
Result<Json> published_board(const House& house, const TeamSite& site) {
  struct Sum {
    std::string id;
    double sum = 0;
    int count = 0;
  };
  std::vector<std::pair<std::string, Sum>> sums;
  std::set<std::string> judges, dates, sources, kinds;
  double scale = 0;
  for (const QualityScore& score : house.catalog.scores) {
    if (score.benchmark != site.scores) continue;
    auto found =
        std::find_if(sums.begin(), sums.end(), [&](const auto& entry) { return entry.first == score.model_name; });
    if (found == sums.end()) found = sums.insert(found, {score.model_name, Sum{score.model_id, 0, 0}});
    found->second.sum += score.score;
    ++found->second.count;
    scale = std::max(scale, score.scale_max);
    if (!score.judge.empty()) judges.insert(score.judge);
    dates.insert(score.date);
    kinds.insert(score.category);
    sources.insert(score.source + (score.locator.empty() ? "" : ", " + score.locator));
  }
  if (sums.empty()) return no_benchmark(house, site, site.scores, "leaderboard.scores");
  Json rows = Json::array();
  for (const auto& [name, sum] : sums) {
    rows.push_back({{"name", name}, {"model", sum.id}, {"score", sum.sum / sum.count}, {"time_s", nullptr}});
  }
  bool has_seconds = site.seconds.empty();
  for (const QualityScore& score : house.catalog.scores) {
    if (site.seconds.empty() || score.benchmark != site.seconds) continue;
    has_seconds = true;
    for (Json& row : rows) {
      if (row["name"] == score.model_name) row["time_s"] = score.score;
    }
  }
  if (!has_seconds) return no_benchmark(house, site, site.seconds, "leaderboard.seconds");
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Json& a, const Json& b) { return a["score"].get<double>() > b["score"].get<double>(); });
  add_ranks(rows);
  constexpr std::size_t kFew = 3;
  std::string words = "Published scores";
  if (kinds.size() <= kFew) words += " of " + join({kinds.begin(), kinds.end()}, ", ");
  if (!judges.empty()) words += ", judged by " + join({judges.begin(), judges.end()}, "; ");
  words += " (" + join({dates.begin(), dates.end()}, ", ") +
           "). Source: " + join({sources.begin(), sources.end()}, "; ") +
           ". A score has no interval here: its source prints none.";
  const std::size_t models = sums.size();
  return Json{{"title", "Published"},
              {"words", words},
              {"scale", scale},
              {"is_demo", false},
              {"counts", Json::array({Json{{"name", "models"}, {"value", models}}})},
              {"rows", rows}};
}

/// The team's own evaluation. Only names of models, scores, counts and times are taken from it.
Result<Json> own_board(const House& house, const TeamSite& site, const ResultSet& results) {
  Json settings = with_common(site, Json::object(), true);
  ResultSet ordered = results;
  put_in_order(ordered);
  Result<Json> report = eval_report_of(house, settings, ordered);
  if (!report) {
    report.error().where = site.locate("leaderboard");
    return fail(report.error());
  }
  Json rows = Json::array();
  std::int64_t answers = 0, judgements = 0;
  for (const EvaluatedAnswer& answer : results.answers) {
    judgements += static_cast<std::int64_t>(std::count_if(answer.judgements.begin(), answer.judgements.end(),
                                                          [](const JudgeOpinion& o) { return o.verdict.has_value(); }));
  }
  for (const Json& model : (*report)["models"]) {
    const std::string id = text_at(model, "model");
    const Llm* known = llm_called(house, id);
    const Json& score = model["score"];
    answers += model["answers"].get<std::int64_t>();
    rows.push_back({{"name", known != nullptr ? known->name : text_at(model, "requested")},
                    {"model", id},
                    {"quant", model["quant"]},
                    {"standing", model["standing"]},
                    {"score", score["value"]},
                    {"low", score["low"]},
                    {"high", score["high"]},
                    {"passed", score["passed"]},
                    {"tasks", score["tasks"]},
                    {"time_s", model["costs"]["answer_s"]}});
  }
  const Json& run = (*report)["run"];
  const std::string started = text_at(run, "started");
  std::string words = "Our own evaluation";
  if (!started.empty()) words += ", " + started.substr(0, started.find('T'));
  words += ": " + text_at(*report, "claim.words") + ". Ranges are 95 % intervals over families of tasks.";
  return Json{{"title", "Our own"},
              {"words", words},
              {"scale", 1},
              {"is_demo", run["is_demo"]},
              {"counts",
               {{{"name", "models"}, {"value", rows.size()}},
                {{"name", "tasks"}, {"value", results.tasks.size()}},
                {{"name", "answers"}, {"value", answers}},
                {{"name", "judgements"}, {"value", judgements}}}},
              {"rows", rows}};
}

Result<void> add_leaderboards(const House& house, const TeamSite& site, const TeamSources& sources,
                              TeamFigures& figures) {
  std::vector<Result<Json>> boards;
  if (sources.results) boards.push_back(own_board(house, site, *sources.results));
  if (!site.scores.empty()) boards.push_back(published_board(house, site));
  if (boards.empty()) {
    return invalid("the leaderboard has nothing to show", site.locate("leaderboard"),
                   "--store URL with an evaluation, results = \"results.json\", or scores = \"seed-003-tasks\"");
  }
  for (Result<Json>& board : boards) {
    if (!board) return fail(board.error());
    if (const Result<void> added = add_facts(house, site, *board); !added) return added;
    figures.leaderboards.push_back(std::move(*board));
  }
  return {};
}

/// Rows to measure the prediction by, and what each is called on the page.
struct SpeedRows {
  std::vector<Measurement> rows;
  std::vector<std::string> sources;

  void add(Measurement row, std::string source) {
    rows.push_back(std::move(row));
    sources.push_back(std::move(source));
  }
};

Result<void> add_row_of_catalog(const House& house, const TeamSite& site, const std::string& id, const std::string& key,
                                SpeedRows& all) {
  const auto& known = house.catalog.measurements;
  const auto found = std::find_if(known.begin(), known.end(), [&](const Measurement& row) { return row.id == id; });
  if (found == known.end()) {
    return fail({ErrorCode::not_found,
                 "the catalog has no measurement \"" + id + "\"",
                 site.locate(key),
                 "an id of `rigwise catalog measurements`",
                 {}});
  }
  all.add(*found, found->source + (found->source_locator.empty() ? "" : ", " + found->source_locator) +
                      (found->date.empty() ? "" : " (" + found->date + ")"));
  return {};
}

/// A file of results: every row that can be stated. Where a file lies is nobody's business.
Result<void> add_rows_of_file(const House& house, const std::string& path, const ImportChoices& choices, SpeedRows& all,
                              std::vector<std::string>& notes) {
  Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  RunBook book;
  TakenRuns taken;
  if (const Result<void> read = take_runs(house, {path, std::move(*text)}, choices, book, taken); !read) {
    return fail(read.error());
  }
  for (const auto& [file, skipped] : taken.skipped) {
    notes.push_back(place_in_file(file, skipped.line) + ": left out: " + skipped.message);
  }
  for (const RefusedRun& marked : taken.marked) notes.push_back("run " + marked.id + " left out: " + marked.message);
  // A row keeps the program's own words for what the catalog does not know: paths of files, names of hosts.
  for (const UnmappedRun& run : taken.unmapped) {
    const std::string note = run.where + ": left out: " + run.name.message + "; [[speed.run]] names model and format";
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  }
  const auto is_left_out = [&](const Measurement& row) {
    const auto has_id = [&](const auto& other) { return other.id == row.id; };
    return std::any_of(taken.marked.begin(), taken.marked.end(), has_id) ||
           std::any_of(taken.unmapped.begin(), taken.unmapped.end(), has_id);
  };
  for (Measurement& row : taken.fresh) {
    const std::string source = "our own run" + (row.date.empty() ? std::string() : ", " + row.date);
    if (!is_left_out(row)) all.add(std::move(row), source);
  }
  return {};
}

Result<void> add_speeds(const House& house, const TeamSite& site, const TeamSources& sources, TeamFigures& figures) {
  SpeedRows all;
  for (std::size_t i = 0; i < site.runs.size(); ++i) {
    const TeamRun& run = site.runs[i];
    const std::string key = "speed.run[" + std::to_string(i) + "]";
    const Result<void> added =
        run.file.empty()
            ? add_row_of_catalog(house, site, run.id, key + ".measurement", all)
            : add_rows_of_file(house, run.file, {run.machine, run.model, run.quant, run.engine}, all, figures.notes);
    if (!added) return added;
  }
  const std::string machine = sources.machine.empty() ? site.runs_machine : sources.machine;
  for (const std::string& file : sources.run_files) {
    const Result<void> added = add_rows_of_file(house, file, {machine, {}, {}, {}}, all, figures.notes);
    if (!added) return added;
  }
  if (all.rows.empty()) {
    return invalid("the speed test has nothing to show", site.locate("speed"),
                   "--runs FOLDER with runs of `bench --save`, or [[speed.run]] with measurement = or file =");
  }
  figures.speeds = compared_runs(house, all.rows, kLevel);
  for (std::size_t i = 0; i < figures.speeds.size() && i < all.sources.size(); ++i) {
    figures.speeds[i]["source"] = all.sources[i];
    figures.speeds[i]["note"] = all.rows[i].unit_note;
    figures.speeds[i]["is_own"] = all.sources[i].starts_with("our own run");
  }
  return {};
}

Result<void> add_costs(const House& house, const TeamSite& site, TeamFigures& figures) {
  if (site.cost_plan.empty()) {
    return invalid(
        "nothing says what the machine costs", site.locate("costs"),
        "[costs.plan] with the keys of `rigwise cost`: setup or hardware_price, usage, api_models, split_people");
  }
  const Json request = with_common(site, site.cost_plan, true);
  Result<Json> response = ask_for(house, site, "cost", request, "costs.plan");
  if (!response) return fail(response.error());
  figures.cost = std::move(*response);
  for (const double volume : site.volumes) {
    Json at = request;
    if (!at.contains("usage")) at["usage"] = Json::object();
    for (const char* other : {"tokens_per_week", "tokens_per_day"}) at["usage"].erase(other);
    at["usage"]["tokens_per_month"] = volume;
    Result<Json> one = ask_for(house, site, "cost", at, "costs.plan");
    if (!one) return fail(one.error());
    figures.volumes.push_back({{"tokens_per_month", volume}, {"response", std::move(*one)}});
  }
  return {};
}

Result<void> add_setups(const House& house, const TeamSite& site, TeamFigures& figures) {
  if (site.machines.empty() && site.options.empty()) {
    return invalid("no set-up is named", site.locate("setups"),
                   "machines = [...] with models = [...], or [[setups.option]] with machine and models");
  }
  if (!site.machines.empty()) {
    const Json request = with_common(site, {{"setups", site.machines}, {"models", site.models}}, true);
    Result<Json> response = ask_for(house, site, "compare", request, "setups");
    if (!response) return fail(response.error());
    figures.compare = std::move(*response);
    for (Json& column : figures.compare["columns"]) column["name"] = machine_words(house, text_at(column, "setup"));
  }
  for (std::size_t i = 0; i < site.options.size(); ++i) {
    const TeamOption& option = site.options[i];
    const Json request = with_common(site, {{"setup", option.machine}, {"models", option.models}}, true);
    Result<Json> response = ask_for(house, site, "pack", request, "setups.option[" + std::to_string(i) + "]");
    if (!response) return fail(response.error());
    (*response)["name"] = machine_words(house, text_at(*response, "setup"));
    figures.packs.push_back(std::move(*response));
  }
  return {};
}

Result<void> add_route(const House& house, const TeamSite& site, TeamFigures& figures) {
  if (site.local_plan.empty()) {
    return invalid("nothing says what work there is", site.locate("local"),
                   "[local.plan] with the keys of `rigwise route`: models, prompt_mix, quality_source");
  }
  Result<Json> response = ask_for(house, site, "route", with_common(site, site.local_plan, true), "local.plan");
  if (!response) return fail(response.error());
  figures.route = std::move(*response);
  return {};
}

}  // namespace

Result<TeamFigures> team_figures(const House& house, const TeamSite& site, const TeamSources& sources) {
  TeamFigures figures;
  for (const TeamPart& part : site.parts) {
    Result<void> added;
    switch (part.kind) {
      case TeamPartKind::leaderboard: added = add_leaderboards(house, site, sources, figures); break;
      case TeamPartKind::speed: added = add_speeds(house, site, sources, figures); break;
      case TeamPartKind::costs: added = add_costs(house, site, figures); break;
      case TeamPartKind::setups: added = add_setups(house, site, figures); break;
      case TeamPartKind::local: added = add_route(house, site, figures); break;
      default: break;
    }
    if (!added) return fail(added.error());
  }
  return figures;
}

}  // namespace rigwise
