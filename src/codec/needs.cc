#include "codec/needs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/cost/calendar.h"

namespace rigwise {
namespace {

constexpr double kMostMoney = 1e9, kMostTokens = 1e15, kMostSpeed = 1e6;

/// A word of a closed list, or a fault that lists it.
template <class T, std::size_t N>
std::optional<T> choose(ObjectReader& reader, std::string_view key, const std::string& word,
                        const std::array<std::pair<const char*, T>, N>& words) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words) {
    if (fold_name(name) == fold_name(word)) return value;
    names.emplace_back(name);
  }
  reader.refuse({ErrorCode::invalid_input, "\"" + word + "\" is no " + std::string(key), reader.path_of(key),
                 "one of: " + join(names, ", "), nearest_names(word, names)});
  return std::nullopt;
}

constexpr std::array<std::pair<const char*, NoiseClass>, 5> kNoise = {{{"silent", NoiseClass::silent},
                                                                       {"quiet", NoiseClass::quiet},
                                                                       {"audible", NoiseClass::audible},
                                                                       {"loud", NoiseClass::loud},
                                                                       {"very_loud", NoiseClass::very_loud}}};
constexpr std::array<std::pair<const char*, BodyShape>, 6> kShapes = {{{"laptop", BodyShape::laptop},
                                                                       {"mini", BodyShape::mini},
                                                                       {"desktop", BodyShape::desktop},
                                                                       {"tower", BodyShape::tower},
                                                                       {"rack", BodyShape::rack},
                                                                       {"board", BodyShape::board}}};
constexpr std::array<std::pair<const char*, Condition>, 3> kConditions = {
    {{"any", Condition::any}, {"new", Condition::only_new}, {"used", Condition::only_used}}};

/// Each object of a list, through `read`.
template <class Read>
void each(ObjectReader& reader, std::string_view key, Read read) {
  const Json* list = reader.raw(key);
  if (list == nullptr) return;
  if (!list->is_array()) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"" + std::string(key) + "\" must be a list of objects",
                   reader.path_of(key),
                   "",
                   {}});
    return;
  }
  if (list->size() > 64) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"" + std::string(key) + "\" has more than 64 entries",
                   reader.path_of(key),
                   "",
                   {}});
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    ObjectReader item((*list)[i], reader.path_of(key) + "[" + std::to_string(i) + "]");
    read(item);
    if (std::optional<Error> fault = item.done()) reader.refuse(*std::move(fault));
  }
}

/// An object inside, through `read`.
template <class Read>
void inside(ObjectReader& reader, std::string_view key, Read read) {
  const Json* object = reader.raw(key);
  if (object == nullptr) return;
  ObjectReader item(*object, reader.path_of(key));
  read(item);
  if (std::optional<Error> fault = item.done()) reader.refuse(*std::move(fault));
}

void read_budget(ObjectReader& r, Budget& budget) {
  budget.max = r.number("max", 0, kMostMoney);
  budget.currency = r.text("currency").value_or(budget.currency);
  budget.horizon_months = r.integer("horizon_months", 1, 240).value_or(budget.horizon_months);
}

void read_target(ObjectReader& r, NeedTarget& target) {
  target.name = r.text("name").value_or("");
  target.model_class = r.text("model_class").value_or("");
  target.model = r.text("model").value_or("");
  target.tokens_per_s = r.number("tokens_per_s", 0.01, kMostSpeed);
  target.minimum_tokens_per_s = r.number("minimum_tokens_per_s", 0.01, kMostSpeed);
  target.ttft_s = r.number("ttft_s", 0.001, 86400);
  target.prompt_tokens = r.number("prompt_tokens", 1, 1e8);
  target.context_tokens = r.number("context_tokens", 1, 1e8);
  target.max_params_b = r.number("max_params_b", 0.01, 1e5);
  target.streams = r.integer("streams", 1, 100000).value_or(1);
  if (target.model_class.empty() == target.model.empty()) {
    r.refuse({ErrorCode::invalid_input,
              target.model.empty() ? "a target needs \"model_class\" or \"model\""
                                   : "a target has \"model_class\" or \"model\", not both",
              r.path_of("model_class"),
              "for example model_class = \"coding\"",
              {}});
  }
  if (target.tokens_per_s && target.minimum_tokens_per_s && *target.minimum_tokens_per_s > *target.tokens_per_s) {
    r.refuse({ErrorCode::invalid_input,
              "the minimum of " + shortest(*target.minimum_tokens_per_s) + " tok/s is above the target of " +
                  shortest(*target.tokens_per_s),
              r.path_of("minimum_tokens_per_s"),
              "a number up to tokens_per_s",
              {}});
  }
  if (target.name.empty()) target.name = target.model.empty() ? target.model_class : target.model;
}

void read_constraints(ObjectReader& r, Constraints& c) {
  if (const auto noise = r.text("noise")) c.noise = choose(r, "noise", *noise, kNoise);
  c.portable = r.boolean("portable").value_or(false);
  c.power_w_max = r.number("power_w_max", 1, 1e6);
  for (const std::string& word : r.texts("form_factors").value_or(std::vector<std::string>{})) {
    if (const auto shape = choose(r, "form_factors", word, kShapes)) c.form_factors.push_back(*shape);
  }
  c.os = r.texts("os").value_or(c.os);
  constexpr std::array<std::pair<const char*, int>, 3> kSystems = {{{"linux", 0}, {"windows", 1}, {"macos", 2}}};
  for (std::string& name : c.os) {
    choose(r, "os", name, kSystems);
    name = lower(name);
  }
  c.vendors_excluded = r.texts("vendors_excluded").value_or(c.vendors_excluded);
  c.always_on = r.boolean("always_on").value_or(false);
  c.local_only = r.boolean("local_only").value_or(false);
}

void read_usage(ObjectReader& r, Usage& usage) {
  usage.tokens_per_month = r.number("tokens_per_month", 0, kMostTokens);
  usage.input_share = r.number("input_share", 0, 1);
  usage.hours_per_day = r.number("hours_per_day", 0, 24);
  each(r, "prompt_mix", [&](ObjectReader& item) {
    PromptShare share;
    share.category = item.required_text("category", "\"coding\"");
    share.share = item.number("share", 0, 1).value_or(0);
    usage.prompt_mix.push_back(std::move(share));
  });
}

/// `resale` is true, false, or the share of the price that comes back.
void read_money(ObjectReader& r, MoneyNeeds& money) {
  money.electricity_per_kwh = r.number("electricity_per_kwh", 0, 1e6);
  money.tax_rate = r.number("tax_rate", 0, 0.9).value_or(0);
  const Json* resale = r.raw("resale");
  if (resale == nullptr) return;
  if (resale->is_boolean()) {
    money.resale = resale->get<bool>();
  } else if (resale->is_number() && resale->get<double>() >= 0 && resale->get<double>() <= 1) {
    money.resale = true;
    money.resale_share = resale->get<double>();
  } else {
    r.refuse({ErrorCode::invalid_input,
              "\"resale\" must be true, false or a share",
              r.path_of("resale"),
              "true, false, or a number from 0 to 1",
              {}});
  }
}

void read_weights(ObjectReader& r, Weights& w) {
  // Naming some weights means that the others do not count.
  w = {r.number("probability", 0, 100).value_or(0), r.number("cost", 0, 100).value_or(0),
       r.number("quality", 0, 100).value_or(0),     r.number("speed", 0, 100).value_or(0),
       r.number("noise", 0, 100).value_or(0),       r.number("power", 0, 100).value_or(0)};
  if (w.sum() > 0) return;
  r.refuse({ErrorCode::invalid_input, "all weights are zero", r.path_of("probability"), "at least one above 0", {}});
}

void read_people(ObjectReader& r, Needs& needs) {
  each(r, "people", [&](ObjectReader& item) {
    PeopleGroup group;
    group.role = item.text("role").value_or("");
    group.count = item.integer("count", 1, 1000000).value_or(1);
    if (group.role.empty() && item.raw("count") == nullptr) {
      item.refuse({ErrorCode::invalid_input,
                   "a group of people needs \"role\" or \"count\"",
                   item.path_of("role"),
                   "for example role = \"developer\", count = 8",
                   {}});
    }
    needs.people.push_back(std::move(group));
  });
  needs.concurrency = r.integer("concurrency", 1, 100000);
}

void read_market(ObjectReader& r, Needs& needs) {
  needs.owned = r.texts("owned").value_or(needs.owned);
  needs.upgrade_of = r.text("upgrade_of").value_or("");
  needs.region = r.text("region").value_or("");
  if (const auto word = r.text("condition")) {
    needs.condition = choose(r, "condition", *word, kConditions).value_or(Condition::any);
  }
  needs.not_before = r.text("not_before").value_or("");
  if (!needs.not_before.empty() && !month_number(needs.not_before)) {
    r.refuse({ErrorCode::invalid_input,
              "\"" + needs.not_before + "\" is not a date",
              r.path_of("not_before"),
              "YYYY, YYYY-MM or YYYY-MM-DD",
              {}});
  }
}

void read_services(ObjectReader& r, Needs& needs) {
  constexpr std::array<std::pair<const char*, int>, 3> kServices = {{{"speech", 0}, {"image", 1}, {"embedding", 2}}};
  needs.services = r.texts("services").value_or(needs.services);
  for (std::string& name : needs.services) {
    choose(r, "services", name, kServices);
    name = lower(name);
  }
}

}  // namespace

Result<Needs> decode_needs(const Json& object, const std::string& path) {
  ObjectReader r(object, path);
  Needs needs;
  inside(r, "budget", [&](ObjectReader& item) { read_budget(item, needs.budget); });
  read_people(r, needs);
  read_market(r, needs);
  each(r, "targets", [&](ObjectReader& item) { read_target(item, needs.targets.emplace_back()); });
  needs.vision = r.boolean("vision").value_or(false);
  read_services(r, needs);
  needs.fine_tuning = r.boolean("fine_tuning").value_or(false);
  inside(r, "quality",
         [&](ObjectReader& item) { needs.minimum_relative_quality = item.number("minimum_relative", 0, 2); });
  inside(r, "constraints", [&](ObjectReader& item) { read_constraints(item, needs.constraints); });
  inside(r, "usage", [&](ObjectReader& item) { read_usage(item, needs.usage); });
  inside(r, "money", [&](ObjectReader& item) { read_money(item, needs.money); });
  inside(r, "weights", [&](ObjectReader& item) { read_weights(item, needs.weights); });
  if (std::optional<Error> fault = r.done()) return fail(*std::move(fault));
  return needs;
}

}  // namespace rigwise
