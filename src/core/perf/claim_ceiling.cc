#include "core/perf/claim_ceiling.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// The fastest disk a machine can have: where weights are read from that no memory holds. PCIe 5.0 x4; on a board with
/// one lane (Raspberry Pi 5) PCIe 3.0 x1.
BytesPerSecond fastest_disk(const Setup& setup) {
  const Device& device = *setup.parts.front().device;
  const bool one_lane = device.kind == DeviceKind::sbc && device.processor == Processor::cpu;
  return std::max(gbps(one_lane ? 1 : 15), device.storage_bandwidth.value_or(BytesPerSecond{0}));
}

/// A memory that weights can lie in.
struct Pool {
  std::string where;
  Bytes capacity;
  BytesPerSecond bandwidth;
  bool endless = false;
};

std::string device_words(const Device& device, int count) {
  return (count > 1 ? std::to_string(count) + "x " : "") + device.name;
}

/// Fastest first. Tensor parallelism makes one memory of all devices.
Result<std::vector<Pool>> pools_of(const CeilingQuery& query) {
  std::vector<Pool> pools;
  bool unified = false;
  for (const SetupPart& part : query.setup->parts) {
    const Device& device = *part.device;
    if (!device.memory_bandwidth)
      return fail({ErrorCode::unsupported,
                   "the catalog does not know the memory bandwidth of " + device.name,
                   "setup",
                   "a device whose bandwidth is known",
                   {}});
    unified = unified || device.unified_memory || device.processor == Processor::cpu;
    pools.push_back({device_words(device, part.count), device.memory_capacity * part.count, *device.memory_bandwidth});
    if (query.split == MultiDevice::tensor_parallel) pools.back().bandwidth = *device.memory_bandwidth * part.count;
  }
  if (query.split == MultiDevice::tensor_parallel && pools.size() > 1) {
    Pool all{setup_words(*query.setup), {0}, {0}};
    for (const Pool& pool : pools) {
      all.capacity += pool.capacity;
      all.bandwidth += pool.bandwidth;
    }
    pools = {all};
  }
  std::sort(pools.begin(), pools.end(), [](const Pool& a, const Pool& b) {
    return a.bandwidth != b.bandwidth ? a.bandwidth > b.bandwidth : a.where < b.where;
  });
  // Unified memory and a CPU's own memory are the host's memory.
  if (query.host_bandwidth.value > 0 && !unified) {
    pools.push_back({"host memory", {0}, query.host_bandwidth, true});
  } else {
    pools.push_back({"disk", {0}, fastest_disk(*query.setup), true});
  }
  return pools;
}

/// Bytes that lie in memory and the share of them that a step reads: everything for attention and the cache, the
/// chosen experts' share for the experts.
struct Load {
  double resident = 0, density = 1;
};

/// Fills the pools fastest first, the most-read bytes first.
std::vector<CeilingPart> place(const std::vector<Pool>& pools, std::vector<Load> loads) {
  std::vector<CeilingPart> parts;
  std::sort(loads.begin(), loads.end(), [](const Load& a, const Load& b) { return a.density > b.density; });
  std::size_t at = 0;
  double used = 0, read = 0;
  const auto close_pool = [&] {
    if (read > 0) parts.push_back({pools[at].where, {read}, pools[at].bandwidth});
    read = used = 0;
    ++at;
  };
  for (Load& load : loads) {
    while (load.resident > 0 && at < pools.size()) {
      const double room = pools[at].endless ? load.resident : std::max(pools[at].capacity.value - used, 0.0);
      const double taken = std::min(room, load.resident);
      used += taken;
      read += taken * load.density;
      load.resident -= taken;
      if (load.resident > 0) close_pool();
    }
  }
  if (at < pools.size()) close_pool();
  return parts;
}

double routed_expert_bytes(const WeightPlan& weights) {
  double bytes = 0;
  for (int i = 0; i < weights.expert_groups; ++i)
    bytes += weights.experts[i].per_expert.value * weights.experts[i].experts * weights.experts[i].layers;
  return bytes;
}

std::vector<Load> loads_of(const CeilingQuery& query, double tokens, double streams) {
  const double always = query.weights->always_read.value;
  // Streams may pick the same experts: nothing forces a step to read more than one token's choice.
  constexpr double kAllAlike = 1;
  const double experts_read = query.weights->read_by_step(tokens, kAllAlike).value - always;
  const double experts = routed_expert_bytes(*query.weights);
  std::vector<Load> loads = {{always + query.kv->read_at(query.depth_tokens).value * streams, 1}};
  if (experts > 0) loads.push_back({experts, std::min(experts_read / experts, 1.0)});
  return loads;
}

/// The highest rate of any dtype: which one an engine computes in is not known, so the claim gets the best.
double highest_peak(const Device& device) {
  double peak = 0;
  for (const auto& known : {device.fp16_peak, device.fp8_peak, device.int8_peak, device.fp4_peak})
    if (known) peak = std::max(peak, known->value);
  return peak;
}

bool compute_is_soft(const Device& device) {
  bool vouched = false;
  for (const Source& source : device.sources)
    for (const std::string& covered : source.covers)
      if ((covered == "compute" || covered == "all") && !is_soft(source)) vouched = true;
  return !vouched;
}

void add_peaks(const Setup& setup, Ceiling& ceiling) {
  for (const SetupPart& part : setup.parts) {
    const double peak = highest_peak(*part.device);
    if (peak == 0) {
      ceiling.peak = {0};
      return;
    }
    ceiling.peak += {peak * part.count};
    ceiling.soft_peak = ceiling.soft_peak || compute_is_soft(*part.device);
  }
}

/// One stream of a layer split waits for one device after the other; many streams keep all devices busy.
Seconds memory_time(const Ceiling& ceiling, const CeilingQuery& query) {
  const bool at_once = query.phase != Phase::decode;
  if (!at_once || ceiling.spills) {
    Seconds sum{0};
    for (const CeilingPart& part : ceiling.parts) sum += part.bytes / part.bandwidth;
    return sum;
  }
  BytesPerSecond all{0};
  for (const SetupPart& part : query.setup->parts) all += *part.device->memory_bandwidth * part.count;
  return ceiling.bytes() / all;
}

std::string formula_of(const Ceiling& ceiling, double tokens) {
  const std::string count = tokens == 1 ? "1" : significant(tokens, 4);
  if (ceiling.by_compute)
    return "tokens/s <= " + count + " / (FLOP / peak) = " + count + " / (" + significant(ceiling.flop.value / 1e12, 3) +
           " TFLOP / " + significant(ceiling.peak.value / 1e12, 4) + " TFLOP/s)";
  std::vector<std::string> terms;
  terms.reserve(ceiling.parts.size());
  for (const CeilingPart& part : ceiling.parts)
    terms.push_back(significant(in_gb(part.bytes), 3) + " GB / " + significant(part.bandwidth.value / kGb, 4) +
                    " GB/s");
  return "tokens/s <= " + count + " / (bytes read / bandwidth) = " + count + " / (" + join(terms, " + ") + ")";
}

}  // namespace

Bytes Ceiling::bytes() const {
  Bytes sum{0};
  for (const CeilingPart& part : parts) sum += part.bytes;
  return sum;
}

std::string setup_words(const Setup& setup) {
  std::vector<std::string> words;
  words.reserve(setup.parts.size());
  for (const SetupPart& part : setup.parts) words.push_back(device_words(*part.device, part.count));
  return join(words, " + ");
}

Bytes setup_capacity(const Setup& setup) {
  Bytes sum{0};
  for (const SetupPart& part : setup.parts) sum += part.device->memory_capacity * part.count;
  return sum;
}

Result<Ceiling> speed_ceiling(const CeilingQuery& query) {
  constexpr double kManyStreams = 1e6;
  const bool prefill = query.phase == Phase::prefill;
  const bool saturated = query.concurrency <= 0 && query.phase == Phase::decode_total;
  const double streams = prefill ? 1 : saturated ? kManyStreams : std::max(query.concurrency, 1);
  const double tokens = prefill ? query.prompt_tokens : streams;
  const Result<std::vector<Pool>> pools = pools_of(query);
  if (!pools) return fail(pools.error());

  Ceiling ceiling;
  std::vector<Load> loads = loads_of(query, tokens, saturated ? 0 : streams);
  ceiling.parts = place(*pools, std::move(loads));
  for (const CeilingPart& part : ceiling.parts)
    ceiling.spills = ceiling.spills || part.where == "host memory" || part.where == "disk";
  add_peaks(*query.setup, ceiling);
  ceiling.flop = {2 * query.weights->params_read_per_token * tokens};
  if (prefill) ceiling.flop += {query.kv->attention_flop(tokens, query.depth_tokens)};

  const double memory_s = memory_time(ceiling, query).value;
  const double compute_s = ceiling.peak.value > 0 ? (ceiling.flop / ceiling.peak).value : 0;
  const double yielded = query.phase == Phase::decode ? 1 : tokens;
  ceiling.by_compute = compute_s > memory_s;
  ceiling.compute_tokens_per_s = compute_s > 0 ? yielded / compute_s : 0;
  ceiling.tokens_per_s = yielded / std::max(memory_s, compute_s);
  ceiling.formula = formula_of(ceiling, yielded);
  return ceiling;
}

}  // namespace rigwise
