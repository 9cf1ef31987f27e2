#include "core/advise/cloud_baseline.h"

#include <algorithm>

#include "core/advise/words.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// Models that would do for a task in a cloud: the class itself, and closed models scored at least as high as the
/// weakest member that the needs accept.
std::vector<const Llm*> acceptable(const Catalog& catalog, const Brief& brief, const Task& task) {
  const QualityBook book(catalog);
  const double floor = brief.needs.minimum_relative_quality.value_or(0);
  std::vector<const Llm*> models;
  for (const Llm* model : task.models) {
    const auto quality = book.of(model->id);
    if (!quality || quality->value >= floor) models.push_back(model);
  }
  return models;
}

std::string words_of(const CloudOffer& offer) {
  return offer.model->name + " at " + offer.price->provider + " (" + significant(offer.price->input_usd_per_mtok) +
         " / " + significant(offer.price->output_usd_per_mtok) + " USD per million tokens in / out, " +
         offer.price->date + ")";
}

/// The cheapest subscription that does the work of people nobody said more about.
std::optional<SeatGroup> plain_seats(const Catalog& catalog, const Brief& brief, int count) {
  const bool coding =
      std::any_of(brief.tasks.begin(), brief.tasks.end(), [](auto& t) { return t.class_name == "coding"; });
  const SaasPrice* seat = cheapest_seat(catalog, coding ? "chat + coding" : "chat", brief.exchange, brief.as_of);
  if (seat == nullptr) return std::nullopt;
  const std::string name = seat->service.ends_with(seat->plan) ? seat->service : seat->service + " " + seat->plan;
  return SeatGroup{name,
                   count,
                   brief.exchange.convert(*seat->price, seat->currency, brief.currency),
                   {seat->service},
                   significant(*seat->price) + " " + seat->currency + " a month, " + seat->date + ", " + seat->source};
}

/// What each role subscribes to, priced as `cost` prices seats; one subscription where nobody said who works with it.
std::vector<SeatGroup> seats_of_people(const Catalog& catalog, const Brief& brief) {
  std::vector<SeatGroup> seats;
  int others = brief.needs.people.empty() ? 1 : 0;
  for (const PeopleGroup& group : brief.needs.people) {
    // Roles without subscriptions of their own take the common one.
    const Result<SeatGroup> of_role = seats_of_role(catalog, group.role, group.count, brief.exchange, brief.currency);
    if (of_role) seats.push_back(*of_role);
    if (!of_role) others += group.count;
  }
  if (others == 0) return seats;
  if (std::optional<SeatGroup> plain = plain_seats(catalog, brief, others)) seats.push_back(*std::move(plain));
  return seats;
}

std::string seat_words(const std::vector<SeatGroup>& seats) {
  std::vector<std::string> groups;
  for (const SeatGroup& group : seats) {
    const std::string services = join(group.replaces, " and ");
    const std::string whose = group.name.starts_with(services) ? group.name : group.name + ": " + services;
    groups.push_back(std::to_string(group.count) + " x " + whose);
  }
  return join(groups, ", ");
}

}  // namespace

CloudBaseline cloud_baseline(const Catalog& catalog, const Brief& brief) {
  CloudBaseline cloud;
  cloud.monthly = cloud.seats_monthly = cloud.seats_total = Money(0, brief.currency);
  for (const Task& task : brief.tasks) {
    cloud.tasks.push_back(
        {task.name, acceptable(catalog, brief, task), task.input_tokens_per_month, task.output_tokens_per_month});
  }
  for (const CloudTask& task : cloud.tasks) {
    cloud.offers.push_back(cheapest_offer(catalog, task, brief.exchange, brief.currency, brief.as_of));
    cloud.is_complete = cloud.is_complete && cloud.offers.back().price != nullptr;
    cloud.monthly += cloud.offers.back().monthly;
  }
  const double after_tax = 1 - brief.terms.tax_rate;
  cloud.total = cloud.monthly * (brief.months * after_tax);
  cloud.seats = seats_of_people(catalog, brief);
  cloud.seats_monthly = monthly_of(cloud.seats, brief.currency);
  cloud.seats_total = cloud.seats_monthly * (brief.months * after_tax);
  cloud.lacks = {"privacy: every prompt leaves the house", "work without a connection",
                 "prices and models that stay as they are"};
  if (brief.needs.constraints.local_only) cloud.lacks.insert(cloud.lacks.begin(), "local_only: the needs rule it out");
  return cloud;
}

std::string cloud_words(const CloudBaseline& cloud) {
  std::vector<std::string> parts;
  for (const CloudOffer& offer : cloud.offers) {
    if (offer.price == nullptr) {
      parts.push_back("nobody offers a model for " + offer.task->name);
    } else if (const std::string words = words_of(offer); std::find(parts.begin(), parts.end(), words) == parts.end()) {
      parts.push_back(words);
    }
  }
  return join(parts, "; ");
}

std::string cloud_verdict(const CloudBaseline& cloud, const Brief& brief, const Option* best) {
  const auto money = [](const Money& m) { return whole_units(m) + " " + m.currency(); };
  const std::string months = std::to_string(brief.months) + " months" + (brief.terms.tax_rate > 0 ? " after tax" : "");
  std::string verdict = "Buying nothing costs " + money(cloud.total) + " over " + months + " at the cheapest API";
  if (!cloud.is_complete) {
    verdict = "Only part of the work is on offer at an API, for " + money(cloud.total) + " over " + months;
  }
  std::string seats;
  if (brief.seats > 1 && cloud.seats_total.nanos() > 0) {
    seats =
        " Subscriptions for everybody (" + seat_words(cloud.seats) + ") would cost " + money(cloud.seats_total) + ".";
  }
  if (best == nullptr) return verdict + "." + seats;
  const Money& own = best->candidate.ownership.total;
  const bool cloud_is_cheaper = cloud.total < own;
  verdict += ", " + money(cloud_is_cheaper ? own - cloud.total : cloud.total - own) +
             (cloud_is_cheaper ? " less" : " more") + " than the first machine." + seats;
  if (brief.needs.constraints.local_only) return verdict + " The needs rule it out (local_only).";
  const double room = room_for_growth(*best, brief);
  if (!cloud_is_cheaper) {
    return verdict + (room >= 1 ? " By money alone, buy." : " But the machine cannot do as much as the plan asks for.");
  }
  verdict += " By money alone, do not buy: a machine pays for privacy and for working without a connection";
  const bool priced = cloud.total.nanos() > 0 && cloud.is_complete;
  const double times = priced ? own.amount() / cloud.total.amount() : 0;
  if (priced && times <= room) verdict += ", or from " + significant(times, 2) + " times the tokens";
  return verdict + ".";
}

}  // namespace rigwise
