#include "verbs/report_sections.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "verbs/report_charts.h"
#include "verbs/report_tables.h"
#include "verbs/report_words.h"

namespace rigwise {
namespace {

std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json* first_option(const Json& scenario) {
  const Json& options = scenario["advice"]["options"];
  return options.empty() ? nullptr : &options[0];
}

std::string months_words(const Json& scenario) {
  return std::to_string(scenario["advice"]["horizon_months"].get<int>()) + " months";
}

std::string band_words(const Json& alternative) {
  if (!alternative["total_low"].is_number() || alternative["total_low"] == alternative["total_high"]) return "";
  return amount_words(alternative["total_low"]) + " to " + amount_words(alternative["total_high"]);
}

std::string quality_words(const Json& alternative) {
  if (!alternative["quality"].is_number()) return "–";
  const bool known = alternative["quality_is_known"].is_boolean() && alternative["quality_is_known"].get<bool>();
  return (known ? "" : "~") + fixed(alternative["quality"].get<double>(), 2);
}

std::string kind_words(const std::string& kind) {
  if (kind == "machine") return "bought";
  if (kind == "hybrid") return "bought, and an API beside it";
  return kind == "rental" ? "rented by the hour" : "paid by the month";
}

std::vector<ReportCell> alternative_row(const Json& one) {
  const std::string noise = spaced_words(one["noise"]), power = figure_words(one["power_w"], 4);
  return {word_cell(text_in(one, "name"), kind_words(text_in(one, "kind"))),
          figure_cell(amount_words(one["price"])),
          figure_cell(amount_words(one["total"]), band_words(one)),
          figure_cell(chance_words(one["probability"])),
          figure_cell(quality_words(one)),
          word_cell(noise == "–" ? "–" : noise + ", " + power + " W"),
          word_cell(one["leaves_the_house"].get<bool>() ? "yes" : "no")};
}

/// "gpt-oss-120b MXFP4", under it the engine.
ReportCell model_cell(const Json& target) {
  const std::string model = text_in(target, "model"), quant = text_in(target, "quant");
  return word_cell(model + " " + quant, text_in(target, "engine") + ", " + figure_words(target["memory_gb"]) + " GB");
}

ReportCell speed_cell(const Json& estimate) {
  if (!estimate.is_object()) return figure_cell("–");
  return figure_cell(figure_words(estimate["value"]), range_words(estimate));
}

ReportCell wait_cell(const Json& target) {
  const Json& busiest = target["busiest_hour"];
  if (!busiest.is_object()) return figure_cell("–");
  if (busiest["overloaded"].get<bool>()) return word_cell("more asked than it answers");
  return figure_cell(wait_words(busiest["ttft_p95_s"]), "half of them " + wait_words(busiest["ttft_p50_s"]));
}

ReportCell asked_cell(const Json& target) {
  const std::string streams = figure_words(target["streams"], 6);
  return figure_cell(figure_words(target["tokens_per_s"]), streams == "1" ? "1 stream" : streams + " streams");
}

/// Why the first machine: the models one by one, then the rest as advise says it.
void write_reasons(HtmlWriter& html, const Json& reasons) {
  constexpr std::string_view kBecause = "because ";
  Json lines = Json::array();
  for (const Json& reason : reasons) {
    const auto& words = reason.get_ref<const std::string&>();
    if (!words.starts_with(kBecause)) {
      lines.push_back(reason);
      continue;
    }
    for (const std::string_view model : split(std::string_view(words).substr(kBecause.size()), ';')) {
      lines.push_back(trim(model));
    }
  }
  write_list(html, lines);
}

/// Where the sums of what is not a machine alone come from.
void write_other_sums(HtmlWriter& html, const Json& advice) {
  Json lines = Json::array();
  for (const char* way : {"hybrid", "rental"}) {
    if (const std::string words = text_in(advice[way], "words"); !words.empty()) lines.push_back(words);
  }
  if (const std::string words = text_in(advice["do_not_buy"], "words"); !words.empty()) {
    lines.push_back("Cheapest API: " + words);
  }
  if (lines.empty()) return;
  html.element("h3", "Where the other sums come from");
  write_list(html, lines);
}

struct AccuracyRow {
  const char *key, *words;
};
constexpr AccuracyRow kAccuracyRows[] = {{"decode", "writing, one device, one stream"},
                                         {"prefill", "reading the prompt, one device"},
                                         {"many", "several devices or streams at once"},
                                         {"decode_cpu", "writing on a processor alone"},
                                         {"prefill_cpu", "reading on a processor alone"}};

/// "seed document S1" for the file of one of the five documents, which says nothing to a reader; other references as
/// they are.
std::string reference_words(const Json& source) {
  const std::string ref = text_in(source, "ref");
  const bool is_seed = text_in(source, "kind") == "seed" && ref.size() > 3 && ref.starts_with("00");
  return is_seed ? std::string("seed document S") + ref[2] : ref;
}

}  // namespace

void write_needs(HtmlWriter& html, const Json& scenario) {
  open_section(html, "What is needed");
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& line : scenario["needs"]) {
    rows.push_back({word_cell(text_in(line, "name")), word_cell(text_in(line, "value"))});
  }
  write_table(html, "As it was said; what was assumed beside it stands at the end",
              {word_cell("Subject"), word_cell("Need")}, rows);
  html.close();
}

void write_alternatives(HtmlWriter& html, const Json& scenario) {
  const std::string currency = text_in(scenario["advice"], "currency");
  open_section(html, "The ways to do it");
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& one : scenario["alternatives"]) rows.push_back(alternative_row(one));
  write_table(html, "Amounts in " + currency,
              {word_cell("Way"), figure_cell("Price"), figure_cell(months_words(scenario), "with the price's band"),
               figure_cell("All speeds hold", "how likely"), figure_cell("Quality"), word_cell("Noise and power"),
               word_cell("Prompts leave the house")},
              rows);
  html.element("p",
               "Quality: 1.00 is " + text_in(scenario["advice"], "quality_scale") +
                   ". ~ where a model was not judged and stands by its rank in its class.",
               {{"class", "xs"}});
  if (const Json* first = first_option(scenario)) {
    html.element("h3", "Why " + text_in(*first, "label"));
    write_reasons(html, (*first)["reasons"]);
  }
  html.close();
}

void write_money(HtmlWriter& html, const Json& scenario) {
  const Json& advice = scenario["advice"];
  const std::string currency = text_in(advice, "currency");
  const int months = advice["horizon_months"].get<int>();
  open_section(html, "Money over " + months_words(scenario));
  draw_totals(html, scenario["alternatives"], currency, months);
  draw_payments(html, scenario["alternatives"], currency, months);
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& option : advice["options"]) {
    if (rows.size() == 3) break;
    const Json& cost = option["cost"];
    rows.push_back({word_cell(text_in(option, "label")), figure_cell(amount_words(cost["purchase"])),
                    figure_cell(amount_words(cost["electricity"])), figure_cell(amount_words(cost["resale"])),
                    figure_cell(amount_words(cost["tax"])), figure_cell(amount_words(cost["total"])),
                    figure_cell(figure_words(cost["per_mtok"], 2))});
  }
  if (!rows.empty()) {
    write_table(html, "Purchase + electricity − resale − tax = cost, in " + currency,
                {word_cell("Machine"), figure_cell("Purchase"), figure_cell("Electricity"), figure_cell("Resale"),
                 figure_cell("Tax"), figure_cell("Cost"), figure_cell("A million tokens")},
                rows);
  }
  std::vector<std::vector<ReportCell>> years;
  std::vector<ReportCell> head = {word_cell("Way")};
  for (const Json& one : scenario["alternatives"]) {
    if (one["paid_by_year"].is_null()) continue;
    std::vector<ReportCell> row = {word_cell(text_in(one, "name"))};
    for (const Json& year : one["paid_by_year"]) {
      if (years.empty()) head.push_back(figure_cell("month " + figure_words(year["month"], 4)));
      row.push_back(figure_cell(amount_words(year["paid"])));
    }
    if (years.empty()) head.push_back(figure_cell("Paid back", "against subscriptions"));
    const bool pays = one["pays_back_months"].is_number();
    row.push_back(figure_cell(pays ? "month " + figure_words(one["pays_back_months"], 4) : "–"));
    years.push_back(std::move(row));
  }
  if (!years.empty()) write_table(html, "Paid until the end of each year, in " + currency, head, years);
  html.element("p", text_in(advice["do_not_buy"], "verdict"));
  write_other_sums(html, advice);
  html.close();
}

void write_speeds(HtmlWriter& html, const Json& scenario) {
  const Json* first = first_option(scenario);
  if (first == nullptr) return;
  open_section(html, "What runs on " + text_in(*first, "label") + ", and how fast");
  draw_speeds(html, (*first)["targets"]);
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& target : (*first)["targets"]) {
    rows.push_back({word_cell(text_in(target, "name")), model_cell(target), asked_cell(target),
                    speed_cell(target["decode"]), speed_cell(target["together"]), wait_cell(target),
                    figure_cell(chance_words(target["probability"]))});
  }
  write_table(html,
              "Tokens a second of one stream, predicted, with the range in which " + level_words((*first)["targets"]) +
                  " of such machines should lie",
              {word_cell("For"), word_cell("Model"), figure_cell("Asked"), figure_cell("Alone"),
               figure_cell("While all runs"), figure_cell("First word in the busiest hour", "19 of 20 answers within"),
               figure_cell("Asked speed holds", "how likely")},
              rows);
  html.close();
}

void write_risks(HtmlWriter& html, const Json& scenario) {
  const Json& advice = scenario["advice"];
  const Json* first = first_option(scenario);
  open_section(html, "Risks, and what would change the answer");
  if (first != nullptr && !(*first)["risks"].empty()) {
    html.element("h3", "Risks of " + text_in(*first, "label"));
    write_list(html, (*first)["risks"]);
  }
  if (!advice["would_change_if"].empty()) {
    html.element("h3", "What would change the answer");
    write_list(html, advice["would_change_if"]);
  }
  if (const Json& lacks = advice["do_not_buy"]["lacks"]; lacks.is_array() && !lacks.empty()) {
    html.element("h3", "What the cloud lacks");
    write_list(html, lacks);
  }
  html.close();
}

void write_comparison(HtmlWriter& html, const Json& report) {
  const Json& comparison = report["comparison"];
  if (comparison.size() < 2) return;
  open_section(html, "The scenarios side by side");
  std::vector<std::vector<ReportCell>> rows;
  for (const Json& row : comparison) {
    const std::string currency = text_in(row, "currency");
    rows.push_back(
        {word_cell(text_in(row, "name"), currency + ", " + figure_words(row["months"], 4) + " months"),
         row["label"].is_null() ? word_cell("nothing on offer keeps the limits") : word_cell(text_in(row, "label")),
         figure_cell(amount_words(row["price"])), figure_cell(amount_words(row["total"])),
         figure_cell(chance_words(row["probability"])), figure_cell(amount_words(row["buy_nothing_total"])),
         figure_cell(amount_words(row["subscriptions_total"]))});
  }
  write_table(html, "What is recommended in each, and what buying nothing costs there",
              {word_cell("Scenario"), word_cell("First choice"), figure_cell("Price"), figure_cell("Cost"),
               figure_cell("All speeds hold"), figure_cell("Cheapest API"), figure_cell("Subscriptions")},
              rows);
  html.close();
}

void write_accuracy(HtmlWriter& html, const Json& report) {
  const Json& accuracy = report["accuracy"];
  open_section(html, "How good these numbers are");
  html.element("p", "Speeds are predicted, not promised. Below is how far the predictor is from " +
                        amount_words(accuracy["predicted"]) +
                        " published runs, to which its constants were fitted; on machines that it has never seen it is "
                        "further off, and the ranges above are wider for that reason.");
  std::vector<std::vector<ReportCell>> rows;
  for (const AccuracyRow& named : kAccuracyRows) {
    const auto found = accuracy["classes"].find(named.key);
    if (found == accuracy["classes"].end()) continue;
    const Json& line = *found;
    rows.push_back({word_cell(named.words), figure_cell(amount_words(line["groups"])),
                    figure_cell(fixed(100 * line["median_error"].get<double>(), 0) + " %"),
                    figure_cell(fixed(100 * line["p90_error"].get<double>(), 0) + " %"),
                    figure_cell(fixed(100 * line["coverage"].get<double>(), 0) + " %")});
  }
  const std::string level = fixed(100 * accuracy["level"].get<double>(), 0);
  write_table(html, "Published runs, by what was measured",
              {word_cell("What"), figure_cell("Cases"), figure_cell("Half are off by less than"),
               figure_cell("9 of 10 by less than"), figure_cell("Inside the range", level + " % are meant to be")},
              rows);
  html.close();
}

void write_assumptions(HtmlWriter& html, const Json& scenario, bool among_others) {
  open_section(html, "What was assumed" + (among_others ? ": " + text_in(scenario, "name") : ""));
  write_list(html, scenario["advice"]["assumptions"]);
  html.close();
}

void write_sources(HtmlWriter& html, const Json& report) {
  // Each thing once, with all that is known of it from somewhere.
  std::vector<std::pair<std::string, std::vector<std::string>>> things;
  for (const Json& source : report["sources"]) {
    const std::string subject = text_in(source, "subject"), covers = text_in(source, "covers");
    const auto known =
        std::find_if(things.begin(), things.end(), [&](const auto& one) { return one.first == subject; });
    auto& thing = known == things.end() ? things.emplace_back(subject, std::vector<std::string>{}) : *known;
    thing.second.push_back(reference_words(source) + (covers.empty() ? "" : " (" + covers + ")"));
  }
  if (things.empty()) return;
  open_section(html, "Sources");
  html.open("ul", {{"class", "src"}});
  for (const auto& [subject, sources] : things) {
    html.open("li").element("b", subject).text(": " + join(sources, "; ")).close();
  }
  html.close().close();
}

}  // namespace rigwise
