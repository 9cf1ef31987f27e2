#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>

#include "verbs/report_parts.h"

namespace rigwise {
namespace {

constexpr int kMonthsPerYear = 12;

/// What all alternatives have; the makers below fill in what is theirs.
Json alternative(std::string_view kind, const Json& name) {
  return {{"kind", kind},
          {"name", name},
          {"price", nullptr},
          {"total", nullptr},
          {"total_low", nullptr},
          {"total_high", nullptr},
          {"per_month", nullptr},
          {"probability", nullptr},
          {"quality", nullptr},
          {"quality_is_known", nullptr},
          {"noise", nullptr},
          {"power_w", nullptr},
          {"leaves_the_house", nullptr},
          {"paid_at_start", nullptr},
          {"paid_before_sale", nullptr},
          {"paid_by_year", nullptr},
          {"pays_back_months", nullptr}};
}

void take(Json& into, const Json& from, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (from.contains(key)) into[key] = from[key];
}

double cents(double amount) { return std::round(amount * 100) / 100; }

/// Paid until the end of each year, the last one however short.
template <typename Paid>
Json by_year(int months, Paid paid) {
  Json years = Json::array();
  for (int month = kMonthsPerYear; month < months + kMonthsPerYear; month += kMonthsPerYear) {
    const int until = std::min(month, months);
    years.push_back({{"month", until}, {"paid", cents(paid(until))}});
  }
  return years;
}

void pay_evenly(Json& alternative, double total, int months) {
  alternative["paid_at_start"] = 0;
  alternative["paid_before_sale"] = total;
  alternative["paid_by_year"] = by_year(months, [&](int month) { return total * month / months; });
}

/// What subscriptions cost a month after tax, or nothing to compare with.
std::optional<double> seats_per_month(const Json& advice) {
  const Json& seats = advice["do_not_buy"]["subscription"];
  if (!seats.is_object() || !seats.contains("total") || !seats["total"].is_number()) return std::nullopt;
  return seats["total"].get<double>() / advice["horizon_months"].get<int>();
}

Json machine_json(const Json& option, const Json& advice) {
  Json machine = alternative("machine", option["label"]);
  take(machine, option, {"price", "probability", "quality", "quality_is_known", "noise", "power_w"});
  const Json& cost = option["cost"];
  take(machine, cost, {"total", "total_low", "total_high", "per_month"});
  machine["leaves_the_house"] = false;

  const int months = advice["horizon_months"].get<int>();
  const double kept = 1 - cost["tax_rate"].get<double>(), purchase = cost["purchase"].get<double>() * kept;
  const double power = cost["electricity"].get<double>() * kept / months;
  const double total = cost["total"].get<double>();
  machine["paid_at_start"] = cents(purchase);
  machine["paid_before_sale"] = cents(purchase + power * months);
  machine["paid_by_year"] =
      by_year(months, [&](int month) { return month == months ? total : purchase + power * month; });
  const std::optional<double> seats = seats_per_month(advice);
  if (seats && *seats > power) {
    const double month = std::ceil(purchase / (*seats - power));
    if (month <= months) machine["pays_back_months"] = static_cast<int>(month);
  }
  return machine;
}

/// Judged, if every model is that runs there.
bool quality_is_known(const Json& targets) {
  return std::all_of(targets.begin(), targets.end(),
                     [](const Json& target) { return target["quality_is_known"].get<bool>(); });
}

Json hybrid_json(const Json& hybrid) {
  Json json = alternative("hybrid", hybrid["label"]);
  take(json, hybrid, {"price", "total", "probability", "quality"});
  json["quality_is_known"] = quality_is_known(hybrid["targets"]);
  json["name"] = hybrid["label"].get<std::string>() + ", with " + hybrid["sent"]["target"].get<std::string>() +
                 " sent to " + hybrid["sent"]["model"].get<std::string>();
  json["leaves_the_house"] = true;
  return json;
}

Json rental_json(const Json& rental, int months) {
  Json json = alternative("rental", rental["label"].get<std::string>() + " by the hour");
  take(json, rental, {"total", "total_low", "total_high", "per_month", "probability", "quality"});
  json["quality_is_known"] = quality_is_known(rental["targets"]);
  json["leaves_the_house"] = true;
  pay_evenly(json, rental["total"].get<double>(), months);
  return json;
}

/// An API or subscriptions: so much a month.
Json service_json(std::string_view kind, std::string_view name, const Json& bill, int months) {
  Json json = alternative(kind, name);
  take(json, bill, {"total", "per_month"});
  json["leaves_the_house"] = true;
  pay_evenly(json, bill["total"].get<double>(), months);
  return json;
}

bool has_total(const Json& bill) { return bill.is_object() && bill.contains("total") && bill["total"].is_number(); }

}  // namespace

Json alternatives_json(const Json& advice) {
  constexpr std::size_t kMostMachines = 3;
  const int months = advice["horizon_months"].get<int>();
  Json all = Json::array();
  for (const Json& option : advice["options"]) {
    if (all.size() < kMostMachines) all.push_back(machine_json(option, advice));
  }
  if (advice["hybrid"].is_object()) all.push_back(hybrid_json(advice["hybrid"]));
  if (advice["rental"].is_object()) all.push_back(rental_json(advice["rental"], months));
  const Json& cloud = advice["do_not_buy"];
  if (has_total(cloud)) {
    const bool complete = cloud.value("is_complete", true);
    all.push_back(
        service_json("api", complete ? "Cheapest API" : "Cheapest API, for a part of the work", cloud, months));
  }
  if (const Json& seats = cloud["subscription"]; has_total(seats)) {
    all.push_back(service_json("subscriptions", "Subscriptions for everybody", seats, months));
  }
  return all;
}

}  // namespace rigwise
