#pragma once

#include <string>

#include "codec/html_writer.h"
#include "codec/json_text.h"

namespace rigwise {

/// Charts of a report as SVG: drawn at one width, each with a sentence for those who cannot see it. What a chart says
/// stands in a table beside it too.

/// What each way out costs over the horizon: a band with its centre, the cloud dashed. Takes  alternatives_json().
void draw_totals(HtmlWriter& html, const Json& alternatives, const std::string& currency, int months);

/// What has been paid by each month, for those that are known by the year. Takes  alternatives_json().
void draw_payments(HtmlWriter& html, const Json& alternatives, const std::string& currency, int months);

/// How fast each target writes on a machine while everything runs, beside what was asked. Takes  an option's targets.
void draw_speeds(HtmlWriter& html, const Json& targets);

}  // namespace rigwise
