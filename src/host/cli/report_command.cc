#include <algorithm>
#include <ostream>
#include <vector>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/mix_flags.h"
#include "host/cli/needs_files.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"
#include "verbs/report_words.h"

namespace rigwise {
namespace {

/// "needs-company" of "examples/needs-company.toml".
std::string stem_of(std::string path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash != std::string::npos) path.erase(0, slash + 1);
  const std::size_t dot = path.find_last_of('.');
  if (dot != std::string::npos && dot > 0) path.resize(dot);
  return path;
}

Result<std::vector<GivenNeeds>> read_all(const std::vector<std::string>& paths) {
  if (paths.empty()) {
    return invalid("no needs are named", "NEEDS", "rigwise report examples/needs-company.toml -o report.html");
  }
  std::vector<GivenNeeds> all;
  for (const std::string& path : paths) {
    Result<GivenNeeds> given = read_needs_file(path);
    if (!given) return fail(given.error());
    all.push_back(*std::move(given));
  }
  return all;
}

/// One file as "needs", several as "scenarios" named by their files.
void lay_needs(const std::vector<std::string>& paths, const std::vector<GivenNeeds>& needs, Json& request) {
  if (needs.size() == 1) {
    request["needs"] = needs.front().object;
    return;
  }
  request["scenarios"] = Json::array();
  for (std::size_t i = 0; i < needs.size(); ++i) {
    request["scenarios"].push_back({{"name", stem_of(paths[i])}, {"needs", needs[i].object}});
  }
}

/// "scenarios[1].needs.budget.max" as a place in the second file.
Error located(const std::vector<GivenNeeds>& needs, Error error) {
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const std::string path = "scenarios[" + std::to_string(i) + "].";
    if (error.where.starts_with(path))
      error.where.erase(0, path.size());
    else if (needs.size() > 1)
      continue;
    return needs[i].located(std::move(error));
  }
  return error;
}

std::string amount(const Json& value) { return value.is_number() ? say_count(value.get<double>()) : "-"; }

/// "buy RTX 5090", "nearest: RTX 5090".
std::string answer_cell(const Json& row) {
  const std::string action = text_of(row, "action");
  if (action == "nothing") return "nothing fits";
  const std::string name = short_machine_name(text_of(row, "label"));
  if (action == "nearest") return "nearest: " + name;
  return (action == "wait_for" ? "wait for" : action) + " " + name;
}

Table comparison_table(const Json& comparison) {
  Table table;
  table.columns = {{"scenario", false, true}, {"answer", false, true},   {"in", false, false},
                   {"price", true, false},    {"cost", true, false},     {"likely", true, false},
                   {"API", true, false},      {"subscribe", true, false}};
  for (const Json& row : comparison) {
    const std::string name = text_of(row, "name");
    const Json& chance = row["probability"];
    table.rows.push_back({name.empty() ? "as asked" : name, answer_cell(row), text_of(row, "currency"),
                          amount(row["price"]), amount(row["total"]), chance.is_number() ? chance_words(chance) : "-",
                          amount(row["buy_nothing_total"]), amount(row["subscriptions_total"])});
  }
  return table;
}

void print_report(const Console& console, const Json& response) {
  for (const Json& scenario : response["scenarios"]) {
    const std::string name = text_of(scenario, "name");
    console.print_wrapped((name.empty() ? "" : name + ": ") + text_of(scenario["advice"], "answer"));
    *console.out << '\n';
  }
  console.print(comparison_table(response["comparison"]));
  console.print_wrapped(
      console.faint("cost: over the horizon, after electricity, resale and tax where they were asked "
                    "for; likely: that every asked speed holds; API, subscribe: buying nothing"));
}

DataRows comparison_rows(const Json& response) {
  DataRows data;
  data.columns = {"scenario", "action", "label",       "currency",          "months",
                  "price",    "total",  "probability", "buy_nothing_total", "subscriptions_total"};
  for (const Json& row : response["comparison"]) {
    data.rows.push_back({row["name"], row["action"], row["label"], row["currency"], row["months"], row["price"],
                         row["total"], row["probability"], row["buy_nothing_total"], row["subscriptions_total"]});
  }
  return data;
}

/// True where some scenario has a machine that reaches its minimum speeds; else the answer is no, as advise's would be.
bool any_holds(const Json& response) {
  const Json& rows = response["comparison"];
  return std::any_of(rows.begin(), rows.end(), [](const Json& row) {
    const std::string action = text_of(row, "action");
    return action != "nearest" && action != "nothing";
  });
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const std::vector<std::string> paths = args.list("NEEDS");
  const Result<std::vector<GivenNeeds>> needs = read_all(paths);
  if (!needs) return console.print_error(needs.error());
  Result<Json> request = request_from_args(report_command(), args);
  if (!request) return console.print_error(request.error());
  lay_needs(paths, *needs, *request);
  const std::optional<std::string> out = args.text("--out");
  if (out) (*request)["page"] = true;
  if (const Result<void> laid = lay_results_over(args, *request); !laid) return console.print_error(laid.error());

  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  Result<Json> response = run_verb(**house, "report", *request);
  if (!response) return console.print_error(located(*needs, response.error()));
  session.note_refused_runs(*response);
  if (out) {
    const Result<void> written = write_file_atomically(*out, (*response)["html"].get_ref<const std::string&>());
    if (!written) return console.print_error(written.error());
    response->erase("html");
    (*response)["written"] = *out;
  }
  const int status = any_holds(*response) ? 0 : 1;
  if (session.printed_as_data(*response, comparison_rows)) return status;
  print_report(console, *response);
  if (out) *console.out << "\nwritten to " << *out << ": open it in a browser; printing it makes a PDF\n";
  return status;
}

}  // namespace

const CommandSpec& report_command() {
  static const CommandSpec kSpec = {
      "report",
      "what do I show the person who pays? one page, from needs",
      "report examples/needs-company.toml -o report.html --for \"Nordic Ltd\" --by \"A. Lind\"\n"
      "  rigwise report as-today.toml with-agents.toml -o compared.html",
      {{"NEEDS", "", ArgType::list, "NEEDS.toml", "needs as `advise` takes them; several are compared"},
       {"--out", "", ArgType::text, "FILE.html", "write the page: it stands alone and prints on A4"},
       {"--title", "title", ArgType::text, "TEXT", "heading of the page"},
       {"--for", "prepared_for", ArgType::text, "NAME", "whom it is for"},
       {"--by", "prepared_by", ArgType::text, "NAME", "who made it"},
       {"--currency", "currency", ArgType::text, "CODE", "currency of all amounts (the budget's)"},
       {"--as-of", "as_of", ArgType::text, "DATE", "prices as of this date"},
       {"--scores", "", ArgType::text, "RESULTS.json", "results of an evaluation of your own: they count first"},
       measurements_arg()},
      run};
  return kSpec;
}

}  // namespace rigwise
