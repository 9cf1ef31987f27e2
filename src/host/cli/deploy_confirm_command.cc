#include <ostream>

#include "codec/kit_expected.h"
#include "core/base/text.h"
#include "host/cli/deploy_command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

Result<Json> json_file(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  Result<Json> json = parse_json(*text);
  if (json) return json;
  Error error = json.error();
  error.where = path + (error.where.empty() ? "" : ": " + error.where);
  return fail(std::move(error));
}

Json figure_json(const ConfirmedFigure& figure) {
  return {{"quantity", figure.quantity},
          {"concurrency", figure.streams},
          {"predicted",
           {{"value", figure.predicted.value}, {"low", figure.predicted.low}, {"high", figure.predicted.high}}},
          {"measured", figure.measured},
          {"inside", figure.is_inside()}};
}

void print_figures(const Console& console, const std::string& service, const std::vector<ConfirmedFigure>& figures) {
  Table table;
  table.columns = {{service, false, true}, {"streams", true},  {"predicted", true}, {"from", true},
                   {"to", true},           {"measured", true}, {"", false, true}};
  for (const ConfirmedFigure& figure : figures) {
    const Band& band = figure.predicted;
    table.rows.push_back({figure.quantity == "decode" ? "tok/s of one stream" : "s to the first token",
                          std::to_string(figure.streams), significant(band.value, 3), significant(band.low, 3),
                          significant(band.high, 3), significant(figure.measured, 3),
                          figure.is_inside() ? console.good("inside") : console.bad("outside")});
  }
  console.print(table);
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const std::string service = args.text("SERVICE").value_or("");
  const Result<Json> expected = json_file(args.text("EXPECTED").value_or(""));
  if (!expected) return console.print_error(expected.error());
  const Result<Json> bench = json_file(args.text("RESULT").value_or(""));
  if (!bench) return console.print_error(bench.error());
  const Result<std::vector<ConfirmedFigure>> figures = confirmed_figures(*expected, service, *bench);
  if (!figures) return console.print_error(figures.error());
  const bool confirmed = is_confirmed(*figures);
  Json list = Json::array();
  for (const ConfirmedFigure& figure : *figures) list.push_back(figure_json(figure));
  const Json response = {{"schema", "rigwise.deploy_confirm/1"},
                         {"service", service},
                         {"confirmed", confirmed},
                         {"figures", std::move(list)}};
  if (!session.printed_as_json(response)) print_figures(console, service, *figures);
  return confirmed ? 0 : 1;
}

}  // namespace

const CommandSpec& deploy_confirm_command() {
  static const CommandSpec kSpec = {"deploy confirm",
                                    "is a kit as fast as predicted? measured beside predicted",
                                    "deploy confirm kit/expected.json qwen3-32b results/qwen3-32b.json",
                                    {{"EXPECTED", "", ArgType::text, "EXPECTED.json", "of the kit"},
                                     {"SERVICE", "", ArgType::text, "SERVICE", "as the kit names it"},
                                     {"RESULT", "", ArgType::text, "RESULT.json", "what `rigwise bench --out` wrote"}},
                                    run};
  return kSpec;
}

}  // namespace rigwise
