#include "verbs/pack.h"

#include <algorithm>

#include "core/advise/quality.h"
#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/pack_request.h"
#include "verbs/prompt_mix.h"
#include "verbs/serving_cost.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

Json gb_json(double bytes) { return bytes / kGb; }

Json device_json(const PackedDevice& device, std::size_t number) {
  return {{"number", number},
          {"device", device.device->id},
          {"capacity_gb", gb_json(device.capacity)},
          {"kept_gb", gb_json(device.capacity - device.available)},
          {"available_gb", gb_json(device.available)},
          {"weights_gb", gb_json(device.weights)},
          {"kv_cache_gb", gb_json(device.kv_cache)},
          {"compute_gb", gb_json(device.compute)},
          {"runtime_gb", gb_json(device.runtime)},
          {"services_gb", gb_json(device.services)},
          {"free_gb", gb_json(device.free())},
          {"probability", device.probability},
          {"fits", fit_verdict_name(fit_verdict(device.probability))},
          {"holds", device.holds}};
}

Json quality_json(const PackQuestion& question, const PackedModel& model) {
  Json list = Json::array();
  for (std::size_t c = 0; c < model.quality.size(); ++c) {
    const PackQuality& quality = model.quality[c];
    list.push_back({{"category", question.mix.empty() ? Json(nullptr) : Json(question.mix[c].category)},
                    {"value", quality.value},
                    {"known", quality.is_known},
                    {"score", quality.score ? category_score_json(*quality.score) : Json(nullptr)}});
  }
  return list;
}

/// A speed while the others work: the same band, slower; nobody measured it.
Estimate slowed(Estimate estimate, double slowdown) {
  if (slowdown <= 1) return estimate;
  for (double* end : {&estimate.band.value, &estimate.band.low, &estimate.band.high}) *end /= slowdown;
  estimate.basis = std::max(estimate.basis, Basis::calibrated);
  estimate.tier = std::max(estimate.tier, Tier::t4_first_principles);
  estimate.evidence.clear();
  return estimate;
}

Json speeds_json(const Prediction& p, double slowdown) {
  return {{"decode", estimate_json(slowed(p.decode, slowdown))},
          {"decode_total", estimate_json(slowed(p.decode_total, slowdown))},
          {"prefill", estimate_json(slowed(p.prefill, slowdown))}};
}

Json remedy_json(const PackRemedy& remedy) {
  return {{"change", remedy.kind},     {"quant", remedy.format->id}, {"context_tokens", remedy.context_tokens},
          {"streams", remedy.streams}, {"unload", remedy.unload},    {"total_gb", gb_json(remedy.total_bytes)},
          {"on", remedy.devices}};
}

class Answer {
 public:
  Answer(const House& house, const PackRequest& request)
      : house_(house),
        request_(request),
        packed_(pack(house.catalog, house.calibration, request.question)),
        exchange_(house.catalog.rates, request.as_of) {
    terms_.currency = request.currency;
    terms_.per_kwh = request.per_kwh;
    machine_ = setup_machine(house.catalog, request.question.setup, exchange_, request.currency, request.as_of);
  }

  Json response() {
    Json response = response_head("pack", house_, request_.as_of);
    response["currency"] = request_.currency;
    response["setup"] = request_.question.setup.text;
    response["fits"] = packed_.all_loaded();
    response["value"] = value_json();
    response["search"] = search_json();
    Json devices = Json::array();
    for (std::size_t d = 0; d < packed_.devices.size(); ++d) devices.push_back(device_json(packed_.devices[d], d));
    response["devices"] = std::move(devices);
    Json models = Json::array();
    for (const PackedModel& model : packed_.models) models.push_back(model_json(model));
    response["models"] = std::move(models);
    Json services = Json::array();
    for (const PackedService& service : packed_.services) services.push_back(service_json(service));
    response["services"] = std::move(services);
    Json together = Json::array();
    for (const PackTogether& change : packed_.together) together.push_back(together_json(change));
    response["everything_fits_with"] = std::move(together);
    response["rule"] =
        "first what is pinned, then the services, then the best quality weighted by the prompt mix (of each category "
        "that of the best model loaded), then as many models as fit, then as little splitting by layers as will do, "
        "then "
        "the least time for a token while all work, each model as many times as it has streams";
    response["contention"] =
        "while others work, a device gives each its turn: a token takes 1 + the sum of the others' duties as long on "
        "every device where they stand";
    response["assumptions"] = assumptions();
    return response;
  }

 private:
  Json together_json(const PackTogether& change) const {
    Json formats = Json::array();
    for (const auto& [model, format] : change.formats) {
      formats.push_back({{"model", request_.question.models[model].model->id}, {"quant", format->id}});
    }
    return {{"change", change.kind},
            {"context_tokens", change.context_tokens > 0 ? Json(change.context_tokens) : Json(nullptr)},
            {"streams", change.streams > 0 ? Json(change.streams) : Json(nullptr)},
            {"formats", std::move(formats)}};
  }

  Json value_json() const {
    const PackQuestion& question = request_.question;
    Json categories = Json::array();
    for (std::size_t c = 0; c < std::max<std::size_t>(1, question.mix.size()); ++c) {
      const PackedModel* best = nullptr;
      for (const PackedModel& model : packed_.models) {
        if (model.is_loaded && (best == nullptr || model.quality[c].value > best->quality[c].value)) best = &model;
      }
      categories.push_back({{"category", question.mix.empty() ? Json(nullptr) : Json(question.mix[c].category)},
                            {"share", question.mix.empty() ? 1 : question.mix[c].share},
                            {"model", best == nullptr ? Json(nullptr) : Json(id_of(*best))},
                            {"quality", best == nullptr ? Json(nullptr) : Json(best->quality[c].value)},
                            {"known", best != nullptr && best->quality[c].is_known}});
    }
    return {{"quality", packed_.packing.worth.value},
            {"reference", question.scores->reference_words()},
            {"categories", std::move(categories)}};
  }

  Json search_json() const {
    const Packing& packing = packed_.packing;
    return {{"exact", packing.is_exact},
            {"tries", packing.tries},
            {"quality_bound", packing.bound.value},
            {"quality_gap", std::max(0.0, packing.bound.value - packing.worth.value)},
            {"models_bound", packing.bound.models}};
  }

  const std::string& id_of(const PackedModel& model) const { return request_.question.models[model.asked].model->id; }

  /// What it takes on each of its devices.
  static Json shares_json(const PackedModel& model) {
    Json list = Json::array();
    for (const double bytes : model.bytes) list.push_back(gb_json(bytes));
    return list;
  }

  Json model_json(const PackedModel& model) const {
    const PackModel& asked = request_.question.models[model.asked];
    Json entry = {{"model", asked.model->id},
                  {"quant", asked.format->id},
                  {"loaded", model.is_loaded},
                  {"pinned", asked.pinned},
                  {"streams", asked.streams},
                  {"context_tokens", asked.context_tokens},
                  {"duty", asked.duty},
                  {"on", model.is_loaded ? Json(model.devices) : Json::array()},
                  {"on_gb", model.is_loaded ? shares_json(model) : Json::array()},
                  {"engine", nullptr},
                  {"backend", nullptr},
                  {"weights_gb", gb_json(model.need.weights.value)},
                  {"kv_cache_gb", gb_json(model.need.kv_cache.value)},
                  {"total_gb", gb_json(model.need.total().value)},
                  {"quality", quality_json(request_.question, model)},
                  {"alone_on", model.devices},
                  {"alone", nullptr},
                  {"contended", nullptr},
                  {"slowdown", model.is_loaded ? Json(model.slowdown) : Json(nullptr)},
                  {"shares_with", model.shares_with},
                  {"load_s", model.load_s > 0 ? Json(model.load_s) : Json(nullptr)},
                  {"energy_j_per_token", nullptr},
                  {"cost_per_mtok", nullptr},
                  {"why_not", model.is_loaded ? Json(nullptr) : Json(model.why)},
                  {"missing_gb", model.missing_bytes ? Json(gb_json(*model.missing_bytes)) : Json(nullptr)}};
    if (model.alone && model.alone->engine != nullptr) {
      entry["engine"] = model.alone->engine->id;
      entry["backend"] = model.alone->backend;
    }
    if (model.alone && model.alone->has_speeds && fits_alone(model)) add_speeds(*model.alone, model, entry);
    Json remedies = Json::array();
    Json swap = nullptr;
    for (const PackRemedy& remedy : model.remedies) {
      if (remedy.kind == "unload") {
        swap = {{"unload", remedy.unload}, {"load_s", model.load_s}, {"on", remedy.devices}};
      } else {
        remedies.push_back(remedy_json(remedy));
      }
    }
    entry["would_fit"] = std::move(remedies);
    entry["swap"] = std::move(swap);
    return entry;
  }

  static bool fits_alone(const PackedModel& model) {
    return model.is_loaded || model.alone->fit.verdict != FitVerdict::no;
  }

  void add_speeds(const Prediction& p, const PackedModel& model, Json& entry) const {
    entry["alone"] = speeds_json(p, 1);
    if (model.is_loaded) entry["contended"] = speeds_json(p, model.slowdown);
    entry["energy_j_per_token"] = optional_json(p.energy_j_per_token);
    entry["cost_per_mtok"] = serving_cost_json(serving_cost(machine_, p, terms_), terms_);
  }

  Json service_json(const PackedService& service) const {
    const PackService& asked = request_.question.services[service.asked];
    return {{"name", asked.name},
            {"memory_gb", gb_json(asked.bytes)},
            {"loaded", service.device >= 0},
            {"pinned", asked.pinned},
            {"duty", asked.duty},
            {"on", service.device >= 0 ? Json::array({service.device}) : Json::array()},
            {"why_not", service.device >= 0 ? Json(nullptr) : Json(service.why)},
            {"missing_gb", service.missing_bytes ? Json(gb_json(*service.missing_bytes)) : Json(nullptr)}};
  }

  Json assumptions() const {
    const PackQuestion& question = request_.question;
    std::vector<std::string> list = request_.assumptions;
    const bool any_kept = std::any_of(packed_.devices.begin(), packed_.devices.end(),
                                      [](const PackedDevice& d) { return d.available < d.capacity; });
    if (any_kept) {
      list.push_back("every device keeps what its default set-up does not let a model use" +
                     (question.reserve_bytes > 0 ? ", at least " + significant(question.reserve_bytes / kGb) + " GB"
                                                 : std::string()));
    }
    if (!question.models.empty()) {
      list.emplace_back("speeds with a context half full and all streams of the model busy");
      list.emplace_back("layers are dealt out so that free memory stays even");
    }
    if (packed_.devices.size() > 4) {
      list.emplace_back("models stand on 1, 2, 4, 8 or 16 neighbouring devices, on a whole part, or on all");
    }
    const bool disk = std::any_of(packed_.models.begin(), packed_.models.end(),
                                  [](const PackedModel& m) { return m.load_s > 0 && m.storage_is_assumed; });
    if (disk) list.emplace_back("models load from a disk of 5 GB/s (storage_gbps says otherwise)");
    add_quality_words(list);
    if (!machine_.why_not.empty()) {
      list.push_back("no cost of a token: " + machine_.why_not);
    } else if (!question.models.empty()) {
      list.push_back(
          "a token costs what its seconds cost on the whole machine, which is on all day and works 25 % of "
          "36 months; electricity at " +
          request_.tariff);
    }
    return list;
  }

  void add_quality_words(std::vector<std::string>& list) const {
    bool known = false;
    std::vector<std::string> unknown;
    for (const PackedModel& model : packed_.models) {
      for (const PackQuality& quality : model.quality) {
        known = known || quality.is_known;
        const std::string& id = id_of(model);
        if (!quality.is_known && std::find(unknown.begin(), unknown.end(), id) == unknown.end()) unknown.push_back(id);
      }
    }
    if (known) list.push_back("a quality of 1 is that of " + request_.question.scores->reference_words());
    if (unknown.empty()) return;
    list.push_back("nobody scored " + join(unknown, ", ") +
                   (known ? ": counted 3 % below the lowest that was scored" : ": all count alike"));
  }

  const House& house_;
  const PackRequest& request_;
  PackAnswer packed_;
  Exchange exchange_;
  ServingTerms terms_;
  SetupMachine machine_;
};

}  // namespace

Result<Json> pack_verb(const House& house, const Json& json) {
  const Result<PackRequest> request = read_pack_request(house, json);
  if (!request) return fail(request.error());
  return Answer(house, *request).response();
}

}  // namespace rigwise
