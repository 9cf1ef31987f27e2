#include "verbs/records.h"

#include <cmath>

#include "core/sizing/weights.h"
#include "verbs/answers.h"

namespace rigwise {
namespace {

template <class Unit>
Json scaled(const std::optional<Quantity<Unit>>& quantity, double unit) {
  return quantity ? Json(quantity->value / unit) : Json(nullptr);
}

template <class Number>
Json or_null(const std::optional<Number>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json bits_json(const WeightBits& bits) {
  return {{"whole_model", bits.whole_model},
          {"attention", bits.attention},
          {"attention_of_hybrids", bits.attention_of_hybrids},
          {"ffn", bits.ffn},
          {"experts", bits.experts},
          {"embedding", bits.embedding},
          {"output", bits.output},
          {"other", bits.other}};
}

Json layers_json(const std::vector<LayerGroup>& groups) {
  Json list = Json::array();
  for (const LayerGroup& g : groups) {
    Json group = {{"count", g.count},           {"attention", attention_kind_name(g.attention)},
                  {"heads", g.heads},           {"kv_heads", g.kv_heads},
                  {"head_dim", g.head_dim},     {"window", g.window},
                  {"ffn", ffn_kind_name(g.ffn)}};
    if (g.kv_lora_rank > 0) group["kv_lora_rank"] = g.kv_lora_rank;
    if (g.ffn == FfnKind::dense) group["intermediate_size"] = g.intermediate_size;
    if (g.ffn == FfnKind::moe) {
      group["experts"] = g.experts;
      group["experts_per_token"] = g.experts_per_token;
      group["expert_intermediate_size"] = g.expert_intermediate_size;
    }
    list.push_back(std::move(group));
  }
  return list;
}

Json link_json(const Link& l) {
  return {{"id", l.id},
          {"name", l.name},
          {"aliases", l.aliases},
          {"kind", l.kind},
          {"bandwidth_gbps", l.bandwidth.value / kGb},
          {"latency_us", std::round(l.latency.value * 1e9) / 1e3},  // as the record states it
          {"rdma", l.rdma},
          {"notes", l.notes},
          {"sources", sources_json(l.sources)}};
}

Json quotes_json(const std::vector<Quote>& quotes) {
  Json list = Json::array();
  for (const Quote& quote : quotes) list.push_back(quote_json(quote));
  return list;
}

Json host_json(const HostTemplate& h) {
  return {{"id", h.id},
          {"name", h.name},
          {"max_cards", h.max_cards},
          {"power_supply_w", h.power_supply_w},
          {"idle_w", scaled(h.idle, 1)},
          {"load_w", scaled(h.load, 1)},
          {"prices", quotes_json(h.quotes)},
          {"notes", h.notes},
          {"sources", sources_json(h.sources)}};
}

Json accessory_json(const Accessory& a) {
  return {{"id", a.id},
          {"name", a.name},
          {"kind", a.kind},
          {"vendor", a.vendor},
          {"ports", a.ports},
          {"link_gbit_s", or_null(a.link_gbit_s)},
          {"latency_us", or_null(a.latency_us)},
          {"size_u", or_null(a.size_u)},
          {"prices", quotes_json(a.quotes)},
          {"notes", a.notes},
          {"sources", sources_json(a.sources)}};
}

Json class_json(const ModelClass& c) {
  return {{"id", c.id},
          {"name", c.name},
          {"members", c.members},
          {"minimum_score", or_null(c.minimum_score)},
          {"score_benchmark", c.score_benchmark},
          {"notes", c.notes},
          {"sources", sources_json(c.sources)}};
}

Json role_json(const Role& r) {
  return {{"id", r.id},
          {"name", r.name},
          {"model_class", r.model_class},
          {"requests_per_hour", r.requests_per_hour},
          {"prompt_tokens", r.prompt_tokens},
          {"output_tokens", r.output_tokens},
          {"hours_per_day", r.hours_per_day},
          {"notes", r.notes},
          {"sources", sources_json(r.sources)}};
}

Json price_json(const PriceObservation& p) {
  return {{"item_id", p.item_id},
          {"price_low", p.price_low},
          {"price_high", or_null(p.price_high)},
          {"currency", p.currency},
          {"price_kind", p.price_kind},
          {"date", p.date},
          {"source", p.source},
          {"notes", p.notes}};
}

Json api_price_json(const ApiPrice& p) {
  return {{"provider", p.provider},
          {"model", p.model},
          {"model_id", p.model_id.empty() ? Json(nullptr) : Json(p.model_id)},
          {"input_usd_per_mtok", p.input_usd_per_mtok},
          {"output_usd_per_mtok", p.output_usd_per_mtok},
          {"cached_input_usd_per_mtok", or_null(p.cached_input_usd_per_mtok)},
          {"date", p.date},
          {"source", p.source}};
}

Json saas_json(const SaasPrice& p) {
  return {{"service", p.service},      {"vendor", p.vendor},     {"category", p.category}, {"plan", p.plan},
          {"price", or_null(p.price)}, {"currency", p.currency}, {"unit", p.unit},         {"date", p.date},
          {"source", p.source},        {"notes", p.notes}};
}

Json score_json(const QualityScore& s) {
  return {{"model_id", s.model_id}, {"model", s.model_name}, {"benchmark", s.benchmark}, {"category", s.category},
          {"task", s.task},         {"score", s.score},      {"scale_max", s.scale_max}, {"judge", s.judge},
          {"date", s.date},         {"source", s.source},    {"locator", s.locator}};
}

Json rate_json(const ExchangeRate& r) {
  return {{"date", r.date},
          {"currency", r.currency},
          {"per_usd", r.per_usd},
          {"source", r.source},
          {"confidence", r.confidence}};
}

Json electricity_json(const ElectricityPrice& p) {
  return {{"region", p.region}, {"currency", p.currency}, {"per_kwh", p.per_kwh},
          {"date", p.date},     {"source", p.source},     {"confidence", p.confidence}};
}

Json rental_json(const RentalPrice& p) {
  return {{"date", p.date},     {"provider", p.provider}, {"tier", rental_tier_name(p.tier)},
          {"device", p.device}, {"count", p.count},       {"usd_per_hour", p.usd_per_hour},
          {"notes", p.notes},   {"source", p.source}};
}

Json api_speed_json(const ApiSpeed& s) {
  return {{"date", s.date},
          {"provider", s.provider},
          {"model_id", s.model_id},
          {"output_tokens_per_s", s.output_tokens_per_s},
          {"ttft_s", optional_json(s.ttft_s)},
          {"prompt_tokens", optional_json(s.prompt_tokens)},
          {"notes", s.notes},
          {"source", s.source}};
}

Json quantization_loss_json(const QuantizationLoss& loss) {
  return {{"format", loss.format},
          {"model", loss.model.empty() ? Json(nullptr) : Json(loss.model)},
          {"model_name", loss.model_name},
          {"perplexity_increase", loss.perplexity_increase},
          {"kl_divergence_median", optional_json(loss.kl_divergence_median)},
          {"top_token_differs", optional_json(loss.top_token_differs)},
          {"date", loss.date},
          {"source", loss.source},
          {"locator", loss.locator},
          {"notes", loss.notes}};
}

Json unresolved_json(const UnresolvedName& u) { return {{"kind", u.kind}, {"name", u.name}, {"reason", u.reason}}; }

Json source_condition_json(const SourceCondition& s) {
  return {{"source", s.source}, {"note_word", s.note_word}, {"conditions", s.conditions}, {"reason", s.reason}};
}

}  // namespace

Json quote_json(const Quote& quote) {
  return {{"amount", quote.amount}, {"currency", quote.currency}, {"kind", quote.kind}, {"date", quote.date}};
}

Json device_json(const Device& d) {
  Json record = {{"id", d.id},
                 {"name", d.name},
                 {"aliases", d.aliases},
                 {"vendor", d.vendor},
                 {"kind", device_kind_name(d.kind)},
                 {"processor", processor_name(d.processor)},
                 {"arch", d.arch},
                 {"family", d.family},
                 {"status", device_status_name(d.status)},
                 {"released", d.released},
                 {"memory_gib", d.memory_capacity.value / kGib},
                 {"memory_kind", d.memory_kind},
                 {"bandwidth_gbps", scaled(d.memory_bandwidth, kGb)},
                 {"usable_fraction", d.usable_fraction},
                 {"unified_memory", d.unified_memory},
                 {"fp16_tflops", scaled(d.fp16_peak, 1e12)},
                 {"fp8_tflops", scaled(d.fp8_peak, 1e12)},
                 {"int8_tops", scaled(d.int8_peak, 1e12)},
                 {"matrix_unit", d.matrix_unit},
                 {"power_max_w", scaled(d.power_max, 1)},
                 {"power_idle_w", scaled(d.power_idle, 1)},
                 {"power_scope", d.power_scope},
                 {"pcie", d.pcie},
                 {"interconnect", d.interconnect},
                 {"form_factor", d.form_factor},
                 {"noise", d.noise},
                 {"noise_class", d.noise_class ? Json(noise_class_name(*d.noise_class)) : Json(nullptr)},
                 {"portable", d.portable},
                 {"prices", quotes_json(d.quotes)},
                 {"notes", d.notes},
                 {"sources", sources_json(d.sources)}};
  Json parts = Json::array();
  for (const BuildPart& part : d.parts) parts.push_back({{"device", part.device}, {"count", part.count}});
  record["parts"] = std::move(parts);
  return record;
}

Json llm_json(const Llm& m) {
  return {{"id", m.id},
          {"name", m.name},
          {"aliases", m.aliases},
          {"family", m.family},
          {"org", m.org},
          {"kind", llm_kind_name(m.kind)},
          {"weights", weights_status_name(m.weights)},
          {"params_total_b", m.params_total / 1e9},
          {"params_active_b", m.params_active / 1e9},
          {"params_by_shape_b", parameter_count(m) / 1e9},
          {"context_tokens", m.context_tokens},
          {"native_format", m.native_format},
          {"modality", m.modality},
          {"license", m.license},
          {"released", m.released},
          {"hidden_size", m.hidden_size},
          {"vocab_size", m.vocab_size},
          {"tied_embeddings", m.tied_embeddings},
          {"layers", layers_json(m.layers)},
          {"notes", m.notes},
          {"sources", sources_json(m.sources)}};
}

Json format_json(const Format& f) {
  return {{"id", f.id},
          {"name", f.name},
          {"aliases", f.aliases},
          {"kind", f.for_kv_cache ? "kv" : "weights"},
          {"class", f.format_class},
          {"containers", f.containers},
          {"engines", f.engines},
          {"bits_per_weight", bits_json(f.bits)},
          {"notes", f.notes},
          {"sources", sources_json(f.sources)}};
}

Json engine_json(const Engine& e) {
  Json features = Json::object();
  for (const auto& [feature, cell] : e.features) features[feature] = cell;
  return {{"id", e.id},
          {"name", e.name},
          {"aliases", e.aliases},
          {"base", e.base},
          {"backends", e.backends},
          {"containers", e.containers},
          {"multi_device", multi_device_name(e.policy.multi_device)},
          {"batching", batching_name(e.policy.batching)},
          {"features", features},
          {"notes", e.notes},
          {"sources", sources_json(e.sources)}};
}

/// A run with the records that its names mean; null where the catalog has none of that name.
Json resolved_measurement_json(const Catalog& catalog, const Measurement& row) {
  Json json = measurement_json(row);
  const auto device = catalog.device_names.find_quietly(row.hardware);
  const auto model = catalog.model_names.find_quietly(row.model);
  json["device_id"] = device ? Json(catalog.devices[*device].id) : Json(nullptr);
  json["model_id"] = model ? Json(catalog.models[*model].id) : Json(nullptr);
  return json;
}

#define RIGWISE_KIND(name, member, to_json)                                  \
  RecordKind {                                                               \
    name, [](const Catalog& c) { return c.member.size(); },                  \
        [](const Catalog& c, std::size_t i) { return to_json(c.member[i]); } \
  }

const std::vector<RecordKind>& record_kinds() {
  static const std::vector<RecordKind> kKinds = {
      RIGWISE_KIND("devices", devices, device_json),
      RIGWISE_KIND("models", models, llm_json),
      RIGWISE_KIND("formats", formats, format_json),
      RIGWISE_KIND("engines", engines, engine_json),
      RIGWISE_KIND("links", links, link_json),
      RIGWISE_KIND("hosts", hosts, host_json),
      RIGWISE_KIND("accessories", accessories, accessory_json),
      RIGWISE_KIND("classes", classes, class_json),
      RIGWISE_KIND("roles", roles, role_json),
      RIGWISE_KIND("prices", price_observations, price_json),
      RIGWISE_KIND("api_prices", api_prices, api_price_json),
      RIGWISE_KIND("saas_prices", saas_prices, saas_json),
      RIGWISE_KIND("rentals", rentals, rental_json),
      RIGWISE_KIND("api_speeds", api_speeds, api_speed_json),
      RIGWISE_KIND("rates", rates, rate_json),
      RIGWISE_KIND("electricity", electricity, electricity_json),
      RIGWISE_KIND("scores", scores, score_json),
      RecordKind{"measurements", [](const Catalog& c) { return c.measurements.size(); },
                 [](const Catalog& c, std::size_t i) { return resolved_measurement_json(c, c.measurements[i]); }},
      RIGWISE_KIND("source_conditions", source_conditions, source_condition_json),
      RIGWISE_KIND("quantization_losses", quantization_losses, quantization_loss_json),
      RIGWISE_KIND("unresolved", unresolved, unresolved_json),
  };
  return kKinds;
}

#undef RIGWISE_KIND

}  // namespace rigwise
