#pragma once

#include "codec/html_writer.h"
#include "host/site/team_figures.h"

namespace rigwise {

/// The parts of a team's page that hold figures, each within its section. Figures are the verbs', rounded for people.

void write_leaderboards(HtmlWriter& html, const Json& boards);
void write_speed_test(HtmlWriter& html, const Json& speeds);
void write_team_costs(HtmlWriter& html, const TeamFigures& figures);
void write_team_setups(HtmlWriter& html, const TeamSite& site, const TeamFigures& figures);
void write_what_moves(HtmlWriter& html, const Json& route);

/// Figures with their names, as at the head of a report: [{"name", "value", "small"}], values in words.
void write_key_list(HtmlWriter& html, const Json& entries);

/// Words of the team's own.
void write_own_words(HtmlWriter& html, const MarkdownText& text);

}  // namespace rigwise
