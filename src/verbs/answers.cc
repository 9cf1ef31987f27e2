#include "verbs/answers.h"

#include <algorithm>

namespace rigwise {

Json response_head(std::string_view verb, const House& house, const std::string& as_of) {
  Json head;
  head["schema"] = "rigwise." + std::string(verb) + "/1";
  head["catalog"] = house.catalog.content_hash.substr(0, 12);
  head["as_of"] = as_of;
  return head;
}

Json estimate_json(const Estimate& estimate) {
  Json json = {{"value", estimate.band.value},        {"low", estimate.band.low},
               {"high", estimate.band.high},          {"level", estimate.level},
               {"basis", basis_name(estimate.basis)}, {"tier", tier_name(estimate.tier)}};
  if (!estimate.evidence.empty()) json["evidence"] = estimate.evidence;
  return json;
}

Json memory_json(const Fit& fit) {
  return {{"weights_bytes", fit.need.weights.value}, {"kv_cache_bytes", fit.need.kv_cache.value},
          {"compute_bytes", fit.need.compute.value}, {"runtime_bytes", fit.need.runtime.value},
          {"draft_bytes", fit.need.draft.value},     {"total_bytes", fit.need.total().value},
          {"available_bytes", fit.available.value},  {"verdict", fit_verdict_name(fit.verdict)},
          {"probability", fit.probability},          {"max_context_tokens", fit.max_context_tokens},
          {"max_sequences", fit.max_sequences},      {"why", fit.why}};
}

std::optional<double> host_ram_gib(Bytes weights) {
  constexpr double kSystemGib = 6;
  for (const double size : {16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048}) {
    if (in_gib(weights) + kSystemGib <= size) return size;
  }
  return std::nullopt;
}

Bytes weights_in_host(const Prediction& p) {
  const Bytes missing = p.fit.need.total() - p.fit.available;
  return p.offload ? std::max(p.offload->weights, missing) : missing;
}

bool host_helps(const Prediction& p) {
  // The speeds count a short context in the devices' memory; so much more may be missing before they mislead.
  constexpr double kMostBeyond = 1.25, kBuffers = 1e9;
  if (!p.offload || p.fit.verdict != FitVerdict::no) return false;
  if (weights_in_host(p) > p.fit.need.weights) return false;
  return weights_in_host(p).value <= kMostBeyond * p.offload->weights.value + kBuffers &&
         host_ram_gib(weights_in_host(p)).has_value();
}

Json offload_json(const Prediction& p) {
  if (!host_helps(p)) return nullptr;
  return {{"kind", offload_name(p.offload->kind)},
          {"weights_bytes", weights_in_host(p).value},
          {"bandwidth_gbps", p.offload->bandwidth.value / kGb},
          {"read_bytes_per_step", p.offload->read_per_step.value},
          {"host_ram_gib", *host_ram_gib(weights_in_host(p))}};
}

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json sources_json(const std::vector<Source>& sources) {
  Json list = Json::array();
  for (const Source& source : sources) {
    list.push_back({{"covers", source.covers}, {"kind", source.kind}, {"ref", source.ref}});
  }
  return list;
}

Json measurement_json(const Measurement& m) {
  return {{"id", m.id},
          {"hardware", m.hardware},
          {"hardware_count", m.hardware_count},
          {"model", m.model},
          {"quant", m.quant},
          {"engine", m.engine},
          {"backend", m.backend},
          {"phase", phase_name(m.phase)},
          {"tokens_per_s", m.tokens_per_s},
          {"context_depth", optional_json(m.context_depth)},
          {"concurrency", m.concurrency},
          {"date", m.date},
          {"source", m.source}};
}

std::string read_as_of(ObjectReader& reader, const House& house) {
  const std::optional<std::string> asked = reader.text("as_of");
  if (!asked) return house.catalog.as_of;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  bool good = asked->size() == 10 && (*asked)[4] == '-' && (*asked)[7] == '-';
  for (std::size_t i = 0; good && i < 10; ++i) good = i == 4 || i == 7 || is_digit((*asked)[i]);
  if (good) {
    const int month = ((*asked)[5] - '0') * 10 + (*asked)[6] - '0';
    const int day = ((*asked)[8] - '0') * 10 + (*asked)[9] - '0';
    good = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  }
  if (!good) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"as_of\" is \"" + *asked + "\"",
                   reader.path_of("as_of"),
                   "a date such as 2026-11-21",
                   {}});
  }
  return *asked;
}

}  // namespace rigwise
