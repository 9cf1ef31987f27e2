#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "verbs/explanation.h"

namespace rigwise {
namespace {

using std::string;

const Engine& engine_of(const ExplainCase& c) { return *c.prediction.engine; }

double context_of(const ExplainCase& c) {
  const Workload& w = c.question.query.workload;
  return w.depth_tokens + w.prompt_tokens + w.output_tokens;
}

/// Tables that GGUF engines keep on the host.
bool stays_on_host(const TensorClassSize& size, const WeightPlan& plan) {
  return plan.off_accelerator.value > 0 && (size.name == "embedding" || size.name == "per_layer_embeddings");
}

void weights(const ExplainCase& c, Explanation& e) {
  const Llm& model = *c.question.query.model;
  const Format& format = *c.question.query.format;
  const SourceNote shape = source_for(model.sources, c.weights.from_shape ? "layers" : "all");
  const SourceNote bits = source_for(format.sources, "bits");
  std::vector<string> products;
  for (const TensorClassSize& size : c.weights.classes) {
    if (stays_on_host(size, c.weights)) continue;
    e.input("parameters of " + size.name, "params_" + size.name, size.params, "parameters", shape);
    e.input("bits per weight of " + size.name + " in " + format.name, "bits_" + size.name, size.bits_per_weight, "bit",
            bits);
    products.push_back("params_" + size.name + " * bits_" + size.name);
  }
  e.step("on_accelerator", "(" + join(products, " + ") + ") / 8", "bytes", "every tensor class at its own width");
  const double host = c.prediction.fit.need.weights.value - c.weights.total.value;
  if (host <= 0) {
    e.step("memory.weights_bytes", "on_accelerator", "bytes");
    return;
  }
  e.input("tables the engine keeps on the host", "host_tables", c.weights.off_accelerator.value, "bytes", shape);
  const double twice = c.weights.off_accelerator.value - host;
  e.input("of these, the copy that is mapped once for both", "mapped_once", twice, "bytes", shape);
  e.step("memory.weights_bytes", "on_accelerator + host_tables - mapped_once", "bytes",
         "unified memory holds the host's tables too");
}

/// What one group of layers adds to the allocated cache, with the other groups in place (pages are as large as the
/// widest layer needs).
double allocated_by(const ExplainCase& c, int group) {
  KvPlan without = c.kv;
  without.groups[static_cast<std::size_t>(group)].layers = 0;
  const int sequences = c.question.query.workload.concurrency;
  const EnginePolicy& policy = engine_of(c).policy;
  return kv_allocated(c.kv, context_of(c), sequences, policy).value -
         kv_allocated(without, context_of(c), sequences, policy).value;
}

void kv_cache(const ExplainCase& c, Explanation& e) {
  const Llm& model = *c.question.query.model;
  const SourceNote shape = source_for(model.sources, "layers");
  const int sequences = c.question.query.workload.concurrency;
  e.input("sequences at once", "sequences", sequences, "", from_request());
  e.input("context of each: tokens cached, prompt and answer", "context", context_of(c), "tokens", from_request());
  std::vector<string> sums;
  double all = 0;
  for (int i = 0; i < c.kv.group_count; ++i) {
    const KvGroup& group = c.kv.groups[static_cast<std::size_t>(i)];
    if (!group.stores || group.layers == 0) continue;
    const double state = group.state_bytes * group.layers;
    const double bytes = allocated_by(c, i) - state * sequences;
    const string n = std::to_string(i + 1);
    if (state > 0) {
      e.input("recurrent state of one sequence, layer group " + n, "state_" + n, state, "bytes", shape);
      sums.push_back("sequences * state_" + n);
      all += sequences * state;
    }
    if (bytes <= 0) continue;
    const double per_token = group.layers * group.bytes_per_token();
    e.input("layers of group " + n, "layers_" + n, group.layers, "layers", shape);
    e.input("bytes one token takes in a layer of group " + n, "bytes_per_token_" + n, group.bytes_per_token(), "bytes",
            shape);
    e.input("tokens that " + engine_of(c).name + " makes room for" +
                (group.window > 0 ? " (window " + std::to_string(group.window) + ")" : string()),
            "cells_" + n, bytes / per_token, "tokens", source_for(engine_of(c).sources, "policy"));
    sums.push_back(numbered("layers_# * bytes_per_token_# * cells_#", n));
    all += bytes;
  }
  e.step("one_copy", sums.empty() ? "0" : join(sums, " + "), "bytes", "sum over groups of like layers");
  const double need = c.prediction.fit.need.kv_cache.value;
  e.input("copies over the devices of a tensor-parallel group", "copies", all > 0 ? need / all : 1, "",
          source_for(engine_of(c).sources, "policy"));
  e.step("memory.kv_cache_bytes", "copies * one_copy", "bytes");
}

/// The number of devices that pay for buffers.
int paying_devices(const ExplainCase& c) {
  return engine_of(c).policy.multi_device == MultiDevice::none ? 1 : c.question.query.setup.device_count();
}

bool is_tensor_parallel(const ExplainCase& c) {
  return paying_devices(c) > 1 && engine_of(c).policy.multi_device == MultiDevice::tensor_parallel;
}

void compute(const ExplainCase& c, Explanation& e) {
  const Llm& model = *c.question.query.model;
  const EnginePolicy& policy = engine_of(c).policy;
  const SourceNote shape = source_for(model.sources, "shape");
  const SourceNote habits = source_for(engine_of(c).sources, "policy");
  const bool llama_cpp = engine_of(c).base == "llama.cpp" || engine_of(c).id == "llama.cpp";
  e.input("devices", "devices", paying_devices(c), "", from_request());
  string each;
  if (!model.has_shape()) {
    e.input("parameters", "params", model.params_total, "parameters", source_for(model.sources, "all"));
    each = "0.02 * params";
  } else if (policy.memory_pool_fraction > 0) {
    const int group = is_tensor_parallel(c) ? tensor_parallel_degree(model, paying_devices(c)) : 1;
    e.input("hidden size", "hidden", model.hidden_size, "", shape);
    e.input("tensor-parallel degree", "tp", group, "", habits);
    e.input("outside the allocator, for mixtures of experts", "moe_gib", model.is_moe() ? 0.42 : 0, "GiB",
            from_formula("vLLM logs, ridgepoint"));
    each = "(hidden / 4096 / tp + 0.55 * hidden / 4096 + moe_gib) * 2^30";
  } else {
    e.input("hidden size", "hidden", model.hidden_size, "", shape);
    e.input("vocabulary", "vocab", model.vocab_size, "tokens", shape);
    e.input("widest FFN activations of a token", "widest_ffn", widest_ffn(model), "",
            source_for(model.sources, "layers"));
    e.input("tokens of a prefill chunk", "chunk", policy.prefill_chunk_tokens, "tokens", habits);
    if (llama_cpp) {
      e.input("context", "context", context_of(c), "tokens", from_request());
      each = "max(4 * chunk * (vocab + hidden), 2 * context * chunk + 4 * chunk * (widest_ffn + 3 * hidden))";
    } else {
      e.input("sequences at once", "sequences", c.question.query.workload.concurrency, "", from_request());
      each = "2 * chunk * (widest_ffn + 4 * hidden) + 4 * sequences * vocab";
    }
  }
  e.step("each", each, "bytes", "logits and activations of one device");
  e.step("memory.compute_bytes", "devices * each", "bytes");
}

void runtime(const ExplainCase& c, Explanation& e) {
  const SourceNote habits = source_for(engine_of(c).sources, "policy");
  e.input("devices", "devices", paying_devices(c), "", from_request());
  e.input("runtime of " + engine_of(c).name + " on a device", "runtime_gib", engine_of(c).policy.runtime_gib, "GiB",
          habits);
  const double need = c.prediction.fit.need.runtime.value;
  e.input("kernels of experts and buffers for talking to other devices", "more_gib",
          need / kGib / paying_devices(c) - engine_of(c).policy.runtime_gib, "GiB",
          from_formula("predicting.md 4.2, non-torch memory of vLLM and NCCL"));
  e.step("memory.runtime_bytes", "devices * (runtime_gib + more_gib) * 2^30", "bytes");
}

void available(const ExplainCase& c, Explanation& e) {
  std::vector<string> sums;
  int n = 0;
  const bool all = engine_of(c).policy.multi_device != MultiDevice::none;
  for (const SetupPart& part : c.question.query.setup.parts) {
    const string i = std::to_string(++n);
    const Device& d = *part.device;
    const double usable = usable_memory(d, engine_of(c)).value;
    e.input("devices: " + d.name, "count_" + i, all ? part.count : 1, "", from_request());
    e.input("memory of " + d.name, "capacity_" + i, d.memory_capacity.value, "bytes", source_for(d.sources, "memory"));
    e.input("share of it a model may take under " + engine_of(c).name, "usable_" + i, usable / d.memory_capacity.value,
            "", source_for(d.sources, "memory"));
    sums.push_back(numbered("count_# * capacity_# * usable_#", i));
  }
  e.step("memory.available_bytes", all || n == 1 ? join(sums, " + ") : "max(" + join(sums, ", ") + ")", "bytes",
         all ? "" : engine_of(c).name + " uses one device");
}

void total(const ExplainCase& c, Explanation& e) {
  const MemoryNeed& need = c.prediction.fit.need;
  const SourceNote own = from_formula("explain memory.weights_bytes and so on");
  e.input("weights", "weights", need.weights.value, "bytes", own);
  e.input("KV cache", "kv_cache", need.kv_cache.value, "bytes", own);
  e.input("compute buffers", "compute", need.compute.value, "bytes", own);
  e.input("runtime", "runtime", need.runtime.value, "bytes", own);
  if (need.draft.value <= 0) {
    e.step("memory.total_bytes", "weights + kv_cache + compute + runtime", "bytes");
    return;
  }
  e.input("draft model and its cache", "draft", need.draft.value, "bytes",
          source_for(c.question.query.speculation->draft->sources, "all"));
  e.step("memory.total_bytes", "weights + kv_cache + compute + runtime + draft", "bytes");
}

FitQuery fit_query(const ExplainCase& c) {
  return {context_of(c), c.question.query.workload.concurrency, 0, c.prediction.fit.need.draft};
}

void probability(const ExplainCase& c, Explanation& e) {
  const FitCheck check =
      check_fit(*c.question.query.model, c.weights, c.kv, c.question.query.setup, engine_of(c), fit_query(c));
  const SourceNote own = from_formula("explain memory.total_bytes");
  const SourceNote band =
      from_formula("predicting.md 4.10: 80 % half-widths, header-exact 2 % + 300 MiB, by shape 5 %");
  e.input("memory needed", "need", check.need.total().value, "bytes", own);
  e.input("how much the need may grow before it stops fitting, whole layers dealt out", "margin", check.margin.value,
          "bytes", own);
  const double share = c.weights.exact ? 0.02 : c.weights.from_shape ? 0.05 : 0.12;
  e.input("error of the need, share", "share", share, "", band);
  e.step("error", "max(0.02 * need + 300 * 2^20, share * need) / 1.2816", "bytes", "standard deviation");
  e.step("memory.probability", "normal_cdf(margin / error)", "", "a normal error on the need");
}

/// Largest context or most sequences: found by trying, so the equation says what is tried.
void largest(const ExplainCase& c, const string& key, Explanation& e) {
  const Fit& fit = c.prediction.fit;
  const bool context = key == "memory.max_context_tokens";
  e.input("memory left", "free", (fit.available - fit.need.total()).value, "bytes",
          from_formula("explain memory.available_bytes"));
  e.input("cache of one more token, all layers that keep the full context", "bytes_per_token",
          c.kv.bytes_per_token_full_layers(), "bytes", source_for(c.question.query.model->sources, "layers"));
  e.found(key,
          context ? "largest context, in steps of 256 up to the model's own, with probability >= 0.70"
                  : "most sequences of this context with probability >= 0.70",
          context ? fit.max_context_tokens : fit.max_sequences, context ? "tokens" : "sequences");
}

}  // namespace

bool explain_memory(const ExplainCase& c, const string& key, Explanation& e) {
  e.unit = "bytes";
  if (key == "memory.weights_bytes") {
    weights(c, e);
  } else if (key == "memory.kv_cache_bytes") {
    kv_cache(c, e);
  } else if (key == "memory.compute_bytes") {
    compute(c, e);
  } else if (key == "memory.runtime_bytes") {
    runtime(c, e);
  } else if (key == "memory.total_bytes") {
    total(c, e);
  } else if (key == "memory.available_bytes") {
    available(c, e);
  } else if (key == "memory.probability" || key == "memory.verdict" || key == "fits") {
    e.unit = "";
    probability(c, e);
    if (key != "memory.probability") e.notes.push_back("fits from 0.95, likely from 0.70, tight from 0.30, else no");
  } else if (key == "memory.max_context_tokens" || key == "memory.max_sequences") {
    e.unit = key == "memory.max_sequences" ? "sequences" : "tokens";
    largest(c, key, e);
  } else {
    return false;
  }
  return true;
}

}  // namespace rigwise
