#include "verbs/advise_answers.h"

#include <algorithm>

#include "core/advise/cloud_baseline.h"
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

Json target_json(const TargetAnswer& target, const Option& option, double level) {
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

Json option_json(const Option& option, int rank, double level, double tax_rate) {
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
                  {"tax_rate", tax_rate},
                  {"total", money_json(own.total)},
                  {"total_low", money_json(own.total_low)},
                  {"total_high", money_json(own.total_high)},
                  {"per_month", money_json(own.monthly)}};
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
  Json targets = Json::array();
  for (const TargetAnswer& target : option.targets) targets.push_back(target_json(target, option, level));
  json["targets"] = std::move(targets);
  json["score"] = option.score;
  json["reasons"] = option.reasons;
  json["risks"] = option.risks;
  json["would_change_if"] = option.would_change_if;
  return json;
}

Json pareto_json(const Option& option, const Advice& advice) {
  const std::optional<int> rank = rank_of(option, advice);
  std::vector<std::string> models;
  for (const TargetAnswer& target : option.targets) {
    const std::string words = target.run->model->id + " " + target.run->format->name;
    if (std::find(models.begin(), models.end(), words) == models.end()) models.push_back(words);
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
          {"score", option.score},
          {"rank", rank ? Json(*rank) : Json(nullptr)}};
}

Json do_not_buy_json(const Advice& advice) {
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
    }
    offers.push_back(std::move(json));
  }
  Json json = {{"words", cloud_words(cloud)}, {"offers", std::move(offers)}, {"is_complete", cloud.is_complete}};
  json["per_month"] = money_json(cloud.monthly);
  json["tax"] = money_json(cloud.monthly * advice.brief.months - cloud.total);
  json["total"] = money_json(cloud.total);
  json["subscription"] = nullptr;
  if (cloud.seat != nullptr) {
    json["subscription"] = {{"service", cloud.seat->service},
                            {"plan", cloud.seat->plan},
                            {"seats", advice.brief.seats},
                            {"per_month", money_json(cloud.seats_monthly)},
                            {"total", money_json(cloud.seats_total)},
                            {"date", cloud.seat->date},
                            {"source", cloud.seat->source}};
  }
  json["lacks"] = cloud.lacks;
  json["verdict"] = cloud.verdict;
  return json;
}

}  // namespace rigwise
