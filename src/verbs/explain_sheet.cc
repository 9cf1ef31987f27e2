#include "verbs/explain_sheet.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/perf/learn.h"

namespace rigwise {
namespace {

using std::string;

/// The device or chip that a term's key names, without its count: "decode/ad102-1008x16384*2/llama.cpp/cuda".
bool names_device(std::string_view key, const Setup& setup) {
  const Device& device = *setup.parts.front().device;
  const std::vector<std::string_view> steps = split(key, '/');
  if (steps.size() < 4) return false;
  const std::size_t star = steps[1].rfind('*');
  const std::string_view count = star == std::string_view::npos ? "1" : steps[1].substr(star + 1);
  if (count != std::to_string(setup.device_count())) return false;
  const std::string_view name = steps[1].substr(0, star);
  if (name == device.id) return true;
  if (device.chip.empty() || !device.memory_bandwidth) return false;
  const string chip = fold_name(device.chip) + "-" + significant(device.memory_bandwidth->value / kGb, 4);
  const std::size_t at = name.find(chip);
  return at != std::string_view::npos && (at + chip.size() == name.size() || name[at + chip.size()] == 'x');
}

}  // namespace

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

std::vector<Constant> device_terms(const ExplainCase& c, std::string_view phase) {
  std::vector<Constant> found;
  const string runs_on = "/" + c.prediction.engine->id + "/" + c.prediction.backend;
  const string of_format = runs_on + "/format/" + c.question.query.format->id;
  for (const Constant& term : c.house.calibration.device_terms) {
    if (!term.key.starts_with(string(phase) + "/") || !names_device(term.key, c.question.query.setup)) continue;
    if (term.key.ends_with(of_format)) {  // stands for all others
      found = {term};
      break;
    }
    if (term.key.ends_with(runs_on) || term.key.ends_with(runs_on + "/" + c.question.query.model->id))
      found.push_back(term);
  }
  if (c.house.calibration.own.empty() || c.question.query.setup.parts.size() != 1) return found;
  const EngineChoice choice{c.prediction.engine, c.prediction.backend, {}};
  const bool prefill = phase == phase_name(Phase::prefill);
  const DeviceContext context =
      prefill ? prefill_context(c.question.query, choice) : decode_context(c.question.query, choice);
  const DeviceEvidence evidence = device_evidence(c.house.calibration, context);
  const double beyond = evidence.log_factor - published_evidence(c.house.calibration, context).log_factor;
  if (evidence.own == OwnReach::none && beyond == 0) return found;
  const std::vector<string> runs = own_runs_of(c.house.calibration, context);
  const int count = static_cast<int>(runs.empty() ? c.house.calibration.own.runs.size() : runs.size());
  found.push_back(
      {"own/" + setup_key(context), beyond, count, runs.empty() ? "own runs" : "own runs " + join(runs, ", ")});
  return found;
}

namespace {

SourceNote with_device_terms(const ExplainCase& c, std::string_view phase, SourceNote note) {
  std::vector<string> keys;
  for (const Constant& term : device_terms(c, phase)) keys.push_back(term.key);
  if (keys.empty()) return note;
  return {"calibration", (note.kind == "prior" ? string() : note.ref + ", ") + join(keys, ", "), false};
}

bool spills(const SpeedSheet& s) { return s.n.s_per_host_byte > 0; }

void add_workload(SpeedSheet& s) {
  const Workload& w = s.workload();
  s.e.input("streams at once", "concurrency", std::max(1, w.concurrency), "", from_request());
  s.e.input("replicas of the model", "replicas", s.n.replicas, "", from_formula("set-up and engine policy"));
}

void add_devices(SpeedSheet& s) {
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
            calibrated(s.c, {"prefill.unit_tflops", "prefill.k_quants", "prefill.bf16", "prefill.power_exponent",
                             "serving.mfu"}));
  if (!spills(s)) return;
  const SourceNote rest = from_formula("what the devices' memory does not hold");
  s.e.input("share of what every step reads that host memory holds", "host_always_share", s.n.host_always_share, "",
            rest);
  s.e.input("share of the routed experts that host memory holds", "host_expert_share", s.n.host_expert_share, "", rest);
}

/// Adds what a pass reads from the host's memory and gives the formula of what it reads from the devices'.
string host_steps(SpeedSheet& s, const string& read, const string& suffix, const string& always, double s_per_byte) {
  if (!spills(s)) return read;
  s.e.input(
      suffix.empty() ? "host memory bandwidth that a step reaches" : "bandwidth at which prompts reach it over PCIe",
      "host_rate" + suffix, 1 / s_per_byte, "bytes/s", source_for(s.device().sources, "host_memory"));
  s.e.step("host_read" + suffix,
           always + " * host_always_share + (weight_bytes" + suffix + " - always_read) * host_expert_share", "bytes",
           "read from the host's memory");
  return "(" + read + " - host_read" + suffix + ")";
}

void add_weights(SpeedSheet& s, const char* half_symbol, double half_tokens) {
  const SourceNote bits = source_for(s.c.question.query.format->sources, "bits");
  s.e.input("weights every step reads: attention, shared FFN, head", "always_read", s.n.always_read, "bytes", bits);
  s.e.input("parameters every token meets, head apart", "dense_params", s.n.dense_params, "parameters", s.shape());
  s.e.input("parameters of the head", "head_params", s.n.head_params, "parameters", s.shape());
  s.e.input("further tokens' worth of work a shared weight tile costs", half_symbol, half_tokens, "tokens",
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
void pass_steps(SpeedSheet& s, const string& tokens, const string& suffix) {
  string bytes = "always_read", work = numbered("dense_params * (@ + half_tokens~ * (1 - 1 / @))", "", tokens, suffix);
  for (int i = 0; i < s.n.expert_groups; ++i) {
    const auto with = [&, k = std::to_string(i + 1)](std::string_view p) { return numbered(p, k, tokens, suffix); };
    s.e.step(with("distinct_#~"), with("experts_# * (1 - (1 - picked_# / experts_#)^@)"), "experts",
             "expected distinct experts of a layer, routing independent");
    s.e.step(with("met_#~"), with("distinct_#~ * (1 - skew) + picked_# * skew"), "experts",
             "with some reuse between tokens");
    bytes += with(" + moe_layers_# * expert_bytes_# * met_#~");
    work += with(
        " + moe_layers_# * expert_params_# * expert_compute * (@ * picked_# + half_tokens~ * distinct_#~ * "
        "(1 - distinct_#~ / (@ * picked_#)))");
  }
  s.e.step("weight_bytes" + suffix, bytes, "bytes", "weights one pass reads");
  s.e.step("work" + suffix, "2 * (" + work + ")", "FLOP", "matrix work of one pass, the head apart");
}

void link_steps(SpeedSheet& s, const string& tokens, const string& symbol) {
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
    if (s.n.expert_parallel) {
      for (int i = 0; i < s.n.expert_groups; ++i) {
        formula +=
            numbered(" + 2 * moe_layers_# * (latency_s + picked_# * (tp - 1) / tp / tp * ", std::to_string(i + 1)) +
            message + ")";
      }
    } else {
      s.e.input("latencies of a small all-reduce", "turns", s.n.reduce_turns, "",
                from_formula("1 where devices write into each other's memory, 2 log2(tp) over TCP"));
      formula += " + 2 * layers * min(turns * latency_s + (tp - 1) * " + message +
                 ", 2 * (tp - 1) * latency_s + 2 * (tp - 1) / tp * " + message + ")";
    }
  }
  s.e.step(
      symbol, formula, "s",
      s.n.expert_parallel ? "two all-to-alls a layer with experts" : "hops between stages, two all-reduces a layer");
}

/// Experts that a pass handles one by one, and picks that the host sorts.
void expert_steps(SpeedSheet& s) {
  string formula;
  for (int i = 0; i < s.n.expert_groups; ++i) {
    const string k = std::to_string(i + 1);
    if (s.n.expert_launch_s > 0) formula += numbered(" + moe_layers_# * distinct_#_u * expert_launch_s", k);
    if (s.n.expert_pick_s > 0) formula += numbered(" + moe_layers_# * experts_# * u * picked_# * pick_s", k);
  }
  if (s.n.expert_launch_s > 0)
    s.e.input("launching one expert's kernels", "expert_launch_s", s.n.expert_launch_s, "s",
              calibrated(s.c, {"decode.layer"}));
  if (s.n.expert_pick_s > 0)
    s.e.input("the host's look at one pick", "pick_s", s.n.expert_pick_s, "s",
              from_formula("three passes a layer of 8 ns each"));
  s.e.step("experts_s", formula.empty() ? "0" : formula.substr(3), "s", "experts that are not one grouped kernel");
}

double depth_of(const Workload& w) { return w.depth_tokens + w.prompt_tokens + w.output_tokens / 2; }

void add_decode_inputs(SpeedSheet& s) {
  const double depth = depth_of(s.workload());
  s.e.input("cache a step reads for one stream at " + significant(depth, 6) + " tokens", "cache_read",
            s.n.kv.read_at(depth).value, "bytes", s.shape());
  s.e.input("attention work of one stream at that depth", "attention", s.n.kv.attention_flop(1, depth), "FLOP",
            s.shape());
  s.e.input("share of the bandwidth that the cache reaches", "eta_kv",
            1 / (s.n.s_per_kv_byte * s.parts.bandwidth * s.parts.kv_shards), "", calibrated(s.c, {"decode.kv_share"}));
  s.e.input("launch overhead of all layers", "launch_s", s.n.layers_s, "s",
            calibrated(s.c, {"decode.layer", "serving.layer"}));
  s.e.input("sampling and synchronisation of a step", "sampling_s", s.n.fixed_s, "s",
            calibrated(s.c, {"decode.step", "serving.step"}));
  s.e.input("what measurements of this device, this engine and a power limit say on top, as a factor of time", "factor",
            s.n.decode_factor, "",
            with_device_terms(s.c, s.workload().concurrency > 1 ? "decode_total" : "decode",
                              calibrated(s.c, {"decode.llamafile", "decode.ollama", "decode.power", "serving.tensorrt",
                                               "serving.sglang"})));
}

}  // namespace

void decode_steps(SpeedSheet& s) {
  add_workload(s);
  add_devices(s);
  add_weights(s, "half_tokens", s.n.step_half_tokens);
  add_decode_inputs(s);
  const double per_replica = std::max(1.0, double(std::max(1, s.workload().concurrency)) / s.n.replicas);
  const bool across = s.n.batches_across_stages && per_replica >= s.n.pipeline_stages;
  if (across)
    s.e.input("stages of the pipeline", "stages", s.n.pipeline_stages, "", from_formula("set-up and engine policy"));
  s.e.step("n", string("max(1, concurrency / replicas)") + (across ? " / stages" : ""), "tokens", "tokens of one pass");
  pass_steps(s, "n", "");
  const string on_device = host_steps(s, "weight_bytes", "", "always_read", s.n.s_per_host_byte);
  s.e.step("memory_s", on_device + " / (eta * bandwidth * tp)", "s", "weights out of memory");
  string intake = s.n.s_per_unit_byte > 0 ? on_device + " / intake" : "0";
  if (s.n.s_per_converted_weight > 0) {
    s.e.input("weights converted to another type per second", "convert_rate", 1 / s.n.s_per_converted_weight,
              "parameters/s", calibrated(s.c, {"decode.bf16"}));
    intake += " + (dense_params + head_params) / convert_rate";
  }
  s.e.step("intake_s", intake, "s", "weights into the cores");
  s.e.step("matrix_s", "(work + 2 * head_params * n) / matrix_rate", "s", "matrix work");
  s.e.step("weights_s",
           string("(sqrt(memory_s^2 + intake_s^2 + matrix_s^2)") + (spills(s) ? " + host_read / host_rate" : "") +
               ") * factor",
           "s", "these overlap: a soft maximum");
  s.e.input("copies of the cache among devices that share each layer (too few KV heads, or a latent)", "copies",
            s.n.kv_repeats, "", s.shape());
  string cache = "cache_read * n * copies / (eta_kv * bandwidth * tp)";
  if (s.n.s_per_step_attention_flop > 0) {
    s.e.input("attention work of single tokens per second: an eighth of the matrix rate of a prompt", "score_flop_rate",
              1 / s.n.s_per_step_attention_flop, "FLOP/s", calibrated(s.c, {"prefill.unit_tflops"}));
    cache = "sqrt((" + cache + ")^2 + (attention * n / score_flop_rate)^2)";
  }
  if (s.n.s_per_score > 0) {
    s.e.input("head-tokens scored per second without flash attention", "score_rate", 1 / s.n.s_per_score, "1/s",
              calibrated(s.c, {"decode.score_rate"}));
    cache += " + attention * n / 512 / score_rate";
  }
  s.e.step("kv_s", "(" + cache + ") * factor", "s", "KV cache");
  s.e.step("layers_s", "launch_s * factor", "s", "launches");
  s.e.step("fixed_s", "sampling_s * factor", "s", "");
  link_steps(s, "n", "link_s");
  string roofline = "(" + on_device + " + cache_read * n * copies) / (bandwidth * tp)";
  if (s.n.roofline_s_per_flop > 0) {
    s.e.input("highest arithmetic peak of any type, all devices that share a layer", "peak",
              1 / s.n.roofline_s_per_flop, "FLOP/s", source_for(s.device().sources, "compute"));
    roofline = "max(" + roofline + ", (2 * (dense_params + head_params) * n + attention * n) / peak)";
  }
  if (spills(s)) roofline += " + host_read / host_rate * 0.75";
  s.e.step("roofline_s", roofline, "s", "no step is faster: peak bandwidth, peak compute, no overheads");
  s.e.step("step_s", "max(weights_s + kv_s + layers_s + fixed_s + link_s, roofline_s)", "s",
           "one decode step of all streams");
}

void prefill_steps(SpeedSheet& s) {
  add_workload(s);
  add_devices(s);
  add_weights(s, "half_tokens_u", s.n.half_tokens);
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
            s.n.prefill_speed_factor, "", with_device_terms(s.c, "prefill", calibrated(s.c, {})));
  s.e.step("tokens", "max(1, prompt_tokens) * max(1, concurrency / replicas)", "tokens", "prompts of a replica");
  s.e.step("u", "min(chunk, tokens)", "tokens", "tokens of one pass");
  s.e.step("chunks", "tokens / u", "", "passes");
  pass_steps(s, "u", "_u");
  const string on_device =
      host_steps(s, "(weight_bytes_u - head_bytes)", "_u", "(always_read - head_bytes)", s.n.s_per_host_prefill_byte);
  s.e.step("chunk_memory_s", on_device + " / (eta * bandwidth * tp)", "s", "weights of a pass");
  s.e.step("chunk_matrix_s", "work_u / matrix_rate * prefill_factor", "s", "matrix work of a pass");
  if (s.n.pipelines_chunks) {
    s.e.input("stages of the pipeline", "stages", s.n.pipeline_stages, "", from_formula("set-up and engine policy"));
    s.e.step("in_flight", "min(max(1, chunks), 4)", "chunks", "chunks under way at once");
    s.e.step("busy", "in_flight * stages / (in_flight + stages - 1)", "", "stages that work at the same time");
  } else {
    s.e.step("busy", "1", "", "one stage");
  }
  string attention = "prompt_attention * max(1, concurrency / replicas) / attention_rate * prefill_factor";
  if (s.n.scan_s > 0) {
    s.e.input("recurrent states passed through memory for one token", "scan_s", s.n.scan_s, "s", s.shape());
    attention = "(" + attention + " + tokens * scan_s)";
  }
  s.e.step("attention_s", attention + " / busy", "s", "attention and recurrent scans");
  expert_steps(s);
  link_steps(s, "u", "chunk_link_s");
  string formula =
      "(chunks * sqrt(chunk_memory_s^2 + chunk_matrix_s^2) / busy + attention_s + chunks * (chunk_launch_s + "
      "experts_s) / busy + "
      "prompt_fixed_s + chunks * chunk_link_s / busy";
  if (spills(s)) formula += " + chunks * host_read_u / host_rate_u";
  string least = "2 * dense_params * tokens + prompt_attention * max(1, concurrency / replicas)";
  for (int i = 0; i < s.n.expert_groups; ++i) {
    least += numbered(" + 2 * moe_layers_# * expert_params_# * picked_# * tokens", std::to_string(i + 1));
  }
  string roofline = on_device + " / (bandwidth * tp)";
  if (s.n.roofline_s_per_flop > 0) {
    s.e.input("highest arithmetic peak of any type, all devices that share a layer", "peak",
              1 / s.n.roofline_s_per_flop, "FLOP/s", source_for(s.device().sources, "compute"));
    roofline = "max(" + roofline + ", (" + least + ") / peak)";
  }
  if (s.n.pipelines_chunks) roofline = "(" + roofline + ") / stages";
  s.e.step("prefill_roofline_s", roofline, "s", "no prompt is faster");
  s.e.step("prefill_s", "max(" + formula + ") / device_factor, prefill_roofline_s)", "s", "all prompts");
}

}  // namespace rigwise
