#include "host/site/team_parts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "codec/json_fields.h"
#include "core/base/text.h"
#include "verbs/report_tables.h"
#include "verbs/report_words.h"

namespace rigwise {
namespace {

const std::string kNone = "\u2013";

std::string words_or_none(const Json& text) { return text.is_string() ? text.get<std::string>() : kNone; }

std::string params_words(const Json& params) {
  if (params.is_null()) return kNone;
  const double total = params["total_b"].get<double>(), active = params["active_b"].get<double>();
  const bool is_dense = active >= total;
  return significant(is_dense ? total : active, 3) + "B" + (is_dense ? " dense" : " of " + significant(total, 3) + "B");
}

std::string seconds_words(const Json& seconds) {
  return seconds.is_number() ? significant(seconds.get<double>(), 3) + " s" : kNone;
}

ReportCell runs_cell(const Json& runs) {
  if (runs.is_null()) return word_cell(kNone);
  if (runs["fits"] == "no" || runs["decode"].is_null()) return word_cell("no");
  const std::string quant = words_or_none(runs["quant"]);
  const std::string speed = figure_words(runs["decode"]["value"]) + " tok/s (" + range_words(runs["decode"]) + ")";
  return word_cell((runs["fits"] == "fits" ? "yes, " : spaced_words(runs["fits"]) + ", ") + quant, speed);
}

/// "1.89 of 2", or "k of n" where so few tasks allow no mean.
ReportCell score_cell(const Json& row, const Json& scale) {
  if (row["score"].is_null()) {
    return figure_cell(figure_words(row["passed"]) + " of " + figure_words(row["tasks"]), "too few tasks for a mean");
  }
  const std::string score = fixed(row["score"].get<double>(), 2);
  std::string small;
  if (row.contains("low") && row["low"].is_number()) {
    small = fixed(row["low"].get<double>(), 2) + " to " + fixed(row["high"].get<double>(), 2);
  } else {
    small = "of " + figure_words(scale);
  }
  return figure_cell(score, small);
}

void write_board(HtmlWriter& html, const Json& board, bool is_only) {
  if (!is_only) html.element("h3", text_at(board, "title"));
  if (board["is_demo"] == true) html.element("p", kDemoWords, {{"class", "warn"}});
  Json keys = Json::array();
  for (const Json& count : board["counts"]) {
    keys.push_back({{"name", count["name"]}, {"value", amount_words(count["value"])}});
  }
  if (keys.size() > 1) write_key_list(html, keys);
  std::vector<ReportCell> head = {word_cell("Model"), figure_cell("#"), figure_cell("Score")};
  for (const Json& machine : board["machines"]) head.push_back(word_cell("Runs on " + machine.get<std::string>()));
  head.push_back(word_cell("Parameters at work"));
  head.push_back(figure_cell("Time an answer"));
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& row : board["rows"]) {
    std::vector<ReportCell> cells = {
        word_cell(text_at(row, "name"), text_at(row, "quant")),
        row.contains("rank") ? figure_cell(figure_words(row["rank"])) : word_cell(text_at(row, "standing")),
        score_cell(row, board["scale"])};
    for (const Json& runs : row["runs"]) cells.push_back(runs_cell(runs));
    cells.push_back(word_cell(params_words(row["params"])));
    cells.push_back(figure_cell(seconds_words(row["time_s"])));
    rows.push_back(std::move(cells));
  }
  html.element("p", text_at(board, "words"), {{"class", "sm"}});
  write_table(html, "Models by score", head, rows);
  if (!board["machines"].empty()) {
    html.element("p", "Runs on: the best format that fits, and the speed predicted for it, with its 80 % range.",
                 {{"class", "xs"}});
  }
}

/// A machine as a row of the catalog names it.
std::string hardware_words(const Json& run) {
  const std::string name = short_machine_name(text_at(run, "hardware"));
  return run["hardware_count"].get<int>() > 1 ? figure_words(run["hardware_count"]) + "x " + name : name;
}

std::string phase_words(const Json& run) {
  const std::string phase = text_at(run, "phase");
  if (phase == "decode") return "writes";
  if (phase == "prefill") return "reads";
  return phase == "e2e" ? "whole request" : "writes, all streams";
}

/// One run: the range that was predicted, and the point that was measured.
void draw_run(HtmlWriter& html, const Json& run, double longest) {
  constexpr double kWidth = 300, kMiddle = 9;
  const double measured = run["measured_tokens_per_s"].get<double>();
  const Json& predicted = run["predicted_tokens_per_s"];
  std::string said = "measured " + significant(measured, 3) + " tokens a second";
  if (!predicted.is_null()) said += ", predicted " + range_words(predicted);
  html.open("svg", {{"viewBox", "0 0 300 18"}, {"role", "img"}, {"aria-label", said}, {"class", "run"}});
  const auto at = [&](double speed) { return speed / longest * (kWidth - 12) + 6; };
  html.shape("line", {{"class", "g"}, {"x1", "0"}, {"x2", "300"}, {"y1", "17.5"}, {"y2", "17.5"}});
  if (!predicted.is_null()) {
    const double low = at(predicted["low"].get<double>()), high = at(predicted["high"].get<double>());
    const std::string centre = fixed(at(predicted["value"].get<double>()), 1);
    html.shape("rect", {{"class", "band"},
                        {"x", fixed(low, 1)},
                        {"y", "4"},
                        {"height", "10"},
                        {"width", fixed(std::max(high - low, 2.0), 1)}});
    html.shape("line", {{"class", "mid"}, {"x1", centre}, {"x2", centre}, {"y1", "4"}, {"y2", "14"}});
  }
  html.shape("circle", {{"class", "dot"}, {"cx", fixed(at(measured), 1)}, {"cy", fixed(kMiddle, 0)}, {"r", "4.5"}});
  html.close();
}

std::string inside_words(const Json& run) {
  if (run["inside"].is_null()) return text_at(run, "not_predicted").empty() ? kNone : "not predicted";
  if (run["inside"] == true) return "inside";
  return (run["ratio"].get<double>() > 1 ? "faster, " : "slower, ") + significant(run["ratio"].get<double>(), 2) +
         " times";
}

std::string months_words(const Json& break_even) {
  if (break_even.is_null()) return kNone;
  if (break_even["months"].is_number()) return figure_words(break_even["months"]) + " months";
  return "never";
}

/// Why a machine never pays back, and when it would if it could do the work.
std::string why_never(const Json& rival) {
  std::string why = text_at(rival, "break_even.reason");
  const std::optional<double> months = number_at(rival, "break_even.months_if_delivered");
  if (!why.empty() && months) why += "; else " + significant(*months, 3) + " months";
  return why;
}

/// What a machine costs beside what it replaces.
void write_rivals(HtmlWriter& html, const Json& cost) {
  const std::string currency = text_at(cost, "currency");
  std::vector<std::vector<ReportCell>> rows;
  const Json& tco = cost["tco"];
  rows.push_back({word_cell("The machine"), figure_cell(amount_words(tco["per_month"])),
                  figure_cell(amount_words(tco["total"])), figure_cell(kNone), figure_cell(kNone)});
  for (const Json& rival : cost["against"]) {
    rows.push_back({word_cell(text_at(rival, "name"), text_at(rival, "basis")),
                    figure_cell(amount_words(rival["per_month"])), figure_cell(amount_words(rival["total"])),
                    figure_cell(amount_words(rival["saving"])),
                    figure_cell(months_words(rival["break_even"]), why_never(rival))});
  }
  write_table(html, "Over " + figure_words(cost["horizon_months"]) + " months, " + currency,
              {word_cell("Way"), figure_cell("A month"), figure_cell("Over all"), figure_cell("The machine saves"),
               figure_cell("Pays back in")},
              rows);
}

void write_years(HtmlWriter& html, const Json& cost) {
  std::vector<ReportCell> head = {word_cell("Line")};
  for (const Json& year : cost["tco"]["by_year"]) head.push_back(figure_cell("Year " + figure_words(year["year"])));
  head.push_back(figure_cell("All"));
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& line : cost["tco"]["lines"]) {
    std::vector<ReportCell> cells = {word_cell(text_at(line, "name"))};
    for (const Json& amount : line["by_year"]) cells.push_back(figure_cell(amount_words(amount)));
    cells.push_back(figure_cell(amount_words(line["total"])));
    rows.push_back(std::move(cells));
  }
  write_table(html, "The machine by year, " + text_at(cost, "currency"), head, rows);
}

void write_shares(HtmlWriter& html, const Json& cost) {
  const Json& split = cost["split"];
  if (split.is_null()) return;
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& member : split["members"]) {
    rows.push_back({word_cell(text_at(member, "name"),
                              "months " + figure_words(member["joins"]) + " to " + figure_words(member["leaves"])),
                    figure_cell(amount_words(member["per_month"])), figure_cell(amount_words(member["total"]))});
  }
  write_table(html, "Each one's share, " + text_at(cost, "currency"),
              {word_cell("Who"), figure_cell("A month"), figure_cell("Over all")}, rows);
}

std::string tokens_words(const Json& tokens) {
  const double count = tokens.get<double>();
  return count >= 1e9 ? significant(count / 1e9, 3) + "B" : significant(count / 1e6, 3) + "M";
}

/// What a month's tokens do to the bill and to when the machine has paid for itself.
void write_volumes(HtmlWriter& html, const Json& volumes) {
  if (volumes.empty() || volumes[0]["response"]["against"].empty()) return;
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& volume : volumes) {
    const Json& response = volume["response"];
    const Json& rival = response["against"][0];
    rows.push_back(
        {word_cell(tokens_words(volume["tokens_per_month"]) + " tokens a month"),
         figure_cell(amount_words(rival["per_month"])), figure_cell(amount_words(response["tco"]["per_month"])),
         figure_cell(months_words(rival["break_even"]), why_never(rival)),
         word_cell(text_at(response, "deliverable.verdict") == "no" ? "no: it cannot make so many" : "yes")});
  }
  const std::string rival = text_at(volumes[0]["response"]["against"][0], "name");
  write_table(html, "By how much is used, against " + rival + ", " + text_at(volumes[0]["response"], "currency"),
              {word_cell("Use"), figure_cell("There, a month"), figure_cell("Here, a month"),
               figure_cell("Pays back in"), word_cell("Can the machine do it?")},
              rows);
}

void write_details(HtmlWriter& html, const std::string& summary, const Json& sentences) {
  if (!sentences.is_array() || sentences.empty()) return;
  html.open("details").element("summary", summary);
  write_list(html, sentences);
  html.close();
}

std::string price_words(const Json& price) { return price.is_null() ? kNone : amount_words(price["value"]); }

std::string price_range(const Json& price) {
  return price.is_null() ? "" : amount_words(price["low"]) + " to " + amount_words(price["high"]);
}

void write_compared(HtmlWriter& html, const Json& compare) {
  std::vector<ReportCell> head = {word_cell("Machine"),   figure_cell("Price", text_at(compare, "currency")),
                                  figure_cell("Memory"),  figure_cell("Bandwidth"),
                                  figure_cell("At work"), word_cell("Noise")};
  for (const Json& model : compare["columns"][0]["models"]) {
    head.push_back(figure_cell(text_at(model, "model"), "writes, tok/s"));
  }
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& column : compare["columns"]) {
    std::vector<ReportCell> cells = {word_cell(text_at(column, "name")),
                                     figure_cell(price_words(column["price"]), price_range(column["price"])),
                                     figure_cell(figure_words(column["memory_gib"]) + " GiB"),
                                     figure_cell(amount_words(column["bandwidth_gbps"]) + " GB/s"),
                                     figure_cell(figure_words(column["power_w"]["load"]) + " W",
                                                 column["power_w"]["estimated"] == true ? "estimated" : ""),
                                     word_cell(spaced_words(column["noise"]))};
    for (const Json& model : column["models"]) {
      const bool is_known = model.contains("decode") && !model["decode"].is_null();
      cells.push_back(
          is_known ? figure_cell(figure_words(model["decode"]["value"]),
                                 range_words(model["decode"]) + ", " + words_or_none(model["quant"]))
                   : figure_cell("no", model["why_not"].is_string() ? text_at(model, "why_not") : "does not fit"));
    }
    rows.push_back(std::move(cells));
  }
  write_table(html, "Side by side; speeds are predicted, with their 80 % ranges", head, rows);
  for (const Json& column : compare["columns"]) {
    Json known = Json::array();
    for (const char* key : {"pros", "gotchas"}) {
      for (const Json& fact : column[key]) {
        const char* sign = key == std::string_view("pros") ? "For: " : "Against: ";
        known.push_back(sign + text_at(fact, "text") + " [" + text_at(fact, "source") + "]");
      }
    }
    write_details(html, "What is known of " + text_at(column, "name"), known);
  }
}

void write_option(HtmlWriter& html, const TeamOption& option, const Json& pack) {
  html.element("h3", option.title);
  double used = 0, free = 0;
  for (const Json& device : pack["devices"]) {
    free += device["free_gb"].get<double>();
    used += device["available_gb"].get<double>() - device["free_gb"].get<double>();
  }
  html.element("p",
               text_at(pack, "name") + ": " + significant(used, 3) + " GB loaded, " + significant(free, 3) +
                   " GB free after the system" + (pack["fits"] == true ? "." : "; not everything fits."),
               {{"class", "sm"}});
  write_own_words(html, option.text);
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& model : pack["models"]) {
    const bool is_loaded = model["loaded"] == true && !model["alone"].is_null();
    rows.push_back(
        {word_cell(text_at(model, "model"), text_at(model, "quant")),
         figure_cell(figure_words(model["total_gb"]) + " GB"),
         is_loaded ? figure_cell(figure_words(model["alone"]["decode"]["value"]), range_words(model["alone"]["decode"]))
                   : figure_cell(kNone),
         is_loaded && !model["contended"].is_null() ? figure_cell(figure_words(model["contended"]["decode"]["value"]),
                                                                  range_words(model["contended"]["decode"]))
                                                    : figure_cell(kNone),
         word_cell(model["loaded"] == true ? "stays loaded" : "does not fit", text_at(model, "why_not"))});
  }
  write_table(html, option.title + ": what stays loaded; tokens a second, predicted",
              {word_cell("Model"), figure_cell("Memory"), figure_cell("Alone"), figure_cell("While all work"),
               word_cell("Loaded")},
              rows);
}

void write_moves(HtmlWriter& html, const Json& route, const char* where, const char* heading) {
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& category : route["categories"]) {
    if (category["route"] != where) continue;
    rows.push_back({word_cell(text_at(category, "category")), figure_cell(chance_words(category["share"])),
                    word_cell(words_or_none(category["model"])), word_cell(text_at(category, "reason"))});
  }
  if (rows.empty()) return;
  write_table(html, heading, {word_cell("Work"), figure_cell("Share"), word_cell("Best local"), word_cell("Because")},
              rows);
}

}  // namespace

void write_key_list(HtmlWriter& html, const Json& entries) {
  html.open("dl", {{"class", "key"}});
  for (const Json& entry : entries) {
    html.open("div").element("dt", text_at(entry, "name")).open("dd").text(text_at(entry, "value"));
    if (entry.contains("small")) html.element("small", text_at(entry, "small"));
    html.close().close();
  }
  html.close();
}

void write_own_words(HtmlWriter& html, const MarkdownText& text) {
  if (text.intro.empty() && text.parts.empty()) return;
  html.open("div", {{"class", "words"}}).raw(text.intro);
  for (const MarkdownPart& part : text.parts) html.element("h3", part.heading, {{"id", part.anchor}}).raw(part.html);
  html.close();
}

void write_leaderboards(HtmlWriter& html, const Json& boards) {
  for (const Json& board : boards) write_board(html, board, boards.size() == 1);
}

void write_speed_test(HtmlWriter& html, const Json& speeds) {
  double longest = 0;
  for (const Json& run : speeds) {
    longest = std::max(longest, run["measured_tokens_per_s"].get<double>());
    if (!run["predicted_tokens_per_s"].is_null()) {
      longest = std::max(longest, run["predicted_tokens_per_s"]["high"].get<double>());
    }
  }
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "runs"}});
  html.open("table").element("caption", "Measured (point) beside predicted (range of 80 %), tokens a second");
  html.open("thead").open("tr");
  for (const char* name : {"Machine and model", "What", "Measured", "Predicted", "Both, from 0", "Inside"}) {
    const bool is_figure = name == std::string_view("Measured") || name == std::string_view("Predicted");
    html.element("th", name,
                 is_figure ? HtmlAttributes{{"scope", "col"}, {"class", "num"}} : HtmlAttributes{{"scope", "col"}});
  }
  html.close().close().open("tbody");
  Json sources = Json::array();
  for (const Json& run : speeds) {
    const Json& predicted = run["predicted_tokens_per_s"];
    html.open("tr").open("th", {{"scope", "row"}}).text(hardware_words(run));
    html.element("small", text_at(run, "model") + " " + text_at(run, "quant") + ", " + text_at(run, "engine")).close();
    html.open("td").text(phase_words(run)).element("small", text_at(run, "test")).close();
    html.element("td", figure_words(run["measured_tokens_per_s"]), {{"class", "num"}});
    html.open("td", {{"class", "num"}}).text(predicted.is_null() ? kNone : figure_words(predicted["value"]));
    if (!predicted.is_null()) html.element("small", range_words(predicted));
    html.close().open("td");
    draw_run(html, run, longest);
    html.close().element("td", inside_words(run)).close();
    std::string source = hardware_words(run) + ", " + phase_words(run) + ": " + text_at(run, "source");
    if (run["is_own"] == false && !text_at(run, "note").empty()) source += "; " + text_at(run, "note");
    if (!text_at(run, "not_predicted").empty()) source += "; not predicted: " + text_at(run, "not_predicted");
    sources.push_back(std::move(source));
  }
  html.close().close().close();
  write_details(html, "Where the runs are from", sources);
}

void write_team_costs(HtmlWriter& html, const TeamFigures& figures) {
  const Json& cost = figures.cost;
  const std::string currency = text_at(cost, "currency");
  Json keys = Json::array();
  const Json& bought = cost["hardware"];
  const bool is_given = bought["low"] == bought["high"];
  keys.push_back(
      {{"name", "To buy"},
       {"value", amount_words(bought["price"])},
       {"small", currency + (is_given ? "" : ", " + price_range({{"low", bought["low"]}, {"high", bought["high"]}}))}});
  keys.push_back({{"name", "A month, all in"},
                  {"value", amount_words(cost["tco"]["per_month"])},
                  {"small", currency + " over " + figure_words(cost["horizon_months"]) + " months"}});
  if (!cost["split"].is_null()) {
    keys.push_back({{"name", "A month and person"},
                    {"value", amount_words(cost["split"]["members"][0]["per_month"])},
                    {"small", currency + ", split by " + std::to_string(cost["split"]["members"].size())}});
  }
  if (!cost["against"].empty()) {
    const Json& rival = cost["against"][0];
    keys.push_back({{"name", "Pays back in"},
                    {"value", months_words(rival["break_even"])},
                    {"small", "against " + text_at(rival, "name")}});
  }
  write_key_list(html, keys);
  if (text_at(cost, "deliverable.verdict") == "no") {
    html.element("p", text_at(cost, "deliverable.reason"), {{"class", "warn"}});
  }
  write_rivals(html, cost);
  write_shares(html, cost);
  write_volumes(html, figures.volumes);
  html.open("details").element("summary", "By year, and what was assumed");
  write_years(html, cost);
  write_list(html, cost["assumptions"]);
  if (cost.contains("notes")) write_list(html, cost["notes"]);
  html.close();
}

void write_team_setups(HtmlWriter& html, const TeamSite& site, const TeamFigures& figures) {
  for (std::size_t i = 0; i < figures.packs.size(); ++i) write_option(html, site.options[i], figures.packs[i]);
  if (figures.compare.is_null()) return;
  if (!figures.packs.empty()) html.element("h3", "Machines compared");
  write_compared(html, figures.compare);
  write_details(html, "What was assumed", figures.compare["assumptions"]);
}

void write_what_moves(HtmlWriter& html, const Json& route) {
  const Json& shares = route["shares"];
  write_key_list(html, {{{"name", "Moves local"}, {"value", chance_words(shares["local"])}},
                        {{"name", "Either"}, {"value", chance_words(shares["either"])}},
                        {{"name", "Stays in the cloud"}, {"value", chance_words(shares["cloud"])}},
                        {{"name", "Quality kept"},
                         {"value", chance_words(route["quality_kept"])},
                         {"small", "of " + text_at(route, "reference")}}});
  write_moves(html, route, "local", "Moves local");
  write_moves(html, route, "either", "Either way");
  write_moves(html, route, "cloud", "Stays in the cloud");
}

}  // namespace rigwise
