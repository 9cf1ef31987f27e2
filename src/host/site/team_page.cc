#include "host/site/team_page.h"

#include <algorithm>
#include <array>

#include "host/site/team_parts.h"
#include "verbs/report_style.h"

namespace rigwise {
namespace {

// What a report does not have: a menu, own words, steps, questions.
constexpr const char* kTeamStyle = R"css(
html{scroll-behavior:smooth;scroll-padding-top:16px}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
a{color:var(--pred);text-underline-offset:3px}a:focus-visible,summary:focus-visible,.scroll:focus-visible,pre:focus-visible{outline:2px solid var(--pred);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--paper);padding:4px 8px}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:28px;font-size:14px}
nav li{margin:0}nav a{display:inline-block;padding:4px 0}
header h1{font-size:34px;line-height:1.18;letter-spacing:-.02em;color:var(--ink);font-weight:600}
.words{margin-top:12px;max-width:46em}.words>*+*{margin-top:10px}.words h3,.words h4,.words h5{margin-top:24px}
.words ol{padding-left:1.6em}.words ul{padding-left:1.2em}
.words img{max-width:100%;height:auto;display:block}.words .scroll{max-width:none}
blockquote{margin:12px 0;padding-left:16px;border-left:2px solid var(--rule);color:var(--ink2)}
hr{border:0;border-top:1px solid var(--line)}
code{font:.9em var(--fig)}pre{background:var(--inset);padding:12px;overflow-x:auto;font-size:13px;line-height:1.45;margin:10px 0 0}
svg.run{width:220px;min-width:160px;height:18px}svg .dot{fill:var(--ink);stroke:var(--paper);stroke-width:1.5}
tbody th{font-weight:500}
.faq details{border-top:1px solid var(--line);margin:0;padding:12px 0}.faq summary{font-size:16px;font-weight:600}
.steps{list-style:none;padding:0;margin-top:16px}.steps>li{display:grid;grid-template-columns:10em 1fr;gap:4px 24px;border-top:1px solid var(--line);padding:14px 0;margin:0}
.steps h3{margin:0}.steps .status{font-size:13px;color:var(--ink2)}.steps .words{grid-column:2;margin-top:4px}
.calls{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:12px;margin-top:20px}
.calls a{display:inline-block;border:1px solid var(--pred);border-radius:5px;padding:10px 18px;font-weight:600;text-decoration:none}
@media screen and (max-width:700px){header h1{font-size:26px}.scroll td:not(.num){min-width:7.5em}.scroll td:last-child:not(.num){min-width:14em}.steps>li{grid-template-columns:1fr}.steps .words{grid-column:1}}
@media print{.skip,.calls a{border:0}nav{display:none}.scroll td:last-child:not(.num){min-width:0}.words a[href^="http"]::after{content:" (" attr(href) ")";font-size:8pt}.faq details,.steps>li{break-inside:avoid}}
)css";

constexpr std::array<const char*, 12> kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                                 "July",    "August",   "September", "October", "November", "December"};

struct StepDate {
  std::string day, month, year;
};

/// "2026-03-14" by its parts; no day for a month.
StepDate parts_of_date(const std::string& date) {
  const auto month = static_cast<std::size_t>((date[5] - '0') * 10 + date[6] - '0');
  constexpr std::size_t kDay = 8;
  std::string day = date.size() > kDay ? date.substr(kDay) : "";
  if (day.starts_with('0')) day.erase(0, 1);
  return {day, kMonths.at(std::clamp<std::size_t>(month, 1, kMonths.size()) - 1), date.substr(0, 4)};
}

std::string day_and_month(const StepDate& date) { return date.day.empty() ? date.month : date.day + " " + date.month; }

void write_team_head(HtmlWriter& html, const TeamSite& site) {
  html.open("head").empty("meta", {{"charset", "utf-8"}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  // Nothing is fetched and nothing runs, whoever wrote the words in it.
  html.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                      {"content",
                       "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
                       "form-action 'none'"}});
  html.empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  if (!site.lead.empty()) html.empty("meta", {{"name", "description"}, {"content", site.lead}});
  html.element("title", site.title);
  html.open("style").raw(kReportStyle).raw(kTeamStyle).close().close();
}

void write_menu(HtmlWriter& html, const TeamSite& site, const std::string& dashboard) {
  html.open("nav", {{"aria-label", "parts of the page"}}).open("ul");
  for (const TeamPart& part : site.parts) {
    html.open("li").element("a", part.menu, {{"href", "#" + part.id}}).close();
  }
  if (!dashboard.empty()) html.open("li").element("a", "Explore the figures", {{"href", dashboard}}).close();
  html.close().close();
}

void write_faq(HtmlWriter& html, const MarkdownText& text) {
  if (!text.intro.empty()) html.open("div", {{"class", "words"}}).raw(text.intro).close();
  html.open("div", {{"class", "faq words"}});
  for (const MarkdownPart& part : text.parts) {
    html.open("details", {{"id", part.anchor}}).element("summary", part.heading).raw(part.html).close();
  }
  html.close();
}

void write_steps(HtmlWriter& html, const TeamSite& site) {
  html.open("ol", {{"class", "steps"}});
  for (const TeamStep& step : site.steps) {
    html.open("li")
        .open("div")
        .element("div", step_dates(step.when))
        .element("div", step.status, {{"class", "status"}});
    html.close().element("h3", step.title);
    write_own_words(html, step.text);
    html.close();
  }
  html.close();
}

void write_calls(HtmlWriter& html, const TeamSite& site) {
  if (site.calls.empty()) return;
  html.open("ul", {{"class", "calls"}});
  for (const TeamCall& call : site.calls) {
    html.open("li").element("a", call.label, {{"href", call.link}, {"rel", "noopener noreferrer"}}).close();
  }
  html.close();
}

void write_team_part(HtmlWriter& html, const TeamPart& part, const TeamSite& site, const TeamFigures& figures) {
  html.open("section", {{"id", part.id}}).element("h2", part.title);
  if (part.kind == TeamPartKind::faq) {
    write_faq(html, part.text);
  } else {
    write_own_words(html, part.text);
  }
  switch (part.kind) {
    case TeamPartKind::leaderboard: write_leaderboards(html, figures.leaderboards); break;
    case TeamPartKind::speed: write_speed_test(html, figures.speeds); break;
    case TeamPartKind::costs: write_team_costs(html, figures); break;
    case TeamPartKind::setups: write_team_setups(html, site, figures); break;
    case TeamPartKind::local: write_what_moves(html, figures.route); break;
    case TeamPartKind::timeline: write_steps(html, site); break;
    case TeamPartKind::invitation: write_calls(html, site); break;
    default: break;
  }
  html.close();
}

}  // namespace

std::string step_dates(const std::string& when) {
  const std::size_t slash = when.find('/');
  const StepDate first = parts_of_date(when.substr(0, slash));
  if (slash == std::string::npos) return day_and_month(first) + " " + first.year;
  const StepDate last = parts_of_date(when.substr(slash + 1));
  const std::string year = first.year == last.year ? "" : " " + first.year;
  return day_and_month(first) + year + " to " + day_and_month(last) + " " + last.year;
}

std::string team_page(const TeamSite& site, const TeamFigures& figures, const std::string& dashboard,
                      const std::string& catalog, const std::string& as_of) {
  HtmlWriter html;
  html.raw("<!doctype html>\n").open("html", {{"lang", site.language}});
  write_team_head(html, site);
  html.open("body").element("a", "Skip to the content", {{"class", "skip"}, {"href", "#content"}});
  html.open("header").element("h1", site.title);
  if (!site.lead.empty()) html.element("p", site.lead, {{"class", "lead"}});
  html.open("p", {{"class", "meta"}});
  if (!site.who.empty()) html.element("span", site.who);
  if (!site.contact.empty()) {
    const std::string shown = site.contact.starts_with("mailto:") ? site.contact.substr(7) : site.contact;
    html.open("span").element("a", shown, {{"href", site.contact}, {"rel", "noopener noreferrer"}}).close();
  }
  html.element("span", "Prices and facts as of " + as_of).close();
  write_menu(html, site, dashboard);
  html.close().open("main", {{"id", "content"}});
  for (const TeamPart& part : site.parts) write_team_part(html, part, site, figures);
  html.close().open("footer").open("section");
  html.element("p",
               "Made by Rigwise from its catalog " + catalog + ", " + as_of +
                   ". Predicted speeds are ranges that should hold four times in five; what was measured says where. "
                   "This page loads nothing and runs nothing.",
               {{"class", "xs"}});
  return html.take() + "\n";
}

}  // namespace rigwise
