#include "host/cli/cost_flags.h"
#include "host/cli/cost_report.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/usage_file.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

Result<Json> read_plan(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  Result<Json> object = parse_json(*text);
  if (!object) {
    Error error = object.error();
    error.where = path + (error.where.empty() ? "" : ": " + error.where);
    return fail(std::move(error));
  }
  if (!object->is_object()) return invalid("the file holds no object", path, "{\"setup\": \"rtx 4090\", ...}");
  return object;
}

/// What a file of usage knows and nobody said otherwise. Tokens a week or a day say the same as a month's.
Result<void> lay_usage(const Console& console, const Args& args, Json& request) {
  const Result<std::optional<Json>> file = usage_file(args);
  if (!file || !*file) return file ? Result<void>() : fail(file.error());
  Json part = (**file)["cost"].value("usage", Json::object());
  Json& usage = request["usage"];
  if (usage.is_null()) usage = Json::object();
  if (usage.is_object() && (usage.contains("tokens_per_week") || usage.contains("tokens_per_day"))) {
    part.erase("tokens_per_month");
  }
  std::vector<std::string> filled;
  lay_usage_under(part, "usage.", usage, filled);
  note_filled(console, args, filled);
  return {};
}

int run(Session& session, const Args& args) {
  Result<Json> request = request_from_args(cost_command(), args);
  if (!request) return session.console().print_error(request.error());
  if (const auto path = args.text("PLAN")) {
    Result<Json> plan = read_plan(*path);
    if (!plan) return session.console().print_error(plan.error());
    plan->update(*request);
    request = std::move(plan);
  }
  if (const Result<void> laid = lay_cost_flags_over(args, *request); !laid) {
    return session.console().print_error(laid.error());
  }
  if (const Result<void> laid = lay_usage(session.console(), args, *request); !laid) {
    return session.console().print_error(laid.error());
  }
  int status = 0;
  const std::optional<Json> response = session.answer("cost", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, cost_rows)) {
    print_cost(session.console(), *response, args.has("--by-month"));
  }
  return text_of((*response)["deliverable"], "verdict") == "no" ? 1 : 0;
}

}  // namespace

const CommandSpec& cost_command() {
  static const CommandSpec kSpec = {
      "cost", "what does it cost, and when does it pay? against APIs, subscriptions, rent",
      "cost --setup \"2x rtx 3090\" --model qwen3-32b --tokens-per-month 50M --against \"claude-sonnet-4.5\" "
      "--seats \"10 admin, 8 developer\" --currency CAD --region CA\n"
      "  rigwise cost --price 40000 --currency SEK --power 120 --hours-per-day 8 --tokens-per-month 1.9B "
      "--input-share 0.3 --against qwen3-32b",
      cost_args(), run};
  return kSpec;
}

}  // namespace rigwise
