#pragma once

#include <string>
#include <vector>

#include "codec/html_writer.h"
#include "codec/json_text.h"

namespace rigwise {

/// A cell of a report's table: a figure stands right, words left; the small print under it.
struct ReportCell {
  std::string words, small = {};
  bool is_figure = false;
};

ReportCell figure_cell(std::string words, std::string small = {});
ReportCell word_cell(std::string words, std::string small = {});

/// A table with a head; the first cell of each row names it.
void write_table(HtmlWriter& html, const std::string& caption, const std::vector<ReportCell>& head,
                 const std::vector<std::vector<ReportCell>>& rows);

/// <section> with its heading, left open.
void open_section(HtmlWriter& html, const std::string& heading);

/// A list of sentences; nothing when there are none.
void write_list(HtmlWriter& html, const Json& sentences);

}  // namespace rigwise
