#pragma once

#include "codec/html_writer.h"
#include "codec/json_text.h"

namespace rigwise {

/// The parts of a report's page, in the order in which a person reads them. Each takes what the response of `report`
/// has under "scenarios", or the response itself.

void write_needs(HtmlWriter& html, const Json& scenario);
/// Three machines, the ways between, and the cloud, side by side.
void write_alternatives(HtmlWriter& html, const Json& scenario);
void write_money(HtmlWriter& html, const Json& scenario);
/// What runs on the first machine, how fast, and what it is like in the busiest hour.
void write_speeds(HtmlWriter& html, const Json& scenario);
void write_risks(HtmlWriter& html, const Json& scenario);
void write_comparison(HtmlWriter& html, const Json& report);
void write_accuracy(HtmlWriter& html, const Json& report);
/// `among_others`: the heading names the scenario.
void write_assumptions(HtmlWriter& html, const Json& scenario, bool among_others);
void write_sources(HtmlWriter& html, const Json& report);

}  // namespace rigwise
