#include "host/cli/advise_flags.h"

#include "core/base/text.h"
#include "host/cli/money_flags.h"
#include "host/cli/path_flags.h"
#include "host/cli/people_groups.h"
#include "host/cli/usage_file.h"

namespace rigwise {
namespace {

constexpr PathFlag kPathFlags[] = {
    {"--budget", "budget.max", ArgType::money, "MONEY", "for the whole machine"},
    {"--horizon-months", "budget.horizon_months", ArgType::integer, "N", "months over which cost counts (36)"},
    {"--noise", "constraints.noise", ArgType::text, "CLASS", "the loudest accepted: silent, quiet, audible, loud"},
    {"--portable", "constraints.portable", ArgType::flag, "", "it must be carried about"},
    {"--power-max", "constraints.power_w_max", ArgType::number, "WATTS", "of the whole machine under load"},
    {"--form-factor", "constraints.form_factors", ArgType::list, "SHAPE",
     "laptop, mini, desktop, tower, rack or board"},
    {"--os", "constraints.os", ArgType::list, "SYSTEM", "linux, windows or macos"},
    {"--exclude", "constraints.vendors_excluded", ArgType::list, "VENDOR", "a maker you do not want"},
    {"--always-on", "constraints.always_on", ArgType::flag, "", "it serves day and night"},
    {"--local-only", "constraints.local_only", ArgType::flag, "", "no token may leave the house"},
    {"--condition", "condition", ArgType::text, "WORD", "new, used or any"},
    {"--region", "region", ArgType::text, "CODE", "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
    {"--owned", "owned", ArgType::list, "SETUP", "what you have already, as \"2x rtx-3090\""},
    {"--vision", "vision", ArgType::flag, "", "images beside the text"},
    {"--quality", "quality.minimum_relative", ArgType::number, "SHARE", "of the best cloud model, as 0.8"},
    {"--tokens-per-month", "usage.tokens_per_month", ArgType::number, "N", "input and output together"},
    {"--hours-per-day", "usage.hours_per_day", ArgType::number, "H", "in use"},
    {"--electricity-per-kwh", "money.electricity_per_kwh", ArgType::money, "PRICE", "or the price of a kWh"},
};

constexpr PathFlag kTargetFlags[] = {
    {"--tokens-per-s", "tokens_per_s", ArgType::number, "N", "asked speed of one stream"},
    {"--minimum-tokens-per-s", "minimum_tokens_per_s", ArgType::number, "N", "below it is no use"},
    {"--streams", "streams", ArgType::integer, "N", "at once (1)"},
    {"--context", "context_tokens", ArgType::number, "TOKENS", "of each stream"},
    {"--ttft", "ttft_s", ArgType::number, "S", "longest wait for the first token"},
};

Result<void> add_people(const Args& args, Json& needs) {
  const std::vector<std::string> classes = args.list("--class");
  const bool coding = !classes.empty() && classes.front() == "coding";
  for (const std::string& list : args.list("--people")) {
    const Result<Json> groups = people_in(list);
    if (!groups) return fail(groups.error());
    for (Json group : *groups) {
      if (coding && !group.contains("role")) group["role"] = "developer";
      if (!needs["people"].is_array()) needs["people"] = Json::array();
      needs["people"].push_back(std::move(group));
    }
  }
  return {};
}

Result<void> add_targets(const Args& args, Json& needs) {
  Json shared = Json::object();
  for (const PathFlag& flag : kTargetFlags) {
    if (!args.has(flag.flag)) continue;
    const Result<Json> value = value_of(args, flag);
    if (!value) return fail(value.error());
    shared[flag.path] = *value;
  }
  std::vector<Json> targets;
  for (const std::string& name : args.list("--class")) targets.push_back({{"model_class", name}});
  for (const std::string& name : args.list("--model")) targets.push_back({{"model", name}});
  // People already say how many streams of what there are.
  const bool from_people = args.has("--people") && shared.empty() && !args.has("--model");
  if (from_people) return {};
  if (targets.empty() && !shared.empty()) targets.push_back({{"model_class", "standard"}});
  for (Json& target : targets) {
    for (const auto& [key, value] : shared.items()) target[key] = value;
    if (!needs["targets"].is_array()) needs["targets"] = Json::array();
    needs["targets"].push_back(std::move(target));
  }
  return {};
}

/// The currency of the flags' amounts. It belongs to the budget beside it; after a file that has its own, --currency
/// asks for the answer in another one.
Result<void> lay_currency(const Args& args, Json& needs) {
  const auto of_budget = currency_of_amounts(args, {"--budget"}, args.text("--currency").value_or(""));
  if (!of_budget) return fail(of_budget.error());
  std::string key;
  Json& table = table_of(needs, "budget.currency", key);
  if (!table.is_object()) return {};
  const bool may_set = args.has("--budget") || !args.has("NEEDS");
  if (*of_budget) {
    table[key] = **of_budget;
  } else if (const auto currency = args.text("--currency"); currency && may_set) {
    table[key] = *currency;
  }
  const bool is_stated = table.contains(key) && table[key].is_string();
  // A file's amounts without a currency are in dollars.
  const std::string stated = is_stated ? table[key].get<std::string>() : args.has("NEEDS") ? "USD" : "";
  const auto of_kwh = currency_of_amounts(args, {"--electricity-per-kwh"}, stated);
  if (!of_kwh) return fail(of_kwh.error());
  if (*of_kwh) table[key] = **of_kwh;
  return {};
}

}  // namespace

std::vector<ArgSpec> advise_args() {
  std::vector<ArgSpec> args = {{"NEEDS", "", ArgType::text, "NEEDS.toml", "what you need, as examples/needs-*.toml"}};
  const auto add = [&](const PathFlag& f) { args.push_back({f.flag, "", f.type, f.value_name, f.help}); };
  add(kPathFlags[0]);
  args.push_back({"--currency", "", ArgType::text, "CODE", "USD, EUR, CHF, CAD, SEK, GBP"});
  args.push_back({"--class", "", ArgType::list, "CLASS", "what must run: fast, standard, coding, vision, premium"});
  args.push_back({"--model", "", ArgType::list, "NAME", "or a model by name"});
  for (const PathFlag& f : kTargetFlags) add(f);
  args.push_back({"--people", "", ArgType::list, "GROUPS",
                  "who uses it: \"10 admin, 8 developer\", developer:8, or just 8; see `rigwise catalog roles`"});
  for (std::size_t i = 1; i < std::size(kPathFlags); ++i) add(kPathFlags[i]);
  args.push_back({"--resale", "", ArgType::text, "WHAT",
                  "what comes back: a share of the price, yes (by kind and age) or no (no)"});
  args.push_back(usage_arg());
  args.push_back({"--limit", "limit", ArgType::integer, "N", "options shown (5)"});
  args.push_back({"--level", "level", ArgType::number, "P", "coverage of the bands (0.8)"});
  args.push_back({"--as-of", "as_of", ArgType::text, "DATE", "prices as of this date"});
  args.push_back(
      {"--scores", "", ArgType::text, "RESULTS.json", "results of an evaluation of your own: they count first"});
  args.push_back({"--run", "", ArgType::text, "LABEL", "or a run of `eval run` (with --store alone: the newest)"});
  args.push_back({"--store", "", ArgType::text, "URL", "where that run is (RIGWISE_STORE)"});
  args.push_back(measurements_arg());
  return args;
}

bool names_needs(const Args& args) {
  for (const PathFlag& flag : kPathFlags) {
    if (args.has(flag.flag)) return true;
  }
  for (const PathFlag& flag : kTargetFlags) {
    if (args.has(flag.flag)) return true;
  }
  return args.has("--class") || args.has("--model") || args.has("--people");
}

Result<void> lay_flags_over(const Args& args, Json& needs) {
  if (!needs.is_object()) return {};
  for (const PathFlag& flag : kPathFlags) {
    if (!args.has(flag.flag)) continue;
    const Result<Json> value = value_of(args, flag);
    if (!value) return fail(value.error());
    std::string key;
    Json& table = table_of(needs, flag.path, key);
    if (table.is_object()) table[key] = *value;
  }
  Result<void> agreed = lay_currency(args, needs);
  if (!agreed) return agreed;
  if (const auto text = args.text("--resale")) {
    const Result<Json> resale = resale_in(*text);
    if (!resale) return fail(resale.error());
    std::string key;
    Json& table = table_of(needs, "money.resale", key);
    if (table.is_object()) table[key] = *resale;
  }
  if (Result<void> done = add_people(args, needs); !done) return done;
  return add_targets(args, needs);
}

}  // namespace rigwise
