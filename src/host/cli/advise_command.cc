#include <ostream>

#include "core/base/text.h"
#include "host/cli/advise_flags.h"
#include "host/cli/advise_questions.h"
#include "host/cli/advise_report.h"
#include "host/cli/command.h"
#include "host/cli/mix_flags.h"
#include "host/cli/needs_files.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/usage_file.h"

namespace rigwise {
namespace {

/// What a file of usage knows and neither the needs nor a flag said.
Result<void> lay_usage(const Console& console, const Args& args, Json& needs) {
  const Result<std::optional<Json>> file = usage_file(args);
  if (!file || !*file) return file ? Result<void>() : fail(file.error());
  if (!needs.is_object()) return {};
  if (!needs.contains("usage")) needs["usage"] = Json::object();
  const Json& part = (**file)["advise"];
  std::vector<std::string> filled;
  if (part.contains("needs") && part["needs"].contains("usage")) {
    lay_usage_under(part["needs"]["usage"], "usage.", needs["usage"], filled);
  }
  // Who or what it is for, where the needs say, is known better there than from a log.
  if (!needs.contains("targets") && !needs.contains("people") && part["needs"].contains("targets")) {
    needs["targets"] = part["needs"]["targets"];
    for (const Json& target : needs["targets"]) {
      filled.push_back("a target: " + text_of(target, "name") + ", class " + text_of(target, "model_class") +
                       ", prompts of " + say_count(target["prompt_tokens"]) + " tokens, contexts of " +
                       say_count(target["context_tokens"]));
    }
  }
  note_filled(console, args, filled);
  return {};
}

/// File, then flags over it; with neither and a person at the terminal, four questions.
Result<GivenNeeds> gather_needs(Session& session, const Args& args) {
  GivenNeeds given;
  if (const std::optional<std::string> path = args.text("NEEDS")) {
    Result<GivenNeeds> read = read_needs_file(*path);
    if (!read) return read;
    given = *std::move(read);
  }
  const bool has_flags = names_needs(args) || args.has("--usage");
  const Console& console = session.console();
  if (!args.has("NEEDS") && !has_flags && console.in_is_terminal && console.out_is_terminal) {
    given.object = ask_needs(*console.in, *console.out);
    return given;
  }
  if (!args.has("NEEDS") && !has_flags) {
    return invalid("nothing is said about what you need", "advise",
                   "a needs file (examples/needs-hobbyist.toml), or flags such as --budget 4000 --class coding");
  }
  const Result<void> laid = lay_flags_over(args, given.object);
  if (!laid) return fail(laid.error());
  if (const Result<void> used = lay_usage(console, args, given.object); !used) return fail(used.error());
  return given;
}

int run(Session& session, const Args& args) {
  const Result<GivenNeeds> needs = gather_needs(session, args);
  if (!needs) return session.console().print_error(needs.error());
  Result<Json> request = request_from_args(advise_command(), args);
  if (!request) return session.console().print_error(request.error());
  (*request)["needs"] = needs->object;
  if (const auto path = args.text("--scores"); path && !path->ends_with(".json")) {
    return session.console().print_error({ErrorCode::invalid_input,
                                          "\"" + *path + "\" is no result file",
                                          "--scores",
                                          "a .json of `rigwise eval report` or `rigwise eval import`",
                                          {}});
  }
  if (const Result<void> laid = lay_results_over(args, *request); !laid) {
    return session.console().print_error(laid.error());
  }
  if (args.has("NEEDS") && !args.has("--budget") && args.has("--currency")) {
    (*request)["currency"] = args.text("--currency").value_or("");
  }

  const Result<const House*> house = session.house();
  if (!house) return session.console().print_error(house.error());
  const Result<Json> response = run_verb(**house, "advise", *request);
  if (!response) {
    return session.console().print_error(needs->located(response.error()));
  }
  session.note_refused_runs(*response);
  if (!session.printed_as_data(*response, advice_rows)) print_advice(session.console(), *response);
  return (*response)["options"].empty() || !(*response)["minimum_holds"].get<bool>() ? 1 : 0;
}

}  // namespace

const CommandSpec& advise_command() {
  static const CommandSpec kSpec = {"advise", "which machine should I buy, or should I not buy one at all?",
                                    "advise examples/needs-agents.toml\n  rigwise advise --budget 4000 --class coding\n"
                                    "  rigwise advise --budget 25000 --people \"10 admin, 8 developer\" --noise loud",
                                    advise_args(), run};
  return kSpec;
}

}  // namespace rigwise
