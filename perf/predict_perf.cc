// How many predictions one core makes per second. numbers.md asks for two million.
#include <benchmark/benchmark.h>

#include "core/perf/parts.h"
#include "core/perf/predict.h"
#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

const LoadedCatalog& house() {
  static const LoadedCatalog kLoaded = *load_catalog({});
  return kLoaded;
}

PredictQuery query(const char* model, const char* device) {
  PredictQuery q;
  q.model = *house().catalog.model(model);
  q.format = *house().catalog.format("q4_k_m");
  q.setup = *parse_setup(house().catalog, device);
  return q;
}

SpeedModel model_of(const char* model, const char* device) {
  const PredictQuery q = query(model, device);
  const WeightPlan weights = weight_plan(*q.model, *q.format);
  const KvPlan kv = kv_plan(*q.model, nullptr);
  return *build_speed_model(house().catalog, house().calibration, q, weights, kv);
}

/// A prediction: a decode step and a prefill of a built model.
void predictions(benchmark::State& state, const char* model) {
  const SpeedModel speed = model_of(model, "nvidia-geforce-rtx-4090");
  double depth = 0;
  for (auto _ : state) {
    depth = depth > 30000 ? 0 : depth + 17;
    benchmark::DoNotOptimize(speed.decode_step(depth, 1).total_s + speed.prefill(512, depth, 1).total_s);
  }
  state.SetItemsProcessed(state.iterations());
}

void dense_predictions(benchmark::State& state) { predictions(state, "llama-3.1-8b"); }
BENCHMARK(dense_predictions);

void moe_predictions(benchmark::State& state) { predictions(state, "qwen3-30b-a3b"); }
BENCHMARK(moe_predictions);

/// Facts times constants: what a sweep pays once per (model, format, set-up).
void assembling(benchmark::State& state) {
  const PredictQuery q = query("qwen3-30b-a3b", "2x nvidia-geforce-rtx-3090");
  const WeightPlan weights = weight_plan(*q.model, *q.format);
  const KvPlan kv = kv_plan(*q.model, nullptr);
  for (auto _ : state) {
    benchmark::DoNotOptimize(build_speed_model(house().catalog, house().calibration, q, weights, kv));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(assembling);

void whole_answer(benchmark::State& state) {
  const PredictQuery q = query("llama-3.1-8b", "nvidia-geforce-rtx-4090");
  for (auto _ : state) benchmark::DoNotOptimize(predict(house().catalog, house().calibration, q));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(whole_answer);

}  // namespace
}  // namespace rigwise
