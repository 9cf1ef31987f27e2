#include "host/cli/advise_report.h"

#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/say.h"
#include "verbs/report_words.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostPareto = 12, kMostRisks = 4;

/// Bands say nothing about the last half percent, so neither do we.
std::string percent(const Json& share) {
  const double p = share.get<double>();
  if (p > 0.994) return ">99 %";
  return p < 0.006 ? "<1 %" : fixed(100 * p, 0) + " %";
}

std::string whole(const Json& amount) { return say_count(amount.get<double>()); }

/// "very loud" for "very_loud".
std::string words(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

void title(const Console& console, std::string_view text) { *console.out << '\n' << console.strong(text) << '\n'; }

Table options_table(const Json& response) {
  Table table;
  const std::string currency = text_of(response, "currency");
  table.columns = {{"no", true, false},    {"machine", false, true}, {currency, true, false}, {"a month", true, false},
                   {"meets", true, false}, {"quality", true, false}, {"noise", false, false}, {"W", true, false}};
  for (const Json& option : response["options"]) {
    table.rows.push_back(
        {whole(option["rank"]), short_machine_name(text_of(option, "label")), whole(option["price"]),
         whole(option["cost"]["per_month"]), percent(option["probability"]),
         (option["quality_is_known"].get<bool>() ? "" : "~") + fixed(option["quality"].get<double>(), 2),
         words(text_of(option, "noise")), say_number(option["power_w"])});
  }
  return table;
}

Table models_table(const Json& response) {
  Table table;
  table.columns = {{"no", true, false},      {"for", false, true},         {"runs", false, true},
                   {"streams", true, false}, {"tok/s alone", true, false}, {"at once", true, false},
                   {"1st word", true, false}};
  for (const Json& option : response["options"]) {
    for (const Json& target : option["targets"]) {
      const std::string streams =
          whole(target["streams"]) + (target["replicas"].get<int>() > 1 ? " x" + whole(target["replicas"]) : "");
      table.rows.push_back({whole(option["rank"]), text_of(target, "name"),
                            (target["host_memory_gb"].get<double>() > 0 ? "+RAM " : "") + text_of(target, "model") +
                                " " + text_of(target, "quant"),
                            streams, say_estimate(target["decode"]), say_number(target["together"]["value"]),
                            significant(target["ttft_s"]["value"].get<double>(), 2) + " s"});
    }
  }
  return table;
}

/// The front may be long: the score of the last point shown, when only the best are.
double least_score_shown(const Json& pareto) {
  std::vector<double> scores;
  for (const Json& point : pareto) scores.push_back(point["score"].get<double>());
  std::sort(scores.rbegin(), scores.rend());
  return scores.size() > kMostPareto ? scores[kMostPareto - 1] : -1e9;
}

Table pareto_table(const Json& response) {
  Table table;
  table.columns = {{text_of(response, "currency") + " in " + whole(response["horizon_months"]) + " mo.", true, false},
                   {"machine", false, true},
                   {"meets", true, false},
                   {"quality", true, false},
                   {"noise", false, false},
                   {"W", true, false},
                   {"no", true, false}};
  const double least = least_score_shown(response["pareto"]);
  for (const Json& point : response["pareto"]) {
    if (point["score"].get<double>() < least) continue;
    table.rows.push_back({whole(point["total"]), short_machine_name(text_of(point, "label")),
                          percent(point["probability"]), fixed(point["quality"].get<double>(), 2),
                          words(text_of(point, "noise")), say_number(point["power_w"]),
                          point["rank"].is_null() ? "" : whole(point["rank"])});
  }
  return table;
}

/// A paragraph set in by `indent`, its later lines by `indent` and `hang`.
void print_set_in(const Console& console, int indent, int hang, const std::string& text) {
  Console narrow = console;
  narrow.width -= indent;
  *console.out << std::string(static_cast<std::size_t>(indent), ' ');
  narrow.print_wrapped(text, indent + hang);
}

void print_reasons(const Console& console, const Json& option) {
  *console.out << whole(option["rank"]) << ". " << console.strong(text_of(option, "label")) << '\n';
  for (const Json& reason : option["reasons"]) print_set_in(console, 3, 2, reason.get<std::string>());
  std::size_t shown = 0;
  for (const Json& risk : option["risks"]) {
    if (shown++ < kMostRisks) print_set_in(console, 3, 2, "risk: " + risk.get<std::string>());
  }
  if (option["also"].empty()) return;
  std::vector<std::string> names;
  for (const Json& name : option["also"]) names.push_back(name.get<std::string>());
  print_set_in(console, 3, 2, "much the same: " + join(names, "; "));
}

/// "Claude Pro" of the service "Claude Pro" in its plan "Pro".
void print_cloud(const Console& console, const Json& response) {
  const Json& cloud = response["do_not_buy"];
  const std::string currency = text_of(response, "currency");
  console.print_wrapped(text_of(cloud, "verdict"));
  console.print_wrapped(
      "API, " + fixed(cloud["per_month"].get<double>(), 2) + " " + currency + " a month: " + text_of(cloud, "words"),
      2);
  if (!cloud["subscription"].is_null()) {
    const Json& seats = cloud["subscription"];
    std::vector<std::string> groups;
    for (const Json& group : seats["groups"]) {
      groups.push_back(whole(group["count"]) + " x " + text_of(group, "name") + " at " +
                       fixed(group["per_month"].get<double>(), 2) + " (" + text_of(group, "basis") + ")");
    }
    console.print_wrapped("subscriptions, " + fixed(seats["per_month"].get<double>(), 2) + " " + currency +
                              " a month: " + join(groups, "; "),
                          2);
  }
  std::vector<std::string> lacks;
  for (const Json& lack : cloud["lacks"]) lacks.push_back(lack.get<std::string>());
  console.print_wrapped("what it lacks: " + join(lacks, "; "), 2);
}

void print_counts(const Console& console, const std::string& heading, const Json& counts) {
  if (counts.empty()) return;
  std::vector<std::string> parts;
  for (const auto& [reason, count] : counts.items()) parts.push_back(whole(count) + " " + reason);
  console.print_wrapped(heading + ": " + join(parts, ", "), 2);
}

void print_search(const Console& console, const Json& response) {
  const Json& searched = response["searched"];
  const Json& pruned = searched["pruned"];
  console.print_wrapped("searched: " + whole(searched["devices"]) + " priced devices in " +
                            whole(searched["candidates"]) + " set-ups, " + whole(searched["predictions"]) +
                            " speeds predicted; " + whole(pruned["memory"]) + " runs do not fit, " +
                            whole(pruned["bandwidth"]) + " are too slow for their memory bandwidth, " +
                            whole(pruned["rival"]) + " are beaten by another model or format on the same machine",
                        2);
  print_counts(console, "set-ups excluded", response["excluded"]);
  print_counts(console, "devices left out", response["left_out"]);
}

void print_list(const Console& console, const Json& list) {
  for (const Json& item : list) console.print_wrapped("- " + item.get<std::string>(), 2);
}

}  // namespace

DataRows advice_rows(const Json& response) {
  DataRows data;
  data.columns = {"rank",
                  "setup",
                  "price",
                  "price_low",
                  "price_high",
                  "currency",
                  "cost_total",
                  "probability",
                  "quality",
                  "quality_is_known",
                  "noise",
                  "power_w",
                  "target",
                  "model",
                  "quant",
                  "engine",
                  "streams",
                  "tier",
                  "decode_tokens_per_s",
                  "decode_low",
                  "decode_high",
                  "together_tokens_per_s",
                  "ttft_s",
                  "ttft_low",
                  "ttft_high"};
  for (const Json& option : response["options"]) {
    for (const Json& target : option["targets"]) {
      const Json &decode = target["decode"], &ttft = target["ttft_s"];
      data.rows.push_back({option["rank"],
                           option["setup"],
                           option["price"],
                           option["price_low"],
                           option["price_high"],
                           response["currency"],
                           option["cost"]["total"],
                           option["probability"],
                           option["quality"],
                           option["quality_is_known"],
                           option["noise"],
                           option["power_w"],
                           target["name"],
                           target["model"],
                           target["quant"],
                           target["engine"],
                           target["streams"],
                           decode["tier"],
                           decode["value"],
                           decode["low"],
                           decode["high"],
                           target["together"]["value"],
                           ttft["value"],
                           ttft["low"],
                           ttft["high"]});
    }
  }
  return data;
}

void print_advice(const Console& console, const Json& response) {
  if (console.format == OutputFormat::md) {
    console.print(options_table(response));
    return;
  }
  console.print_wrapped(console.strong(text_of(response, "answer")));
  if (!response["options"].empty()) {
    *console.out << '\n';
    console.print(options_table(response));
    const std::string scale = text_of(response, "quality_scale");
    console.print_wrapped(
        console.faint("meets: how likely every asked speed holds while all of it runs. quality: " +
                      (scale.empty() ? "nobody judged these models" : "1.00 is " + scale + "; ties below 0.05") +
                      "; ~ where a model was not judged and stands by its rank in the class"));
    title(console, "What runs on them");
    console.print(models_table(response));
    console.print_wrapped(console.faint(
        "at once: tok/s while all of it runs; 1st word: the wait for it after a prompt of the length under Assumed "
        "when nobody else asks, part of the probability"));
    title(console, "Why");
    for (const Json& option : response["options"]) print_reasons(console, option);
    const std::size_t all = response["pareto"].size();
    title(console, "Pareto front: not beaten in cost, speeds, quality, noise and power at once");
    console.print(pareto_table(response));
    if (all > kMostPareto) *console.out << "and " << all - kMostPareto << " more (--json)\n";
  }
  title(console, "Buy nothing");
  print_cloud(console, response);
  if (!response["rental"].is_null()) {
    title(console, "Rent instead");
    console.print_wrapped(text_of(response["rental"], "words") + ".");
  }
  if (!response["hybrid"].is_null()) {
    title(console, "Some of it local");
    console.print_wrapped(text_of(response["hybrid"], "words") + ".");
  }
  title(console, "What would change the answer");
  print_list(console, response["would_change_if"]);
  title(console, "Assumed");
  print_list(console, response["assumptions"]);
  *console.out << '\n';
  print_search(console, response);
}

}  // namespace rigwise
