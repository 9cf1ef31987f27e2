#include "verbs/report_page.h"

#include "codec/html_writer.h"
#include "verbs/report_sections.h"
#include "verbs/report_style.h"
#include "verbs/report_words.h"

namespace rigwise {
namespace {

std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void write_head(HtmlWriter& html, const Json& report) {
  html.open("head").empty("meta", {{"charset", "utf-8"}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  // Nothing is fetched, whoever wrote the words in it.
  html.empty("meta",
             {{"http-equiv", "Content-Security-Policy"}, {"content", "default-src 'none'; style-src 'unsafe-inline'"}});
  html.element("title", text_in(report, "title")).open("style").raw(kReportStyle).close().close();
}

/// The answer in one line; the whole of it stands below.
std::string headline(const Json& advice) {
  const std::string action = text_in(advice, "action");
  if (action == "nothing") return "Buy nothing: nothing on offer keeps these limits";
  const Json& first = advice["options"][0];
  const std::string name = short_machine_name(text_in(first, "label"));
  if (action == "keep") return "Keep " + name;
  const std::string price = ", " + amount_words(first["price"]) + " " + text_in(advice, "currency");
  if (action == "nearest") return "Nothing within these limits is fast enough; nearest comes " + name + price;
  return (action == "wait_for" ? "Wait for " : "Buy ") + name + price;
}

void write_meta(HtmlWriter& html, const Json& report) {
  html.open("p", {{"class", "meta"}});
  for (const auto& [key, words] : {std::pair{"prepared_for", "For "}, {"prepared_by", "By "}}) {
    if (const std::string name = text_in(report, key); !name.empty()) html.element("span", words + name);
  }
  html.element("span", "Prices and facts as of " + text_in(report, "as_of")).close();
}

void key_figure(HtmlWriter& html, const std::string& name, const std::string& value, const std::string& small) {
  html.open("div").element("dt", name).open("dd").text(value).element("small", small).close().close();
}

/// The figures that a board asks for first.
void write_key_figures(HtmlWriter& html, const Json& scenario) {
  const Json& advice = scenario["advice"];
  const std::string currency = text_in(advice, "currency");
  const std::string months = std::to_string(advice["horizon_months"].get<int>()) + " months";
  html.open("dl", {{"class", "key"}});
  if (!advice["options"].empty()) {
    const Json &first = advice["options"][0], &cost = first["cost"];
    key_figure(html, "To buy", amount_words(first["price"]),
               currency + ", " + amount_words(first["price_low"]) + " to " + amount_words(first["price_high"]));
    key_figure(html, "Over " + months, amount_words(cost["total"]),
               currency + ", " + amount_words(cost["per_month"]) + " a month");
    key_figure(html, "All asked speeds hold", chance_words(first["probability"]), "how likely, by the predictions");
  }
  for (const Json& one : scenario["alternatives"]) {
    const std::string kind = text_in(one, "kind");
    if (kind != "api" && kind != "subscriptions") continue;
    key_figure(html, text_in(one, "name"), amount_words(one["total"]), currency + " over " + months);
  }
  html.close();
}

void write_scenario(HtmlWriter& html, const Json& scenario) {
  write_needs(html, scenario);
  write_alternatives(html, scenario);
  write_money(html, scenario);
  write_speeds(html, scenario);
  write_risks(html, scenario);
}

/// A further scenario: its answer, then its parts.
void write_further(HtmlWriter& html, const Json& scenario) {
  html.open("section");
  html.element("p", text_in(scenario, "name"), {{"class", "sm"}});
  html.element("h2", headline(scenario["advice"]));
  html.element("p", text_in(scenario["advice"], "answer"));
  write_key_figures(html, scenario);
  html.close();
  write_scenario(html, scenario);
  write_assumptions(html, scenario, true);
}

}  // namespace

std::string report_page(const Json& report) {
  HtmlWriter html;
  html.raw("<!doctype html>\n").open("html", {{"lang", "en"}});
  write_head(html, report);
  const Json& scenarios = report["scenarios"];
  const Json& first = scenarios[0];
  html.open("body").open("header").element("h1", text_in(report, "title"));
  if (scenarios.size() > 1) html.element("p", text_in(first, "name"), {{"class", "sm"}});
  html.element("p", headline(first["advice"]), {{"class", "answer"}});
  html.element("p", text_in(first["advice"], "answer"), {{"class", "lead"}});
  write_key_figures(html, first);
  write_meta(html, report);
  html.close().open("main");
  write_comparison(html, report);
  write_scenario(html, first);
  for (std::size_t i = 1; i < scenarios.size(); ++i) write_further(html, scenarios[i]);
  write_accuracy(html, report);
  write_assumptions(html, first, scenarios.size() > 1);
  write_sources(html, report);
  html.close().open("footer").open("section");
  html.element("p",
               "Made by Rigwise from its catalog " + text_in(report, "catalog") + ", " + text_in(report, "as_of") +
                   ". Every figure can be made again from the same needs.",
               {{"class", "xs"}});
  return html.take() + "\n";
}

}  // namespace rigwise
