#include "verbs/seeds/sizes.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "core/sizing/weights.h"
#include "verbs/answers.h"
#include "verbs/check.h"
#include "verbs/question.h"

namespace rigwise {
namespace {

constexpr double kLikelyEnough = 0.5;

const std::vector<std::string>& speed_phases() {
  static const std::vector<std::string> kPhases = {"decode", "decode_total", "prefill", "ttft_s",
                                                   "e2e_s",  "energy_j",     "ceiling"};
  return kPhases;
}

struct SizeSpec {
  const Llm* model = nullptr;
  const Format* format = nullptr;
  double tokens = 0;
};

Result<SizeSpec> read_size(const Catalog& catalog, std::string_view kind, std::string_view rest) {
  const std::vector<std::string_view> parts = split(rest, '/');
  const bool cache = kind == "kv_gb";
  if (parts.size() != (cache ? 3 : 2))
    return invalid("\"" + std::string(rest) + "\" has " + std::to_string(parts.size()) + " parts", "",
                   std::string(kind) + (cache ? ":MODEL/FORMAT/TOKENS" : ":MODEL/FORMAT"));
  const Result<const Llm*> model = catalog.model(parts[0]);
  if (!model) return fail(model.error());
  const Result<const Format*> format = cache ? catalog.kv_format(parts[1]) : catalog.format(parts[1]);
  if (!format) return fail(format.error());
  SizeSpec spec{*model, *format, 0};
  if (cache) {
    const Result<double> tokens = parse_number(parts[2]);
    if (!tokens) return fail(tokens.error());
    spec.tokens = *tokens;
  }
  return spec;
}

Bytes size_of(std::string_view kind, const SizeSpec& spec) {
  if (kind == "kv_gb") {
    EnginePolicy plain;  // no pages: what the tokens themselves take
    plain.kv_block_tokens = 1;
    return kv_allocated(kv_plan(*spec.model, spec.format), spec.tokens, 1, plain);
  }
  const std::vector<std::string>& kept = spec.format->containers;
  const WeightPlan plan = weight_plan(*spec.model, *spec.format, kept.empty() ? "gguf" : kept.front());
  return kind == "read_gb" ? plan.read_by_step(1) : plan.total + plan.off_accelerator - plan.counted_twice;
}

Result<Prediction> predicted(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  const Result<SpeedQuestion> question = read_speed_question(house, reader);
  if (!question) return fail(question.error());
  return predict(house.catalog, house.calibration, question->query);
}

SeedValue computed(double number, std::string source) {
  return {number, "", SeedValueKind::computed, std::move(source)};
}

Result<SeedValue> speed_value(const House& house, std::string_view rest) {
  const Result<SpeedSpec> spec = read_speed_spec(rest);
  if (!spec) return fail(spec.error());
  const Result<Prediction> p = predicted(house, spec->request);
  if (!p) return fail(p.error());
  const std::string source = "rigwise predict " + std::string(rest);
  if (spec->phase == "decode") return computed(p->decode.band.value, source);
  if (spec->phase == "decode_total") return computed(p->decode_total.band.value, source);
  if (spec->phase == "prefill") return computed(p->prefill.band.value, source);
  if (spec->phase == "ttft_s") return computed(p->ttft_s.band.value, source);
  if (spec->phase == "e2e_s") return computed(p->e2e_s.band.value, source);
  if (spec->phase == "ceiling") return computed(p->ceiling_decode_tokens_per_s, source);
  if (p->energy_j_per_token) return computed(*p->energy_j_per_token, source);
  return fail({ErrorCode::unsupported, "nobody knows the power of this set-up", "", "", {}});
}

Result<SeedValue> fit_value(const House& house, std::string_view rest) {
  const std::vector<std::string_view> parts = split(rest, '/');
  if (parts.size() < 3 || parts.size() > 4)
    return invalid("\"" + std::string(rest) + "\" has " + std::to_string(parts.size()) + " parts", "",
                   "fit:MODEL/FORMAT/SETUP or fit:MODEL/FORMAT/SETUP/TOKENS");
  Json request = {{"model", parts[0]}, {"quant", parts[1]}, {"setup", parts[2]}};
  if (parts.size() == 4) {
    const Result<double> tokens = parse_number(parts[3]);
    if (!tokens) return fail(tokens.error());
    request["depth_tokens"] = *tokens;
  }
  const Result<Prediction> p = predicted(house, request);
  if (!p) return fail(p.error());
  return computed(p->fit.probability >= kLikelyEnough ? 1 : 0,
                  "rigwise fit: " + std::string(fit_verdict_name(p->fit.verdict)) + ", " + p->fit.why);
}

}  // namespace

Result<SpeedSpec> read_speed_spec(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  const std::string how = "MODEL/FORMAT/SETUP/ENGINE/PHASE/CONCURRENCY/DEPTH, from ENGINE on as far as needed";
  if (parts.size() < 3 || parts.size() > 7)
    return invalid("\"" + std::string(text) + "\" has " + std::to_string(parts.size()) + " parts", "", how);
  SpeedSpec spec;
  spec.request = {{"model", trim(parts[0])}, {"setup", trim(parts[2])}};
  if (!trim(parts[1]).empty()) spec.request["quant"] = trim(parts[1]);
  if (parts.size() > 3 && !trim(parts[3]).empty()) spec.request["engine"] = trim(parts[3]);
  if (parts.size() > 4 && !trim(parts[4]).empty()) spec.phase = std::string(trim(parts[4]));
  const std::vector<std::string>& phases = speed_phases();
  if (std::find(phases.begin(), phases.end(), spec.phase) == phases.end())
    return fail({ErrorCode::invalid_input, "\"" + spec.phase + "\" is no phase", "", "one of: " + join(phases, ", "),
                 nearest_names(spec.phase, phases)});
  for (const std::size_t i : {std::size_t{5}, std::size_t{6}}) {
    if (parts.size() <= i || trim(parts[i]).empty()) continue;
    const Result<double> number = parse_number(trim(parts[i]));
    if (!number) return fail(number.error());
    if (i == 5) spec.concurrency = static_cast<int>(std::clamp(*number, 1.0, 100000.0));
    spec.request[i == 5 ? "concurrency" : "depth_tokens"] = i == 5 ? Json(spec.concurrency) : Json(*number);
  }
  return spec;
}

bool is_size_spec(std::string_view kind) {
  return kind == "weights_gb" || kind == "read_gb" || kind == "kv_gb" || kind == "predict" || kind == "fit";
}

Result<SeedValue> size_value(const House& house, std::string_view kind, std::string_view rest) {
  if (kind == "predict") return speed_value(house, rest);
  if (kind == "fit") return fit_value(house, rest);
  const Result<SizeSpec> spec = read_size(house.catalog, kind, rest);
  if (!spec) return fail(spec.error());
  return computed(size_of(kind, *spec).value / kGb, "rigwise fit: " + spec->model->name + " in " + spec->format->name);
}

Result<Json> speed_beside(const House& house, std::string_view text, double low, double high) {
  const Result<SpeedSpec> spec = read_speed_spec(text);
  if (!spec) return fail(spec.error());
  Json beside = {{"spec", text}, {"phase", spec->phase}, {"claimed", {{"low", low}, {"high", high}}}};
  const Result<Prediction> p = predicted(house, spec->request);
  const bool names_are_wrong =
      !p && (p.error().code == ErrorCode::not_found || p.error().code == ErrorCode::ambiguous ||
             p.error().code == ErrorCode::invalid_input);
  if (names_are_wrong) return fail(p.error());
  const bool speaks = p && p->has_speeds;
  const Estimate* estimate = !speaks                         ? nullptr
                             : spec->phase == "prefill"      ? &p->prefill
                             : spec->phase == "decode_total" ? &p->decode_total
                                                             : &p->decode;
  beside["prediction"] = estimate == nullptr ? Json(nullptr) : estimate_json(*estimate);
  beside["energy_j_per_token"] = speaks ? optional_json(p->energy_j_per_token) : Json(nullptr);
  beside["why_not"] = !p ? Json(p.error().message) : p->why_not.empty() ? Json(nullptr) : Json(p->why_not);
  Json claim = spec->request;
  claim["phase"] = spec->phase;
  claim["tokens_per_s"] = low;
  if (high > low) claim["tokens_per_s_max"] = high;
  const Result<Json> verdict = check_verb(house, claim);
  beside["verdict"] = verdict ? (*verdict)["verdict"] : Json(nullptr);
  beside["because"] = verdict ? (*verdict)["because"] : Json(verdict.error().message);
  return beside;
}

}  // namespace rigwise
