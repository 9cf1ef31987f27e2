#include "core/perf/resolve.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/perf/gate.h"
#include "core/perf/predict.h"
#include "core/sizing/memory.h"

namespace rigwise {
namespace {

/// A request where a benchmark states neither prompt nor output length: a short chat turn.
constexpr RequestShape kUsualRequest = {128, 256};
/// A prompt speed without a length is that of a prompt long enough to fill the machine: llama-bench's pp512.
constexpr double kUsualPromptTokens = 512;
constexpr double kMostStreams = 256, kMostStreamsTensorRt = 1024;
/// A partly offloaded model beyond this multiple of the card's memory is another machine's measurement.
constexpr double kMostOffload = 2.5;

/// "reason" of the catalog's list of names that state too little, up to its explanation after the colon.
std::string unresolved_reason(const Catalog& catalog, std::string_view kind, std::string_view name) {
  const std::string folded = fold_name(name);
  for (const UnresolvedName& known : catalog.unresolved) {
    if (known.kind == kind && fold_name(known.name) == folded) {
      return std::string(trim(known.reason.substr(0, known.reason.find(':'))));
    }
  }
  return {};
}

std::string skip_for(const Catalog& catalog, std::string_view kind, std::string_view name, const char* otherwise) {
  const std::string reason = unresolved_reason(catalog, kind, name);
  return reason.empty() ? otherwise : reason;
}

/// A lookup that makes no list of near misses: thousands of rows miss.
template <class Record>
const Record* quietly(const std::vector<Record>& records, const NameIndex& names, std::string_view name) {
  const std::optional<std::size_t> index = names.find_quietly(name);
  return index ? &records[*index] : nullptr;
}

/// "PCIe 3.0 x16 P2P" -> pcie-3-x16; the name of a link -> that link; anything else -> the devices' own.
const Link* find_link(const Catalog& catalog, const std::string& text) {
  if (text.empty() || text.rfind("NVLink", 0) == 0 || text.rfind("Infinity Fabric", 0) == 0) return nullptr;
  if (text.rfind("PCIe ", 0) == 0) {
    const std::size_t dot = text.find('.'), lanes = text.find('x', 5);
    if (dot == std::string::npos || lanes == std::string::npos || dot < 6) return nullptr;
    std::size_t end = lanes + 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return quietly(catalog.links, catalog.link_names,
                   "pcie-" + text.substr(5, dot - 5) + "-" + text.substr(lanes, end - lanes));
  }
  return quietly(catalog.links, catalog.link_names, text);
}

std::string error_class_of(const ResolvedRow& r) {
  if (r.row->phase == Phase::e2e) return "e2e";
  if (r.setup.device_count() > 1 || r.row->hardware_count > 1 || r.row->concurrency != 1 ||
      r.row->phase == Phase::decode_total) {
    return "many";
  }
  const std::string phase = r.row->phase == Phase::prefill ? "prefill" : "decode";
  return r.parts.path == KernelPath::cpu ? phase + "_cpu" : phase;
}

RequestShape shape_of(const ResolvedRow& r) {
  RequestShape shape = r.conditions.shape.value_or(kUsualRequest);
  if (r.row->prompt_tokens) shape.prompt_tokens = *r.row->prompt_tokens;
  if (r.row->gen_tokens) shape.output_tokens = *r.row->gen_tokens;
  return shape;
}

/// Streams a saturated engine works on: what the memory left by the weights holds, and the engine's own cap.
int saturated_streams(const ResolvedRow& r, const WeightPlan& weights) {
  double room = -weights.total.value * r.parts.replicas;
  if (r.parts.expert_parallel) room -= weights.always_read.value * (r.parts.tensor_parallel - 1) * r.parts.replicas;
  for (const SetupPart& part : r.setup.parts) room += part.count * (usable_memory(*part.device, *r.engine).value - 1e9);
  const RequestShape shape = shape_of(r);
  const double repeats = r.parts.tensor_parallel / r.parts.kv_shards;
  const double per_stream = r.parts.kv.read_at(shape.prompt_tokens + shape.output_tokens).value * repeats + 1e5;
  const double cap = r.parts.engine == EngineKind::tensorrt ? kMostStreamsTensorRt : kMostStreams;
  double streams = std::clamp(room / per_stream, 1.0, cap * r.parts.replicas);
  if (r.conditions.requests) streams = std::min(streams, 1.0 * *r.conditions.requests);
  return static_cast<int>(streams);
}

double streams_of(const ResolvedRow& r) { return r.row->concurrency > 0 ? r.row->concurrency : r.saturated_streams; }

/// Cache depth at the middle of what a decode row measures.
double decode_depth(const Measurement& row) {
  const double start = row.context_depth.value_or(row.prompt_tokens.value_or(0));
  return start + row.gen_tokens.value_or(0) / 2;
}

struct Times {
  double predicted = 0, roofline = 0;
};

Times decode_times(const ResolvedRow& r, const SpeedModel& model, double depth) {
  const StepTerms t = model.decode_step(depth, streams_of(r));
  return {t.total_s, t.roofline_s};
}

Times prefill_times(const ResolvedRow& r, const SpeedModel& model, double prompt) {
  const StepTerms t = model.prefill(prompt, r.row->context_depth.value_or(0), streams_of(r));
  return {t.total_s + model.request_s(), t.roofline_s};
}

/// Speeds as the row counts them, {predicted, ceiling}.
Times row_speeds(const ResolvedRow& r, const SpeedModel& model) {
  const double streams = streams_of(r);
  switch (r.row->phase) {
    case Phase::decode:
    case Phase::decode_total: {
      const double counted = r.row->phase == Phase::decode ? 1 : streams;
      if (!r.conditions.localscore_average) {
        const Times t = decode_times(r, model, decode_depth(*r.row));
        return {counted / t.predicted, counted / t.roofline};
      }
      Times mean;
      for (const RequestShape& test : kLocalScoreTests) {
        const Times t = decode_times(r, model, test.prompt_tokens + test.output_tokens / 2);
        mean.predicted += counted / t.predicted / kLocalScoreTests.size();
        mean.roofline += counted / t.roofline / kLocalScoreTests.size();
      }
      return mean;
    }
    case Phase::prefill: {
      if (!r.conditions.localscore_average) {
        const double prompt = r.row->prompt_tokens.value_or(kUsualPromptTokens);
        const Times t = prefill_times(r, model, prompt);
        return {prompt * streams / t.predicted, prompt * streams / t.roofline};
      }
      Times mean;
      for (const RequestShape& test : kLocalScoreTests) {
        const Times t = prefill_times(r, model, test.prompt_tokens);
        mean.predicted += test.prompt_tokens * streams / t.predicted / kLocalScoreTests.size();
        mean.roofline += test.prompt_tokens * streams / t.roofline / kLocalScoreTests.size();
      }
      return mean;
    }
    case Phase::e2e: {
      const RequestShape shape = shape_of(r);
      const double depth = shape.prompt_tokens + shape.output_tokens / 2;
      return {model.served_tokens_per_s(shape.prompt_tokens, shape.output_tokens, streams),
              streams / model.decode_step(depth, streams).roofline_s};
    }
  }
  return {};
}

RunChoices choices_of(const ResolvedRow& r) {
  RunChoices choices;
  const RunConditions& c = r.conditions;
  choices.chunk_tokens = c.chunk_tokens;
  choices.tensor_parallel = c.tensor_parallel;
  choices.pipeline_stages = c.pipeline_stages;
  if (c.pipelined) choices.pipeline_stages = r.setup.device_count();
  choices.expert_parallel = c.expert_parallel;
  choices.replicas = c.replicas;
  choices.flash_attention = c.flash_attention.value_or(c.flash_attention_by_default);
  choices.power_limit_w = c.power_limit_w;
  choices.age_years = c.age_years;
  choices.plain_rocblas = c.plain_rocblas;
  choices.saturated = r.row->concurrency == 0;
  choices.sustained = c.sustained;
  if (r.row->interconnect.find("P2P") != std::string::npos) choices.peer_to_peer = true;
  return choices;
}

/// Names, in the order a reader of the row would look them up; the first the catalog cannot state is the reason.
std::string find_names(const Catalog& catalog, ResolvedRow& r) {
  const Measurement& row = *r.row;
  if (!row.defect.empty()) return "row_unreadable";
  const Device* device = quietly(catalog.devices, catalog.device_names, row.hardware);
  if (!device) return skip_for(catalog, "device", row.hardware, "hardware_unknown");
  if (!device->memory_bandwidth) return "memory_config_unknown";
  const Llm* model = quietly(catalog.models, catalog.model_names, row.model);
  if (!model) return skip_for(catalog, "model", row.model, "model_unknown");
  const Format* format = quietly(catalog.formats, catalog.format_names, row.quant);
  if (!format) return skip_for(catalog, "format", row.quant, "format_unknown");
  if (model->weights != WeightsStatus::published && !model->has_shape()) return "model_unpublished";
  r.model = model;
  r.format = format;
  Result<Setup> setup = parse_setup(catalog, std::to_string(std::max(1, row.hardware_count)) + "x " + device->id);
  if (!setup) return "hardware_unresolved";
  r.setup = std::move(*setup);
  r.backend = lower(row.backend);
  r.engine = engine_of_row(catalog, row.engine);
  const EngineChoice choice = choose_engine(catalog, *r.format, r.setup, r.engine, r.backend);
  r.engine = choice.engine;
  if (r.backend.empty()) r.backend = choice.backend;
  return r.engine == nullptr ? "engine_unknown" : "";
}

}  // namespace

// "llamafile (llama.cpp)" is an alias; "Docker Model Runner (llama.cpp)" is not, but says what it runs.
const Engine* engine_of_row(const Catalog& catalog, const std::string& name) {
  if (const Engine* engine = quietly(catalog.engines, catalog.engine_names, name)) return engine;
  const std::size_t open = name.find('('), close = name.find(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return nullptr;
  return quietly(catalog.engines, catalog.engine_names, name.substr(open + 1, close - open - 1));
}

ResolvedRow resolve_row(const Catalog& catalog, const Measurement& row) {
  ResolvedRow r;
  r.row = &row;
  r.skip_reason = find_names(catalog, r);
  if (!r.skip_reason.empty()) return r;
  r.conditions = run_conditions(row, catalog.source_conditions);
  if (const Link* link = find_link(catalog, row.interconnect)) {
    for (SetupPart& part : r.setup.parts) part.link = link;
  }
  const WeightPlan weights = weight_plan(*r.model, *r.format, container_of(*r.engine, *r.format));
  const Format* stated_kv = quietly(catalog.formats, catalog.kv_format_names, stated_cache_type(row));
  const Format* usual_kv = default_kv_format(catalog, *r.engine, *r.format);
  const KvPlan kv = kv_plan(*r.model, stated_kv != nullptr ? stated_kv : usual_kv);
  Result<SpeedParts> parts =
      speed_parts(catalog, *r.model, *r.format, weights, kv, r.setup, *r.engine, r.backend, choices_of(r));
  if (!parts) {
    r.skip_reason = "memory_config_unknown";
    return r;
  }
  r.parts = std::move(*parts);
  double memory = 0;
  for (const SetupPart& part : r.setup.parts) memory += part.count * part.device->memory_capacity.value;
  const bool spills = !r.device().unified_memory && r.parts.path != KernelPath::cpu;
  if (weights.total.value > memory * (spills ? kMostOffload : 1.1) && r.backend.find("cpu") == std::string::npos) {
    r.skip_reason = "exceeds_memory";
    return r;
  }
  r.error_class = error_class_of(r);
  if (row.concurrency == 0) r.saturated_streams = saturated_streams(r, weights);
  return r;
}

double predicted_tokens_per_s(const ResolvedRow& row, const SpeedModel& model) {
  return row_speeds(row, model).predicted;
}

double ceiling_tokens_per_s(const ResolvedRow& row, const SpeedModel& model) { return row_speeds(row, model).roofline; }

RunPoint run_point(const ResolvedRow& r) {
  if (r.row->phase == Phase::prefill) {
    return {r.row->prompt_tokens.value_or(kUsualPromptTokens), r.row->context_depth.value_or(0), streams_of(r)};
  }
  return {0, decode_depth(*r.row), streams_of(r)};
}

std::string group_key(const ResolvedRow& r) {
  return r.device().id + "|" + std::to_string(r.row->hardware_count) + "|" + r.model->id + "|" + r.format->id + "|" +
         r.row->engine + "|" + r.backend + "|" + phase_name(r.row->phase);
}

}  // namespace rigwise
