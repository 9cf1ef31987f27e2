#include "host/cli/money_flags.h"

#include "core/base/text.h"

namespace rigwise {
namespace {

std::string in_capitals(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

}  // namespace

Result<Json> resale_in(const std::string& text) {
  if (text == "yes" || text == "no") return Json(text == "yes");
  const bool is_percent = text.ends_with('%');
  const Result<double> share = parse_number(std::string_view(text).substr(0, text.size() - (is_percent ? 1 : 0)));
  if (share) return Json(*share * (is_percent ? 1e-2 : 1));
  return invalid("\"" + text + "\" does not say what comes back", "--resale",
                 "yes (by kind and age), no, or a share of the price such as 0.4 or 40%");
}

Result<WrittenAmount> amount_in(const std::string& text, const std::string& flag) {
  Result<WrittenAmount> amount = parse_amount(text);
  if (amount) return amount;
  Error error = amount.error();
  error.where = flag;
  return fail(std::move(error));
}

Result<std::optional<std::string>> currency_of_amounts(const Args& args, const std::vector<std::string>& flags,
                                                       const std::string& stated) {
  std::string agreed = in_capitals(stated), by = "the other amounts";
  if (args.has("--currency")) by = "--currency";
  bool is_written = false;
  for (const std::string& flag : flags) {
    if (!args.has(flag)) continue;
    const std::string text = args.text(flag).value_or("");
    const Result<WrittenAmount> amount = amount_in(text, flag);
    if (!amount) return fail(amount.error());
    if (!is_same_currency(amount->currency, agreed)) {
      std::string why = "\"" + text + "\" is in ";
      why.append(amount->currency == "$" ? "dollars" : amount->currency).append(", but ").append(by);
      why.append(by.starts_with("--") ? " is " : " are in ").append(agreed);
      return invalid(why, flag, "all amounts in one currency");
    }
    if (amount->currency.empty() || amount->currency == "$") continue;
    is_written = true;
    agreed = amount->currency;
    if (by != "--currency") by = flag;
  }
  return is_written ? std::optional(agreed) : std::nullopt;
}

}  // namespace rigwise
