#include <cmath>
#include <map>
#include <utility>

#include "codec/check_rules.h"
#include "core/base/text.h"
#include "core/facts/setup.h"
#include "core/perf/claim_ceiling.h"
#include "core/sizing/weights.h"

namespace rigwise {
namespace {

struct Range {
  double low, high;
  bool holds(double x) const { return x >= low && x <= high; }
  std::string words() const { return shortest(low) + " to " + shortest(high); }
};

// From a single-board computer with one DDR4 channel to a rack-scale accelerator; anything outside is a slipped unit.
constexpr Range kBandwidthGbps{1, 20'000};
constexpr Range kBandwidthPerGb{0.05, 300};  // 1/s: how often the whole memory can be read in a second
constexpr Range kFlopPerByte{0.5, 1500};     // fp16 peak over bandwidth
constexpr Range kPowerWatts{1, 15'000};

void check_range(const Device& d, const char* key, const char* what, double value, const Range& range,
                 FaultSink& sink) {
  if (range.holds(value)) return;
  sink.error("devices/" + d.id, key, std::string(what) + " is " + significant(value, 4),
             range.words() + " is plausible");
}

void check_device(const Device& d, const std::string& as_of, FaultSink& sink) {
  if (d.memory_bandwidth) {
    const double gbps = d.memory_bandwidth->value / kGb;
    // A build's bandwidth is a sum only when its record says so, and then it may pass any single device's.
    if (d.parts.empty()) check_range(d, "memory.bandwidth_gbps", "the bandwidth in GB/s", gbps, kBandwidthGbps, sink);
    if (d.memory_capacity.value > 0)
      check_range(d, "memory.bandwidth_gbps", "bandwidth over capacity, per second,", gbps / in_gb(d.memory_capacity),
                  kBandwidthPerGb, sink);
    if (d.fp16_peak)
      check_range(d, "compute.fp16_tflops", "fp16 peak over bandwidth, FLOP per byte,",
                  d.fp16_peak->value / d.memory_bandwidth->value, kFlopPerByte, sink);
  }
  if (d.power_max) check_range(d, "power.max_w", "the power in watts", d.power_max->value, kPowerWatts, sink);
  if (d.power_max && d.power_idle && *d.power_idle > *d.power_max)
    sink.error("devices/" + d.id, "power.idle_w", "idle power is above the maximum");
  for (const Quote& quote : d.quotes)
    if (!as_of.empty() && quote.date > as_of)
      sink.warning("devices/" + d.id, "price.date",
                   "a price of " + quote.date + " lies after the catalog's date " + as_of);
}

bool differs(double computed, double stated, double share) { return std::fabs(computed - stated) > share * stated; }

/// Publishers count the embedding table and the head among the active parameters, or one of them, or neither.
double nearest_active_count(const Llm& model) {
  const double with_head = active_parameter_count(model);
  const double table = static_cast<double>(model.hidden_size) * model.vocab_size;
  double nearest = with_head;
  for (const double count : {with_head - table, with_head + table})
    if (std::fabs(count - model.params_active) < std::fabs(nearest - model.params_active)) nearest = count;
  return nearest;
}

std::string billions(double count) { return significant(count / 1e9, 4) + "B"; }

}  // namespace

void check_devices(const Catalog& catalog, FaultSink& sink) {
  for (const Device& device : catalog.devices) check_device(device, catalog.as_of, sink);
}

void check_shapes(const Catalog& catalog, FaultSink& sink) {
  constexpr double kTotalShare = 0.04, kActiveShare = 0.06, kActiveFloor = 0.5e9;
  for (const Llm& model : catalog.models) {
    const std::string where = "models/" + model.id;
    if (!model.has_shape()) {
      if (model.shape_check_exempt.empty() && model.weights == WeightsStatus::published)
        sink.error(where, "layers", "the shape is missing", "[shape] and [[layers]], or [check] with a reason");
      continue;
    }
    if (model.params_total > 0 && model.shape_check_exempt.empty()) {
      const double computed = parameter_count(model);
      if (differs(computed, model.params_total, kTotalShare))
        sink.error(where, "params_total_b",
                   "the layers add up to " + billions(computed) + ", stated are " + billions(model.params_total),
                   "within 4 %, or [check] shape_arithmetic = \"exempt\" with a reason");
    }
    if (model.is_moe() && model.params_active > 0 && model.shape_check_exempt.empty() &&
        model.active_check_exempt.empty()) {
      const double computed = nearest_active_count(model);
      if (differs(computed, model.params_active, kActiveShare) &&
          std::fabs(computed - model.params_active) > kActiveFloor)
        sink.error(where, "params_active_b",
                   "the layers use " + billions(computed) + " per token, stated are " + billions(model.params_active),
                   "within 6 % or 0.5B, or [check] active_arithmetic = \"exempt\" with a reason");
    }
  }
}

namespace {

bool is_marked(const Measurement& row) {
  const std::string note = lower(row.unit_note), confidence = lower(row.confidence);
  return note.find("outlier") != std::string::npos || note.find("retracted") != std::string::npos ||
         confidence == "retracted";
}

/// Weight and cache plans by model and format, made once.
class Plans {
 public:
  struct Plan {
    WeightPlan weights;
    KvPlan kv;
  };
  const Plan& get(const Llm& model, const Format& format) {
    const auto [at, is_new] = plans_.try_emplace({&model, &format});
    if (is_new) {
      const std::string container = format.containers.empty() ? "gguf" : format.containers.front();
      at->second = {weight_plan(model, format, container), kv_plan(model, nullptr)};
    }
    return at->second;
  }

 private:
  std::map<std::pair<const Llm*, const Format*>, Plan> plans_;
};

}  // namespace

void check_ceilings(const Catalog& catalog, FaultSink& sink) {
  // Bits per weight are averages over one model; another model's mix of the same name may be this much lighter.
  constexpr double kSlack = 1.05;
  Plans plans;
  for (const Measurement& row : catalog.measurements) {
    if ((row.phase != Phase::decode && row.phase != Phase::decode_total) || is_marked(row)) continue;
    const auto device = catalog.device_names.find_quietly(row.hardware);
    const auto model = catalog.model_names.find_quietly(row.model);
    const auto format = catalog.format_names.find_quietly(row.quant);
    if (!device || !model || !format) continue;
    // Streams with the same prompt pick the same experts, so for many streams of a MoE model there is no sharp bound.
    if (row.concurrency != 1 && catalog.models[*model].is_moe()) continue;
    const Result<Setup> setup =
        parse_setup(catalog, std::to_string(row.hardware_count) + "x " + catalog.devices[*device].id);
    if (!setup) continue;  // a count beyond any set-up
    const Plans::Plan& plan = plans.get(catalog.models[*model], catalog.formats[*format]);
    CeilingQuery query;
    query.model = &catalog.models[*model];
    query.weights = &plan.weights;
    query.kv = &plan.kv;
    query.setup = &*setup;
    query.phase = row.phase;
    query.depth_tokens = row.context_depth.value_or(0);
    query.concurrency = row.concurrency;
    const Result<Ceiling> ceiling = speed_ceiling(query);
    if (!ceiling || ceiling->spills) continue;  // part of the weights in a host memory that the row does not state
    if (row.tokens_per_s <= kSlack * ceiling->tokens_per_s) continue;
    sink.error("measurements/ of " + row.source, row.id,
               significant(row.tokens_per_s, 4) + " tokens/s of " + row.model + " " + row.quant + " on " +
                   row.hardware + " is above the ceiling of " + significant(ceiling->tokens_per_s, 4),
               "mark the row OUTLIER in unit_note with the reason, or mend the device, model or format");
  }
}

}  // namespace rigwise
