#include "verbs/compare.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "core/cost/ownership.h"
#include "verbs/answers.h"
#include "verbs/question.h"
#include "verbs/serving_cost.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostColumns = 24;

struct CompareRequest {
  std::vector<Setup> setups;
  std::vector<const Llm*> models;
  const Format* format = nullptr;  ///< null: each model's usual one
  Workload workload;
  std::string currency, as_of;
  int horizon_months = 36;
  double utilisation = 0.25;
  ElectricityWish electricity;
};

std::optional<Error> read_workload(const Json* object, CompareRequest& request) {
  if (object == nullptr) return std::nullopt;
  ObjectReader reader(*object, "workload");
  request.workload.prompt_tokens = reader.number("prompt_tokens", 1, 1e7).value_or(2048);
  request.workload.output_tokens = reader.number("output_tokens", 1, 1e7).value_or(512);
  request.workload.depth_tokens = reader.number("depth_tokens", 0, 1e7).value_or(0);
  request.workload.concurrency = reader.integer("concurrency", 1, 100000).value_or(1);
  return reader.done();
}

Error at(Error error, const char* key, std::size_t index) {
  if (error.where.empty() || error.where == "setup") error.where = std::string(key) + "[" + std::to_string(index) + "]";
  return error;
}

Result<CompareRequest> read_request(const House& house, const Json& json) {
  ObjectReader reader(json, "");
  CompareRequest request;
  request.workload = {2048, 512, 0, 1};
  const std::vector<std::string> setups = reader.texts("setups").value_or(std::vector<std::string>{});
  const std::vector<std::string> models = reader.texts("models").value_or(std::vector<std::string>{});
  const std::optional<std::string> quant = reader.text("quant");
  const std::optional<std::string> currency = reader.text("currency");
  request.horizon_months = reader.integer("horizon_months", 1, 240).value_or(36);
  request.utilisation = reader.number("utilisation", 0.001, 1).value_or(0.25);
  request.electricity.per_kwh = reader.number("electricity_per_kwh", 0, 100);
  request.electricity.region = reader.text("region");
  request.electricity.per_kwh_key = "electricity_per_kwh";
  const Json* workload = reader.raw("workload");
  request.as_of = read_as_of(reader, house);
  if (setups.empty())
    reader.refuse({ErrorCode::invalid_input,
                   "\"setups\" is missing",
                   "setups",
                   "two or more, for example [\"rtx 4090\", \"strix halo\"]",
                   {}});
  if (models.empty())
    reader.refuse({ErrorCode::invalid_input, "\"models\" is missing", "models", "for example [\"llama-3.1-8b\"]", {}});
  if (setups.size() > kMostColumns || models.size() > kMostColumns) {
    reader.refuse({ErrorCode::invalid_input,
                   "too many columns",
                   setups.size() > kMostColumns ? "setups" : "models",
                   "at most " + std::to_string(kMostColumns),
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*fault);
  if (std::optional<Error> fault = read_workload(workload, request)) return fail(*fault);
  for (std::size_t i = 0; i < setups.size(); ++i) {
    Result<Setup> setup = parse_setup(house.catalog, setups[i]);
    if (!setup) return fail(at(setup.error(), "setups", i));
    request.setups.push_back(std::move(*setup));
  }
  for (std::size_t i = 0; i < models.size(); ++i) {
    const Result<const Llm*> model = house.catalog.model(models[i]);
    if (!model) return fail(at(model.error(), "models", i));
    request.models.push_back(*model);
  }
  if (quant) {
    const Result<const Format*> format = house.catalog.format(*quant);
    if (!format) return fail(at(format.error(), "quant", 0));
    request.format = *format;
  }
  const Exchange exchange(house.catalog.rates, request.as_of);
  const Result<std::string> code = exchange.currency(currency.value_or("USD"));
  if (!code) return fail(code.error());
  request.currency = *code;
  return request;
}

Json speeds_json(const House& house, const CompareRequest& request, const Setup& setup, const SetupMachine& machine,
                 const ServingTerms& terms) {
  Json speeds = Json::array();
  for (const Llm* model : request.models) {
    PredictQuery query;
    query.model = model;
    query.setup = setup;
    query.workload = request.workload;
    query.format = request.format;
    if (query.format == nullptr) {
      const Result<const Format*> usual = default_format(house.catalog, *model, nullptr);
      if (usual) query.format = *usual;
    }
    Json cell = {{"model", model->id}, {"quant", query.format == nullptr ? Json(nullptr) : Json(query.format->id)}};
    const Result<Prediction> prediction = query.format == nullptr
                                              ? fail({ErrorCode::not_found, "no usual format", "quant", "name one", {}})
                                              : predict(house.catalog, house.calibration, query);
    if (!prediction) {
      cell["why_not"] = prediction.error().message;
      speeds.push_back(std::move(cell));
      continue;
    }
    cell["fits"] = fit_verdict_name(prediction->fit.verdict);
    cell["why_not"] = prediction->why_not.empty() ? Json(nullptr) : Json(prediction->why_not);
    cell["engine"] = prediction->engine == nullptr ? Json(nullptr) : Json(prediction->engine->id);
    cell["total_gb"] = in_gb(prediction->fit.need.total());
    const bool useful = prediction->runs && prediction->fit.verdict != FitVerdict::no;
    cell["decode"] = useful ? estimate_json(prediction->decode) : Json(nullptr);
    cell["decode_total"] = useful ? estimate_json(prediction->decode_total) : Json(nullptr);
    cell["prefill"] = useful ? estimate_json(prediction->prefill) : Json(nullptr);
    cell["ttft_s"] = useful ? estimate_json(prediction->ttft_s) : Json(nullptr);
    cell["energy_j_per_token"] = useful ? optional_json(prediction->energy_j_per_token) : Json(nullptr);
    if (const std::optional<TokenCost> cost = serving_cost(machine, *prediction, terms)) {
      cell["output_cost_per_mtok"] = cost->output.total.value;
      cell["input_cost_per_mtok"] = cost->input.total.value;
    }
    cell["evidence"] = prediction->evidence;
    speeds.push_back(std::move(cell));
  }
  return speeds;
}

Json opinions_json(const Catalog& catalog, const Setup& setup, bool gotchas) {
  Json list = Json::array();
  for (const SetupPart& part : setup.parts) {
    for (const Dossier& dossier : catalog.dossiers) {
      if (dossier.device != part.device->id && (part.build == nullptr || dossier.device != part.build->id)) continue;
      for (const Opinion& opinion : gotchas ? dossier.gotchas : dossier.pros) {
        list.push_back({{"text", opinion.text}, {"source", opinion.source}});
      }
    }
  }
  return list;
}

double bandwidth_gbps(const Setup& setup) {
  double sum = 0;
  for (const SetupPart& part : setup.parts) {
    if (part.device->memory_bandwidth) sum += part.count * part.device->memory_bandwidth->value / kGb;
  }
  return sum;
}

double memory_gib(const Setup& setup) {
  double sum = 0;
  for (const SetupPart& part : setup.parts) sum += part.count * in_gib(part.device->memory_capacity);
  return sum;
}

Json column_json(const House& house, const CompareRequest& request, const Setup& setup, const Money& per_kwh) {
  const Exchange exchange(house.catalog.rates, request.as_of);
  const SetupMachine priced = setup_machine(house.catalog, setup, exchange, request.currency, request.as_of);
  Json column = {{"setup", setup.text},
                 {"memory_gib", memory_gib(setup)},
                 {"bandwidth_gbps", bandwidth_gbps(setup)},
                 {"power_w",
                  {{"idle", priced.machine.idle_w},
                   {"load", priced.machine.load_w},
                   {"estimated", priced.machine.power_is_estimated}}},
                 {"noise", noise_class_name(priced.machine.noise)}};
  if (priced.why_not.empty()) {
    OwnershipTerms terms;
    terms.months = request.horizon_months;
    terms.hours = {kHoursPerMonth, kHoursPerMonth * request.utilisation};
    terms.per_kwh = per_kwh;
    const Ownership owned = ownership(priced.machine, terms);
    column["price"] = {{"value", rounded_to_cents(priced.machine.value)},
                       {"low", rounded_to_cents(priced.machine.low)},
                       {"high", rounded_to_cents(priced.machine.high)}};
    Json bill = Json::array();
    for (const BillLine& line : priced.machine.bill) {
      bill.push_back(
          {{"name", line.name}, {"count", line.count}, {"value", rounded_to_cents(line.value)}, {"basis", line.basis}});
    }
    column["bill"] = std::move(bill);
    column["cost"] = {{"horizon_months", request.horizon_months},
                      {"purchase", rounded_to_cents(owned.purchase)},
                      {"electricity", rounded_to_cents(owned.electricity)},
                      {"total", rounded_to_cents(owned.total)},
                      {"monthly", rounded_to_cents(owned.monthly)}};
  } else {
    column["price"] = nullptr;
    column["bill"] = Json::array();
    column["cost"] = nullptr;
  }
  Json notes = priced.machine.notes;
  if (notes.is_null()) notes = Json::array();
  if (!priced.why_not.empty()) notes.push_back(priced.why_not);
  column["notes"] = std::move(notes);
  column["models"] = speeds_json(house, request, setup, priced,
                                 {request.currency, per_kwh, request.horizon_months, request.utilisation});
  column["pros"] = opinions_json(house.catalog, setup, false);
  column["gotchas"] = opinions_json(house.catalog, setup, true);
  return column;
}

}  // namespace

Result<Json> compare_verb(const House& house, const Json& json) {
  const Result<CompareRequest> request = read_request(house, json);
  if (!request) return fail(request.error());
  std::string tariff;
  const Exchange exchange(house.catalog.rates, request->as_of);
  const Result<Money> per_kwh =
      electricity_price(house.catalog, exchange, request->currency, request->electricity, tariff);
  if (!per_kwh) return fail(per_kwh.error());
  Json response = response_head("compare", house, request->as_of);
  response["currency"] = request->currency;
  response["workload"] = {{"prompt_tokens", request->workload.prompt_tokens},
                          {"output_tokens", request->workload.output_tokens},
                          {"depth_tokens", request->workload.depth_tokens},
                          {"concurrency", request->workload.concurrency}};
  Json columns = Json::array();
  for (const Setup& setup : request->setups) columns.push_back(column_json(house, *request, setup, *per_kwh));
  response["columns"] = std::move(columns);
  response["assumptions"] = {
      "on all day, working " + significant(100 * request->utilisation, 3) + " % of the time",
      "electricity at " + tariff,
      "purchase and electricity over " + std::to_string(request->horizon_months) + " months, no resale, no tax"};
  return response;
}

}  // namespace rigwise
