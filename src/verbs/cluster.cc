#include "verbs/cluster.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/question.h"
#include "verbs/serving_cost.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

struct ClusterRequest {
  std::string device, link, currency, as_of;
  int max_nodes = 4;
  const Llm* model = nullptr;
  PredictQuery query;  ///< all but the set-up; format null without a model
  double context_tokens = 0;
  Money per_kwh;
  std::string tariff;  ///< whose price of a kWh that is
};

/// What joins all the counts' rows: the first row that runs, and the models that fitted before.
struct SoFar {
  double one_decode = 0, one_prefill = 0;  ///< of the smallest count that holds the model
  int first_nodes = 0;
  double first_price = 0;
  std::set<std::string> fitted;
};

std::string setup_text(const ClusterRequest& request, int nodes) {
  std::string text = nodes == 1 ? request.device : std::to_string(nodes) + "x " + request.device;
  if (nodes > 1 && !request.link.empty()) text += "@" + request.link;
  return text;
}

Error at(Error error, const char* where) {
  if (error.where.empty() || error.where == "setup") error.where = where;
  return error;
}

/// The model, engine and formats of the request.
std::optional<Error> resolve_names(const Catalog& catalog, const std::optional<std::string>& model,
                                   const std::optional<std::string>& quant, const std::optional<std::string>& engine,
                                   ClusterRequest& request) {
  if (engine) {
    const Result<const Engine*> found = catalog.engine(*engine);
    if (!found) return at(found.error(), "engine");
    request.query.engine = *found;
  }
  if (model) {
    const Result<const Llm*> found = catalog.model(*model);
    if (!found) return at(found.error(), "model");
    request.model = request.query.model = *found;
  }
  if (quant) {
    const Result<const Format*> found = catalog.format(*quant);
    if (!found) return at(found.error(), "quant");
    request.query.format = *found;
  } else if (model) {
    const Result<const Format*> usual = default_format(catalog, *request.model, request.query.engine);
    if (!usual) return at(usual.error(), "quant");
    request.query.format = *usual;
  }
  return std::nullopt;
}

Result<ClusterRequest> read_request(const House& house, const Json& json) {
  constexpr int kMostNodes = 32;
  ObjectReader reader(json, "");
  ClusterRequest request;
  request.device = reader.required_text("device", "\"framework-desktop-max-395-128gb\"");
  request.link = reader.text("link").value_or("");
  request.max_nodes = reader.integer("max_nodes", 1, kMostNodes).value_or(4);
  const std::optional<std::string> model = reader.text("model"), quant = reader.text("quant");
  const std::optional<std::string> engine = reader.text("engine"), currency = reader.text("currency");
  ElectricityWish electricity;
  electricity.region = reader.text("region");
  request.query.split = split_of(reader);
  Workload& w = request.query.workload;
  w.prompt_tokens = reader.number("prompt_tokens", 1, 1e7).value_or(512);
  w.output_tokens = reader.number("output_tokens", 1, 1e7).value_or(128);
  w.depth_tokens = reader.number("depth_tokens", 0, 1e7).value_or(0);
  w.concurrency = reader.integer("concurrency", 1, 100000).value_or(1);
  request.query.level = reader.number("level", 0.5, 0.99).value_or(0.8);
  request.as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*fault);
  request.context_tokens = w.depth_tokens + w.prompt_tokens + w.output_tokens;
  if (auto fault = resolve_names(house.catalog, model, quant, engine, request)) return fail(*fault);
  const Exchange exchange(house.catalog.rates, request.as_of);
  const Result<std::string> code = exchange.currency(currency.value_or("USD"));
  if (!code) return fail(code.error());
  request.currency = *code;
  const Result<Money> per_kwh =
      electricity_price(house.catalog, exchange, request.currency, electricity, request.tariff);
  if (!per_kwh) return fail(per_kwh.error());
  request.per_kwh = *per_kwh;
  return request;
}

/// Share of n single nodes' speed that a cluster of n reaches, by seed S2-6: 95 % for two nodes, 85 % for three and
/// four, 75 % from five.
double rule_of_thumb(int nodes) { return nodes == 1 ? 1 : nodes == 2 ? 0.95 : nodes <= 4 ? 0.85 : 0.75; }

Json quotient(double value, double of) { return of > 0 && value > 0 ? Json(value / of) : Json(nullptr); }

/// Speeds of the asked model; null each where it does not run.
void add_speeds(const House& house, const ClusterRequest& request, const SetupMachine& machine, const Setup& setup,
                int nodes, SoFar& so_far, Json& row) {
  for (const char* key : {"decode", "prefill", "decode_scaling", "prefill_scaling", "rule_of_thumb",
                          "energy_j_per_token", "cost_per_mtok", "engine", "bound"})
    row[key] = nullptr;
  PredictQuery query = request.query;
  query.setup = setup;
  const Result<Prediction> p = predict(house.catalog, house.calibration, query);
  if (!p) {
    row["why_not"] = p.error().message;
    return;
  }
  row["fits"] = fit_verdict_name(p->fit.verdict);
  row["why_not"] = p->why_not.empty() ? Json(nullptr) : Json(p->why_not);
  if (p->engine != nullptr) row["engine"] = p->engine->id;
  if (!p->runs) return;
  const double decode = p->decode_total.band.value, prefill = p->prefill.band.value;
  if (so_far.first_nodes == 0) {
    so_far.first_nodes = nodes;
    so_far.one_decode = decode;
    so_far.one_prefill = prefill;
  }
  row["decode"] = estimate_json(p->decode_total);
  row["prefill"] = estimate_json(p->prefill);
  row["decode_scaling"] = quotient(decode, so_far.one_decode);
  row["prefill_scaling"] = quotient(prefill, so_far.one_prefill);
  if (so_far.first_nodes == 1) row["rule_of_thumb"] = nodes * so_far.one_decode * rule_of_thumb(nodes);
  row["energy_j_per_token"] = optional_json(p->energy_j_per_token);
  row["bound"] = bound_name(p->bound);
  ServingTerms terms;
  terms.currency = request.currency;
  terms.per_kwh = request.per_kwh;
  row["cost_per_mtok"] = serving_cost_json(serving_cost(machine, *p, terms), terms);
}

/// The largest models, by parameters, that this count holds and no smaller one did.
Json newly_possible(const House& house, const ClusterRequest& request, const Setup& setup, SoFar& so_far) {
  constexpr std::size_t kShown = 6;
  struct Found {
    const Llm* model;
    const Format* format;
    double total_gb;
  };
  std::vector<Found> found;
  for (const Llm& model : house.catalog.models) {
    if (model.weights != WeightsStatus::published || !model.has_shape() || so_far.fitted.count(model.id) > 0) continue;
    const Format* format = request.model == nullptr ? request.query.format : nullptr;
    if (format == nullptr) {
      const Result<const Format*> usual = default_format(house.catalog, model, request.query.engine);
      if (!usual) continue;
      format = *usual;
    }
    const EngineChoice choice = choose_engine(house.catalog, *format, setup, request.query.engine);
    if (choice.engine == nullptr || !choice.why_not.empty()) continue;
    const WeightPlan weights = weight_plan(model, *format, container_of(*choice.engine, *format));
    const KvPlan kv = kv_plan(model, nullptr);
    const FitCheck fit = check_fit(model, weights, kv, setup, *choice.engine,
                                   {request.context_tokens, request.query.workload.concurrency, 0});
    if (fit_verdict(fit.probability) == FitVerdict::no || fit_verdict(fit.probability) == FitVerdict::tight) continue;
    so_far.fitted.insert(model.id);
    found.push_back({&model, format, in_gb(fit.need.total())});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.model->params_total > b.model->params_total; });
  Json list = Json::array();
  for (const Found& f : found) {
    if (list.size() == kShown) break;
    list.push_back({{"model", f.model->id},
                    {"quant", f.format->id},
                    {"params_total_b", f.model->params_total / 1e9},
                    {"total_gb", f.total_gb}});
  }
  return list;
}

void add_money(const SetupMachine& priced, SoFar& so_far, Json& row) {
  row["power_w"] = {{"idle", priced.machine.idle_w},
                    {"load", priced.machine.load_w},
                    {"estimated", priced.machine.power_is_estimated}};
  row["price"] = nullptr;
  row["price_ratio"] = nullptr;
  row["bill"] = Json::array();
  if (!priced.why_not.empty()) return;
  const double value = rounded_to_cents(priced.machine.value);
  row["price"] = {
      {"value", value}, {"low", rounded_to_cents(priced.machine.low)}, {"high", rounded_to_cents(priced.machine.high)}};
  if (so_far.first_price == 0) so_far.first_price = value;
  row["price_ratio"] = quotient(value, so_far.first_price);
  for (const BillLine& line : priced.machine.bill)
    row["bill"].push_back(
        {{"name", line.name}, {"count", line.count}, {"value", rounded_to_cents(line.value)}, {"basis", line.basis}});
}

Json notes_of(const SetupMachine& priced) {
  Json notes = priced.machine.notes;
  if (notes.is_null()) notes = Json::array();
  if (!priced.why_not.empty()) notes.push_back(priced.why_not);
  return notes;
}

Json row_of(const House& house, const ClusterRequest& request, const Setup& setup, int nodes, SoFar& so_far) {
  const Exchange exchange(house.catalog.rates, request.as_of);
  const SetupMachine priced = setup_machine(house.catalog, setup, exchange, request.currency, request.as_of);
  Bytes memory{0}, usable{0};
  for (const SetupPart& part : setup.parts) {
    memory += part.device->memory_capacity * part.count;
    usable += part.device->usable_memory() * part.count;
  }
  Json row = {{"nodes", nodes},  {"setup", setup.text}, {"memory_gib", in_gib(memory)}, {"usable_gb", in_gb(usable)},
              {"fits", nullptr}, {"why_not", nullptr}};
  add_money(priced, so_far, row);
  if (request.model != nullptr) add_speeds(house, request, priced, setup, nodes, so_far, row);
  row["newly_possible"] = newly_possible(house, request, setup, so_far);
  row["notes"] = notes_of(priced);
  return row;
}

/// "card" for what goes into one PC, else "node".
std::string noun_of(const Setup& setup) { return setup.parts.front().device->is_bare() ? "card" : "node"; }

/// What joins the devices: as asked, else their own; null where nothing is known.
Json link_json(const Catalog& catalog, const Setup& setup) {
  const SetupPart& part = setup.parts.front();
  const Link* link = part.link;
  if (link == nullptr && !part.device->interconnect.empty()) {
    const Result<const Link*> own = catalog.link(part.device->interconnect);
    if (own) link = *own;
  }
  if (link == nullptr) return nullptr;
  return {{"id", link->id},
          {"name", link->name},
          {"bandwidth_gbps", link->bandwidth.value / kGb},
          {"latency_us", link->latency.value * 1e6},
          {"own", part.link == nullptr},
          {"joins_at_most", part.device->is_bare() ? optional_json(part.device->max_linked) : Json(nullptr)}};
}

/// "1.4 times as fast", "as fast", "0.8 times as fast".
std::string times_as_fast(double ratio) {
  return std::abs(ratio - 1) < 0.05 ? "no faster" : significant(ratio, 2) + " times as fast";
}

/// One sentence: what the nodes are worth.
std::string verdict_of(const ClusterRequest& request, const std::string& noun, const Json& rows, const SoFar& so_far) {
  if (request.model == nullptr)
    return "More " + noun + "s bring memory; name a model to see what they do to its speed.";
  if (so_far.first_nodes == 0)
    return request.model->name + " does not run on " + std::to_string(request.max_nodes) + " of these.";
  const Json& last = rows.back();
  std::string text;
  if (so_far.first_nodes > 1)
    text = request.model->name + " needs " + std::to_string(so_far.first_nodes) + " " + noun + "s. ";
  if (!last["decode_scaling"].is_number() || static_cast<int>(rows.size()) == so_far.first_nodes)
    return text.empty() ? request.model->name + " runs on one " + noun + "." : text;
  const double faster = last["decode_scaling"], nodes = last["nodes"].get<double>() / so_far.first_nodes;
  text += significant(nodes, 2) + " times the " + noun + "s decode " + times_as_fast(faster);
  if (last["prefill_scaling"].is_number())
    text += " and take prompts in " + times_as_fast(last["prefill_scaling"].get<double>());
  if (faster < 1.1) return text + ": they bring memory, not speed.";
  return text + ".";
}

}  // namespace

Result<Json> cluster_verb(const House& house, const Json& json) {
  const Result<ClusterRequest> request = read_request(house, json);
  if (!request) return fail(request.error());
  Json rows = Json::array();
  SoFar so_far;
  Json link;
  std::string noun;
  Json assumptions = Json::array();
  for (int nodes = 1; nodes <= request->max_nodes; ++nodes) {
    const Result<Setup> setup = parse_setup(house.catalog, setup_text(*request, nodes));
    if (!setup) return fail(at(setup.error(), nodes == 1 ? "device" : "link"));
    if (nodes == request->max_nodes) {
      link = nodes > 1 ? link_json(house.catalog, *setup) : Json(nullptr);
      noun = noun_of(*setup);
    }
    rows.push_back(row_of(house, *request, *setup, nodes, so_far));
  }
  if (request->model != nullptr && json.find("quant") == json.end())
    assumptions.push_back("format " + request->query.format->name + " (none was named)");
  assumptions.push_back(
      "rule_of_thumb: n nodes reach n times one node's speed times 95 % (two), 85 % (three, four) or "
      "75 % (more), as seed S2-6 has it; published clusters of mixtures do not");
  assumptions.push_back("newly possible: published models in their usual 4-bit format, or the one named, that fit at " +
                        fixed(request->context_tokens, 0) + " tokens");
  Json response = response_head("cluster", house, request->as_of);
  response["currency"] = request->currency;
  response["request"] = {{"device", request->device},
                         {"link", request->link.empty() ? Json(nullptr) : Json(request->link)},
                         {"max_nodes", request->max_nodes},
                         {"model", request->model == nullptr ? Json(nullptr) : Json(request->model->id)},
                         {"quant", request->query.format == nullptr ? Json(nullptr) : Json(request->query.format->id)}};
  response["verdict"] = verdict_of(*request, noun, rows, so_far);
  response["node"] = noun;
  response["link"] = std::move(link);
  response["rows"] = std::move(rows);
  response["assumptions"] = std::move(assumptions);
  return response;
}

}  // namespace rigwise
