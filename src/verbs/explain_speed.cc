#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/perf/device_terms.h"
#include "core/perf/parts.h"
#include "core/perf/speed_numbers.h"
#include "verbs/explanation.h"

namespace rigwise {
namespace {

using std::string;

/// The constants that a coefficient came from, as its source: every used key with one of the beginnings.
SourceNote calibrated(const ExplainCase& c, std::initializer_list<std::string_view> beginnings) {
  std::vector<string> keys;
  bool prior = true;
  for (const Constant& constant : c.prediction.constants) {
    const bool named = std::any_of(beginnings.begin(), beginnings.end(),
                                   [&](std::string_view b) { return constant.key.starts_with(b); });
    if (!named) continue;
    keys.push_back(constant.key);
    prior = prior && constant.groups == 0;
  }
  if (keys.empty()) return {"prior", "no constant moves it here", false};
  return {prior ? "prior" : "calibration", join(keys, ", "), false};
}

/// Everything the equations of a prediction need: its model, taken apart.
struct Sheet {
  const ExplainCase& c;
  Explanation& e;
  SpeedNumbers n;
  SpeedParts parts;

  const Workload& workload() const { return c.question.query.workload; }
  const Llm& model() const { return *c.question.query.model; }
  const Device& device() const { return *c.question.query.setup.parts.front().device; }
  SourceNote shape() const { return source_for(model().sources, "layers"); }
  string setup_name() const {
    return c.question.query.setup.parts.size() == 1 ? device().name : "the devices (layer-weighted mean)";
  }
};

void add_workload(Sheet& s) {
  const Workload& w = s.workload();
  s.e.input("streams at once", "concurrency", std::max(1, w.concurrency), "", from_request());
  s.e.input("replicas of the model", "replicas", s.n.replicas, "", from_formula("set-up and engine policy"));
}

void add_devices(Sheet& s) {
  s.e.input("memory bandwidth of " + s.setup_name(), "bandwidth", s.parts.bandwidth, "bytes/s",
            source_for(s.device().sources, "memory.bandwidth_gbps"));
  s.e.input("devices that share each layer (tensor parallel)", "tp", s.n.tensor_parallel, "",
            from_formula("set-up and engine policy"));
  s.e.input("share of the bandwidth that weights reach", "eta",
            1 / (s.n.s_per_weight_byte * s.parts.bandwidth * s.n.tensor_parallel), "",
            calibrated(s.c, {"decode.bandwidth_share", "serving.bandwidth_share"}));
  if (s.n.s_per_unit_byte > 0)
    s.e.input("weights all cores of " + s.setup_name() + " take in (" + significant(s.parts.traits.units, 4) +
                  " units at " + significant(s.parts.traits.clock_ghz, 3) + " GHz)",
              "intake", 1 / s.n.s_per_unit_byte, "bytes/s",
              calibrated(s.c, {"decode.unit_bandwidth", "decode.llamafile.generic"}));
  s.e.input("matrix work per second of all devices that share a layer", "matrix_rate", 1 / s.n.s_per_flop, "FLOP/s",
            calibrated(s.c, {"prefill.unit_tflops", "prefill.k_quants", "prefill.low_bit", "prefill.bf16",
                             "prefill.power_exponent", "serving.mfu"}));
  s.e.input("share of the weights that host memory holds", "host_share", s.n.host_share, "",
            from_formula("what the devices' memory does not hold"));
  if (s.n.host_share > 0)
    s.e.input("host memory bandwidth that layers kept there reach", "host_rate", 1 / s.n.s_per_host_byte, "bytes/s",
              source_for(s.device().sources, "host_memory"));
}

void add_weights(Sheet& s) {
  const SourceNote bits = source_for(s.c.question.query.format->sources, "bits");
  s.e.input("weights every step reads: attention, shared FFN, head", "always_read", s.n.always_read, "bytes", bits);
  s.e.input("parameters every token meets, head apart", "dense_params", s.n.dense_params, "parameters", s.shape());
  s.e.input("parameters of the head", "head_params", s.n.head_params, "parameters", s.shape());
  s.e.input("further tokens' worth of work a shared weight tile costs", "half_tokens", s.n.half_tokens, "tokens",
            calibrated(s.c, {"prefill.half_tokens"}));
  if (s.n.expert_groups == 0) return;
  s.e.input("routing reuse between tokens", "skew", s.n.skew, "", from_formula("predicting.md 4.3, start 0.1-0.2"));
  s.e.input("how much slower expert kernels are", "expert_compute", s.n.expert_compute, "",
            calibrated(s.c, {"prefill.experts"}));
  for (int i = 0; i < s.n.expert_groups; ++i) {
    const ExpertGroup& group = s.n.experts[i];
    const string k = std::to_string(i + 1);
    s.e.input("layers with experts", "moe_layers_" + k, group.layers, "layers", s.shape());
    s.e.input("experts of a layer", "experts_" + k, group.experts, "", s.shape());
    s.e.input("experts a token picks", "picked_" + k, group.experts_per_token, "", s.shape());
    s.e.input("weights of one expert", "expert_bytes_" + k, group.per_expert.value, "bytes", bits);
    s.e.input("parameters of one expert", "expert_params_" + k, group.params_per_expert, "parameters", s.shape());
  }
}

/// Distinct experts at `tokens`, weights read and matrix work of a pass, under symbols that end in `suffix`.
void pass_steps(Sheet& s, const string& tokens, const string& suffix) {
  string bytes = "always_read", work = "dense_params * (" + tokens + " + half_tokens * (1 - 1 / " + tokens + "))";
  for (int i = 0; i < s.n.expert_groups; ++i) {
    const string k = std::to_string(i + 1), all = "distinct_" + k + suffix, met = "met_" + k + suffix;
    s.e.step(all, "experts_" + k + " * (1 - (1 - picked_" + k + " / experts_" + k + ")^" + tokens + ")", "experts",
             "expected distinct experts of a layer, routing independent");
    s.e.step(met, all + " * (1 - skew) + picked_" + k + " * skew", "experts", "with some reuse between tokens");
    bytes += " + moe_layers_" + k + " * expert_bytes_" + k + " * " + met;
    const string picks = tokens + " * picked_" + k;
    work += " + moe_layers_" + k + " * expert_params_" + k + " * expert_compute * (" + picks + " + half_tokens * " +
            all + " * (1 - " + all + " / (" + picks + ")))";
  }
  s.e.step("weight_bytes" + suffix, bytes, "bytes", "weights one pass reads");
  s.e.step("work" + suffix, "2 * (" + work + ")", "FLOP", "matrix work of one pass, the head apart");
}

void link_steps(Sheet& s, const string& tokens, const string& symbol) {
  if (s.n.tensor_parallel == 1 && s.n.pipeline_stages == 1) {
    s.e.step(symbol, "0", "s", "one device");
    return;
  }
  const std::vector<Source> none;
  const Link* link = s.c.question.query.setup.parts.front().link;
  const SourceNote note = link != nullptr ? source_for(link->sources, "all") : from_formula("the devices' own link");
  s.e.input("hidden size", "hidden", s.n.hidden, "", s.shape());
  s.e.input("stages of the pipeline", "stages", s.n.pipeline_stages, "", from_formula("set-up and engine policy"));
  s.e.input("handing a step to the next stage", "hop_s", s.n.hop_s, "s", note);
  s.e.input("bandwidth of the link", "link_rate", s.n.link_s_per_byte > 0 ? 1 / s.n.link_s_per_byte : 0, "bytes/s",
            note);
  s.e.input("devices that share each layer (tensor parallel)", "tp", s.n.tensor_parallel, "",
            from_formula("set-up and engine policy"));
  const string message = "message" + symbol;
  s.e.step(message, s.n.link_s_per_byte > 0 ? tokens + " * hidden * 2 / link_rate" : "0", "s",
           "activations over the link");
  string formula = "(stages - 1) * (hop_s + " + message + ")";
  if (s.n.tensor_parallel > 1) {
    s.e.input("latency of the link", "latency_s", s.n.link_latency_s, "s", note);
    s.e.input("layers", "layers", s.n.layers, "layers", s.shape());
    formula += " + 2 * layers * min(2 * latency_s + (tp - 1) * " + message +
               ", 2 * (tp - 1) * latency_s + 2 * (tp - 1) / tp * " + message + ")";
  }
  s.e.step(symbol, formula, "s", "hops between stages, two all-reduces a layer");
}

double depth_of(const Workload& w) { return w.depth_tokens + w.prompt_tokens + w.output_tokens / 2; }

void add_decode_inputs(Sheet& s) {
  const double depth = depth_of(s.workload());
  s.e.input("cache a step reads for one stream at " + significant(depth, 6) + " tokens", "cache_read",
            s.n.kv.read_at(depth).value, "bytes", s.shape());
  s.e.input("attention work of one stream at that depth", "attention", s.n.kv.attention_flop(1, depth), "FLOP",
            s.shape());
  s.e.input("share of the bandwidth that the cache reaches", "eta_kv",
            1 / (s.n.s_per_kv_byte * s.parts.bandwidth * s.n.tensor_parallel), "",
            calibrated(s.c, {"decode.kv_share"}));
  s.e.input("launch overhead of all layers", "launch_s", s.n.layers_s, "s",
            calibrated(s.c, {"decode.layer", "serving.layer"}));
  s.e.input("sampling and synchronisation of a step", "sampling_s", s.n.fixed_s, "s",
            calibrated(s.c, {"decode.step", "serving.step"}));
  s.e.input(
      "what measurements of this device, this engine and a power limit say on top, as a factor of time", "factor",
      s.n.decode_factor, "",
      calibrated(s.c, {"decode.llamafile", "decode.ollama", "decode.power", "serving.tensorrt", "serving.sglang"}));
}

void decode_steps(Sheet& s) {
  add_workload(s);
  add_devices(s);
  add_weights(s);
  add_decode_inputs(s);
  const double per_replica = std::max(1.0, double(std::max(1, s.workload().concurrency)) / s.n.replicas);
  const bool across = s.n.batches_across_stages && per_replica >= s.n.pipeline_stages;
  if (across)
    s.e.input("stages of the pipeline", "stages", s.n.pipeline_stages, "", from_formula("set-up and engine policy"));
  s.e.step("n", string("max(1, concurrency / replicas)") + (across ? " / stages" : ""), "tokens", "tokens of one pass");
  pass_steps(s, "n", "");
  s.e.step("memory_s", "weight_bytes * (1 - host_share) / (eta * bandwidth * tp)", "s", "weights out of memory");
  string intake = s.n.s_per_unit_byte > 0 ? "weight_bytes * (1 - host_share) / intake" : "0";
  if (s.n.s_per_converted_weight > 0) {
    s.e.input("weights converted to another type per second", "convert_rate", 1 / s.n.s_per_converted_weight,
              "parameters/s", calibrated(s.c, {"decode.bf16"}));
    intake += " + (dense_params + head_params) / convert_rate";
  }
  s.e.step("intake_s", intake, "s", "weights into the cores");
  s.e.step("matrix_s", "(work + 2 * head_params * n) / matrix_rate", "s", "matrix work");
  s.e.step("weights_s",
           string("(sqrt(memory_s^2 + intake_s^2 + matrix_s^2)") +
               (s.n.host_share > 0 ? " + weight_bytes * host_share / host_rate" : "") + ") * factor",
           "s", "these overlap: a soft maximum");
  string cache = "cache_read * n / (eta_kv * bandwidth * tp)";
  if (s.n.s_per_score > 0) {
    s.e.input("head-tokens scored per second without flash attention", "score_rate", 1 / s.n.s_per_score, "1/s",
              calibrated(s.c, {"decode.score_rate"}));
    cache += " + attention * n / 512 / score_rate";
  }
  s.e.step("kv_s", "(" + cache + ") * factor", "s", "KV cache");
  s.e.step("layers_s", "launch_s * factor", "s", "launches");
  s.e.step("fixed_s", "sampling_s * factor", "s", "");
  link_steps(s, "n", "link_s");
  string roofline = "(weight_bytes * (1 - host_share) + cache_read * n) / (bandwidth * tp)";
  if (s.n.roofline_s_per_flop > 0) {
    s.e.input("highest arithmetic peak of any type, all devices that share a layer", "peak",
              1 / s.n.roofline_s_per_flop, "FLOP/s", source_for(s.device().sources, "compute"));
    roofline = "max(" + roofline + ", (2 * (dense_params + head_params) * n + attention * n) / peak)";
  }
  if (s.n.host_share > 0) roofline += " + weight_bytes * host_share / host_rate * 0.75";
  s.e.step("roofline_s", roofline, "s", "no step is faster: peak bandwidth, peak compute, no overheads");
  s.e.step("step_s", "max(weights_s + kv_s + layers_s + fixed_s + link_s, roofline_s)", "s",
           "one decode step of all streams");
}

void prefill_steps(Sheet& s) {
  add_workload(s);
  add_devices(s);
  add_weights(s);
  const Workload& w = s.workload();
  s.e.input("prompt", "prompt_tokens", w.prompt_tokens, "tokens", from_request());
  s.e.input("tokens of a chunk", "chunk", s.n.chunk_tokens, "tokens",
            source_for(s.c.prediction.engine->sources, "policy"));
  s.e.input("weights of the head, read once", "head_bytes", s.n.head_bytes, "bytes",
            source_for(s.c.question.query.format->sources, "bits"));
  s.e.input("attention work of one prompt", "prompt_attention",
            s.n.kv.attention_flop(std::max(1.0, w.prompt_tokens), w.depth_tokens), "FLOP", s.shape());
  s.e.input("attention work per second", "attention_rate", 1 / s.n.s_per_attention_flop, "FLOP/s",
            calibrated(s.c, {"prefill.attention", "prefill.unit_tflops"}));
  s.e.input("this engine's and build's factor of compute time", "prefill_factor", s.n.prefill_factor, "",
            calibrated(s.c, {"prefill.llamafile", "prefill.age", "serving.tensorrt", "serving.sglang"}));
  s.e.input("launch overhead of a chunk", "chunk_launch_s", s.n.prefill_layers_s, "s",
            calibrated(s.c, {"prefill.layer", "decode.layer"}));
  s.e.input("fixed time of a prompt", "prompt_fixed_s", s.n.prefill_fixed_s, "s",
            calibrated(s.c, {"prefill.llamafile_ms"}));
  s.e.input("what measurements of this device say on top, as a factor of speed", "device_factor",
            s.n.prefill_speed_factor, "", {"calibration", "device terms", false});
  s.e.step("tokens", "max(1, prompt_tokens) * max(1, concurrency / replicas)", "tokens", "prompts of a replica");
  s.e.step("u", "min(chunk, tokens)", "tokens", "tokens of one pass");
  s.e.step("chunks", "tokens / u", "", "passes");
  pass_steps(s, "u", "_u");
  s.e.step("chunk_memory_s", "(weight_bytes_u - head_bytes) * (1 - host_share) / (eta * bandwidth * tp)", "s",
           "weights of a pass");
  s.e.step("chunk_matrix_s", "work_u / matrix_rate * prefill_factor", "s", "matrix work of a pass");
  if (s.n.pipelines_chunks) {
    s.e.input("stages of the pipeline", "stages", s.n.pipeline_stages, "", from_formula("set-up and engine policy"));
    s.e.step("in_flight", "min(max(1, chunks), 4)", "chunks", "chunks under way at once");
    s.e.step("busy", "in_flight * stages / (in_flight + stages - 1)", "", "stages that work at the same time");
  } else {
    s.e.step("busy", "1", "", "one stage");
  }
  s.e.step("attention_s", "prompt_attention * max(1, concurrency / replicas) / attention_rate * prefill_factor / busy",
           "s", "attention");
  link_steps(s, "u", "chunk_link_s");
  string formula =
      "(chunks * sqrt(chunk_memory_s^2 + chunk_matrix_s^2) / busy + attention_s + chunks * chunk_launch_s / busy + "
      "prompt_fixed_s + chunks * chunk_link_s / busy";
  if (s.n.host_share > 0) formula += " + chunks * (weight_bytes_u - head_bytes) * host_share / host_rate";
  string least = "2 * dense_params * tokens + prompt_attention * max(1, concurrency / replicas)";
  for (int i = 0; i < s.n.expert_groups; ++i) {
    const string k = std::to_string(i + 1);
    least += " + 2 * moe_layers_" + k + " * expert_params_" + k + " * picked_" + k + " * tokens";
  }
  string roofline = "(weight_bytes_u - head_bytes) * (1 - host_share) / (bandwidth * tp)";
  if (s.n.roofline_s_per_flop > 0) {
    s.e.input("highest arithmetic peak of any type, all devices that share a layer", "peak",
              1 / s.n.roofline_s_per_flop, "FLOP/s", source_for(s.device().sources, "compute"));
    roofline = "max(" + roofline + ", (" + least + ") / peak)";
  }
  if (s.n.pipelines_chunks) roofline = "(" + roofline + ") / stages";
  s.e.step("prefill_roofline_s", roofline, "s", "no prompt is faster");
  s.e.step("prefill_s", "max(" + formula + ") / device_factor, prefill_roofline_s)", "s", "all prompts");
}

/// Joules per output token from the busy shares of a step (predicting.md 4.11).
void energy_steps(Sheet& s) {
  decode_steps(s);
  s.e.step("busy_share",
           "0.30 + 0.40 * min(1, matrix_s * factor / step_s) + 0.20 * min(1, (weights_s + kv_s) / step_s) + "
           "0.10 * min(1, link_s / step_s)",
           "", "static, compute, memory and link shares of the power");
  std::vector<string> sums;
  int n = 0;
  for (const SetupPart& part : s.c.question.query.setup.parts) {
    const string i = std::to_string(++n);
    if (!part.device->power_max) return;
    s.e.input("devices: " + part.device->name, "count_" + i, part.count, "", from_request());
    s.e.input("power of " + part.device->name + " under load", "max_w_" + i, part.device->power_max->value, "W",
              source_for(part.device->sources, "power.max_w"));
    s.e.input("power of " + part.device->name + " when idle", "idle_w_" + i,
              part.device->power_idle ? part.device->power_idle->value : 0, "W",
              source_for(part.device->sources, "power.idle_w"));
    sums.push_back("count_" + i + " * max(max_w_" + i + " * busy_share, idle_w_" + i + ")");
  }
  s.e.step("watts", join(sums, " + "), "W", "drawn during a step");
  s.e.step("energy_j_per_token", "watts * step_s / concurrency", "J", "");
}

void load_steps(Sheet& s) {
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

void time_steps(Sheet& s, const string& key) {
  prefill_steps(s);
  decode_steps(s);
  s.e.input("time an engine takes to accept a request", "request_s", s.n.request_s, "s",
            calibrated(s.c, {"serving.request"}));
  if (key == "ttft_s") {
    s.e.step(key, "prefill_s + request_s + step_s", "s", "the prompt, then the first token");
    return;
  }
  s.e.input("answer", "output_tokens", s.workload().output_tokens, "tokens", from_request());
  s.e.step(key, "prefill_s + request_s + output_tokens * step_s", "s", "");
}

void bound_steps(Sheet& s) {
  decode_steps(s);
  s.e.step("bandwidth_part", "weights_s + kv_s", "s", "bound: bandwidth");
  s.e.step("compute_part", "matrix_s * factor", "s", "bound: compute");
  s.e.step("latency_part", "layers_s + fixed_s", "s", "bound: latency");
  s.e.step("bound", "max(bandwidth_part, compute_part, latency_part, link_s)", "s", "the largest part names the bound");
}

void sustained_steps(Sheet& s) {
  decode_steps(s);
  s.e.step("decode", "1 / step_s", "tokens/s", "burst");
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

bool build(Sheet& s, const string& key) {
  Explanation& e = s.e;
  const Prediction& p = s.c.prediction;
  const bool from_decode = key == "decode" || key == "burst.decode" || key == "decode_total" || key == "ceiling.decode";
  const bool from_prefill = key == "prefill" || key == "ceiling.prefill";
  e.unit = key == "energy_j_per_token" ? "J" : key.ends_with("_s") ? "s" : key == "bound" ? "" : "tokens/s";
  if (from_decode) decode_steps(s);
  if (from_prefill) prefill_steps(s);
  if (key == "decode" || key == "burst.decode") {
    e.step(key, "1 / step_s", "tokens/s", "one stream");
    e.notes.push_back(band_note(p.decode));
  } else if (key == "decode_total") {
    e.step(key, "concurrency / step_s", "tokens/s", "all streams");
    e.notes.push_back(band_note(p.decode_total));
  } else if (key == "ceiling.decode") {
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
    energy_steps(s);
  } else if (key == "sustained.decode") {
    sustained_steps(s);
  } else if (key == "bound") {
    bound_steps(s);
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool explain_speed(const ExplainCase& c, const string& key, Explanation& e) {
  PredictQuery query = c.question.query;
  query.engine = c.prediction.engine;
  query.backend = c.prediction.backend;
  const Result<SpeedModel> model = build_speed_model(c.house.catalog, c.house.calibration, query, c.weights, c.kv);
  const Result<SpeedParts> parts = speed_parts(c.house.catalog, *query.model, *query.format, c.weights, c.kv,
                                               query.setup, *query.engine, query.backend, RunChoices{});
  if (!model || !parts) return false;
  Sheet sheet{c, e, SpeedNumbers(*model), *parts};
  if (!build(sheet, key)) return false;
  e.terms = key.find("prefill") != string::npos ? c.prediction.prefill_terms : c.prediction.terms;
  e.constants = c.prediction.constants;
  return true;
}

}  // namespace rigwise
