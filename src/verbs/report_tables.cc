#include "verbs/report_tables.h"

#include <utility>

namespace rigwise {
namespace {

void write_cell(HtmlWriter& html, const ReportCell& cell, std::string_view name, HtmlAttributes attributes) {
  if (cell.is_figure) attributes.push_back({"class", "num"});
  html.open(name, attributes).text(cell.words);
  if (!cell.small.empty()) html.element("small", cell.small);
  html.close();
}

}  // namespace

ReportCell figure_cell(std::string words, std::string small) { return {std::move(words), std::move(small), true}; }

ReportCell word_cell(std::string words, std::string small) { return {std::move(words), std::move(small), false}; }

void write_table(HtmlWriter& html, const std::string& caption, const std::vector<ReportCell>& head,
                 const std::vector<std::vector<ReportCell>>& rows) {
  // Reachable by keyboard, so that what is wider than the screen can be scrolled.
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", caption}});
  html.open("table").element("caption", caption).open("thead").open("tr");
  for (const ReportCell& cell : head) write_cell(html, cell, "th", {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const std::vector<ReportCell>& row : rows) {
    html.open("tr");
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == 0) {
        write_cell(html, row[i], "th", {{"scope", "row"}});
      } else {
        write_cell(html, row[i], "td", {});
      }
    }
    html.close();
  }
  html.close().close().close();
}

void open_section(HtmlWriter& html, const std::string& heading) { html.open("section").element("h2", heading); }

void write_list(HtmlWriter& html, const Json& sentences) {
  if (!sentences.is_array() || sentences.empty()) return;
  html.open("ul");
  for (const Json& sentence : sentences) html.element("li", sentence.get<std::string>());
  html.close();
}

}  // namespace rigwise
