#include "verbs/cost_request.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "verbs/answers.h"
#include "verbs/cost_parts.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostEntries = 500;  ///< of one list

/// Keys that say what runs where and how: those of `predict`.
constexpr const char* kSpeedKeys[] = {"setup",         "model",        "quant",       "engine",
                                      "backend",       "kv_type",      "split",       "prompt_tokens",
                                      "output_tokens", "depth_tokens", "concurrency", "level"};
constexpr double kUsualPrompt = 2048, kUsualOutput = 512;

/// The parts of the request that have readers of their own.
struct RawParts {
  std::map<std::string, const Json*> by_key;
  Json speed = Json::object();
  std::optional<double> tokens_per_s, prefill_tokens_per_s, api_kept, api_savings;

  const Json* operator[](const char* key) const { return by_key.at(key); }
};

Result<void> read_currency(const House& house, const std::optional<std::string>& currency, const Json* rates,
                           CostQuestion& question) {
  question.exchange = Exchange(house.catalog.rates, question.as_of);
  if (rates != nullptr && !rates->is_object()) {
    return invalid("\"exchange_rates\" is no object", "exchange_rates", "units for one dollar, as {\"SEK\": 10.5}");
  }
  const Json none = Json::object();
  for (const auto& [code, rate] : (rates == nullptr ? none : *rates).items()) {
    const double per_usd = rate.is_number() ? rate.get<double>() : 0;
    const bool is_code = code.size() == 3 && code != "USD" &&
                         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!is_code || per_usd < 1e-6 || per_usd > 1e9) {
      return invalid("\"" + code + "\" has no usable rate", "exchange_rates." + code,
                     "units of a currency for one US dollar, as {\"SEK\": 10.5}");
    }
    question.exchange.set_rate(code, per_usd, "as given");
  }
  const Result<std::string> code = question.exchange.currency(currency.value_or("USD"));
  if (!code) return fail(code.error());
  question.currency = *code;
  if (question.currency != "USD") {
    const UsedRate& rate = question.exchange.rate(question.currency);
    question.assumptions.push_back("1 USD = " + significant(rate.per_usd, 5) + " " + rate.currency + " (" + rate.date +
                                   ")");
  }
  return {};
}

/// Reads every top-level key once, so that an unknown one is a fault whatever else is wrong.
Result<RawParts> read_top(const House& house, const Json& request, CostQuestion& question) {
  ObjectReader reader(request, "");
  RawParts parts;
  for (const char* key : kSpeedKeys) {
    if (const Json* value = reader.raw(key)) parts.speed[key] = *value;
  }
  for (const char* key : {"hardware_price", "power_w", "usage", "electricity", "resale", "tax", "warranty",
                          "maintenance", "subscriptions", "seats", "hours_saved", "api_models", "rented_gpu", "hybrid",
                          "wait", "split_people", "exchange_rates", "sensitivity"}) {
    const Json* value = parts.by_key[key] = reader.raw(key);
    if (value != nullptr && value->is_array() && value->size() > kMostEntries) {
      reader.refuse({ErrorCode::invalid_input,
                     "\"" + std::string(key) + "\" has " + std::to_string(value->size()) + " entries",
                     key,
                     "at most " + std::to_string(kMostEntries) + "; put like ones together with \"count\"",
                     {}});
    }
  }
  CostCase& c = question.cost_case;
  c.months = reader.integer("horizon_months", 1, 240).value_or(36);
  question.discount_rate = reader.number("discount_rate", -0.5, 1).value_or(0);
  c.local.whole_units = reader.boolean("whole_units").value_or(false);
  parts.tokens_per_s = reader.number("tokens_per_s", 0.001, 1e7);
  parts.prefill_tokens_per_s = reader.number("prefill_tokens_per_s", 0.001, 1e8);
  parts.api_kept = reader.number("api_kept", 0, 1e7);
  parts.api_savings = reader.number("api_savings", 0, 1e7);
  const std::optional<std::string> currency = reader.text("currency");
  question.as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  if (Result<void> done = read_currency(house, currency, parts["exchange_rates"], question); !done) {
    return fail(done.error());
  }
  return parts;
}

/// A set-up's power and, unless the asker has prices of his own, its bill.
Result<void> read_setup(const House& house, const Json& name, bool is_priced, CostQuestion& question) {
  if (!name.is_string()) return invalid("\"setup\" must be text", "setup", "\"2x rtx-3090\"");
  CostPlan& plan = question.cost_case.local;
  plan.name = name.get<std::string>();
  const Result<Setup> setup = parse_setup(house.catalog, plan.name);
  if (!setup) {
    Error error = setup.error();
    error.where = "setup";
    return fail(std::move(error));
  }
  const auto [machine, why_not] =
      setup_machine(house.catalog, *setup, question.exchange, question.currency, question.as_of);
  plan.idle_w = machine.idle_w;
  plan.load_w = machine.load_w;
  if (machine.power_is_estimated) question.notes.push_back("the power of " + plan.name + " is an estimate");
  if (!is_priced) return {};
  if (!why_not.empty()) return invalid(why_not, "setup", "a price of your own with hardware_price");
  plan.bill = machine.bill;
  question.notes.insert(question.notes.end(), machine.notes.begin(), machine.notes.end());
  return {};
}

/// The bill and the power of the machine, by set-up or as given.
Result<void> read_machine(const House& house, const RawParts& parts, CostQuestion& question) {
  CostPlan& plan = question.cost_case.local;
  plan.per_kwh = Money(0, question.currency);
  const Json* price = parts["hardware_price"];
  const bool has_setup = parts.speed.contains("setup");
  if (!has_setup && price == nullptr) {
    return invalid("nobody says what is bought", "setup", "\"setup\": \"rtx 4090\", or \"hardware_price\"");
  }
  if (!has_setup && !parts.speed.empty()) {
    return invalid("\"" + parts.speed.begin().key() + "\" says nothing without a set-up", parts.speed.begin().key(),
                   "\"setup\": \"rtx 4090\", or tokens_per_s and prefill_tokens_per_s of your own");
  }
  if (has_setup) {
    if (Result<void> done = read_setup(house, parts.speed["setup"], price == nullptr, question); !done) return done;
  }
  if (price != nullptr) {
    Result<std::vector<BillLine>> bill = read_hardware(*price, question);
    if (!bill) return fail(bill.error());
    plan.bill = *std::move(bill);
    if (plan.name.empty()) plan.name = "the machine";
  }
  if (const Json* power = parts["power_w"]) {
    const Json object = power->is_number() ? Json{{"idle", *power}, {"load", *power}} : *power;
    ObjectReader reader(object, "power_w");
    plan.idle_w = reader.number("idle", 0, 1e6).value_or(0);
    plan.load_w = reader.number("load", 0, 1e6).value_or(plan.idle_w);
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  }
  return {};
}

/// The speeds that are predicted for the set-up and model.
Result<void> read_prediction(const House& house, Json asked, CostQuestion& question) {
  if (!asked.contains("prompt_tokens")) asked["prompt_tokens"] = kUsualPrompt;
  if (!asked.contains("output_tokens")) asked["output_tokens"] = kUsualOutput;
  ObjectReader reader(asked, "");
  Result<SpeedQuestion> speed = read_speed_question(house, reader);
  if (!speed) return fail(speed.error());
  Result<Prediction> prediction = predict(house.catalog, house.calibration, speed->query);
  if (!prediction) return fail(prediction.error());
  const std::string what = speed->query.model->name + " " + speed->query.format->name;
  // Where it does not fit, the host's RAM may help, but the bill has no more of it than the cards ask for.
  const bool fits = prediction->fit.verdict != FitVerdict::no;
  if (prediction->engine != nullptr && fits && prediction->decode_total.band.value > 0) {
    question.cost_case.speed = ServingSpeed{prediction->prefill.band, prediction->decode_total.band};
  } else {
    question.cannot_run = what + " on " + speed->query.setup.text + ": " +
                          (prediction->why_not.empty() ? prediction->fit.why : prediction->why_not);
  }
  const Workload& workload = speed->query.workload;
  question.assumptions.push_back("speeds of " + what + " at prompts of " + significant(workload.prompt_tokens, 4) +
                                 " and answers of " + significant(workload.output_tokens, 4) + " tokens, " +
                                 std::to_string(workload.concurrency) +
                                 (workload.concurrency == 1 ? " stream" : " streams"));
  question.speed_question = *std::move(speed);
  question.prediction = *std::move(prediction);
  return {};
}

/// The speeds: as given, else predicted.
Result<void> read_speed(const House& house, const RawParts& parts, CostQuestion& question) {
  CostCase& c = question.cost_case;
  if (parts.speed.contains("model")) {
    if (Result<void> done = read_prediction(house, parts.speed, question); !done) return done;
  }
  if (parts.prefill_tokens_per_s && !parts.tokens_per_s && !c.speed) {
    return invalid("a prefill speed alone says nothing", "tokens_per_s", "the speed of writing too");
  }
  if (parts.tokens_per_s) {
    const double decode = *parts.tokens_per_s;
    ServingSpeed given = c.speed.value_or(ServingSpeed{});
    given.decode_total = {decode, decode, decode};
    c.speed = given;
    question.cannot_run.clear();
  }
  if (parts.prefill_tokens_per_s) {
    const double prefill = *parts.prefill_tokens_per_s;
    c.speed->prefill = {prefill, prefill, prefill};
  }
  if (c.speed && c.speed->prefill.value <= 0) {
    question.notes.push_back("taking in the prompts counts no time: no prefill speed is given");
  }
  return {};
}

/// Nobody stated a volume: what the machine makes at its utilisation.
void fill_volume(const RawParts& parts, CostQuestion& question) {
  CostCase& c = question.cost_case;
  if (question.volume_is_stated || !c.speed) return;
  const Json* usage = parts["usage"];
  const double input_share =
      usage != nullptr && usage->contains("input_share") ? (*usage)["input_share"].get<double>() : 0.8;
  const TokenVolume mix{input_share, 1 - input_share, c.volume.cached_share};
  const double hours = busy_hours(mix, *c.speed);
  if (hours <= 0) return;
  c.volume = mix.times(c.utilisation * c.hours_in_use / hours);
  c.volume_follows_utilisation = true;
  if (usage == nullptr || !usage->contains("input_share")) {
    question.assumptions.push_back("80 % of the tokens are input (nobody said)");
  }
  question.assumptions.push_back("nobody said how many tokens: " + significant(c.volume.total() / 1e6) +
                                 " million a month are what it makes when it works " +
                                 significant(100 * c.utilisation) + " % of the time");
}

Result<void> read_running(const House& house, const RawParts& parts, CostQuestion& question) {
  CostPlan& plan = question.cost_case.local;
  if (Result<void> done = read_warranty(parts["warranty"], question); !done) return done;
  if (Result<void> done = read_maintenance(parts["maintenance"], question); !done) return done;
  const Result<std::vector<SeatGroup>> kept =
      read_seats(house.catalog, parts["subscriptions"], "subscriptions", false, question);
  if (!kept) return fail(kept.error());
  for (const SeatGroup& group : *kept) {
    plan.bills.push_back({group.name, CashKind::subscription, group.monthly()});
    if (group.basis != "as given") question.assumptions.push_back(group.name + ": " + group.basis);
  }
  if (parts.api_kept) {
    plan.bills.push_back({"API kept", CashKind::api, Money(*parts.api_kept, question.currency)});
  }
  if (parts.api_savings) {
    plan.bills.push_back({"API savings", CashKind::avoided, Money(*parts.api_savings, question.currency) * -1});
    question.notes.push_back(
        "API savings lower the cost; they are left out where the machine is compared with an API "
        "or seats, which would count them twice");
  }
  return {};
}

Rival api_rival(const ApiOffer& offer, const CostCase& c) {
  Rival rival;
  rival.kind = "api";
  rival.api = offer;
  rival.basis = significant(offer.input.amount(), 4) + " / " + significant(offer.output.amount(), 4) + " " +
                offer.input.currency() + " per million tokens in / out, " + offer.date + ", " + offer.source;
  rival.plan = plan_of_bill(offer.name, CashKind::api, monthly_bill(offer, c.volume), c.local.tax);
  if (c.volume.total() <= 0) rival.why_no_volume = "nobody says how many tokens a month it would make";
  return rival;
}

Result<void> read_rivals(const House& house, const RawParts& parts, CostQuestion& question) {
  CostCase& c = question.cost_case;
  const Catalog& catalog = house.catalog;
  Result<std::vector<ApiOffer>> offers = read_api_offers(catalog, parts["api_models"], "api_models", question);
  if (!offers) return fail(offers.error());
  if (parts["api_models"] == nullptr && question.speed_question) {
    const Llm& model = *question.speed_question->query.model;
    const auto offer = cheapest_api(catalog, model.id, c.volume, question.exchange, question.currency, question.as_of);
    if (offer) offers->push_back(*offer);
    if (!offer) question.notes.push_back("no API of the catalog serves " + model.name);
  }
  for (const ApiOffer& offer : *offers) question.rivals.push_back(api_rival(offer, c));
  Result<std::vector<SeatGroup>> seats = read_seats(catalog, parts["seats"], "seats", true, question);
  if (!seats) return fail(seats.error());
  question.seats = *std::move(seats);
  if (!question.seats.empty()) {
    Rival rival;
    rival.kind = "seats";
    rival.seats = question.seats;
    rival.plan = plan_of_bill("the seats", CashKind::seats, monthly_of(question.seats, question.currency), c.local.tax);
    std::vector<std::string> groups;
    groups.reserve(question.seats.size());
    for (const SeatGroup& group : question.seats) {
      groups.push_back(std::to_string(group.count) + " x " + group.name + " at " +
                       significant(group.per_month.amount(), 4));
    }
    rival.basis = join(groups, ", ") + " " + question.currency + " a month";
    question.rivals.push_back(std::move(rival));
  }
  if (Result<void> done = read_rent(parts["rented_gpu"], question); !done) return done;
  if (Result<void> done = read_hybrid(catalog, parts["hybrid"], question); !done) return done;
  return read_wait(parts["wait"], question);
}

/// The first rival is what sensitivity is told against.
void choose_rival(CostQuestion& question) {
  for (const Rival& rival : question.rivals) {
    if (!rival.why_no_volume.empty()) continue;
    question.cost_case.api = rival.api;
    question.cost_case.rival = rival.plan;
    return;
  }
}

Result<void> check_sizes(const CostQuestion& question) {
  const CostCase& c = question.cost_case;
  bool too_large = is_too_large(cash_flow(c.local, kBreakEvenMonths)) || is_too_large(cash_flow(c.local, c.months));
  for (const Rival& rival : question.rivals) too_large = too_large || is_too_large(cash_flow(rival.plan, 240));
  if (!too_large) return {};
  return invalid("the amounts add up to more than four billion " + question.currency, "",
                 "smaller prices, fewer tokens, or a currency of larger units");
}

}  // namespace

Result<CostQuestion> read_cost_question(const House& house, const Json& request) {
  CostQuestion question;
  const Result<RawParts> read = read_top(house, request, question);
  if (!read) return fail(read.error());
  const RawParts& parts = *read;
  if (Result<void> done = read_machine(house, parts, question); !done) return fail(done.error());
  if (Result<void> done = read_usage(parts["usage"], question); !done) return fail(done.error());
  if (Result<void> done = read_electricity(house.catalog, parts["electricity"], question); !done)
    return fail(done.error());
  if (Result<void> done = read_speed(house, parts, question); !done) return fail(done.error());
  fill_volume(parts, question);
  if (Result<void> done = read_tax(parts["tax"], question); !done) return fail(done.error());
  const bool by_age = parts["hardware_price"] == nullptr;
  if (Result<void> done = read_resale(parts["resale"], by_age, question); !done) return fail(done.error());
  if (Result<void> done = read_running(house, parts, question); !done) return fail(done.error());
  if (Result<void> done = read_rivals(house, parts, question); !done) return fail(done.error());
  if (Result<void> done = read_split(parts["split_people"], question); !done) return fail(done.error());
  if (Result<void> done = read_hours_saved(parts["hours_saved"], question); !done) return fail(done.error());
  if (Result<void> done = read_ranges(parts["sensitivity"], question); !done) return fail(done.error());
  choose_rival(question);
  if (Result<void> done = check_sizes(question); !done) return fail(done.error());
  return question;
}

}  // namespace rigwise
