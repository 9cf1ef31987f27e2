#include <algorithm>

#include "core/base/text.h"
#include "core/perf/energy.h"
#include "verbs/explain_sheet.h"

namespace rigwise {
namespace {

using std::string;

/// What a pass of guessing ahead yields and takes: tokens_per_pass and pass_s.
void guessing_steps(SpeedSheet& s) {
  const Speculation& guessing = *s.c.question.query.speculation;
  const SpeculationGain& gain = *s.c.prediction.speculation;
  s.e.input("tokens guessed in a pass", "draft_tokens", guessing.draft_tokens, "tokens", from_request());
  s.e.input("chance that a guess is accepted", "acceptance", guessing.acceptance, "", from_request());
  s.e.input("a decode step over draft_tokens + 1 tokens of each stream", "check_s", gain.check_s, "s",
            from_formula("the decode step of explain decode, at that many tokens"));
  s.e.input("guessing one token", "guess_s", gain.guess_s, "s",
            from_formula(guessing.draft != nullptr ? "a decode step of " + guessing.draft->name
                                                   : "one layer and the head (mtp), nothing (ngram)"));
  s.e.step("tokens_per_pass",
           guessing.acceptance >= 1 ? "draft_tokens + 1" : "(1 - acceptance^(draft_tokens + 1)) / (1 - acceptance)",
           "tokens", "arXiv 2211.17192, equation 1");
  s.e.step("pass_s", "check_s + draft_tokens * guess_s", "s", "one pass");
}

/// The speed of one stream under the symbol `decode_symbol`.
void decode_speed_steps(SpeedSheet& s, const string& decode_symbol, const string& why) {
  if (s.c.prediction.speculation) {
    guessing_steps(s);
    s.e.step(decode_symbol, "tokens_per_pass / pass_s", "tokens/s", why);
    return;
  }
  decode_steps(s);
  s.e.step(decode_symbol, "1 / step_s", "tokens/s", why);
}

/// Joules per output token from the busy shares of a step (predicting.md 4.11).
void energy_steps(SpeedSheet& s, const SpeedModel& model) {
  decode_steps(s);
  s.e.step("busy_share",
           "0.30 + 0.40 * min(1, matrix_s * factor / step_s) + 0.20 * min(1, (weights_s + kv_s) / step_s) + "
           "0.10 * min(1, link_s / step_s)",
           "", "static, compute, memory and link shares of the power");
  std::vector<string> sums;
  const Setup& setup = s.c.question.query.setup;
  const std::vector<double> shares = working_shares(setup, model, std::max(1, s.workload().concurrency));
  int n = 0;
  for (const SetupPart& part : setup.parts) {
    const string i = std::to_string(++n);
    if (!part.device->power_max) {
      s.e.notes.push_back("the record of " + part.device->name + " states no power, so no energy is given");
      return;
    }
    s.e.input("devices: " + part.device->name, "count_" + i, part.count, "", from_request());
    s.e.input("power of " + part.device->name + " under load", "max_w_" + i, part.device->power_max->value, "W",
              source_for(part.device->sources, "power.max_w"));
    s.e.input("power of " + part.device->name + " when idle", "idle_w_" + i,
              part.device->power_idle ? part.device->power_idle->value : 0, "W",
              source_for(part.device->sources, "power.idle_w"));
    const double share = shares[static_cast<std::size_t>(n - 1)];
    s.e.input("share of a step in which each " + part.device->name + " works", "works_" + i, share, "",
              from_formula(share < 1 ? "layer split: one device after the other" : "devices work side by side"));
    const char* watts = "count_# * (works_# * max(max_w_# * busy_share, idle_w_#) + (1 - works_#) * idle_w_#)";
    sums.push_back(numbered(watts, i));
  }
  s.e.step("watts", join(sums, " + "), "W", "drawn during a step");
  if (s.c.prediction.speculation) {
    guessing_steps(s);
    s.e.step("energy_j_per_token", "watts * pass_s / tokens_per_pass / concurrency", "J", "");
    return;
  }
  s.e.step("energy_j_per_token", "watts * step_s / concurrency", "J", "");
}

void load_steps(SpeedSheet& s) {
  s.e.input("weights", "weights", s.c.weights.total.value, "bytes",
            source_for(s.c.question.query.format->sources, "bits"));
  if (!s.device().storage_bandwidth) {
    s.e.notes.push_back("the record of " + s.device().name + " states no disk speed, so no loading time is given");
    return;
  }
  s.e.input("disk of " + s.device().name, "disk", s.device().storage_bandwidth->value, "bytes/s",
            source_for(s.device().sources, "body.storage_gbps"));
  s.e.step("load_s", "weights / disk", "s", "read once, cold");
}

void time_steps(SpeedSheet& s, const string& key) {
  prefill_steps(s);
  const bool whole = key == "e2e_s";
  if (!whole || !s.c.prediction.speculation) decode_steps(s);
  s.e.input("time an engine takes to accept a request", "request_s", s.n.request_s, "s",
            calibrated(s.c, {"serving.request"}));
  if (key == "ttft_s") {
    s.e.step(key, "prefill_s + request_s + step_s", "s", "the prompt, then the first token");
    return;
  }
  s.e.input("answer", "output_tokens", s.workload().output_tokens, "tokens", from_request());
  if (s.c.prediction.speculation) {
    guessing_steps(s);
    s.e.step(key, "prefill_s + request_s + output_tokens * pass_s / tokens_per_pass", "s", "");
    return;
  }
  s.e.step(key, "prefill_s + request_s + output_tokens * step_s", "s", "");
}

void bound_steps(SpeedSheet& s) {
  decode_steps(s);
  s.e.step("bandwidth_part", "weights_s + kv_s", "s", "bound: bandwidth");
  s.e.step("compute_part", "matrix_s * factor", "s", "bound: compute");
  s.e.step("latency_part", "layers_s + fixed_s", "s", "bound: latency");
  s.e.step("bound", "max(bandwidth_part, compute_part, latency_part, link_s)", "s", "the largest part names the bound");
}

void sustained_steps(SpeedSheet& s) {
  decode_speed_steps(s, "decode", "burst");
  const bool known = s.c.prediction.sustained_factor.has_value();
  s.e.input("share of the burst speed that " + s.device().name + " keeps up", "sustained_share",
            s.c.prediction.sustained_factor.value_or(1), "",
            known ? source_for(s.device().sources, "body.sustained_fraction")
                  : from_formula("the record states no throttling"));
  s.e.step("sustained.decode", "decode * sustained_share", "tokens/s", "");
}

string band_note(const Estimate& estimate) {
  return "band " + significant(estimate.band.low, 3) + " to " + significant(estimate.band.high, 3) + " at " +
         fixed(100 * estimate.level, 0) + " %: residuals of predictions at tier " + tier_name(estimate.tier) + " (" +
         basis_name(estimate.basis) + ")";
}

bool build(SpeedSheet& s, const SpeedModel& model, const string& key) {
  Explanation& e = s.e;
  const Prediction& p = s.c.prediction;
  const bool from_prefill = key == "prefill" || key == "ceiling.prefill";
  e.unit = key == "energy_j_per_token" ? "J" : key.ends_with("_s") ? "s" : key == "bound" ? "" : "tokens/s";
  if (from_prefill) prefill_steps(s);
  if (key == "decode" || key == "burst.decode") {
    decode_speed_steps(s, key, "one stream");
    e.notes.push_back(band_note(p.decode));
  } else if (key == "decode_total") {
    decode_speed_steps(s, "decode", "one stream");
    e.input("streams at once", "streams", std::max(1, s.workload().concurrency), "", from_request());
    e.step(key, "streams * decode", "tokens/s", "all streams");
    e.notes.push_back(band_note(p.decode_total));
  } else if (key == "ceiling.decode") {
    decode_steps(s);
    e.step(key, "1 / roofline_s", "tokens/s", "");
  } else if (key == "prefill") {
    e.step(key, "prompt_tokens * concurrency / prefill_s", "tokens/s", "");
    e.notes.push_back(band_note(p.prefill));
  } else if (key == "ceiling.prefill") {
    e.step(key, "prompt_tokens * concurrency / prefill_roofline_s", "tokens/s", "");
  } else if (key == "ttft_s" || key == "e2e_s") {
    time_steps(s, key);
    e.notes.push_back(band_note(key == "ttft_s" ? p.ttft_s : p.e2e_s));
  } else if (key == "load_s") {
    load_steps(s);
  } else if (key == "energy_j_per_token") {
    energy_steps(s, model);
  } else if (key == "sustained.decode") {
    sustained_steps(s);
  } else if (key == "bound") {
    bound_steps(s);
  } else {
    return false;
  }
  return true;
}

Term scaled(Term term, double times, const string& prefix) {
  term.name = prefix + term.name;
  term.seconds *= times;
  term.bytes *= times;
  term.flop *= times;
  return term;
}

/// Where the time of the explained number goes: a step's parts, a prompt's, or, for a whole request, both.
std::vector<Term> terms_of(const ExplainCase& c, const string& key) {
  const Prediction& p = c.prediction;
  if (key.find("prefill") != string::npos) return p.prefill_terms;
  if (key == "load_s") return {};
  if (key != "ttft_s" && key != "e2e_s") return p.terms;
  std::vector<Term> all;
  all.reserve(p.prefill_terms.size() + p.terms.size());
  for (const Term& term : p.prefill_terms) all.push_back(scaled(term, 1, "prefill "));
  const double steps = key == "ttft_s" ? 1 : c.question.query.workload.output_tokens;
  for (const Term& term : p.terms) all.push_back(scaled(term, steps, "decode "));
  return all;
}

}  // namespace

bool explain_speed(const ExplainCase& c, const string& key, Explanation& e) {
  PredictQuery query = c.question.query;
  query.engine = c.prediction.engine;
  query.backend = c.prediction.backend;
  const Result<SpeedModel> model = build_speed_model(c.house.catalog, c.house.calibration, query, c.weights, c.kv);
  const Result<SpeedParts> parts =
      speed_parts(c.house.catalog, *query.model, *query.format, c.weights, c.kv, query.setup,
                  splitting(*query.engine, query.split), query.backend, choices_of(query, *query.engine));
  if (!model || !parts) return false;
  SpeedSheet sheet{c, e, SpeedNumbers(*model), *parts};
  if (!build(sheet, *model, key)) return false;
  e.terms = terms_of(c, key);
  e.constants = c.prediction.constants;
  const bool alone = query.workload.concurrency <= 1;
  for (const char* phase : {alone ? "decode" : "decode_total", "prefill"}) {
    const std::vector<Constant> terms = device_terms(c, phase);
    e.constants.insert(e.constants.end(), terms.begin(), terms.end());
  }
  return true;
}

}  // namespace rigwise
