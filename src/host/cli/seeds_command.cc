#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/seeds_report.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

void print_summary(const Console& console, const Json& response) {
  console.print(seeds_summary(response));
  int caught = 0, corrected = 0, hidden = 0;
  for (const Json& conflict : response["conflicts"]) {
    const std::string outcome = text_of(conflict, "outcome");
    (outcome == "caught" ? caught : outcome == "corrected" ? corrected : hidden) += 1;
    if (!conflict["holds"].get<bool>())
      console.print_wrapped("not as the table of contradictions says: " + text_of(conflict, "id"), 2);
  }
  const Json& totals = response["totals"];
  *console.out << "\n"
               << totals["passing"] << " of " << totals["sections"] << " sections pass; " << totals["derived"] << " of "
               << say_count(totals["cells"].get<double>()) << " cells are derived\n";
  if (!response["conflicts"].empty())
    *console.out << "contradictions: " << caught << " caught, " << corrected << " corrected, " << hidden
                 << " not detectable\n";
}

DataRows seeds_rows(const Json& response) {
  DataRows data;
  if (!response["sections"].empty() && !response["sections"].front().contains("cells")) {
    data.columns = {"section", "title", "cells", "derived", "observed", "judged", "different", "open", "passes"};
    for (const Json& section : response["sections"]) {
      const Json& counts = section["counts"];
      data.rows.push_back({section["section"], section["title"], counts["cells"], counts["derived"], counts["observed"],
                           counts["judged"], counts["different"], counts["open"], section["passes"]});
    }
    return data;
  }
  data.columns = {"section", "subject", "quantity", "printed", "ours", "value", "class", "expected_class", "reason"};
  for (const Json& section : response["sections"]) {
    for (const Json& cell : section["cells"]) {
      const Json& values = cell["ours"]["values"];
      data.rows.push_back({section["section"], cell["subject"], cell["quantity"], cell["printed"], cell["ours"]["text"],
                           values.empty() ? Json(nullptr) : values.front(), cell["class"], cell["expected_class"],
                           cell["reason"]});
    }
  }
  return data;
}

int run(Session& session, const Args& args) {
  const Result<Json> request = request_from_args(seeds_command(), args);
  if (!request) return session.console().print_error(request.error());
  int status = 0;
  const std::optional<Json> response = session.answer("seeds", *request, status);
  if (!response) return status;
  if (session.printed_as_data(*response, seeds_rows)) return 0;
  const Console& console = session.console();
  const bool diff = args.has("--diff");
  if (!args.has("SECTION") && !diff) {
    if (console.format == OutputFormat::md)
      *console.out << seeds_page(*response);
    else
      print_summary(console, *response);
    return 0;
  }
  bool first = true;
  for (const Json& section : (*response)["sections"]) {
    if (!args.has("SECTION") && section["cells"].empty() && section["passes"].get<bool>()) continue;
    if (!first) *console.out << "\n";
    first = false;
    print_seed_section(console, section, diff);
  }
  return 0;
}

}  // namespace

const CommandSpec& seeds_command() {
  static const CommandSpec kSpec = {
      "seeds",
      "do the seed documents' tables come out of the catalog?",
      "seeds S0-31",
      {{"SECTION", "section", ArgType::text, "SECTION", "one table, S0-1 to S4-20 (all of them in short)"},
       {"--diff", "diff", ArgType::flag, "", "only cells that differ, have no rule or another class"}},
      run};
  return kSpec;
}

}  // namespace rigwise
