#include "verbs/advise.h"

#include "codec/needs.h"
#include "core/advise/advise.h"
#include "core/evaluate/own_scores.h"
#include "verbs/advise_answers.h"
#include "verbs/answers.h"
#include "verbs/prompt_mix.h"

namespace rigwise {
namespace {

constexpr int kUsualOptions = 5, kMostOptions = 50;

/// The answer in another currency than the budget's: the amounts in the needs are converted first.
Result<void> change_currency(const House& house, const std::string& wanted, const std::string& as_of, Needs& needs) {
  const Exchange exchange(house.catalog.rates, as_of);
  const Result<std::string> to = exchange.currency(wanted);
  if (!to) return fail(to.error());
  const Result<std::string> from = exchange.currency(needs.budget.currency);
  if (!from) return {};  // advise() says so with the right key
  for (std::optional<double>* amount : {&needs.budget.max, &needs.money.electricity_per_kwh}) {
    if (*amount) *amount = exchange.convert(**amount, *from, *to).amount();
  }
  needs.budget.currency = *to;
  return {};
}

Json counts_json(const std::map<std::string, int>& counts) {
  Json json = Json::object();
  for (const auto& [reason, count] : counts) json[reason] = count;
  return json;
}

Json searched_json(const Advice& advice) {
  const SearchCounts& counts = advice.finder->counts();
  return {{"devices", advice.offers.devices},
          {"candidates", advice.candidates},
          {"twins_merged", advice.twins_merged},
          {"evaluated", advice.evaluated},
          {"qualified", advice.qualified},
          {"predictions", counts.predictions},
          {"pruned",
           {{"memory", counts.pruned_by_memory},
            {"bandwidth", counts.pruned_by_bandwidth},
            {"rival", counts.pruned_by_rival}}}};
}

}  // namespace

Result<Json> advise_verb(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  AdviseSettings settings;
  settings.as_of = read_as_of(reader, house);
  settings.limit = reader.integer("limit", 1, kMostOptions).value_or(kUsualOptions);
  settings.level = reader.number("level", 0.5, 0.99).value_or(settings.level);
  const std::optional<std::string> currency = reader.text("currency");
  const Json *object = reader.raw("needs"), *results = reader.raw("results");
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  Result<Needs> needs = decode_needs(object == nullptr ? Json::object() : *object);
  if (!needs) return fail(needs.error());
  if (currency) {
    if (const Result<void> done = change_currency(house, *currency, settings.as_of, *needs); !done) {
      return fail(done.error());
    }
  }
  std::optional<Catalog> judged;  // with the asker's own scores; outlives the answer
  if (results != nullptr) {
    const Result<ResultSet> set = read_scored_results(*results, "results");
    if (!set) return fail(set.error());
    judged = house.catalog;
    for (QualityScore& row : own_scores(house.catalog, *set, false)) judged->scores.push_back(std::move(row));
  }
  const Catalog& catalog = judged ? *judged : house.catalog;
  const Result<std::unique_ptr<Advice>> answer = advise(catalog, house.calibration, *needs, settings);
  if (!answer) return fail(answer.error());
  const Advice& advice = **answer;

  Json response = response_head("advise", house, settings.as_of);
  response["currency"] = advice.brief.currency;
  response["horizon_months"] = advice.brief.months;
  response["action"] = advice_action_name(advice.action);
  response["answer"] = advice.answer;
  response["minimum_holds"] = advice.minimum_holds;
  response["quality_scale"] = advice.finder->quality_scale();
  Json options = Json::array();
  for (const Option& option : advice.options) {
    options.push_back(option_json(house, advice, option, static_cast<int>(options.size()) + 1));
  }
  response["options"] = std::move(options);
  Json pareto = Json::array();
  for (const Option& option : advice.pareto) pareto.push_back(pareto_json(option, advice));
  response["pareto"] = std::move(pareto);
  response["do_not_buy"] = do_not_buy_json(house, advice);
  response["rental"] = rental_json(house, advice);
  response["hybrid"] = hybrid_json(house, advice);
  response["would_change_if"] = advice.would_change_if;
  response["left_out"] = counts_json(advice.offers.left_out);
  response["excluded"] = counts_json(advice.excluded);
  response["searched"] = searched_json(advice);
  response["assumptions"] = advice.brief.assumptions;
  return response;
}

}  // namespace rigwise
