#include <algorithm>

#include "core/base/text.h"
#include "verbs/cost_parts.h"

namespace rigwise {
namespace {

Error at(Error error, const std::string& where) {
  error.where = error.where.empty() ? where : where + "." + error.where;
  return error;
}

/// A price of the asker's own.
Result<ApiOffer> read_own_offer(const ListItem& item, const CostQuestion& question) {
  ObjectReader reader(*item.value, item.path);
  ApiOffer offer;
  offer.name = reader.required_text("name", "\"Qwen3-32B\"");
  offer.source = "as given";
  offer.date = reader.text("date").value_or(question.as_of);
  const std::optional<Money> input = read_amount(reader, "input_per_mtok", question);
  const std::optional<Money> output = read_amount(reader, "output_per_mtok", question);
  offer.cached = read_amount(reader, "cached_per_mtok", question);
  offer.tokens_per_s = reader.number("tokens_per_s", 0.001, 1e6);
  offer.ttft_s = reader.number("ttft_s", 0, 1e5);
  if (!input || !output) {
    reader.refuse({ErrorCode::invalid_input,
                   "an API of your own needs both its prices",
                   item.path,
                   "{\"name\": \"Qwen3-32B\", \"input_per_mtok\": 0.10, \"output_per_mtok\": 0.30, \"currency\": "
                   "\"USD\"}",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  offer.input = *input;
  offer.output = *output;
  return offer;
}

/// An entry with prices of its own, or a name, perhaps with the speed that was seen there.
Result<ApiOffer> read_offer(const Catalog& catalog, const ListItem& item, const CostQuestion& question) {
  const TokenVolume& volume = question.cost_case.volume;
  const auto find = [&](const std::string& name) -> Result<ApiOffer> {
    Result<ApiOffer> offer = find_api(catalog, name, volume, question.exchange, question.currency, question.as_of);
    if (!offer) return fail(at(offer.error(), item.path));
    return offer;
  };
  if (item.value->is_string()) return find(item.value->get<std::string>());
  const bool has_price =
      item.value->is_object() && (item.value->contains("input_per_mtok") || item.value->contains("output_per_mtok"));
  if (has_price) return read_own_offer(item, question);
  ObjectReader reader(*item.value, item.path);
  const std::string name = reader.required_text("name", "\"gpt-oss-120b\"");
  const std::optional<double> speed = reader.number("tokens_per_s", 0.001, 1e6);
  const std::optional<double> ttft = reader.number("ttft_s", 0, 1e5);
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  Result<ApiOffer> offer = find(name);
  if (!offer) return offer;
  offer->tokens_per_s = speed;
  offer->ttft_s = ttft;
  return offer;
}

/// {name, share, joins, leaves}; a share of 0 is none stated.
Result<CoopMember> read_member(const ListItem& item, std::size_t number, int months) {
  ObjectReader reader(*item.value, item.path);
  CoopMember member;
  member.name = reader.text("name").value_or("member " + std::to_string(number));
  member.share = reader.number("share", 0.0001, 1).value_or(0);
  member.joins = reader.integer("joins", 1, months).value_or(1);
  member.leaves = reader.integer("leaves", member.joins, months);
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  return member;
}

/// Shares that are stated add up to 1; where none is, all pay alike.
Result<void> check_shares(std::vector<CoopMember>& members) {
  double sum = 0;
  std::size_t stated = 0;
  for (const CoopMember& member : members) {
    sum += member.share;
    stated += member.share > 0 ? 1 : 0;
  }
  const bool some = stated > 0 && stated < members.size();
  if (some || (stated > 0 && (sum < 1 - 1e-6 || sum > 1 + 1e-6))) {
    return invalid(some ? "some members have a share and others none"
                        : "the shares add up to " + significant(sum, 6) + ", not to 1",
                   "split_people.members", "shares that add up to 1, or none for equal ones");
  }
  for (CoopMember& member : members) member.share = stated > 0 ? member.share : 1;
  return {};
}

}  // namespace

Result<std::vector<ApiOffer>> read_api_offers(const Catalog& catalog, const Json* list, const std::string& key,
                                              const CostQuestion& question) {
  std::vector<ApiOffer> offers;
  for (const ListItem& item : list_items(list, key)) {
    Result<ApiOffer> offer = read_offer(catalog, item, question);
    if (!offer) return fail(offer.error());
    offers.push_back(*std::move(offer));
  }
  return offers;
}

Result<void> read_rent(const Json* value, CostQuestion& question) {
  const CostCase& c = question.cost_case;
  for (const ListItem& item : list_items(value, "rented_gpu")) {
    ObjectReader reader(*item.value, item.path);
    const std::string name = reader.text("name").value_or("rented GPU");
    const std::optional<Money> per_hour = read_amount(reader, "per_hour", question);
    std::optional<double> hours = reader.number("hours_per_month", 0, 744);
    const std::optional<double> decode = reader.number("tokens_per_s", 0.001, 1e7);
    const std::optional<double> prefill = reader.number("prefill_tokens_per_s", 0.001, 1e8);
    if (!per_hour) {
      reader.refuse({ErrorCode::invalid_input,
                     "\"per_hour\" is missing",
                     reader.path_of("per_hour"),
                     "what an hour of it costs",
                     {}});
    }
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
    Rival rival;
    rival.kind = "rent";
    std::string why = "as stated";
    if (!hours && decode && c.volume.total() > 0) {
      hours = busy_hours(c.volume, prefill.value_or(0), *decode);
      why = "busy with the tokens";
    } else if (!hours) {
      hours = c.hours_in_use;
      why = "as long as it is in use";
    }
    rival.plan = plan_of_bill(name, CashKind::rent, *per_hour * *hours, c.local.tax);
    rival.basis = significant(per_hour->amount(), 4) + " " + question.currency + " an hour, " + significant(*hours) +
                  " hours a month (" + why + ")";
    question.rivals.push_back(std::move(rival));
  }
  return {};
}

Result<void> read_hybrid(const Catalog& catalog, const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  ObjectReader reader(*value, "hybrid");
  const std::optional<double> share = reader.number("local_share", 0, 1);
  const Json* api = reader.raw("api_model");
  const Json* keep = reader.raw("keep");
  if (!share) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"local_share\" is missing",
                   "hybrid.local_share",
                   "the share of the tokens that the machine makes, such as 0.5",
                   {}});
  }
  if (api != nullptr && api->is_array()) {
    reader.refuse({ErrorCode::invalid_input, "one API makes the rest", "hybrid.api_model", "a name, not a list", {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  const CostCase& c = question.cost_case;
  const Result<std::vector<ApiOffer>> offers = read_api_offers(catalog, api, "hybrid.api_model", question);
  if (!offers) return fail(offers.error());
  if (!offers->empty() && c.volume.total() <= 0) {
    return invalid("nobody says how many tokens the API would make", "usage.tokens_per_month", "a number of tokens");
  }
  const Result<std::vector<SeatGroup>> kept = read_seats(catalog, keep, "hybrid.keep", false, question);
  if (!kept) return fail(kept.error());
  std::optional<MonthlyBill> rest;
  Rival rival;
  rival.kind = "hybrid";
  rival.basis = significant(100 * *share) + " % of the tokens on the machine";
  if (!offers->empty()) {
    const ApiOffer& offer = offers->front();
    rest = MonthlyBill{offer.name, CashKind::api, monthly_bill(offer, c.volume.times(1 - *share))};
    rival.basis += ", the rest by " + offer.name;
  }
  std::vector<MonthlyBill> bills;
  for (const SeatGroup& group : *kept) {
    bills.push_back({group.name, CashKind::subscription, group.monthly()});
    rival.basis += ", " + std::to_string(group.count) + " x " + group.name + " kept";
  }
  const CostPlan machine = comparable(local_plan(c));
  rival.plan = hybrid_plan(machine, machine.hours.load, *share, rest, bills);
  rival.plan.name = "machine and cloud";
  question.rivals.push_back(std::move(rival));
  return {};
}

Result<void> read_wait(const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  ObjectReader reader(*value, "wait");
  const CostCase& c = question.cost_case;
  const std::optional<int> months = reader.integer("months", 1, c.months);
  const double factor = reader.number("price_factor", 0, 10).value_or(1);
  const std::optional<std::string> meanwhile = reader.text("meanwhile");
  if (!months) {
    reader.refuse(
        {ErrorCode::invalid_input, "\"months\" is missing", "wait.months", "how long, at most the horizon", {}});
  }
  std::vector<std::string> names;
  names.reserve(question.rivals.size());
  for (const Rival& rival : question.rivals) names.push_back(rival.plan.name);
  const auto named = std::find_if(names.begin(), names.end(), [&](const std::string& n) {
    return meanwhile && fold_name(n) == fold_name(*meanwhile);
  });
  if (meanwhile && named == names.end()) {
    reader.refuse({ErrorCode::not_found, "nothing to compare with is called \"" + *meanwhile + "\"", "wait.meanwhile",
                   names.empty() ? "an entry of api_models or seats" : "one of: " + join(names, ", "),
                   nearest_names(*meanwhile, names)});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  const CostPlan* until = meanwhile       ? &question.rivals[static_cast<std::size_t>(named - names.begin())].plan
                          : names.empty() ? nullptr
                                          : &question.rivals.front().plan;
  Rival rival;
  rival.kind = "wait";
  rival.plan = waiting_plan(comparable(local_plan(c)), *months, factor, until);
  rival.plan.name = "wait " + std::to_string(*months) + " months";
  rival.basis = "the price then is " + significant(100 * factor) + " % of today's (assumed); until then " +
                (until == nullptr ? "nothing is done" : until->name);
  question.rivals.push_back(std::move(rival));
  return {};
}

Result<void> read_split(const Json* value, CostQuestion& question) {
  if (value == nullptr) return {};
  const Json object = value->is_number() ? Json{{"count", *value}} : *value;
  ObjectReader reader(object, "split_people");
  SplitQuestion split;
  const std::optional<int> count = reader.integer("count", 1, 1000);
  const Json* members = reader.raw("members");
  split.terms.reserve_per_month =
      read_amount(reader, "reserve_per_month", question).value_or(Money(0, question.currency));
  split.price_per_month = read_amount(reader, "price_per_month", question);
  if ((count ? 1 : 0) + (members != nullptr ? 1 : 0) != 1) {
    reader.refuse({ErrorCode::invalid_input, "who shares is said once", "split_people", "one of: count, members", {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  for (int i = 1; i <= count.value_or(0); ++i) split.terms.members.push_back({"member " + std::to_string(i), 0, 1, {}});
  for (const ListItem& item : list_items(members, "split_people.members")) {
    Result<CoopMember> member = read_member(item, split.terms.members.size() + 1, question.cost_case.months);
    if (!member) return fail(member.error());
    split.terms.members.push_back(*std::move(member));
  }
  if (split.terms.members.empty()) return invalid("nobody shares", "split_people.members", "at least one member");
  if (Result<void> done = check_shares(split.terms.members); !done) return done;
  question.split = std::move(split);
  return {};
}

}  // namespace rigwise
