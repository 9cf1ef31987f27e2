#include "verbs/advise_answers.h"

#include <algorithm>
#include <map>

#include "core/advise/cloud_baseline.h"
#include "core/advise/hybrid.h"
#include "core/advise/rental.h"
#include "core/advise/target_query.h"
#include "core/base/text.h"
#include "verbs/answers.h"

namespace rigwise {
namespace {

Json band_json(const Band& band, const TargetAnswer& target, double level) {
  Estimate estimate;
  estimate.band = band;
  estimate.level = level;
  estimate.basis = target.run->basis;
  estimate.tier = target.run->tier;
  return estimate_json(estimate);
}

/// The task in the busiest hour; null where that was not simulated.
Json busiest_hour_json(const TargetAnswer& target, const Option& option) {
  for (const RehearsedTask& seen : option.rehearsal.tasks) {
    if (seen.task != target.task) continue;
    return {{"ttft_p50_s", seen.ttft_p50_s},
            {"ttft_p95_s", seen.ttft_p95_s},
            {"tokens_per_s_p50", seen.tokens_per_s_p50},
            {"tokens_per_s_p5", seen.tokens_per_s_p5},
            {"within_limits", seen.within},
            {"overloaded", seen.overloaded}};
  }
  return nullptr;
}

/// Joules per token written, when nothing else runs; null where the machine's power is unknown.
Json energy_json(const House& house, const TargetAnswer& target, const Option& option) {
  if (target.run->host_bytes > 0) return nullptr;
  const Result<Prediction> prediction = predict(house.catalog, house.calibration, target_query(target, option));
  return prediction && prediction->runs ? optional_json(prediction->energy_j_per_token) : Json(nullptr);
}

Json target_json(const House& house, const TargetAnswer& target, const Option& option, double level) {
  const Task& task = *target.task;
  const ModelRun& run = *target.run;
  Json json = {{"name", task.name},         {"model_class", task.class_name},
               {"model", run.model->id},    {"quant", run.format->name},
               {"engine", run.engine->id},  {"backend", run.backend},
               {"streams", target.streams}, {"replicas", option.layout().replicas},
               {"pool", target.pool}};
  json["tokens_per_s"] = task.asked_tokens_per_s;
  json["minimum_tokens_per_s"] = task.minimum_tokens_per_s;
  json["decode"] = band_json(target.alone, target, level);
  json["together"] = band_json(target.together, target, level);
  json["prefill"] = band_json(run.prefill, target, level);
  json["prompt_tokens"] = task.prompt_tokens;
  json["ttft_s"] = band_json(target.ttft_s, target, level);
  json["ttft_limit_s"] = task.ttft_s;
  json["ttft_limit_is_assumed"] = task.ttft_is_assumed;
  json["probability"] = target.probability;
  json["busiest_hour"] = busiest_hour_json(target, option);
  json["energy_j_per_token"] = energy_json(house, target, option);
  json["memory_gb"] = run.total_bytes() / kGb;
  json["host_memory_gb"] = run.host_bytes / kGb;
  json["context_tokens"] = task.context_tokens;
  json["quality"] = run.quality;
  json["quality_is_known"] = run.quality_is_known;
  json["quality_basis"] = run.judged == nullptr ? "" : run.judged->basis;
  return json;
}

Json bill_json(const Machine& machine) {
  Json bill = Json::array();
  for (const BillLine& line : machine.bill) {
    bill.push_back({{"name", line.name},
                    {"count", line.count},
                    {"price", money_json(line.value)},
                    {"low", money_json(line.low)},
                    {"high", money_json(line.high)},
                    {"basis", line.basis}});
  }
  return bill;
}

Json memory_json_of(const Option& option) {
  Json pools = Json::array();
  const Placement& placement = option.placement;
  for (std::size_t p = 0; p < placement.used_bytes.size(); ++p) {
    const Pool& pool = option.layout().pools[p];
    pools.push_back({{"device", pool.device->id},
                     {"count", pool.count},
                     {"used_gb", placement.used_bytes[p] / kGb},
                     {"available_gb", placement.available_bytes[p] / kGb},
                     {"busy", placement.duty[p].value}});
  }
  return pools;
}

std::optional<int> rank_of(const Option& option, const Advice& advice) {
  for (std::size_t i = 0; i < advice.options.size(); ++i) {
    if (advice.options[i].candidate.label == option.candidate.label) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

}  // namespace

Json money_json(const Money& money) { return rounded_to_cents(money); }

/// All that it costs over all tokens of the plan; null where no tokens are planned.
Json cost_per_mtok_json(const Money& total, const Brief& brief) {
  double tokens = 0;
  for (const Task& task : brief.tasks) tokens += task.input_tokens_per_month + task.output_tokens_per_month;
  if (tokens <= 0) return nullptr;
  return total.amount() / (tokens * brief.months / 1e6);
}

Json targets_json(const House& house, const Advice& advice, const Option& option) {
  Json targets = Json::array();
  for (const TargetAnswer& target : option.targets) targets.push_back(target_json(house, target, option, advice.level));
  return targets;
}

Json option_json(const House& house, const Advice& advice, const Option& option, int rank) {
  const Candidate& candidate = option.candidate;
  const Machine& machine = candidate.machine;
  const Ownership& own = candidate.ownership;
  Json json = {{"rank", rank}, {"setup", candidate.setup}, {"label", candidate.label}, {"also", candidate.also}};
  json["price"] = money_json(machine.value);
  json["price_low"] = money_json(machine.low);
  json["price_high"] = money_json(machine.high);
  json["cost"] = {{"purchase", money_json(own.purchase)},
                  {"electricity", money_json(own.electricity)},
                  {"resale", money_json(own.resale)},
                  {"resale_share", own.resale_share},
                  {"tax", money_json(own.tax)},
                  {"tax_rate", advice.brief.terms.tax_rate},
                  {"total", money_json(own.total)},
                  {"total_low", money_json(own.total_low)},
                  {"total_high", money_json(own.total_high)},
                  {"per_month", money_json(own.monthly)},
                  {"per_mtok", cost_per_mtok_json(own.total, advice.brief)}};
  json["bill"] = bill_json(machine);
  json["probability"] = option.placement.probability;
  json["meets_minimum"] = option.placement.meets_minimum;
  json["quality"] = option.placement.quality;
  json["quality_is_known"] = option.placement.quality_is_known;
  json["power_w"] = machine.load_w;
  json["idle_w"] = machine.idle_w;
  json["power_is_estimated"] = machine.power_is_estimated;
  json["noise"] = noise_class_name(machine.noise);
  json["noise_is_estimated"] = machine.noise_is_estimated;
  json["form_factor"] = body_shape_name(body_shape(candidate));
  json["layout"] = option.layout().words.empty() ? Json("all together") : Json(option.layout().words);
  json["memory"] = memory_json_of(option);
  json["targets"] = targets_json(house, advice, option);
  json["busiest_hour"] = {
      {"utilisation", option.rehearsal.tasks.empty() ? Json(nullptr) : Json(option.rehearsal.utilisation)},
      {"why_not", option.rehearsal.why_not.empty() ? Json(nullptr) : Json(option.rehearsal.why_not)}};
  json["score"] = option.score;
  json["reasons"] = option.reasons;
  json["risks"] = option.risks;
  json["would_change_if"] = option.would_change_if;
  return json;
}

Json pareto_json(const Option& option, const Advice& advice) {
  const std::optional<int> rank = rank_of(option, advice);
  std::vector<std::string> models;
  Json targets = Json::array();
  for (const TargetAnswer& target : option.targets) {
    const std::string words = target.run->model->id + " " + target.run->format->name;
    if (std::find(models.begin(), models.end(), words) == models.end()) models.push_back(words);
    targets.push_back({{"name", target.task->name},
                       {"model", target.run->model->id},
                       {"quant", target.run->format->name},
                       {"engine", target.run->engine->id},
                       {"streams", target.streams},
                       {"decode", band_json(target.alone, target, advice.level)},
                       {"together", band_json(target.together, target, advice.level)}});
  }
  return {{"setup", option.candidate.setup},
          {"label", option.candidate.label},
          {"price", money_json(option.candidate.machine.value)},
          {"total", money_json(option.candidate.ownership.total)},
          {"probability", option.placement.probability},
          {"quality", option.placement.quality},
          {"power_w", option.candidate.machine.load_w},
          {"noise", noise_class_name(option.candidate.machine.noise)},
          {"models", models},
          {"targets", std::move(targets)},
          {"score", option.score},
          {"rank", rank ? Json(*rank) : Json(nullptr)}};
}

Json rental_json(const House& house, const Advice& advice) {
  if (!advice.rental) return nullptr;
  const Rental& rental = *advice.rental;
  Json quotes = Json::array();
  for (const RentalPrice* quote : rental.quotes) {
    quotes.push_back({{"provider", quote->provider},
                      {"tier", rental_tier_name(quote->tier)},
                      {"usd_per_device_hour", quote->usd_per_device_hour()},
                      {"date", quote->date},
                      {"source", quote->source}});
  }
  const Option& option = rental.option;
  return {{"words", rental_words(rental, advice)},
          {"setup", option.candidate.setup},
          {"label", option.candidate.label},
          {"per_hour", rental.per_hour.amount()},
          {"per_hour_low", rental.per_hour_low.amount()},
          {"per_hour_high", rental.per_hour_high.amount()},
          {"hours_per_month", rental.hours_per_month},
          {"per_month", money_json(rental.monthly)},
          {"total", money_json(option.candidate.ownership.total)},
          {"total_low", money_json(option.candidate.ownership.total_low)},
          {"total_high", money_json(option.candidate.ownership.total_high)},
          {"per_mtok", cost_per_mtok_json(option.candidate.ownership.total, advice.brief)},
          {"probability", option.placement.probability},
          {"quality", option.placement.quality},
          {"targets", targets_json(house, advice, option)},
          {"quotes", std::move(quotes)}};
}

Json hybrid_json(const House& house, const Advice& advice) {
  if (!advice.hybrid) return nullptr;
  const Hybrid& hybrid = *advice.hybrid;
  const Option& option = hybrid.option;
  return {{"words", hybrid_words(hybrid, advice)},
          {"setup", option.candidate.setup},
          {"label", option.candidate.label},
          {"price", money_json(option.candidate.machine.value)},
          {"sent",
           {{"target", hybrid.sent->task->name},
            {"model", hybrid.sent->model->id},
            {"provider", hybrid.sent->price->provider},
            {"total", money_json(hybrid.api_total)}}},
          {"total", money_json(hybrid.total)},
          {"per_mtok", cost_per_mtok_json(hybrid.total, advice.brief)},
          {"probability", option.placement.probability},
          {"quality", option.placement.quality},
          {"targets", targets_json(house, advice, option)}};
}

/// How fast somebody measured the offer, the newest run; of an offer nobody measured (a broker's, say) the slowest
/// newest run of the same model elsewhere, under that provider's name; null where nobody measured the model.
Json api_speed_beside(const Catalog& catalog, const CloudOffer& offer, const std::string& as_of) {
  std::map<std::string, const ApiSpeed*> newest;
  for (const ApiSpeed& speed : catalog.api_speeds) {
    if (speed.model_id != offer.model->id || as_of < speed.date) continue;
    const ApiSpeed*& known = newest[fold_name(speed.provider)];
    if (known == nullptr || known->date < speed.date) known = &speed;
  }
  const auto own = newest.find(fold_name(offer.price->provider));
  const ApiSpeed* best = own == newest.end() ? nullptr : own->second;
  for (const auto& [provider, speed] : newest) {
    if (own != newest.end()) break;
    if (best == nullptr || speed->output_tokens_per_s < best->output_tokens_per_s) best = speed;
  }
  if (best == nullptr) return nullptr;
  return {{"provider", best->provider},
          {"output_tokens_per_s", best->output_tokens_per_s},
          {"ttft_s", optional_json(best->ttft_s)},
          {"date", best->date},
          {"source", best->source}};
}

Json do_not_buy_json(const House& house, const Advice& advice) {
  const CloudBaseline& cloud = advice.cloud;
  Json offers = Json::array();
  for (const CloudOffer& offer : cloud.offers) {
    Json json = {{"target", offer.task->name},
                 {"input_tokens_per_month", offer.task->input_tokens_per_month},
                 {"output_tokens_per_month", offer.task->output_tokens_per_month},
                 {"per_month", offer.price == nullptr ? Json(nullptr) : money_json(offer.monthly)}};
    if (offer.price != nullptr) {
      json["model"] = offer.model->id;
      json["provider"] = offer.price->provider;
      json["input_usd_per_mtok"] = offer.price->input_usd_per_mtok;
      json["output_usd_per_mtok"] = offer.price->output_usd_per_mtok;
      json["date"] = offer.price->date;
      json["source"] = offer.price->source;
      json["speed"] = api_speed_beside(house.catalog, offer, advice.brief.as_of);
    }
    offers.push_back(std::move(json));
  }
  Json json = {{"words", cloud_words(cloud)}, {"offers", std::move(offers)}, {"is_complete", cloud.is_complete}};
  json["per_month"] = money_json(cloud.monthly);
  json["tax"] = money_json(cloud.monthly * advice.brief.months - cloud.total);
  json["total"] = money_json(cloud.total);
  json["subscription"] = nullptr;
  if (!cloud.seats.empty()) {
    Json groups = Json::array();
    int people = 0;
    for (const SeatGroup& group : cloud.seats) {
      people += group.count;
      groups.push_back({{"name", group.name},
                        {"count", group.count},
                        {"per_month", money_json(group.per_month)},
                        {"replaces", group.replaces},
                        {"basis", group.basis}});
    }
    json["subscription"] = {{"service", cloud.seats.size() == 1 ? join(cloud.seats[0].replaces, " and ") : "by role"},
                            {"seats", people},
                            {"groups", std::move(groups)},
                            {"per_month", money_json(cloud.seats_monthly)},
                            {"total", money_json(cloud.seats_total)}};
  }
  json["lacks"] = cloud.lacks;
  json["verdict"] = cloud.verdict;
  return json;
}

}  // namespace rigwise
