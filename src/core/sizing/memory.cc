#include "core/sizing/memory.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kDriverGib = 0.75;  // a pool engine sees the card without what the driver keeps
constexpr double kExpertKernelsGib = 0.42;
constexpr double kCollectivesGib = 0.375;  // NCCL buffers per device of a group
constexpr double kMaxScale = 1e6;
constexpr double kLikely = 0.70;
constexpr double kContextStep = 256;
constexpr double kUnknownContext = 1048576;
constexpr int kMostSequences = 65536;

/// Half-width of an 80 % band in standard deviations.
constexpr double kHalfWidth80 = 1.2816;

struct Load {
  double layers = 0;      ///< weights and cache that divide over layers
  double not_layers = 0;  ///< head, embedding, encoders: on one device
  double per_device = 0;  ///< compute buffers and runtime of each device
  int depth = 1;
};

bool host_is_same_memory(const Device& d) { return d.unified_memory || d.processor == Processor::cpu; }
bool maps_file_once(const Device& d) { return d.processor == Processor::cpu || d.processor == Processor::apple_gpu; }

/// Host tables that take room in the same memory as the layers.
double host_tables(const WeightPlan& weights, const Setup& setup) {
  double most = 0;
  for (const SetupPart& part : setup.parts) {
    if (!host_is_same_memory(*part.device)) continue;
    const double twice = maps_file_once(*part.device) ? weights.counted_twice.value : 0;
    most = std::max(most, weights.off_accelerator.value - twice);
  }
  return most;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// Standard deviation of the error of a need.
double error_of(const WeightPlan& weights, double need) {
  const double header = 0.02 * need + 300 * kMib;
  const double share = weights.from_shape ? 0.05 : 0.12;
  return (weights.exact ? header : std::max(header, share * need)) / kHalfWidth80;
}

struct Rooms {
  int devices = 0;
  double sum = 0, smallest = 0, largest = 0;
};

double room_of(const Device& device, const Engine& engine, double headroom) {
  return usable_memory(device, engine).value * (1 - headroom);
}

Rooms rooms_of(const Setup& setup, const Engine& engine, double headroom) {
  Rooms rooms;
  for (const SetupPart& part : setup.parts) {
    const double room = room_of(*part.device, engine, headroom);
    rooms.smallest = rooms.devices == 0 ? room : std::min(rooms.smallest, room);
    rooms.largest = std::max(rooms.largest, room);
    rooms.devices += part.count;
    rooms.sum += room * part.count;
  }
  return rooms;
}

/// Can whole layers be dealt out when everything weighs `scale` times as much?
bool deals_out(const Load& load, const Setup& setup, const Engine& engine, double headroom, double scale) {
  const double layer = std::max(1.0, scale * load.layers / load.depth);
  double placed = 0, cheapest_head = -1;
  for (const SetupPart& part : setup.parts) {
    const double room = room_of(*part.device, engine, headroom) - scale * load.per_device;
    if (room < 0) continue;
    const double layers = std::floor(room / layer);
    placed += layers * part.count;
    const double beside_head = room - scale * load.not_layers;
    if (beside_head < 0) continue;
    const double lost = layers - std::floor(beside_head / layer);
    if (cheapest_head < 0 || lost < cheapest_head) cheapest_head = lost;
  }
  return cheapest_head >= 0 && placed - cheapest_head >= load.depth;
}

/// Largest factor by which the need could grow and still be dealt out in whole layers, at most `most`.
double layer_split_scale(const Load& load, const Setup& setup, const Engine& engine, double headroom, double most) {
  double fits = 0, fails = most;
  for (int i = 0; i < 40; ++i) {
    const double middle = (fits + fails) / 2;
    (deals_out(load, setup, engine, headroom, middle) ? fits : fails) = middle;
  }
  return fits;
}

/// What the engine itself takes on one device. Engines with a memory pool hold more for the kernels of experts.
/// From  predicting.md 4.2: non-torch memory of vLLM is 0.28 GiB, with experts 0.70 GiB.
Bytes runtime_memory(const Llm& model, const Engine& engine) {
  const bool more = model.is_moe() && engine.policy.memory_pool_fraction > 0;
  return gib(engine.policy.runtime_gib + (more ? kExpertKernelsGib : 0));
}

/// Bytes one device of a tensor-parallel group must hold, with the sums over the group in `need`.
double tensor_parallel_load(const Llm& model, const WeightPlan& weights, const Engine& engine, const FitQuery& query,
                            int devices, Bytes cache, MemoryNeed& need) {
  const int group = tensor_parallel_degree(model, devices);
  const int stages = devices / group;
  const int depth = std::max(1, model.depth());
  // The longest stage of the pipeline decides: whole layers, and the tables at its ends.
  const double stage = std::ceil(double(depth) / stages) / depth;
  const double layers = weights.total.value - weights.not_in_layers.value;
  const double weight = (layers * stage + weights.not_in_layers.value) / group;
  const double cached = cache.value * stage * kv_cache_share(model, group);
  const double compute = compute_buffers(model, engine, query.context_tokens, query.sequences, group).value;
  const double runtime = runtime_memory(model, engine).value + (devices > 1 ? kCollectivesGib * kGib : 0);
  need.kv_cache.value = cache.value * group * kv_cache_share(model, group);
  need.compute.value = compute * devices;
  need.runtime.value = runtime * devices;
  return weight + cached + compute + runtime + query.draft.value / devices;
}

/// "4.1 GB", at most two digits more than a person needs.
std::string gb_text(double bytes) { return significant(std::abs(bytes) / kGb, 2) + " GB"; }

std::string why_of(const FitCheck& check, const Setup& setup, const Engine& engine) {
  const double left = check.available.value - check.need.total().value;
  const int devices = setup.device_count();
  if (devices > 1 && engine.policy.multi_device == MultiDevice::none) {
    const std::string name = engine.name.empty() ? engine.id : engine.name;
    return (check.margin.value < 0 ? "short by " + gb_text(left) : gb_text(left) + " free") + " (" + name +
           " uses one device)";
  }
  if (check.margin.value >= 0) return gb_text(left) + " free";
  if (left < 0) return "short by " + gb_text(left);
  return gb_text(left) + " free in sum, but no device has room for its share";
}

template <class Probability>
double largest_context(double most, Probability probability) {
  if (probability(most) >= kLikely) return most;
  double fits = 0, fails = std::ceil(most / kContextStep);
  while (fails - fits > 1) {
    const double middle = std::floor((fits + fails) / 2);
    (probability(middle * kContextStep) >= kLikely ? fits : fails) = middle;
  }
  return fits * kContextStep;
}

template <class Probability>
int most_sequences(Probability probability) {
  if (probability(1) < kLikely) return 0;
  int fits = 1, fails = 2;
  while (fails <= kMostSequences && probability(fails) >= kLikely) {
    fits = fails;
    fails *= 2;
  }
  if (fits == kMostSequences) return kMostSequences;
  while (fails - fits > 1) {
    const int middle = fits + (fails - fits) / 2;
    (probability(middle) >= kLikely ? fits : fails) = middle;
  }
  return fits;
}

}  // namespace

const char* fit_verdict_name(FitVerdict v) {
  switch (v) {
    case FitVerdict::fits: return "fits";
    case FitVerdict::likely: return "likely";
    case FitVerdict::tight: return "tight";
    case FitVerdict::no: return "no";
  }
  return "no";
}

FitVerdict fit_verdict(double probability) {
  if (probability >= 0.95) return FitVerdict::fits;
  if (probability >= kLikely) return FitVerdict::likely;
  return probability >= 0.30 ? FitVerdict::tight : FitVerdict::no;
}

Bytes usable_memory(const Device& device, const Engine& engine) {
  const Bytes usable = device.usable_memory();
  if (engine.policy.memory_pool_fraction <= 0) return usable;
  const double pool = engine.policy.memory_pool_fraction * (device.memory_capacity.value - kDriverGib * kGib);
  return {std::min(usable.value, std::max(0.0, pool))};
}

Bytes kv_pool(const Llm& model, const WeightPlan& weights, const Device& device, const Engine& engine) {
  return usable_memory(device, engine) - weights.total - compute_buffers(model, engine, 0, 1) -
         runtime_memory(model, engine);
}

double kv_cache_share(const Llm& model, int tensor_parallel) {
  int kv_heads = 0;
  for (const LayerGroup& g : model.layers) {
    const bool latent = g.attention == AttentionKind::mla || g.attention == AttentionKind::mla_sparse;
    if (latent) return 1;
    if (g.kv_heads > 0) kv_heads = kv_heads == 0 ? g.kv_heads : std::min(kv_heads, g.kv_heads);
  }
  return 1.0 / std::clamp(kv_heads, 1, tensor_parallel);
}

int tensor_parallel_degree(const Llm& model, int devices) {
  for (int degree = devices; degree > 1; --degree) {
    if (devices % degree != 0) continue;
    const bool divides = std::all_of(model.layers.begin(), model.layers.end(), [degree](const LayerGroup& g) {
      return g.heads % degree == 0 && g.linear_value_heads % degree == 0 && g.ssm_heads % degree == 0;
    });
    if (divides) return degree;
  }
  return 1;
}

FitCheck check_fit(const Llm& model, const WeightPlan& weights, const KvPlan& kv, const Setup& setup,
                   const Engine& engine, const FitQuery& query) {
  FitCheck check;
  const Rooms rooms = rooms_of(setup, engine, query.headroom);
  if (rooms.devices == 0) return check;
  const bool split = engine.policy.multi_device != MultiDevice::none;
  const int devices = split ? rooms.devices : 1;
  const double host = host_tables(weights, setup);
  const Bytes cache = kv_allocated(kv, query.context_tokens, query.sequences, engine.policy);
  check.available.value = split ? rooms.sum : rooms.largest;
  check.need.weights.value = weights.total.value + host;
  check.need.draft = query.draft;

  double scale = 0;
  if (devices > 1 && engine.policy.multi_device == MultiDevice::tensor_parallel) {
    const double each = tensor_parallel_load(model, weights, engine, query, devices, cache, check.need);
    scale = std::min(kMaxScale, rooms.smallest / each);
  } else {
    const Bytes compute = compute_buffers(model, engine, query.context_tokens, query.sequences);
    const Bytes runtime = runtime_memory(model, engine);
    check.need.kv_cache = cache;
    check.need.compute = compute * devices;
    check.need.runtime = runtime * devices;
    scale = std::min(kMaxScale, check.available.value / std::max(1.0, check.need.total().value));
    if (devices > 1) {
      const double outside = weights.not_in_layers.value + host;
      const Load load{check.need.weights.value - outside + cache.value, outside + query.draft.value,
                      compute.value + runtime.value, std::max(1, model.depth())};
      scale = layer_split_scale(load, setup, engine, query.headroom, scale);
    }
  }
  const double need = check.need.total().value;
  check.margin.value = (scale - 1) * need;
  check.probability = normal_cdf(check.margin.value / error_of(weights, need));
  return check;
}

Fit fit_in(const Llm& model, const WeightPlan& weights, const KvPlan& kv, const Setup& setup, const Engine& engine,
           const FitQuery& query) {
  const auto probability = [&](double context, int sequences) {
    return check_fit(model, weights, kv, setup, engine, {context, sequences, query.headroom, query.draft}).probability;
  };
  const FitCheck check = check_fit(model, weights, kv, setup, engine, query);
  Fit fit;
  fit.need = check.need;
  fit.available = check.available;
  fit.probability = check.probability;
  fit.verdict = fit_verdict(check.probability);
  fit.why = why_of(check, setup, engine);
  const double most = model.context_tokens > 0 ? model.context_tokens : kUnknownContext;
  fit.max_context_tokens = largest_context(most, [&](double n) { return probability(n, query.sequences); });
  fit.max_sequences = most_sequences([&](int n) { return probability(query.context_tokens, n); });
  return fit;
}

}  // namespace rigwise
