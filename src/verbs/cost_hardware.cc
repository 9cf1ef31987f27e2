#include <algorithm>

#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "verbs/cost_parts.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

constexpr double kMostMoney = 1e8;

/// {name, price, count, resale_share | resale}
Result<BillLine> read_line(const ListItem& item, const CostQuestion& question) {
  ObjectReader reader(*item.value, item.path);
  BillLine line;
  line.name = reader.required_text("name", "\"Framework Desktop 128GB\"");
  line.count = reader.integer("count", 1, 10000).value_or(1);
  const std::optional<Money> price = read_amount(reader, "price", question);
  line.stated_resale_share = reader.number("resale_share", 0, 1);
  const std::optional<double> resale = reader.number("resale", 0, kMostMoney);
  if (!price) {
    reader.refuse({ErrorCode::invalid_input, "\"price\" is missing", reader.path_of("price"), "an amount", {}});
  }
  if (resale && line.stated_resale_share) {
    reader.refuse({ErrorCode::invalid_input,
                   "both \"resale\" and \"resale_share\" are given",
                   reader.path_of("resale"),
                   "one of them",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  line.value = line.low = line.high = line.expected = *price * line.count;
  line.basis = "as given";
  if (resale && line.value.nanos() > 0) line.stated_resale_share = *resale / line.value.amount();
  return line;
}

}  // namespace

std::vector<ListItem> list_items(const Json* list, const std::string& key) {
  std::vector<ListItem> items;
  if (list == nullptr) return items;
  if (!list->is_array()) return {{list, key}};
  items.reserve(list->size());
  for (const Json& value : *list) items.push_back({&value, key + "[" + std::to_string(items.size()) + "]"});
  return items;
}

std::optional<Money> read_amount(ObjectReader& reader, std::string_view key, const CostQuestion& question) {
  const std::optional<std::string> currency = reader.text("currency");
  const std::optional<double> amount = reader.number(key, 0, kMostMoney);
  if (!amount) return std::nullopt;
  if (!currency) return Money(*amount, question.currency);
  const Result<std::string> code = question.exchange.currency(*currency);
  if (!code) {
    Error error = code.error();
    error.where = reader.path_of("currency");
    reader.refuse(std::move(error));
    return std::nullopt;
  }
  return question.exchange.convert(*amount, *code, question.currency);
}

Result<std::vector<BillLine>> read_hardware(const Json& value, const CostQuestion& question) {
  if (value.is_number()) {
    const Json line = {{"name", "hardware"}, {"price", value}};
    Result<BillLine> only = read_line({&line, "hardware_price"}, question);
    if (!only) return fail(only.error());
    return std::vector<BillLine>{*std::move(only)};
  }
  std::vector<BillLine> lines;
  for (const ListItem& item : list_items(&value, "hardware_price")) {
    Result<BillLine> line = read_line(item, question);
    if (!line) return fail(line.error());
    lines.push_back(*std::move(line));
  }
  if (lines.empty()) {
    return invalid("\"hardware_price\" is an empty list", "hardware_price",
                   "an amount, or lines such as {\"name\": \"Mac Studio\", \"price\": 3499, \"resale_share\": 0.5}");
  }
  return lines;
}

Result<void> read_electricity(const Catalog& catalog, const Json* value, CostQuestion& question) {
  CostPlan& plan = question.cost_case.local;
  std::optional<double> per_kwh, per_month, hours_on;
  std::optional<std::string> region;
  if (value != nullptr) {
    const Json object = value->is_number() ? Json{{"per_kwh", *value}} : *value;
    ObjectReader reader(object, "electricity");
    per_kwh = reader.number("per_kwh", 0, 1e4);
    region = reader.text("region");
    per_month = reader.number("per_month", 0, 1e7);
    hours_on = reader.number("hours_on_per_day", 0, 24);
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  }
  plan.hours.on = hours_on.value_or(question.hours_per_day) * question.days_per_month;
  std::string words;
  const ElectricityWish wish = {per_kwh, region, "electricity.region", "electricity.per_kwh"};
  const Result<Money> price = electricity_price(catalog, question.exchange, question.currency, wish, words);
  if (!price) return fail(price.error());
  plan.per_kwh = *price;
  if (per_month) {
    plan.electricity_per_month = Money(*per_month, question.currency);
    question.assumptions.push_back("electricity: " + shortest(*per_month) + " " + question.currency +
                                   " a month, as given");
  } else if (plan.idle_w > 0 || plan.load_w > 0) {
    question.assumptions.push_back("electricity at " + words + ", " + significant(plan.idle_w) + " W idle and " +
                                   significant(plan.load_w) + " W at work, on " +
                                   significant(hours_on.value_or(question.hours_per_day)) + " h a day");
  } else {
    question.notes.push_back("no electricity: neither the power nor a monthly bill is given");
  }
  return {};
}

Result<void> read_tax(const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  const Json object = value->is_number() ? Json{{"rate", *value}} : *value;
  ObjectReader reader(object, "tax");
  TaxRules& tax = question.cost_case.local.tax;
  const std::optional<double> rate = reader.number("rate", 0, 0.95);
  tax.resale_is_taxed = reader.boolean("resale_taxed").value_or(true);
  tax.avoided_is_taxed = reader.boolean("savings_taxed").value_or(true);
  if (!rate) reader.refuse({ErrorCode::invalid_input, "\"rate\" is missing", "tax.rate", "a share such as 0.265", {}});
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  tax.rate = *rate;
  return {};
}

Result<void> read_resale(const Json* value, bool by_default, CostQuestion& question) {
  CostPlan& plan = question.cost_case.local;
  const bool any_stated = std::any_of(plan.bill.begin(), plan.bill.end(),
                                      [](const BillLine& l) { return l.stated_resale_share.has_value(); });
  plan.resale = by_default || any_stated;
  if (value != nullptr && value->is_boolean()) {
    plan.resale = value->get<bool>();
  } else if (value != nullptr) {
    const Json object = {{"resale", *value}};
    ObjectReader reader(object, "");
    plan.resale_share = reader.number("resale", 0, 1);
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
    plan.resale = true;
  } else if (!by_default) {
    // Of lines with a price of the asker's own nobody knows the age or kind: only what is stated comes back.
    for (BillLine& line : plan.bill) line.stated_resale_share = line.stated_resale_share.value_or(0);
  }
  return {};
}

}  // namespace rigwise
