#include "host/cli/usage_report.h"

#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/say.h"

namespace rigwise {
namespace {

/// "53.2 million".
std::string say_many(double count) {
  constexpr double kMillion = 1e6, kBillion = 1e9, kTenThousand = 1e4;
  if (count >= kBillion) return significant(count / kBillion, 3) + " billion";
  if (count >= kMillion) return significant(count / kMillion, 3) + " million";
  return count >= kTenThousand ? significant(count / 1e3, 3) + " thousand" : significant(count, 3);
}

std::string percent(const Json& share, int digits = 3) {
  return share.is_null() ? "-" : significant(100 * share.get<double>(), digits) + " %";
}

double number_of(const Json& object, const char* key) {
  return object[key].is_number() ? object[key].get<double>() : 0;
}

std::string count_or_dash(const Json& count) { return count.is_number() ? say_count(count.get<double>()) : "-"; }

std::string counted(double count, const char* one, const char* many) {
  return say_count(count) + " " + (count == 1 ? one : many);
}

std::string monthly(const Json& use) {
  std::string text = say_many(number_of(use, "value"));
  if (!use["low"].is_null()) {
    text += " (" + say_many(number_of(use, "low")) + " to " + say_many(number_of(use, "high")) + ")";
  }
  return text;
}

void print_month(const Console& console, const Json& response) {
  const Json& period = response["period"];
  if (period.is_null()) {
    console.print_wrapped(
        number_of(response, "left_out") > 0
            ? "no request lies in the days asked for (--since, --until): nothing can be said of a month"
            : "no request has a date: nothing can be said of a month");
    return;
  }
  const bool knows = !response["tokens_per_month"].is_null();
  *console.out << console.strong(knows ? monthly(response["tokens_per_month"]) + " tokens a month"
                                       : "no request says how many tokens it had")
               << '\n';
  console.print_wrapped((knows ? "in " : "") + monthly(response["requests_per_month"]) +
                            " requests a month; scaled from " + counted(number_of(period, "days"), "day", "days") +
                            ", " + text_of(period, "from") + " to " + text_of(period, "to") + ", " +
                            say_count(number_of(period, "active_days")) + " of them with requests",
                        2);
}

void print_totals(const Console& console, const Json& response) {
  const Json& totals = response["totals"];
  const double input = number_of(totals, "input_tokens"), output = number_of(totals, "output_tokens");
  std::string read = "read: " + counted(number_of(totals, "requests"), "request", "requests");
  if (!totals["input_tokens"].is_null()) {
    read += " of " + say_count(input + output) + " tokens: " + say_count(input) + " of prompts";
    if (!totals["cached_tokens"].is_null()) {
      read += ", " + say_count(number_of(totals, "cached_tokens")) + " of these from a cache";
    }
    read += ", " + say_count(output) + " of answers";
  }
  console.print_wrapped(read, 2);
  const Json& shares = response["shares"];
  if (!shares["input"].is_null()) {
    std::string line = "input " + percent(shares["input"]) + " of the tokens";
    if (!shares["cached"].is_null()) line += ", cached " + percent(shares["cached"]) + " of the input";
    console.print_wrapped(line, 2);
  }
  const Json& prompts = response["lengths"]["prompt_tokens"];
  const Json& answers = response["lengths"]["output_tokens"];
  std::string line;
  if (!prompts.is_null()) {
    line = "a prompt has " + say_count(number_of(prompts, "p50")) + " tokens (one of ten more than " +
           say_count(number_of(prompts, "p90")) + ")";
  }
  if (!answers.is_null()) {
    line += (line.empty() ? "an answer has " : ", an answer ") + say_count(number_of(answers, "p50")) + " (" +
            say_count(number_of(answers, "p90")) + ")";
  }
  if (!line.empty()) console.print_wrapped(line, 2);
  if (const Json& busiest = response["busiest_hour"]; !busiest.is_null()) {
    console.print_wrapped("busiest hour: " + text_of(busiest, "hour") + ", " +
                              counted(number_of(busiest, "requests"), "request", "requests") + ", " +
                              say_number(busiest["requests_per_s"]) + " a second",
                          2);
  }
}

void print_sources(const Console& console, const Json& response) {
  std::vector<std::string> parts;
  for (const Json& source : response["sources"]) {
    parts.push_back(counted(number_of(source, "files"), "file", "files") + " of " + text_of(source, "format"));
  }
  std::string line = "from: " + join(parts, ", ");
  const double copies = number_of(response, "copies"), agents = number_of(response["sidechains"], "requests");
  if (copies > 0) line += "; " + counted(copies, "copy", "copies") + " of requests counted once";
  if (agents > 0) line += "; " + say_count(agents) + " asked by agents of an agent";
  console.print_wrapped(line, 2);
  *console.out << '\n';
}

void print_models(const Console& console, const Json& response) {
  constexpr std::size_t kShown = 8;
  Table table;
  table.columns = {{"model", false, true}, {"requests", true}, {"input", true}, {"cached", true}, {"output", true}};
  for (const Json& model : response["models"]) {
    if (table.rows.size() == kShown) break;
    table.rows.push_back({model["model"].is_null() ? "(not said)" : text_of(model, "model"),
                          say_count(number_of(model, "requests")), count_or_dash(model["input_tokens"]),
                          count_or_dash(model["cached_tokens"]), count_or_dash(model["output_tokens"])});
  }
  if (table.rows.empty()) return;
  console.print(table);
  const std::size_t more = response["models"].size() - table.rows.size();
  if (more > 0) *console.out << "and " << more << " more (--json has all)\n";
  *console.out << '\n';
}

void print_mix(const Console& console, const Json& response) {
  if (response["mix"].empty()) {
    console.print_wrapped(number_of(response, "left_out") > 0
                              ? "no prompt lies in the days asked for: what kind of work it was, nobody can say"
                              : "no prompt is in these logs: what kind of work it was, nobody can say");
    *console.out << '\n';
    return;
  }
  Table table;
  table.columns = {{"work", false, true}, {"prompts", true}, {"share", true}, {"interval", true}, {"of tokens", true}};
  for (const Json& share : response["mix"]) {
    table.rows.push_back({text_of(share, "category"), say_count(number_of(share, "prompts")), percent(share["share"]),
                          significant(100 * number_of(share, "low"), 2) + "-" + percent(share["high"], 2),
                          percent(share["token_share"])});
  }
  console.print(table);
  *console.out << "by the rules of `rigwise usage rules`; other: no rule knows it\n\n";
}

void print_hours(const Console& console, const Json& response) {
  double most = 0;
  for (const Json& hour : response["hours"]) most = std::max(most, number_of(hour, "requests"));
  if (most <= 0) return;
  *console.out << "requests by hour, UTC" << text_of(response["period"], "utc_offset") << ":\n";
  constexpr double kWidth = 50;
  for (const Json& hour : response["hours"]) {
    const double requests = number_of(hour, "requests");
    const int bars = requests > 0 ? std::max(1, static_cast<int>(kWidth * requests / most + 0.5)) : 0;
    const std::string name = say_count(number_of(hour, "hour"));
    *console.out << (name.size() < 2 ? "0" : "") << name << ' ' << std::string(static_cast<std::size_t>(bars), '#')
                 << (bars > 0 ? " " : "") << say_count(requests) << '\n';
  }
  *console.out << '\n';
}

}  // namespace

void print_usage(const Console& console, const Json& response) {
  print_month(console, response);
  print_totals(console, response);
  print_sources(console, response);
  print_models(console, response);
  print_mix(console, response);
  print_hours(console, response);
  for (const Json& note : response["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 2);
}

DataRows usage_rows(const Json& response) {
  DataRows data;
  data.columns = {"kind",          "name",          "requests", "prompts", "input_tokens",
                  "cached_tokens", "output_tokens", "share",    "low",     "high"};
  const auto add_sums = [&](const char* kind, const Json& name, const Json& sums) {
    data.rows.push_back({kind, name, sums["requests"], nullptr, sums["input_tokens"], sums["cached_tokens"],
                         sums["output_tokens"], nullptr, nullptr, nullptr});
  };
  add_sums("total", "all", response["totals"]);
  for (const Json& model : response["models"]) add_sums("model", model["model"], model);
  for (const Json& hour : response["hours"]) {
    data.rows.push_back(
        {"hour", hour["hour"], hour["requests"], nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr});
  }
  const char* const kDays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  for (std::size_t i = 0; i < std::size(kDays); ++i) {
    data.rows.push_back(
        {"weekday", kDays[i], response["weekdays"][i], nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr});
  }
  for (const Json& share : response["mix"]) {
    data.rows.push_back({"category", share["category"], nullptr, share["prompts"], nullptr, nullptr, nullptr,
                         share["share"], share["low"], share["high"]});
  }
  return data;
}

}  // namespace rigwise
