#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/cost_flags.h"
#include "host/cli/mix_flags.h"
#include "host/cli/people_groups.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/usage_file.h"

namespace rigwise {
namespace {

std::string percent(const Json& share) {
  return share.is_null() ? "-" : significant(100 * share.get<double>(), 3) + " %";
}

std::string verdict_of(const Json& category) {
  const std::string route = text_of(category, "route");
  return route == "either" ? "either (" + text_of(category, "leans") + "?)" : route;
}

std::string interval_of(const Json& score) {
  return score.is_null() || score["low"].is_null()
             ? "-"
             : significant(100 * score["low"].get<double>(), 3) + "-" + percent(score["high"]);
}

std::string tasks_of(const Json& score) {
  if (score.is_null()) return "-";
  const std::string tasks = score["tasks"].is_null() ? "?" : say_count(score["tasks"].get<double>());
  return text_of(score, "basis") == "overall" ? tasks + " overall" : tasks;
}

void print_categories(const Console& console, const Json& response) {
  Table table;
  table.columns = {{"work", false, true}, {"share", true},    {"goes", false}, {"best local", false, true},
                   {"score", true},       {"interval", true}, {"tasks", true}, {"asked", true}};
  for (const Json& category : response["categories"]) {
    const Json& score = category["score"];
    table.rows.push_back({text_of(category, "category"), percent(category["share"]), verdict_of(category),
                          category["model"].is_null() ? "-" : text_of(category, "model"),
                          score.is_null() ? "-" : percent(score["score"]), interval_of(score), tasks_of(score),
                          percent(category["limit"])});
  }
  console.print(table);
  *console.out << "score, interval: shares of the full mark; asked: threshold x the reference's\n\n";
}

void print_totals(const Console& console, const Json& response) {
  const Json& shares = response["shares"];
  std::string line = percent(shares["local"]) + " moves local, " + percent(shares["cloud"]) + " stays in the cloud";
  if (shares["either"].get<double>() > 0) line += ", " + percent(shares["either"]) + " may go either way";
  line += "; quality kept: " + percent(response["quality_kept"]);
  console.print_wrapped(line);
  const std::string currency = text_of(response, "currency");
  if (!response["money"].is_null()) {
    for (const Json& money : response["money"]) {
      std::string saved = say_number(money["saved_per_month"]);
      if (money["saved_at_most_per_month"] > money["saved_per_month"]) {
        saved += " to " + say_number(money["saved_at_most_per_month"]);
      }
      std::string sums = "saved a month at ";
      sums.append(text_of(money, "api")).append(": ").append(saved).append(" of ");
      sums.append(say_number(money["all_per_month"])).append(" ").append(currency);
      console.print_wrapped(sums, 2);
    }
  }
  *console.out << '\n';
}

std::string net_words(double saving) {
  return saving >= 0 ? say_count(saving) + " saved" : say_count(-saving) + " more";
}

void print_local(const Console& console, const Json& local, const std::string& currency) {
  if (local.is_null()) return;
  for (const Json& model : local["models"]) {
    std::string line =
        text_of(model, "model") + " " + text_of(model, "quant") + " on " + text_of(local, "setup") + ": ";
    if (model["decode"].is_null()) {
      line += text_of(model, "why_not");
    } else {
      line += say_estimate(model["decode"]) + " tok/s";
      if (!model["energy_j_per_token"].is_null())
        line += ", " + say_number(model["energy_j_per_token"], 2) + " J per token";
      if (const Json& cost = model["cost_per_mtok"]; cost.is_object()) {
        line += ", " + say_number(cost["output"]["value"], 2) + " " + currency + " to write a million tokens";
      }
    }
    console.print_wrapped(line, 2);
  }
  if (!local["busy_hours_per_month"].is_null()) {
    const bool can = local["can_do_it"].get<bool>();
    std::string line = std::string(can ? "busy at most " : "cannot do it all: busy ") +
                       say_number(local["busy_hours_per_month"]) + " hours a month";
    if (!local["cost_per_month"].is_null()) {
      line += "; costs " + say_count(local["cost_per_month"].get<double>()) + " " + currency + " a month";
    }
    if (!local["net_saving_per_month"].is_null()) {
      const double sure = local["net_saving_per_month"].get<double>();
      const double most = local["net_saving_at_most_per_month"].get<double>();
      line += "; against the API for what moves " + net_words(sure);
      if (most > sure) line += " for certain, " + net_words(most) + " at most";
    }
    console.print_wrapped(line, 2);
  }
  *console.out << '\n';
}

void print_routes(const Console& console, const Json& response) {
  print_categories(console, response);
  if (console.format != OutputFormat::table) return;
  print_totals(console, response);
  print_local(console, response["local"], text_of(response, "currency"));
  for (const Json& category : response["categories"]) {
    console.print_wrapped(
        text_of(category, "category") + ", " + verdict_of(category) + ": " + text_of(category, "reason"), 2);
  }
  *console.out << '\n';
  for (const Json& change : response["would_change_if"]) {
    console.print_wrapped("would change: " + text_of(change, "reason"), 2);
  }
  for (const Json& note : response["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 2);
  for (const Json& assumption : response["assumptions"]) {
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
  }
}

DataRows route_rows(const Json& response) {
  DataRows data;
  data.columns = {"category",
                  "share",
                  "route",
                  "cause",
                  "model",
                  "score",
                  "low",
                  "high",
                  "tasks",
                  "basis",
                  "limit",
                  "reference_score",
                  "tokens_per_month",
                  "api_cost_per_month",
                  "currency"};
  const auto of = [](const Json& score, const char* key) { return score.is_null() ? Json(nullptr) : score[key]; };
  for (const Json& category : response["categories"]) {
    const Json& score = category["score"];
    data.rows.push_back({category["category"], category["share"], category["route"], category["cause"],
                         category["model"], of(score, "score"), of(score, "low"), of(score, "high"), of(score, "tasks"),
                         of(score, "basis"), category["limit"], of(score, "reference_score"),
                         category["tokens_per_month"], category["api_cost_per_month"], response["currency"]});
  }
  return data;
}

/// Words of a repeatable flag that may also hold a list between commas.
Json words_of(const Args& args, const std::string& flag) {
  Json list = Json::array();
  for (const std::string& text : args.list(flag)) {
    for (const std::string& word : words_between_commas(text)) list.push_back(word);
  }
  return list;
}

Result<Json> route_request(const Args& args) {
  Result<Json> request = request_from_args(route_command(), args);
  if (!request) return request;
  for (const auto& [flag, key] : {std::pair{"--has", "abilities"}, std::pair{"--against", "api_models"}}) {
    if (args.has(flag)) (*request)[key] = words_of(args, flag);
  }
  if (args.has("--models")) {
    (*request)["models"] = Json::array();
    // A name with a comma is a name of its own when it is given alone.
    for (const std::string& text : args.list("--models")) {
      const bool whole = text.find('(') != std::string::npos;
      const std::vector<std::string> names = whole ? std::vector<std::string>{text} : words_between_commas(text);
      for (const std::string& name : names) (*request)["models"].push_back(name);
    }
  }
  if (Result<void> done = lay_quality_flags_over(args, *request); !done) return fail(done.error());
  if (const auto text = args.text("--tokens-per-month")) {
    const Result<double> tokens = parse_count(*text, "--tokens-per-month");
    if (!tokens) return fail(tokens.error());
    (*request)["usage"]["tokens_per_month"] = *tokens;
  }
  for (const char* key : {"input_share", "cached_share"}) {
    if (!request->contains(key)) continue;
    (*request)["usage"][key] = (*request)[key];
    request->erase(key);
  }
  return request;
}

/// What a file of usage knows and no flag said.
Result<void> lay_usage(const Console& console, const Args& args, Json& request) {
  const Result<std::optional<Json>> file = usage_file(args);
  if (!file || !*file) return file ? Result<void>() : fail(file.error());
  const Json& part = (**file)["route"];
  std::vector<std::string> filled;
  if (part.contains("prompt_mix")) lay_usage_under({{"prompt_mix", part["prompt_mix"]}}, "", request, filled);
  if (part.contains("usage")) {
    if (!request.contains("usage")) request["usage"] = Json::object();
    lay_usage_under(part["usage"], "usage.", request["usage"], filled);
  }
  note_filled(console, args, filled);
  return {};
}

int run(Session& session, const Args& args) {
  Result<Json> request = route_request(args);
  if (!request) return session.console().print_error(request.error());
  if (const Result<void> laid = lay_usage(session.console(), args, *request); !laid) {
    return session.console().print_error(laid.error());
  }
  int status = 0;
  const std::optional<Json> response = session.answer("route", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, route_rows)) print_routes(session.console(), *response);
  const Json& shares = (*response)["shares"];
  return shares["local"].get<double>() + shares["either"].get<double>() > 0 ? 0 : 1;
}

}  // namespace

const CommandSpec& route_command() {
  static const CommandSpec kSpec = {
      "route",
      "what moves local? work by work: local, cloud or either, with the money",
      "route --mix coding:40,chat:30,review:30 --models qwen3-32b --threshold 0.9\n"
      "  rigwise route --mix \"coding:50,writing:30,research+web_search:20\" --models qwen3-coder-next,phi-4 "
      "--tokens-per-month 50M --against claude-sonnet-4.6 --setup \"strix halo\"",
      {{"--mix", "", ArgType::text, "LIST", "work and shares, needs after a plus: coding:40,research+web_search:10"},
       usage_arg(),
       {"--models", "", ArgType::list, "NAMES", "local candidates (repeatable, or with commas)"},
       {"--threshold", "threshold", ArgType::number, "SHARE", "of the reference's score that is enough (0.9)"},
       {"--reference", "reference", ArgType::text, "NAME", "model compared with (a benchmark's best closed one)"},
       {"--has", "", ArgType::list, "NEEDS", "that your set-up meets: tools, web_search, agent, long_context, images"},
       {"--quality-source", "quality_source", ArgType::text, "NAME", "a benchmark of the catalog (all of them)"},
       {"--scores", "", ArgType::text, "FILE",
        "your own: model,category,score[,scale_max,tasks] in a .csv, or a result .json"},
       {"--run", "", ArgType::text, "LABEL", "your own: a run of `eval run` (with --store alone: the newest)"},
       {"--store", "", ArgType::text, "URL", "where that run is (RIGWISE_STORE)"},
       {"--tokens-per-month", "", ArgType::text, "N", "input and output together, as 50M"},
       {"--input-share", "input_share", ArgType::number, "SHARE", "of the tokens that are input (0.8)"},
       {"--cached-share", "cached_share", ArgType::number, "SHARE", "of the input that an API has cached (0)"},
       {"--against", "", ArgType::list, "API", "what the work costs in the cloud (the reference's own API)"},
       {"--setup", "setup", ArgType::text, "SETUP", "where the local work runs, as \"2x rtx-3090\""},
       {"--concurrency", "concurrency", ArgType::integer, "N", "streams at once there (1)"},
       {"--electricity-per-kwh", "electricity_per_kwh", ArgType::money, "PRICE", "price of a kWh"},
       {"--currency", "currency", ArgType::text, "CODE", "currency of all amounts (USD)"},
       {"--region", "region", ArgType::text, "CODE", "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
       {"--level", "level", ArgType::number, "P", "coverage of the intervals (0.8)"},
       measurements_arg(),
       {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"}},
      run};
  return kSpec;
}

}  // namespace rigwise
