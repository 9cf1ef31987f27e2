#include "host/cli/cost_flags.h"

#include "core/base/text.h"
#include "host/cli/money_flags.h"
#include "host/cli/path_flags.h"
#include "host/cli/people_groups.h"
#include "host/cli/usage_file.h"

namespace rigwise {
namespace {

constexpr PathFlag kFlags[] = {
    {"--setup", "setup", ArgType::text, "SETUP", "what is bought, as \"2x rtx-3090\""},
    {"--model", "model", ArgType::text, "NAME", "what runs on it: its speeds are predicted"},
    {"--quant", "quant", ArgType::text, "FORMAT", "weight format (the model's usual one)"},
    {"--engine", "engine", ArgType::text, "NAME", "llama.cpp, vllm, mlx, ..."},
    {"--concurrency", "concurrency", ArgType::integer, "N", "streams at once (1)"},
    {"--price", "hardware_price", ArgType::money, "MONEY", "price of your own, instead of the catalog's"},
    {"--power", "power_w", ArgType::number, "WATTS", "power of your own, idle and at work"},
    {"--tokens-per-s", "tokens_per_s", ArgType::number, "N", "writing speed of your own, all streams together"},
    {"--prefill-tokens-per-s", "prefill_tokens_per_s", ArgType::number, "N", "reading speed of your own"},
    {"--input-share", "usage.input_share", ArgType::number, "SHARE", "of the tokens that are input (0.8)"},
    {"--cached-share", "usage.cached_share", ArgType::number, "SHARE", "of the input that an API has cached (0)"},
    {"--hours-per-day", "usage.hours_per_day", ArgType::number, "H", "it is on and in use (24)"},
    {"--utilisation", "usage.utilisation", ArgType::number, "SHARE", "of those hours it works, without tokens (0.25)"},
    {"--horizon-months", "horizon_months", ArgType::integer, "N", "months over which cost counts (36)"},
    {"--currency", "currency", ArgType::text, "CODE", "currency of all amounts (USD)"},
    {"--region", "electricity.region", ArgType::text, "CODE",
     "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
    {"--electricity-per-kwh", "electricity.per_kwh", ArgType::money, "PRICE", "or the price of a kWh"},
    {"--tax", "tax", ArgType::number, "RATE", "at which expenses are deducted, as 0.265 (0)"},
    {"--discount", "discount_rate", ArgType::number, "RATE", "yearly, for what later money is worth (0)"},
    {"--warranty", "warranty", ArgType::money, "MONEY", "a year"},
    {"--split-people", "split_people", ArgType::integer, "N", "people who share the cost"},
    {"--as-of", "as_of", ArgType::text, "DATE", "prices as of this date"},
};

/// Lays a value at its path; what the file has there and is no object stays as it is, for the verb to refuse.
void lay(Json& request, std::string_view path, Json value) {
  std::string key;
  Json& table = table_of(request, path, key);
  // The short form of a file: a number is the price of a kWh.
  if (table.is_number() && path.starts_with("electricity.")) table = {{"per_kwh", table}};
  if (!table.is_object()) return;
  if (path == "electricity.region") table.erase("per_kwh");
  table[key] = std::move(value);
}

/// An amount that may have a currency of its own, to be converted.
Json with_price(Json object, const char* key, const WrittenAmount& amount) {
  object[key] = amount.value;
  if (!amount.currency.empty() && amount.currency != "$") object["currency"] = amount.currency;
  return object;
}

/// The amounts that have no currency of their own are all in one.
Result<void> lay_currency(const Args& args, Json& request) {
  const std::string unsaid = args.has("PLAN") ? "USD" : "";
  const auto stated = request.find("currency");
  const std::string of_others = stated != request.end() && stated->is_string() ? stated->get<std::string>() : unsaid;
  const auto currency = currency_of_amounts(args, {"--price", "--electricity-per-kwh", "--warranty"}, of_others);
  if (!currency) return fail(currency.error());
  if (*currency) request["currency"] = **currency;
  return {};
}

/// "Claude Max:140" or "Claude Max".
Result<Json> subscription_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return Json(text);
  const Result<WrittenAmount> price = parse_amount(std::string_view(text).substr(colon + 1));
  if (!price) {
    return invalid("\"" + text + "\" has no price after the colon", "--subscription",
                   "a name the catalog knows, or \"Claude Max:140\"");
  }
  return with_price({{"name", trim(std::string_view(text).substr(0, colon))}}, "price", *price);
}

/// "10 admin" by role, or "20 Copilot @ 30" with a price.
Result<Json> seats_of(const std::string& text) {
  const std::size_t at = text.find('@');
  Result<Json> group = group_of_people(std::string(trim(text.substr(0, at))), "--seats");
  if (!group || at == std::string::npos) {
    if (group && !group->contains("role")) {
      return invalid("nobody says what the seats of \"" + text + "\" are", "--seats",
                     "a role, as \"8 developer\", or a price, as \"20 Copilot @ 30\"");
    }
    return group;
  }
  const Result<WrittenAmount> price = parse_amount(std::string_view(text).substr(at + 1));
  if (!price) return invalid("\"" + text + "\" has no price after the @", "--seats", "as \"20 Copilot @ 30\"");
  const std::string name = group->contains("role") ? (*group)["role"].get<std::string>() : "seat";
  return with_price({{"name", name}, {"count", (*group)["count"]}}, "price", *price);
}

template <class Read>
Result<void> add_list(const Args& args, const std::string& flag, bool by_comma, Json& request, const char* key,
                      const Read& read) {
  if (!args.has(flag)) return {};
  Json list = Json::array();
  for (const std::string& given : args.list(flag)) {
    const std::vector<std::string> whole = {given};
    for (const std::string& text : by_comma ? words_between_commas(given) : whole) {
      Result<Json> item = read(text);
      if (!item) return fail(item.error());
      list.push_back(*std::move(item));
    }
  }
  request[key] = std::move(list);
  return {};
}

}  // namespace

Result<double> parse_count(const std::string& text, const std::string& flag) {
  constexpr std::pair<char, double> kSuffixes[] = {{'k', 1e3}, {'K', 1e3}, {'M', 1e6}, {'G', 1e9}, {'B', 1e9}};
  double factor = 1;
  std::string_view digits = trim(text);
  for (const auto& [letter, times] : kSuffixes) {
    if (digits.empty() || digits.back() != letter) continue;
    factor = times;
    digits.remove_suffix(1);
    break;
  }
  const Result<double> number = parse_number(trim(digits));
  if (!number) return invalid("\"" + text + "\" is not a number of tokens", flag, "50M, 1.9B, 800k or 50000000");
  return *number * factor;
}

std::vector<ArgSpec> cost_args() {
  std::vector<ArgSpec> args = {{"PLAN", "", ArgType::text, "PLAN.json", "a request as docs/schema/cost.request.json"}};
  for (const PathFlag& f : kFlags) args.push_back({f.flag, "", f.type, f.value_name, f.help});
  args.push_back({"--tokens-per-month", "", ArgType::text, "N", "input and output together, as 50M or 1.9B"});
  args.push_back(usage_arg());
  args.push_back({"--against", "", ArgType::list, "API", "API or model to compare with (the same model's cheapest)"});
  args.push_back({"--seats", "", ArgType::list, "GROUPS", "subscriptions it replaces: \"10 admin, 8 developer\""});
  args.push_back({"--subscription", "", ArgType::list, "NAME[:PRICE]", "kept beside it, a month (repeatable)"});
  args.push_back({"--resale", "", ArgType::text, "WHAT",
                  "what comes back: a share of the price, yes (by kind and age) "
                  "or no (yes with the catalog's prices)"});
  args.push_back({"--rent", "", ArgType::money, "PRICE", "an hour of a rented GPU, to compare with"});
  args.push_back({"--by-month", "", ArgType::flag, "", "what is paid until each month"});
  args.push_back(measurements_arg());
  return args;
}

Result<void> lay_cost_flags_over(const Args& args, Json& request) {
  for (const PathFlag& flag : kFlags) {
    if (!args.has(flag.flag)) continue;
    const Result<Json> value = value_of(args, flag);
    if (!value) return fail(value.error());
    lay(request, flag.path, *value);
  }
  if (Result<void> agreed = lay_currency(args, request); !agreed) return agreed;
  if (const auto tokens = args.text("--tokens-per-month")) {
    const Result<double> count = parse_count(*tokens, "--tokens-per-month");
    if (!count) return fail(count.error());
    lay(request, "usage.tokens_per_month", *count);
  }
  if (const auto price = args.text("--rent")) {
    const Result<WrittenAmount> per_hour = amount_in(*price, "--rent");
    if (!per_hour) return fail(per_hour.error());
    request["rented_gpu"] = with_price(Json::object(), "per_hour", *per_hour);
  }
  if (const auto text = args.text("--resale")) {
    const Result<Json> resale = resale_in(*text);
    if (!resale) return fail(resale.error());
    request["resale"] = *resale;
  }
  const auto as_it_is = [](const std::string& text) -> Result<Json> { return Json(text); };
  if (Result<void> done = add_list(args, "--against", true, request, "api_models", as_it_is); !done) return done;
  if (Result<void> done = add_list(args, "--seats", true, request, "seats", seats_of); !done) return done;
  return add_list(args, "--subscription", false, request, "subscriptions", subscription_of);
}

}  // namespace rigwise
