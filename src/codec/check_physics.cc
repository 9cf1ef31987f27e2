#include <cmath>
#include <utility>

#include "codec/check_rules.h"
#include "codec/table_reader.h"
#include "core/base/text.h"
#include "core/perf/gate.h"
#include "core/perf/resolve.h"

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

/// "2025-08", "2023-11 to 2025".
bool is_date_or_range(std::string_view text) {
  constexpr std::string_view kTo = " to ";
  const std::size_t to = text.find(kTo);
  if (to == std::string_view::npos) return is_date(text);
  return is_date(text.substr(0, to)) && is_date(text.substr(to + kTo.size()));
}

bool is_marked(const Measurement& row) {
  const std::string note = lower(row.unit_note), confidence = lower(row.confidence);
  return note.find("outlier") != std::string::npos || note.find("retracted") != std::string::npos ||
         confidence == "retracted";
}

}  // namespace

void check_rows(const Catalog& catalog, FaultSink& sink) {
  for (const Measurement& row : catalog.measurements) {
    const std::string where = "measurements/ of " + row.source, label = row.id + " ";
    if (!row.date.empty() && !is_date_or_range(row.date))
      sink.error(where, label + "date", "\"" + row.date + "\" is not a date", std::string(kDateForm));
    const std::pair<const char*, std::optional<double>> counts[] = {
        {"prompt_tokens", row.prompt_tokens}, {"gen_tokens", row.gen_tokens}, {"context_depth", row.context_depth}};
    for (const auto& [column, tokens] : counts) {
      if (tokens && *tokens != std::round(*tokens))
        sink.error(where, label + column, shortest(*tokens) + " is no whole number of tokens", fixed(*tokens, 0));
    }
  }
}

void check_ceilings(const Catalog& catalog, FaultSink& sink) {
  for (const Measurement& row : catalog.measurements) {
    if ((row.phase != Phase::decode && row.phase != Phase::decode_total) || is_marked(row)) continue;
    const ResolvedRow resolved = resolve_row(catalog, row);
    if (!resolved.skip_reason.empty()) continue;
    const std::string speed = significant(row.tokens_per_s, 4) + " tokens/s of " + row.model + " " + row.quant +
                              " on " + row.hardware + " is above the ceiling of ";
    if (gate_of(resolved) == Gate::above_ceiling) {
      sink.error("measurements/ of " + row.source, row.id, speed + significant(hard_ceiling(resolved), 4),
                 "mark the row OUTLIER in unit_note with the reason, or mend the device, model or format");
    } else if (const std::optional<double> usual = passed_usual_cache(resolved)) {
      sink.warning("measurements/ of " + row.source, row.id,
                   speed + significant(*usual, 4) + " with the usual KV cache",
                   "say the cache's type in unit_note (\"KV q8_0\"), or mend the depth");
    }
  }
}

}  // namespace rigwise
