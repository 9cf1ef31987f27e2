#include "host/cli/cost_report.h"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <utility>

#include "core/base/text.h"
#include "host/cli/say.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostYears = 4;

std::string money(const Json& amount) { return amount.is_number() ? say_count(amount.get<double>()) : "-"; }

/// Small amounts need their cents.
std::string small_money(double amount) { return std::abs(amount) < 100 ? significant(amount) : say_count(amount); }

/// "0.12 (0.1-0.15)"
std::string say_band(const Json& band) {
  if (!band.is_object()) return "-";
  const double value = band["value"].get<double>(), low = band["low"].get<double>(), high = band["high"].get<double>();
  if (low == value && high == value) return small_money(value);
  return small_money(value) + " (" + significant(low, 2) + "-" + significant(high, 2) + ")";
}

void print_head(const Console& console, const Json& response) {
  const Json& tco = response["tco"];
  const std::string currency = text_of(response, "currency");
  const Json& hardware = response["hardware"];
  std::string head = hardware["setup"].is_null() ? "The machine" : text_of(hardware, "setup");
  if (response["request"].is_object()) {
    head += ", " + text_of(response["request"], "model") + " " + text_of(response["request"], "quant");
  }
  console.print_wrapped(console.strong(head) + " costs " + money(tco["total"]) + " " + currency + " over " +
                        say_number(response["horizon_months"], 3) + " months, " +
                        small_money(tco["per_month"].get<double>()) + " a month.");
  const Json& deliverable = response["deliverable"];
  const std::string verdict = text_of(deliverable, "verdict");
  const std::string words = verdict == "no"       ? console.bad("It cannot do the work")
                            : verdict == "yes"    ? "It can do the work"
                            : verdict == "likely" ? "It can probably do the work"
                                                  : "Whether it can do the work is not judged";
  console.print_wrapped(words + ": " + text_of(deliverable, "reason") + ".");
  *console.out << '\n';
}

/// The years of a line, those after the fourth together.
std::vector<std::string> year_cells(const Json& by_year) {
  std::vector<std::string> cells;
  double later = 0;
  for (std::size_t y = 0; y < by_year.size(); ++y) {
    const Json& year = by_year[y];
    const Json& amount = year.is_object() ? year["total"] : year;
    if (by_year.size() <= kMostYears || y + 1 < kMostYears) {
      cells.push_back(money(amount));
    } else {
      later += amount.get<double>();
    }
  }
  if (by_year.size() > kMostYears) cells.push_back(say_count(later));
  return cells;
}

void print_bill(const Console& console, const Json& response) {
  const Json& tco = response["tco"];
  const std::size_t years = tco["by_year"].size();
  Table table;
  table.columns.push_back({text_of(response, "currency"), false, true});
  for (std::size_t y = 1; y <= std::min(years, kMostYears); ++y) {
    const bool rest = years > kMostYears && y == kMostYears;
    table.columns.push_back({rest ? "later" : "year " + std::to_string(y), true, false});
  }
  table.columns.push_back({"total", true, false});
  const auto add = [&](const std::string& title, std::vector<std::string> cells, const Json& total) {
    cells.insert(cells.begin(), title);
    cells.push_back(money(total));
    table.rows.push_back(std::move(cells));
  };
  const std::vector<std::string> none(table.columns.size() - 2, "");
  bool grossed = false;
  for (const Json& line : tco["lines"]) {
    const std::string kind = text_of(line, "kind");
    if (!grossed && (kind == "resale" || kind == "tax")) {
      add("gross", none, tco["gross"]);
      grossed = true;
    }
    add(text_of(line, "name"), year_cells(line["by_year"]), line["total"]);
  }
  add("total", year_cells(tco["by_year"]), tco["total"]);
  if (tco["discount_rate"].get<double>() != 0) {
    add("worth today at " + significant(100 * tco["discount_rate"].get<double>()) + " %", none,
        tco["discounted_total"]);
  }
  console.print(table);
  for (const Json& line : response["hardware"]["lines"]) {
    const std::string range =
        line["low"] == line["high"] ? "" : "; " + money(line["low"]) + " to " + money(line["high"]) + " is likely";
    console.print_wrapped(console.faint(text_of(line, "name") + ": " + text_of(line, "basis") + range), 2);
  }
  *console.out << '\n';
}

void print_tokens(const Console& console, const Json& response) {
  const Json& cost = response["cost_per_mtok"];
  if (!cost.is_object()) return;
  const std::string currency = text_of(response, "currency");
  if (!cost["output"].is_object()) {
    console.print_wrapped("A million tokens costs " + small_money(cost["blended"].get<double>()) + " " + currency +
                          " (" + text_of(cost, "why") + ").");
    *console.out << '\n';
    return;
  }
  std::string words = "A million tokens costs ";
  if (cost["input"].is_object()) words += say_band(cost["input"]) + " " + currency + " to read and ";
  words += say_band(cost["output"]) + " " + currency + " to write (" +
           small_money(cost["output"]["energy"].get<double>()) + " of it electricity), working " +
           significant(100 * cost["utilisation"].get<double>()) + " % of " +
           say_number(response["usage"]["hours_per_day"]) + " h a day";
  if (cost["blended"].is_number()) words += "; mixed " + small_money(cost["blended"].get<double>());
  console.print_wrapped(words + ".");
  *console.out << '\n';
}

std::string break_even_cell(const Json& even) {
  if (!even.is_object()) return "-";
  if (even["months"].is_number()) return fixed(even["months"].get<double>(), 1) + " months";
  return even["months_if_delivered"].is_number() ? "cannot" : "never";
}

/// Where a rival's price is from, and why it is not beaten.
std::string why_of(const Json& rival) {
  const Json& even = rival["break_even"];
  std::string words = text_of(rival, "name") + ": " + text_of(rival, "basis");
  if (rival["why"].is_string()) words += "; " + text_of(rival, "why");
  if (!even.is_object()) return words;
  if (even["reason"].is_string()) words += "; " + text_of(even, "reason");
  if (even["months_if_delivered"].is_number()) {
    words += ", else " + fixed(even["months_if_delivered"].get<double>(), 1) + " months";
  }
  if (even["at_largest_volume"].is_object()) {
    const Json& most = even["at_largest_volume"];
    const Json& months = most["months"];
    words += "; with the most it makes (" + significant(most["tokens_per_month"].get<double>() / 1e6) +
             " million a month) " + (months.is_number() ? fixed(months.get<double>(), 1) + " months" : "never");
  }
  return words;
}

void print_against(const Console& console, const Json& response) {
  const Json& against = response["against"];
  if (against.empty()) return;
  Table table;
  table.columns = {{"against", false, true}, {"a month", true, false},    {"total", true, false},
                   {"saved", true, false},   {"break-even", true, false}, {"after Mtok", true, false}};
  for (const Json& rival : against) {
    const Json &even = rival["break_even"], &monthly = rival["per_month"];
    const bool pays = even.is_object() && even["tokens"].is_number();
    table.rows.push_back({text_of(rival, "name"), monthly.is_number() ? small_money(monthly.get<double>()) : "-",
                          money(rival["total"]), money(rival["saving"]), break_even_cell(even),
                          pays ? say_count(even["tokens"].get<double>() / 1e6) : "-"});
  }
  console.print(table);
  for (const Json& rival : against) console.print_wrapped(why_of(rival), 2);
  *console.out << '\n';
}

/// "....####|####....": from the lower to the higher value around the base.
std::string bar(double low, double base, double high, double least, double most, int width) {
  const double span = most > least ? most - least : 1;
  const auto column = [&](double v) { return static_cast<int>(std::lround((v - least) / span * (width - 1))); };
  std::string text(static_cast<std::size_t>(width), ' ');
  for (int c = column(std::min(low, high)); c <= column(std::max(low, high)); ++c) {
    text[static_cast<std::size_t>(c)] = '#';
  }
  text[static_cast<std::size_t>(column(base))] = '|';
  return text;
}

/// The least and the most that a measure becomes in any row.
std::pair<double, double> extent_of(const Json& sensitivity, const std::string& measure) {
  const double base = sensitivity["base"][measure].get<double>();
  std::pair<double, double> extent{base, base};
  for (const Json& row : sensitivity["rows"]) {
    for (const char* end : {"at_low", "at_high"}) {
      const Json& value = row[end][measure];
      if (!value.is_number()) continue;
      extent = {std::min(extent.first, value.get<double>()), std::max(extent.second, value.get<double>())};
    }
  }
  return extent;
}

void print_tornado(const Console& console, const Json& response) {
  constexpr int kBarWidth = 28;
  const Json& sensitivity = response["sensitivity"];
  const std::string measure = text_of(sensitivity, "measure");
  const double base = sensitivity["base"][measure].get<double>();
  const auto [least, most] = extent_of(sensitivity, measure);
  Table table;
  table.columns = {
      {"figure", false, false}, {"times", true, false}, {"from", true, false}, {"to", true, false}, {"", false, false}};
  for (const Json& row : sensitivity["rows"]) {
    const Json &low = row["at_low"][measure], &high = row["at_high"][measure];
    if (!low.is_number() || !high.is_number() || row["swing"].get<double>() == 0) continue;
    table.rows.push_back({text_of(row, "figure"),
                          significant(row["low"].get<double>()) + "-" + significant(row["high"].get<double>()),
                          small_money(low.get<double>()), small_money(high.get<double>()),
                          bar(low.get<double>(), base, high.get<double>(), least, most, kBarWidth)});
  }
  if (table.rows.empty()) return;
  const std::string of = measure == "saving"  ? "what is saved against " + text_of(sensitivity, "against")
                         : measure == "total" ? "the total"
                                              : "the cost of a million tokens written";
  console.print_wrapped("What moves " + of + ":");
  console.print(table);
  *console.out << '\n';
}

void print_people(const Console& console, const Json& response) {
  const std::string currency = text_of(response, "currency");
  const Json& team = response["team"];
  if (team.is_object() && team["hours_saved"].is_object()) {
    const Json& saved = team["hours_saved"];
    std::string words = "Time saved is worth " + money(saved["per_year"]) + " " + currency + " a year, counted apart";
    if (saved["pays_back_months"].is_number()) {
      words += ": it pays the whole back in " + fixed(saved["pays_back_months"].get<double>(), 1) + " months";
    }
    console.print_wrapped(words + ".");
  }
  const Json& shares = response["split"];
  if (!shares.is_object()) return;
  Table table;
  table.columns = {
      {"who shares", false, true}, {"months", true, false}, {"a month", true, false}, {"total", true, false}};
  for (const Json& member : shares["members"]) {
    table.rows.push_back({text_of(member, "name"),
                          say_number(member["joins"], 3) + "-" + say_number(member["leaves"], 3),
                          small_money(member["per_month"].get<double>()), money(member["total"])});
  }
  console.print(table);
  if (const double reserve = shares["reserve"]; reserve > 0) {
    console.print_wrapped(money(shares["reserve"]) + " " + currency +
                          " of it is put aside for repairs: " + money(shares["total"]) + " " + currency +
                          " in all, against a cost of " + money(shares["total"].get<double>() - reserve) + ".");
  }
  if (shares["fewest_members"].is_object()) {
    const Json& fewest = shares["fewest_members"];
    console.print_wrapped("At " + small_money(fewest["price_per_month"].get<double>()) + " " + currency +
                          " a month each it takes " + say_number(fewest["members"], 9) + " members.");
  }
  const Json& fair = shares["fair_use"];
  if (fair["tokens_per_s_each"].is_number()) {
    console.print_wrapped("With all " + say_number(fair["active"], 9) + " asking at once each gets " +
                          say_number(fair["tokens_per_s_each"]) + " tok/s.");
  }
  *console.out << '\n';
}

void print_months(const Console& console, const Json& response) {
  const Json& flow = response["cash_flow"];
  Table table;
  table.columns = {{"paid until month", true, false}, {"machine", true, false}};
  for (const Json& rival : flow["against"]) table.columns.push_back({text_of(rival, "name"), true, true});
  for (std::size_t m = 0; m < flow["cumulative"].size(); ++m) {
    std::vector<std::string> row = {std::to_string(m), money(flow["cumulative"][m])};
    for (const Json& rival : flow["against"]) {
      const Json& paid = rival["cumulative"];
      row.push_back(m < paid.size() ? money(paid[m]) : "-");
    }
    table.rows.push_back(std::move(row));
  }
  console.print(table);
  *console.out << '\n';
}

}  // namespace

void print_cost(const Console& console, const Json& response, bool by_month) {
  print_head(console, response);
  print_bill(console, response);
  print_tokens(console, response);
  print_against(console, response);
  print_tornado(console, response);
  print_people(console, response);
  if (by_month) print_months(console, response);
  for (const Json& note : response["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 2);
  for (const Json& assumption : response["assumptions"]) {
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
  }
}

DataRows cost_rows(const Json& response) {
  DataRows data;
  data.columns = DataRows::quantity_columns({"part", "name"});
  const std::string currency = text_of(response, "currency");
  const auto add = [&](const char* part, const Json& name, const char* quantity, const Json& value,
                       const std::string& unit) { data.add_quantity({part, name}, quantity, value, unit); };
  for (const Json& line : response["tco"]["lines"]) add("bill", line["name"], "total", line["total"], currency);
  for (const char* key : {"gross", "resale", "tax", "total", "per_month", "discounted_total"}) {
    add("tco", nullptr, key, response["tco"][key], currency);
  }
  const Json& cost = response["cost_per_mtok"];
  if (cost.is_object()) {
    for (const char* key : {"input", "output", "blended"}) add("tokens", nullptr, key, cost[key], currency + "/Mtok");
  }
  for (const Json& rival : response["against"]) {
    for (const char* key : {"per_month", "total", "saving"}) add("against", rival["name"], key, rival[key], currency);
    if (!rival["break_even"].is_object()) continue;
    add("against", rival["name"], "break_even", rival["break_even"]["months"], "months");
    add("against", rival["name"], "break_even_tokens", rival["break_even"]["tokens"], "tokens");
  }
  for (const Json& row : response["sensitivity"]["rows"]) {
    add("sensitivity", row["figure"], "swing", row["swing"], currency);
  }
  return data;
}

}  // namespace rigwise
