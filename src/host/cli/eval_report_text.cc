#include "host/cli/eval_report_text.h"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <sstream>

#include "core/base/text.h"
#include "core/evaluate/result_set.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/say.h"

namespace rigwise {
namespace {

std::string share(const Json& value, int digits = 2) {
  if (value.is_null()) return "-";
  return fixed(100 * value.get<double>(), digits > 2 ? 1 : 0);
}

/// "78 (71-84)", or "5 of 7" where no more may be said.
std::string score_cell(const Json& score) {
  if (score.is_null() || score["tasks"].get<int>() == 0) return "-";
  if (score["value"].is_null()) {
    return std::to_string(score["passed"].get<int>()) + " of " + std::to_string(score["tasks"].get<int>());
  }
  std::string text = share(score["value"], 3);
  if (!score["low"].is_null()) text += " (" + share(score["low"]) + "-" + share(score["high"]) + ")";
  return text;
}

/// The interval where there is room for it.
std::string pass_cell(const Json& score, bool with_interval) {
  const std::string count =
      std::to_string(score["passed"].get<int>()) + "/" + std::to_string(score["tasks"].get<int>());
  if (score["pass_low"].is_null() || !with_interval) return count;
  return count + " (" + share(score["pass_low"]) + "-" + share(score["pass_high"]) + " %)";
}

std::string rank_cell(const Json& model) {
  if (model["incomplete"].get<bool>()) return "incomplete";
  if (model["rank_low"].is_null()) return "-";
  const int low = model["rank_low"].get<int>(), high = model["rank_high"].get<int>();
  return low == high ? std::to_string(low) : std::to_string(low) + "-" + std::to_string(high);
}

/// Models as A, B, C, ... in the leaderboard's order.
std::string letter(std::size_t i) {
  return i < 26 ? std::string(1, static_cast<char>('A' + i)) : "m" + std::to_string(i + 1);
}

std::string letter_of(const Json& response, const Json& id) {
  const Json& models = response["models"];
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i]["id"] == id) return letter(i);
  }
  return "?";
}

/// Text and tables under headings, in either form.
class Page {
 public:
  explicit Page(const Console& console) : console_(console), is_markdown_(console.format == OutputFormat::md) {}

  bool is_markdown() const { return is_markdown_; }
  void title(const std::string& text) { *console_.out << (is_markdown_ ? "# " + text : console_.strong(text)) << '\n'; }
  void heading(const std::string& text) {
    *console_.out << '\n' << (is_markdown_ ? "## " + text + "\n" : console_.strong(text)) << '\n';
  }
  void table(const Table& table) {
    console_.print(table);
    after_table_ = true;
  }
  std::string strong(const std::string& text) const {
    return is_markdown_ ? "**" + text + "**" : console_.strong(text);
  }
  /// A line of its own.
  void line(const std::string& text) {
    if (is_markdown_) {
      if (after_table_) *console_.out << '\n';
      *console_.out << "- " << text << '\n';
    } else {
      console_.print_wrapped(text, 2);
    }
    after_table_ = false;
  }

 private:
  const Console& console_;
  bool is_markdown_ = false;
  bool after_table_ = false;
};

void add_head(Page& page, const Json& response) {
  const Json& run = response["run"];
  const std::string label = text_of(run, "label");
  page.title("Evaluation: " + (label.empty() ? "run " + text_of(run, "id") : label));
  if (run["is_demo"].get<bool>()) page.line(page.strong(kDemoWords));
  const Json& claim = response["claim"];
  page.line(say_counted(claim["tasks"].get<int>(), "task") + " in " +
            say_counted(claim["families"].get<int>(), "family", "families") + ": " + text_of(claim, "words"));
}

void add_leaderboard(Page& page, const Json& response) {
  page.heading("Leaderboard");
  Table table;
  table.columns = {{"", false},      {"model", false, true}, {"rank", true}, {"score % (interval)", true},
                   {"passed", true}, {"judges", true},       {"s", true}};
  bool has_foreign = false;
  for (const Json& model : response["models"]) {
    const bool foreign = !model["foreign"].is_null();
    has_foreign = has_foreign || foreign;
    table.rows.push_back({letter(table.rows.size()), text_of(model, "id") + (foreign ? " *" : ""), rank_cell(model),
                          score_cell(model["score"]), pass_cell(model["score"], page.is_markdown()),
                          share(model["judged"]), say_number(model["costs"]["answer_s"], 2)});
  }
  page.table(table);
  page.line("intervals at " + significant(100 * response["level"].get<double>()) +
            " %, families of tasks drawn as a whole; ranks: between which it stands; s: median time of an answer " +
            (response["run"]["is_demo"].get<bool>() ? "as the record states it, measured nowhere"
                                                    : "under the run's load, no measure of a machine"));
  if (has_foreign) page.line("* read from another program's file, ranked apart");
  for (const Json& model : response["models"]) {
    const Json& outcomes = model["outcomes"];
    std::string said;
    for (const char* name :
         {"empty", "truncated", "refused", "content_filter", "timeout_model", "infra_error", "harness_error"}) {
      const int count = outcomes[name].get<int>();
      if (count > 0) said.append(said.empty() ? "" : ", ").append(std::to_string(count)).append(" ").append(name);
    }
    if (model["not_scored"].get<int>() > 0) {
      said.append(said.empty() ? "" : ", ")
          .append(std::to_string(model["not_scored"].get<int>()))
          .append(" not scored");
    }
    if (!said.empty()) {
      page.line(text_of(model, "id") + ": of " + say_counted(model["answers"].get<int>(), "answer") + " " + said);
    }
  }
}

/// A number of tasks that nobody will write is no advice.
std::string needed(const Json& number) {
  constexpr double kMost = 10'000;
  if (number.is_null()) return "-";
  return number.get<double>() > kMost ? ">" + say_count(kMost) : say_count(number.get<double>());
}

void add_pairs(Page& page, const Json& response) {
  if (response["pairs"].empty()) return;
  page.heading("Who is better than whom");
  Table table;
  table.columns = {{"pair", false},     {"difference % (interval)", true},
                   {"shown is", false}, {"p", true},
                   {"families", true},  {"needed", true}};
  for (const Json& pair : response["pairs"]) {
    std::string difference = share(pair["difference"], 3);
    if (!pair["low"].is_null()) difference += " (" + share(pair["low"]) + " to " + share(pair["high"]) + ")";
    const std::string first = letter_of(response, pair["first"]), second = letter_of(response, pair["second"]);
    const double p = pair["p_corrected"].get<double>();
    const std::string verdict = text_of(pair, "verdict");
    const std::string words = verdict == "first_better"          ? first + " > " + second
                              : verdict == "second_better"       ? second + " > " + first
                              : verdict == "equivalent"          ? "equivalent"
                              : verdict == "no_difference_shown" ? "no difference shown"
                                                                 : "too few tasks";
    table.rows.push_back({first + " - " + second, difference, words, p < 0.0005 ? "<0.001" : fixed(p, 3),
                          std::to_string(pair["families"].get<int>()), needed(pair["families_needed"])});
  }
  page.table(table);
  page.line(
      "p: sign flips of the families' differences, corrected by Holm; equivalent: within 5 points by two "
      "one-sided tests; needed: families of tasks with which the difference seen would be found four "
      "times in five");
}

void add_heatmap(Page& page, const Json& response) {
  const Json& map = response["heatmap"];
  const std::size_t models = map["models"].size();
  if (models == 0) return;
  constexpr std::size_t kMostColumns = 12;
  const std::size_t shown = std::min(models, kMostColumns);
  for (const char* kind : {"categories", "roles"}) {
    if (map[kind].empty()) continue;
    page.heading(std::string(kind) == "roles" ? "Score by role, %" : "Score by category, %");
    Table table;
    table.columns = {{std::string(kind) == "roles" ? "role" : "category", false, true}, {"tasks", true}};
    for (std::size_t i = 0; i < shown; ++i) table.columns.push_back({letter(i), true});
    for (const Json& group : map[kind]) {
      std::vector<std::string> row = {text_of(group, "name"), std::to_string(group["tasks"].get<int>())};
      for (std::size_t i = 0; i < shown; ++i) row.push_back(share(group["cells"][i]["value"]));
      table.rows.push_back(std::move(row));
    }
    page.table(table);
  }
  page.line("letters as in the leaderboard" +
            (shown < models
                 ? ", " + say_counted(static_cast<std::int64_t>(models - shown), "more model") + " with --json"
                 : std::string()) +
            "; model by task: --json, or --format csv");
}

void add_tiers(Page& page, const Json& response) {
  const auto has_model = [](const Json& tier) { return !tier["best"].is_null(); };
  if (!std::any_of(response["tiers"].begin(), response["tiers"].end(), has_model)) return;
  page.heading("What memory buys");
  Table table;
  table.columns = {{"memory", true},
                   {"best that fits", false, true},
                   {"as", false, true},
                   {"score % (interval)", true},
                   {"own mean", true}};
  Table machines;
  machines.columns = {{"memory", true}, {"cheapest machine", false}, {"price", true},
                      {"watts", true},  {"per 1000", true},          {"per 100 W", true}};
  for (const Json& tier : response["tiers"]) {
    const std::string size = say_number(tier["memory_gb"]) + " GB";
    const Json& runs = tier["runs_as"];
    table.rows.push_back({size, has_model(tier) ? text_of(tier, "best") : "-",
                          runs.is_null() ? "" : text_of(runs, "quant") + (runs["assumed"].get<bool>() ? "?" : ""),
                          score_cell(tier["score"]), share(tier["own_mean"])});
    if (tier["machine"].is_null()) continue;
    machines.rows.push_back({size, text_of(tier, "machine"), say_count(tier["price"].get<double>()),
                             say_number(tier["power_w"]), share(tier["score_per_1000"]),
                             share(tier["score_per_100_w"])});
  }
  page.table(table);
  page.line(
      "own mean: of the models whose least size this is, as the seeds score a tier; ?: the run does not say its "
      "weight format");
  if (machines.rows.empty()) return;
  page.heading("What a machine buys");
  page.table(machines);
  page.line("the cheapest of the catalog with that memory that holds the model with " +
            say_count(response["context_tokens"].get<double>()) + " tokens of context, as a whole machine, in " +
            text_of(response, "currency") + "; per 1000 and per 100 W: points of score for so much");
}

void add_roles(Page& page, const Json& response) {
  if (response["roles"].empty()) return;
  page.heading("The least machine for a role");
  const std::string limit = response["reference"].is_null()
                                ? share(response["threshold"]) + " % of the full mark"
                                : share(response["threshold"]) + " % of " + text_of(response, "reference");
  Table table;
  table.columns = {{"role", false, true}, {"tasks", true}, {"least", true}, {"by score", true}, {"answer", false}};
  const auto size = [](const Json& gb) { return gb.is_null() ? std::string("-") : say_number(gb) + " GB"; };
  for (const Json& role : response["roles"]) {
    const std::string verdict = text_of(role, "verdict");
    table.rows.push_back({text_of(role, "role"), std::to_string(role["tasks"].get<int>()), size(role["minimum_gb"]),
                          size(role["minimum_by_score_gb"]),
                          verdict == "reaches"        ? (role["machine"].is_null() ? "reached; no machine with a price"
                                                                                   : text_of(role, "machine"))
                          : verdict == "none_reaches" ? "no model reaches it"
                                                      : "not enough tasks"});
  }
  page.table(table);
  page.line("least: the smallest memory whose best model's interval lies above " + limit +
            "; by score: the smallest where the score itself does, which may be chance");
  for (const Json& role : response["roles"]) {
    if (!role["families_needed"].is_null()) page.line(text_of(role, "role") + ": " + text_of(role, "words"));
  }
}

void add_moves(Page& page, const Json& response) {
  const Json& moves = response["moves"];
  if (moves.is_null()) return;
  page.heading("What can move local");
  Table table;
  table.columns = {{"work", false, true}, {"share %", true}, {"goes", false}, {"best local", false, true},
                   {"score %", true},     {"tasks", true},   {"needed", true}};
  for (const Json& category : moves["categories"]) {
    const Json& score = category["score"];
    const std::string route = text_of(category, "route");
    table.rows.push_back({text_of(category, "category"), share(category["share"]),
                          route == "either" ? "either (" + text_of(category, "leans") + "?)" : route,
                          category["model"].is_null() ? "-" : text_of(category, "model"),
                          score.is_null() ? "-" : share(score["score"]),
                          score.is_null() || score["tasks"].is_null() ? "-" : say_count(score["tasks"].get<double>()),
                          needed(category["tasks_needed"])});
  }
  page.table(table);
  page.line(
      "needed: tasks that would settle it; by this run's own scores; `rigwise route --scores RESULTS.json` goes on "
      "with money and machines");
}

std::string coefficient(const Json& value) {
  if (value.is_null()) return "-";
  std::string text = fixed(value["value"].get<double>(), 2);
  if (!value["low"].is_null()) {
    text += " (" + fixed(value["low"].get<double>(), 2) + ".." + fixed(value["high"].get<double>(), 2) + ")";
  }
  return text;
}

/// The first few of many names.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 8;
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, names.size())));
  return join(first, ", ") + (names.size() > kMost ? " and " + std::to_string(names.size() - kMost) + " more" : "");
}

void add_judges(Page& page, const Json& response) {
  const Json& judges = response["judges"];
  if (judges.is_null()) return page.heading("Judges: none");
  page.heading("Judges");
  Table table;
  table.columns = {{"agreement on", false, true},
                   {"answers", true},
                   {"raw", true},
                   {"kappa", true},
                   {"alpha", true},
                   {"AC2", true},
                   {"is", false, true}};
  for (const Json& entry : judges["agreement"]) {
    const auto plain = [](const Json& c) {
      return c.is_null() ? std::string("-") : fixed(c["value"].get<double>(), 2);
    };
    table.rows.push_back({text_of(entry, "about"), std::to_string(entry["answers"].get<int>()), plain(entry["raw"]),
                          plain(entry["kappa"]), coefficient(entry["alpha"]), plain(entry["ac2"]),
                          entry["reliability"].is_null() ? "-" : text_of(entry, "reliability")});
  }
  page.table(table);
  for (const Json& judge : judges["judges"]) {
    std::string said = text_of(judge, "judge") + ": " + say_counted(judge["verdicts"].get<int>(), "verdict") + ", " +
                       say_counted(judge["errors"].get<int>(), "error");
    if (!judge["length_rank_correlation"].is_null()) {
      said += ", score with length " + fixed(judge["length_rank_correlation"].get<double>(), 2);
    }
    if (judge["repeats"].get<int>() > 0) {
      said += ", itself again " + std::to_string(judge["repeats_same"].get<int>()) + " of " +
              std::to_string(judge["repeats"].get<int>());
    }
    for (const Json& canary : judge["canaries"]) {
      said += ", canary " + text_of(canary, "kind") + " " + std::to_string(canary["passed"].get<int>()) + " of " +
              std::to_string(canary["tried"].get<int>());
    }
    for (const Json& lean : judge["leans"]) {
      const double residual = lean["residual"].get<double>();
      if (std::abs(residual) < 0.02) continue;
      said += ", " + text_of(lean, "family") + " " + (residual > 0 ? "+" : "") + fixed(100 * residual, 0) + " points";
    }
    page.line(said);
  }
  std::vector<std::string> flagged;
  for (const Json& task : judges["tasks"]) {
    if (task["flagged"].get<bool>()) flagged.push_back(text_of(task, "task"));
  }
  if (!flagged.empty()) page.line("checks and judges order answers differently (below 0.2): " + listed(flagged));
}

void add_proxies(Page& page, const Json& response) {
  for (const Json& group : response["proxies"]) {
    page.heading("Is it the same model? " + text_of(group, "model") + " against " + text_of(group, "reference"));
    Table table;
    table.columns = {{"column", false, true},
                     {"difference %", true},
                     {"interval", true},
                     {"families", true},
                     {"verdict", false, true}};
    for (const Json& pair : group["columns"]) {
      table.rows.push_back({text_of(pair, "first"), share(pair["difference"], 3),
                            pair["low"].is_null() ? "-" : share(pair["low"], 3) + " to " + share(pair["high"], 3),
                            std::to_string(pair["families"].get<int>()), text_of(pair, "words")});
    }
    page.table(table);
  }
}

void add_money(Page& page, const Json& response) {
  page.heading("Money and what is left out");
  const Json& money = response["money"];
  const std::string currency = " " + text_of(money, "currency");
  std::string said = money["spent"].is_null() ? "what it cost nobody knows: the server says nothing of prices"
                                              : "spent " + say_number(money["spent"], 4) + currency;
  if (money["judges"].get<double>() > 0) said += ", of it " + say_number(money["judges"], 4) + " for judges";
  if (money["perhaps_twice"].get<double>() > 0) {
    said += "; perhaps paid twice: " + say_number(money["perhaps_twice"], 4) + currency;
  }
  if (response["run"]["is_demo"].get<bool>()) said += "; at prices that the record states, nobody was paid";
  page.line(said);
  for (const Json& model : response["models"]) {
    const Json& costs = model["costs"];
    if (costs["per_answer"].is_null()) continue;
    std::string line = text_of(model, "id") + ": " + say_number(costs["per_answer"]) + currency + " an answer";
    if (costs["known_answers"] != model["answers"]) {
      line += " (known of " + std::to_string(costs["known_answers"].get<int>()) + " of " +
              std::to_string(model["answers"].get<int>()) + ")";
    }
    page.line(line);
  }
  const Json& review = response["review"];
  if (review["waiting"].get<int>() > 0 || review["decided"].get<int>() > 0) {
    std::string line = "reviews: " + std::to_string(review["waiting"].get<int>()) + " waiting, " +
                       std::to_string(review["decided"].get<int>()) + " decided";
    if (const int shared = review["shared"].get<int>(); shared > 0)
      line += " (" + std::to_string(shared) + " of them once for several identical answers)";
    for (const Json& reason : review["reasons"]) {
      line += "; " + text_of(reason, "reason") + " " + std::to_string(reason["answers"].get<int>());
    }
    page.line(line);
  }
  for (const Json& item : response["excluded"]) {
    page.line("left out: " + text_of(item, "what") + " " + text_of(item, "id") + ": " + text_of(item, "reason"));
  }
}

void add_provenance(Page& page, const Json& response) {
  page.heading("Where this comes from");
  const Json& run = response["run"];
  std::string said = "run " + text_of(run, "id");
  const auto add = [&](const char* key, const char* words) {
    if (!text_of(run, key).empty()) said.append(", ").append(words).append(" ").append(text_of(run, key));
  };
  add("started", "started");
  add("code_version", "code");
  add("host", "on");
  said += ", protocol " + std::to_string(run["protocol"].get<int>());
  page.line(said);
  if (!text_of(run, "task_set").empty()) page.line("task set " + text_of(run, "task_set").substr(0, 16));
  page.line("results " + text_of(run, "results_sha256").substr(0, 16) + ", catalog " + text_of(response, "catalog") +
            ", as of " + text_of(response, "as_of"));
  for (auto at = run["settings"].begin(); at != run["settings"].end(); ++at) {
    if (!at->get<std::string>().empty()) page.line(at.key() + ": " + at->get<std::string>());
  }
  for (const Json& note : response["notes"]) page.line("note: " + note.get<std::string>());
  for (const Json& assumption : response["assumptions"]) page.line("assumed: " + assumption.get<std::string>());
}

}  // namespace

void print_eval_report(const Console& console, const Json& response) {
  Page page(console);
  add_head(page, response);
  add_leaderboard(page, response);
  add_pairs(page, response);
  add_heatmap(page, response);
  add_tiers(page, response);
  add_roles(page, response);
  add_moves(page, response);
  add_proxies(page, response);
  add_judges(page, response);
  add_money(page, response);
  add_provenance(page, response);
}

DataRows eval_report_rows(const Json& response) {
  DataRows data;
  data.columns = {"model",    "of",     "name",     "score",     "low",        "high",   "tasks",
                  "families", "passed", "rank_low", "rank_high", "incomplete", "is_demo"};
  for (const Json& model : response["models"]) {
    const Json& score = model["score"];
    data.rows.push_back({model["id"], "all", nullptr, score["value"], score["low"], score["high"], score["tasks"],
                         score["families"], score["passed"], model["rank_low"], model["rank_high"],
                         model["incomplete"]});
  }
  const Json& map = response["heatmap"];
  for (const auto& [kind, of] : {std::pair{"categories", "category"}, std::pair{"roles", "role"}}) {
    for (const Json& group : map[kind]) {
      for (std::size_t i = 0; i < map["models"].size(); ++i) {
        const Json& cell = group["cells"][i];
        data.rows.push_back({map["models"][i], of, group["name"], cell["value"], cell["low"], cell["high"],
                             cell["tasks"], cell["families"], cell["passed"], nullptr, nullptr, nullptr});
      }
    }
  }
  for (const Json& task : map["tasks"]) {
    for (std::size_t i = 0; i < map["models"].size(); ++i) {
      data.rows.push_back({map["models"][i], "task", task["task"], task["scores"][i], nullptr, nullptr, nullptr,
                           nullptr, nullptr, nullptr, nullptr, nullptr});
    }
  }
  for (auto& row : data.rows) row.push_back(response["run"]["is_demo"]);  // rows travel without their page
  return data;
}

std::string eval_report_file(const Json& response, OutputFormat format) {
  if (format == OutputFormat::json) return response.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (format == OutputFormat::csv) return eval_report_rows(response).as_csv();
  std::ostringstream text;
  Console console;
  console.out = &text;
  console.err = &text;
  console.format = format;
  print_eval_report(console, response);
  return text.str();
}

}  // namespace rigwise
