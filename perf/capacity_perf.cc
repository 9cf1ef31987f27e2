// How many simulated requests one core serves per second. The bars: 500,000 with fixed slots, 200,000 with continuous
// batching and KV blocks, both with prompts of 512 and answers of 128 tokens, 64 slots and 85 % of what they can serve.
#include <benchmark/benchmark.h>

#include "core/capacity/search.h"
#include "core/perf/parts.h"
#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

constexpr int kSlots = 64;
constexpr double kPrompt = 512, kAnswer = 128, kLoad = 0.85;

const LoadedCatalog& capacity_house() {
  static const LoadedCatalog kLoaded = *load_catalog({});
  return kLoaded;
}

PredictQuery served_query() {
  PredictQuery q;
  q.model = *capacity_house().catalog.model("llama-3.1-8b");
  q.format = *capacity_house().catalog.format("q4_k_m");
  q.setup = *parse_setup(capacity_house().catalog, "nvidia-geforce-rtx-4090");
  return q;
}

SpeedModel served_speed() {
  const PredictQuery q = served_query();
  return *build_speed_model(capacity_house().catalog, capacity_house().calibration, q, weight_plan(*q.model, *q.format),
                            kv_plan(*q.model, nullptr));
}

/// Requests at 85 % of what the slots serve when they are never empty.
ServedModel served_at_load(std::int64_t kv_blocks) {
  const SpeedModel speed = served_speed();
  ServingPolicy policy;
  policy.sequences = kSlots;
  policy.kv_blocks = kv_blocks;
  Load load;
  const double most = speed.served_tokens_per_s(kPrompt, kAnswer, kSlots) / kAnswer;
  load.kinds = {
      {"request", kLoad * most, 0, 0, {Lengths::Kind::fixed, kPrompt, 0, {}}, {Lengths::Kind::fixed, kAnswer, 0, {}}}};
  return {step_table(speed, {kSlots, 1024, 1024, 0}), policy, {}, load, {}};
}

void simulate_requests(benchmark::State& state, std::int64_t kv_blocks, std::uint64_t requests) {
  const ServedModel model = served_at_load(kv_blocks);
  SimulationSize size;
  size.measured = requests;
  double batch = 0, simulated = 0;
  for (auto _ : state) {
    const SimulationRun run = simulate({model}, size);
    simulated += static_cast<double>(run.simulated);
    batch = run.models[0].window.sequence_ns / run.models[0].window.decode_ns;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(simulated));
  state.counters["mean_batch"] = batch;
}

constexpr std::uint64_t kUsual = 200000, kTenMillion = 10000000;
/// Blocks for 64 requests with some left, and so few that requests are thrown out again and again.
constexpr std::int64_t kAmple = 64 * 42, kTight = 40 * 40;

void fixed_slots(benchmark::State& state) { simulate_requests(state, 0, kUsual); }
BENCHMARK(fixed_slots)->Unit(benchmark::kMillisecond);

void continuous_batching_with_blocks(benchmark::State& state) { simulate_requests(state, kAmple, kUsual); }
BENCHMARK(continuous_batching_with_blocks)->Unit(benchmark::kMillisecond);

void continuous_batching_preempting(benchmark::State& state) { simulate_requests(state, kTight, kUsual); }
BENCHMARK(continuous_batching_preempting)->Unit(benchmark::kMillisecond);

/// Histograms and a pool of the requests in the system: no more memory than for a thousand.
void ten_million_requests(benchmark::State& state) { simulate_requests(state, kAmple, kTenMillion); }
BENCHMARK(ten_million_requests)->Unit(benchmark::kSecond)->Iterations(1);

/// Tabulating the steps of a model: once per question.
void step_tables(benchmark::State& state) {
  const SpeedModel speed = served_speed();
  for (auto _ : state) benchmark::DoNotOptimize(step_table(speed, {2 * 256, 16384, 16384, 0}));
}
BENCHMARK(step_tables)->Unit(benchmark::kMillisecond);

/// The largest team within the objectives, and what binds: what `capacity` answers.
void largest_team(benchmark::State& state) {
  ServiceQuestion asked{served_query(), {}, {}};
  asked.load.kinds = {{"manager",
                       20 / 3600.,
                       0,
                       0,
                       {Lengths::Kind::lognormal, 2000, 0.5, {}},
                       {Lengths::Kind::lognormal, 500, 0.5, {}}}};
  CapacityQuestion question;
  question.services = *plan_services(capacity_house().catalog, capacity_house().calibration, {asked});
  question.loads = {asked.load};
  question.slos = {{}};
  for (auto _ : state) {
    const LargestLoad largest = largest_load(question, 1);
    benchmark::DoNotOptimize(bottleneck(question, largest.size));
  }
}
BENCHMARK(largest_team)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rigwise
