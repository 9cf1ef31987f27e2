#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "verbs/cost_parts.h"

namespace rigwise {
namespace {

constexpr double kDefaultInputShare = 0.8;

/// {name, per_year | per_month | total}
Result<MonthlyBill> read_warranty_line(const ListItem& item, const CostQuestion& question) {
  ObjectReader reader(*item.value, item.path);
  MonthlyBill bill;
  bill.kind = CashKind::warranty;
  bill.name = reader.text("name").value_or("warranty");
  const std::optional<Money> yearly = read_amount(reader, "per_year", question);
  const std::optional<Money> monthly = read_amount(reader, "per_month", question);
  const std::optional<Money> total = read_amount(reader, "total", question);
  if ((yearly ? 1 : 0) + (monthly ? 1 : 0) + (total ? 1 : 0) != 1) {
    reader.refuse(
        {ErrorCode::invalid_input, "a warranty has one price", item.path, "one of: per_year, per_month, total", {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  bill.per_month = monthly ? *monthly : yearly ? *yearly * (1.0 / 12) : *total * (1.0 / question.cost_case.months);
  return bill;
}

Result<SeatGroup> read_seat(const Catalog& catalog, const ListItem& item, bool roles, const CostQuestion& question) {
  const auto named = [&](Result<SeatGroup> group) {
    if (group || !group.error().where.empty()) {
      if (!group) {
        Error error = group.error();
        error.where = item.path + (item.value->is_object() ? "." + error.where : "");
        return Result<SeatGroup>(fail(std::move(error)));
      }
    }
    return group;
  };
  if (item.value->is_string()) {
    return named(seats_of_service(catalog, item.value->get<std::string>(), 1, question.exchange, question.currency,
                                  question.as_of));
  }
  ObjectReader reader(*item.value, item.path);
  const std::optional<std::string> name = reader.text("name");
  const std::optional<std::string> role = roles ? reader.text("role") : std::nullopt;
  const int count = reader.integer("count", 1, 1000000).value_or(1);
  const std::optional<Money> price = read_amount(reader, "price", question);
  if (!name && !role) {
    reader.refuse(
        {ErrorCode::invalid_input,
         "nobody says whose or which subscription this is",
         item.path,
         roles ? "\"role\": \"developer\", or \"name\" and \"price\"" : "\"name\", and \"price\" if it has one",
         {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  if (price) return SeatGroup{name.value_or(role.value_or("")), count, *price, {}, "as given"};
  if (role) return named(seats_of_role(catalog, *role, count, question.exchange, question.currency));
  return named(seats_of_service(catalog, *name, count, question.exchange, question.currency, question.as_of));
}

}  // namespace

Result<void> read_warranty(const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  const Json yearly = value->is_number() ? Json{{"per_year", *value}} : *value;
  for (const ListItem& item : list_items(&yearly, "warranty")) {
    Result<MonthlyBill> bill = read_warranty_line(item, question);
    if (!bill) return fail(bill.error());
    question.cost_case.local.bills.push_back(*std::move(bill));
  }
  return {};
}

Result<void> read_maintenance(const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  ObjectReader reader(*value, "maintenance");
  const std::optional<double> hours = reader.number("hours_per_month", 0, 744);
  const std::optional<Money> rate = read_amount(reader, "per_hour", question);
  if (!hours || !rate) {
    reader.refuse({ErrorCode::invalid_input,
                   "care takes hours at a price",
                   "maintenance",
                   "{\"hours_per_month\": 2, \"per_hour\": 50}",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  question.cost_case.local.bills.push_back(
      {"care, " + significant(*hours) + " h a month", CashKind::maintenance, *rate * *hours});
  return {};
}

Result<std::vector<SeatGroup>> read_seats(const Catalog& catalog, const Json* list, const std::string& key, bool roles,
                                          const CostQuestion& question) {
  std::vector<SeatGroup> groups;
  for (const ListItem& item : list_items(list, key)) {
    Result<SeatGroup> group = read_seat(catalog, item, roles, question);
    if (!group) return fail(group.error());
    groups.push_back(*std::move(group));
  }
  return groups;
}

Result<void> read_usage(const Json* value, CostQuestion& question) {
  CostCase& c = question.cost_case;
  const Json none = Json::object();
  ObjectReader reader(value == nullptr ? none : *value, "usage");
  const std::optional<double> month = reader.number("tokens_per_month", 1, 1e15);
  const std::optional<double> week = reader.number("tokens_per_week", 1, 1e15);
  const std::optional<double> day = reader.number("tokens_per_day", 1, 1e14);
  const std::optional<double> share = reader.number("input_share", 0, 1);
  c.volume.cached_share = reader.number("cached_share", 0, 1).value_or(0);
  const std::optional<double> hours = reader.number("hours_per_day", 0.1, 24);
  question.days_per_month = reader.number("days_per_month", 1, 31).value_or(kDaysPerMonth);
  const std::optional<double> utilisation = reader.number("utilisation", 0.001, 1);
  if ((month ? 1 : 0) + (week ? 1 : 0) + (day ? 1 : 0) > 1) {
    reader.refuse({ErrorCode::invalid_input,
                   "the tokens are stated twice",
                   "usage",
                   "one of: tokens_per_month, tokens_per_week, tokens_per_day",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  question.hours_per_day = hours.value_or(24);
  c.hours_in_use = question.hours_per_day * question.days_per_month;
  const double days = question.days_per_month;
  const double tokens = month.value_or(week.value_or(0) * days / 7 + day.value_or(0) * days);
  const double input_share = share.value_or(kDefaultInputShare);
  c.volume.input = tokens * input_share;
  c.volume.output = tokens * (1 - input_share);
  question.volume_is_stated = tokens > 0;
  c.utilisation_follows_volume = !utilisation && tokens > 0;
  c.utilisation = utilisation.value_or(c.utilisation);
  if (!share && tokens > 0) question.assumptions.push_back("80 % of the tokens are input (nobody said)");
  return {};
}

Result<void> read_hours_saved(const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  ObjectReader reader(*value, "hours_saved");
  HoursSaved saved;
  const std::optional<double> hours = reader.number("hours_per_day", 0, 24);
  const std::optional<Money> rate = read_amount(reader, "per_hour", question);
  saved.days_per_year = reader.number("days_per_year", 1, 366).value_or(saved.days_per_year);
  saved.people = reader.integer("people", 1, 100000).value_or(1);
  saved.share = reader.number("share", 0, 1).value_or(1);
  if (!hours || !rate) {
    reader.refuse({ErrorCode::invalid_input,
                   "saved time is hours at a price",
                   "hours_saved",
                   "{\"hours_per_day\": 0.5, \"per_hour\": 60}",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  saved.hours_per_day = *hours;
  saved.per_hour = *rate;
  question.hours_saved = saved;
  return {};
}

Result<void> read_ranges(const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  ObjectReader reader(*value, "sensitivity");
  SensitivityRanges& ranges = question.ranges;
  const auto read = [&](const std::string& key) -> std::optional<Range> {
    const Json* pair = reader.raw(key);
    if (pair == nullptr) return std::nullopt;
    const bool good = pair->is_array() && pair->size() == 2 && (*pair)[0].is_number() && (*pair)[1].is_number();
    const Range range = good ? Range{(*pair)[0].get<double>(), (*pair)[1].get<double>()} : Range{-1, -1};
    // Without tokens or speed there is nothing left to cost.
    const double least = key == "volume" || key == "utilisation" || key == "speed" ? 0.001 : 0;
    if (range.low >= least && range.low <= range.high && range.high <= 1000) return range;
    reader.refuse({ErrorCode::invalid_input,
                   "\"" + key + "\" is no range",
                   reader.path_of(key),
                   "two multipliers, low then high, such as [0.5, 2]",
                   {}});
    return std::nullopt;
  };
  for (const auto& [key, range] : {std::pair{"volume", &ranges.volume},
                                   {"utilisation", &ranges.utilisation},
                                   {"electricity", &ranges.electricity},
                                   {"resale", &ranges.resale},
                                   {"api_price", &ranges.api_price}}) {
    if (const std::optional<Range> given = read(key)) *range = *given;
  }
  ranges.price = read("price");
  ranges.speed = read("speed");
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  return {};
}

}  // namespace rigwise
