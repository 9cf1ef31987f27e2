#include "verbs/check.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/check_case.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostMeasurements = 5;

/// One judged part of a claim.
struct Finding {
  std::string about;  ///< decode decode_total prefill size fit read_per_token params active_params bandwidth power
  std::string unit;
  std::optional<Claimed> claimed;
  Judgement judgement;
};

/// A claim that only a machine with far faster host memory could meet is not impossible, but nobody has that machine.
Judgement with_usual_host(Judgement judgement, const SpeedClaim& claim, const Ceiling& usual, const Ceiling& fastest) {
  if (judgement.verdict == Verdict::impossible || judgement.verdict == Verdict::matches_evidence) return judgement;
  if (!usual.spills || claim.tokens_per_s.high <= usual.tokens_per_s * claim.loose.slack()) return judgement;
  return {Verdict::implausible, "the weights do not fit the cards, and with host memory of " +
                                    significant(usual.parts.back().bandwidth.value / kGb, 3) + " GB/s no run exceeds " +
                                    significant(usual.tokens_per_s, 3) + " tok/s (" + usual.formula +
                                    "); only a server's memory at " +
                                    significant(fastest.parts.back().bandwidth.value / kGb, 3) + " GB/s would allow " +
                                    significant(fastest.tokens_per_s, 3) + "."};
}

/// What a ceiling counts of a cache whose type the claim leaves open, where the usual one does not allow the claim.
std::string cache_words(const CheckCase& c, const Ceiling& lightest) {
  if (c.question.query.kv_format != nullptr || c.question.phase == Phase::prefill || lightest.by_compute) return {};
  CeilingQuery query = ceiling_query(c, true);
  query.kv = &c.kv;
  const Result<Ceiling> f16 = speed_ceiling(query);
  if (!f16 || f16->tokens_per_s >= lightest.tokens_per_s || c.question.tokens_per_s->high <= f16->tokens_per_s)
    return {};
  return " That is even with a q4_0 cache of " + significant(query.depth_tokens, 6) +
         " tokens; an F16 cache allows at most " + significant(f16->tokens_per_s, 3) + ".";
}

Result<Finding> speed_finding(CheckCase& c) {
  const CheckQuestion& question = c.question;
  const std::string setup = setup_words(question.query.setup);
  const Result<Ceiling> usual = speed_ceiling(ceiling_query(c, false));
  if (!usual) return fail(usual.error());
  const Result<Ceiling> fastest = speed_ceiling(ceiling_query(c, true));
  if (!fastest) return fail(fastest.error());
  SpeedClaim claim;
  claim.tokens_per_s = *question.tokens_per_s;
  claim.phase = question.phase;
  claim.speculative = question.speculative;
  claim.loose = question.loose;
  Judgement judgement = judge_speed(claim, *fastest, evidence_of(c), setup);
  judgement = with_usual_host(std::move(judgement), claim, *usual, *fastest);
  if (question.query.setup.device_count() > 1 && !question.split && question.query.engine == nullptr) {
    CeilingQuery split = ceiling_query(c, false);
    split.split = MultiDevice::layer_split;
    const Result<Ceiling> one_by_one = speed_ceiling(split);
    if (one_by_one && question.phase == Phase::decode)
      c.assumptions.push_back(
          "tensor parallel, which favours the claim; split by layers the devices read one after "
          "the other and no run exceeds " +
          significant(one_by_one->tokens_per_s, 3) + " tok/s");
  }
  judgement.because += cache_words(c, *fastest);
  c.ceiling = *usual;
  return Finding{phase_name(question.phase), "tok/s", question.tokens_per_s, std::move(judgement)};
}

Finding fit_finding(CheckCase& c) {
  const CheckQuestion& question = c.question;
  RoomFacts room;
  if (question.memory_gb && question.memory_meaning == MemoryMeaning::fits_in) {
    room.capacity = gib(question.memory_gb->high);
    room.place = significant(question.memory_gb->high, 4) + " GiB";
    room.needed = need_at_usual_context(c);
  } else {
    const Setup& setup = question.query.setup;
    room.capacity = setup_capacity(setup);
    room.place = setup_words(setup);
    FitQuery query;
    query.context_tokens = std::max(question.query.workload.depth_tokens, 4096.0);
    query.sequences = std::max(question.query.workload.concurrency, 1);
    if (c.engine != nullptr) room.fit = fit_in(*question.query.model, c.weights, c.kv, setup, *c.engine, query);
    room.needed = need_at_usual_context(c);
    c.fit = room.fit;
  }
  return {"fit", "GB", std::nullopt, judge_fit(question.fits.value_or(true), size_facts(c), room)};
}

Json claimed_json(const std::optional<Claimed>& claimed) {
  if (!claimed) return nullptr;
  return {{"low", claimed->low}, {"high", claimed->high}};
}

Json ceiling_json(const std::optional<Ceiling>& ceiling) {
  if (!ceiling) return nullptr;
  Json parts = Json::array();
  for (const CeilingPart& part : ceiling->parts)
    parts.push_back(
        {{"where", part.where}, {"bytes", part.bytes.value}, {"bandwidth_gbps", part.bandwidth.value / kGb}});
  return {{"tokens_per_s", ceiling->tokens_per_s},
          {"bound", ceiling->by_compute ? "compute" : "bandwidth"},
          {"bytes_read", ceiling->bytes().value},
          {"flops", ceiling->flop.value},
          {"peak_tflops", ceiling->peak.value > 0 ? Json(ceiling->peak.value / 1e12) : Json(nullptr)},
          {"formula", ceiling->formula},
          {"parts", parts}};
}

Json size_json(const CheckCase& c) {
  const SizeFacts facts = size_facts(c);
  return {{"weights_bytes", facts.weights.value},
          {"lightest_bytes", facts.lightest.value},
          {"full_context_bytes", facts.most.value},
          {"params", facts.params},
          {"fit", c.fit ? memory_json(*c.fit) : Json(nullptr)}};
}

Json runs_json(const std::vector<NearRun>& runs) {
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(runs.size(), kMostMeasurements); ++i) {
    Json run = measurement_json(*runs[i].run);
    run["same_question"] = runs[i].same;
    list.push_back(std::move(run));
  }
  return list;
}

Json resolved(const CheckCase& c) {
  const PredictQuery& query = c.question.query;
  const auto id = [](const auto* record) { return record == nullptr ? Json(nullptr) : Json(record->id); };
  return {{"claim", c.question.claim.empty() ? Json(nullptr) : Json(c.question.claim)},
          {"model", id(query.model)},
          {"quant", id(query.format)},
          {"setup", c.question.has_setup ? Json(query.setup.text) : Json(nullptr)},
          {"engine", id(query.engine)},
          {"phase", phase_name(c.question.phase)},
          {"prompt_tokens", query.workload.prompt_tokens},
          {"depth_tokens", query.workload.depth_tokens},
          {"concurrency", query.workload.concurrency},
          {"speculative", c.question.speculative}};
}

/// Findings about a model's size, its fit and its parameters.
void judge_model(CheckCase& c, std::vector<Finding>& findings) {
  const CheckQuestion& q = c.question;
  const Llm& model = *q.query.model;
  const bool size = q.memory_gb && q.memory_meaning == MemoryMeaning::size;
  if (size) findings.push_back({"size", "GB", q.memory_gb, judge_size(*q.memory_gb, size_facts(c))});
  const bool room = q.has_setup || (q.memory_gb && q.memory_meaning == MemoryMeaning::fits_in);
  if (room && !q.tokens_per_s && (q.fits || q.memory_gb)) findings.push_back(fit_finding(c));
  if (q.read_gb_per_token)
    findings.push_back(
        {"read_per_token", "GB", q.read_gb_per_token,
         judge_read_per_token(*q.read_gb_per_token, c.weights.read_by_step(1),
                              c.weights.read_by_step(1) * (lightest_weights(c) / all_weights(c.weights)), model.name)});
  if (q.params_b && model.params_total > 0)
    findings.push_back({"params", "10^9 parameters", Claimed{*q.params_b, *q.params_b},
                        judge_count("parameters", model.name, *q.params_b, model.params_total / 1e9)});
  if (q.active_params_b && model.params_active > 0)
    findings.push_back({"active_params", "10^9 parameters", Claimed{*q.active_params_b, *q.active_params_b},
                        judge_count("active parameters", model.name, *q.active_params_b, model.params_active / 1e9)});
}

void judge_devices(const CheckQuestion& q, std::vector<Finding>& findings) {
  const Setup& setup = q.query.setup;
  BytesPerSecond bandwidth{0};
  Watts power{0};
  bool knows_bandwidth = true, knows_power = true, whole = true;
  for (const SetupPart& part : setup.parts) {
    knows_bandwidth = knows_bandwidth && part.device->memory_bandwidth;
    knows_power = knows_power && part.device->power_max;
    whole = whole && !part.device->is_bare();
    bandwidth += part.device->memory_bandwidth.value_or(BytesPerSecond{0}) * part.count;
    power += part.device->power_max.value_or(Watts{0}) * part.count;
  }
  if (q.bandwidth_gbps && knows_bandwidth)
    findings.push_back(
        {"bandwidth", "GB/s", q.bandwidth_gbps, judge_bandwidth(*q.bandwidth_gbps, bandwidth, setup_words(setup))});
  if (q.power_w && knows_power)
    findings.push_back({"power", "W", q.power_w, judge_power(*q.power_w, power, whole, setup_words(setup))});
}

/// The worst first; those of the same verdict as they were judged.
std::vector<Finding> worst_first(std::vector<Finding> findings) {
  std::vector<Finding> sorted;
  for (const Verdict verdict :
       {Verdict::impossible, Verdict::implausible, Verdict::plausible, Verdict::matches_evidence})
    for (Finding& finding : findings)
      if (finding.judgement.verdict == verdict) sorted.push_back(std::move(finding));
  return sorted;
}

Json response_of(const CheckCase& c, const std::vector<Finding>& findings) {
  Json response = response_head("check", c.house, c.question.as_of);
  response["request"] = resolved(c);
  response["verdict"] = verdict_name(findings.front().judgement.verdict);
  std::vector<std::string> because;
  Json list = Json::array();
  for (const Finding& finding : findings) {
    if (finding.judgement.verdict == findings.front().judgement.verdict) because.push_back(finding.judgement.because);
    list.push_back({{"about", finding.about},
                    {"claimed", claimed_json(finding.claimed)},
                    {"unit", finding.unit},
                    {"verdict", verdict_name(finding.judgement.verdict)},
                    {"because", finding.judgement.because}});
  }
  response["because"] = join(because, " ");
  response["findings"] = std::move(list);
  response["ceiling"] = ceiling_json(c.ceiling);
  const Phase phase = c.question.phase;
  response["prediction"] = c.usual ? estimate_json(estimate_for(*c.usual, phase)) : Json(nullptr);
  response["prediction_wide"] = c.wide ? estimate_json(*c.wide) : Json(nullptr);
  response["memory"] = c.question.query.model != nullptr ? size_json(c) : Json(nullptr);
  response["measurements"] = runs_json(c.runs);
  std::vector<std::string> assumptions = c.question.assumptions;
  assumptions.insert(assumptions.end(), c.assumptions.begin(), c.assumptions.end());
  response["assumptions"] = assumptions;
  response["not_understood"] = c.question.not_understood;
  return response;
}

}  // namespace

Result<Json> check_verb(const House& house, const Json& request) {
  const Result<CheckQuestion> question = read_check_question(house, request);
  if (!question) return fail(question.error());
  CheckCase c{house, *question, nullptr, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  std::vector<Finding> findings;
  if (question->query.model != nullptr) {
    prepare_model(c);
    if (all_weights(c.weights).value <= 0)
      return fail({ErrorCode::unsupported,
                   "nobody has published how many parameters " + question->query.model->name +
                       " has, so nothing can be held against the claim",
                   "model",
                   "an open model",
                   {}});
    judge_model(c, findings);
  }
  if (question->tokens_per_s) {
    prepare_speed(c);
    const Result<Finding> speed = speed_finding(c);
    if (!speed) return fail(speed.error());
    findings.push_back(*speed);
  }
  if (question->has_setup) judge_devices(*question, findings);
  if (findings.empty())
    return fail({ErrorCode::unsupported, "the catalog has no figure to hold against the claim", "", "", {}});
  return response_of(c, worst_first(std::move(findings)));
}

}  // namespace rigwise
