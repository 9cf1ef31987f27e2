// The serving simulator against published runs of serving engines, and against the formula that predicts such runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/text.h"
#include "core/capacity/simulate.h"
#include "core/perf/bands.h"
#include "core/perf/resolve.h"
#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

const LoadedCatalog& house() {
  static const LoadedCatalog kLoaded = *load_catalog({});
  return kLoaded;
}

/// A published end-to-end run of vLLM, SGLang or TensorRT-LLM with many streams.
struct Published {
  ResolvedRow row;
  double prompt_tokens = 0, output_tokens = 0, streams = 0;
};

std::vector<Published> serving_rows() {
  std::vector<Published> rows;
  for (const Measurement& m : house().catalog.measurements) {
    if (m.phase != Phase::e2e || m.concurrency == 1 || !m.prompt_tokens || !m.gen_tokens) continue;
    Published p{resolve_row(house().catalog, m), *m.prompt_tokens, *m.gen_tokens, 0};
    if (!p.row.skip_reason.empty() || p.row.conditions.shape || *m.gen_tokens < 2) continue;
    p.streams = m.concurrency > 1 ? m.concurrency : p.row.saturated_streams;
    // A table of a thousand sequences takes longer to make than the run to simulate.
    if (p.streams <= 600) rows.push_back(std::move(p));
  }
  return rows;
}

/// Output tokens per second of all streams, simulated.
double simulated(const Published& p) {
  const SpeedModel model = assemble(p.row.parts, house().calibration.values);
  const int streams = std::max(1, static_cast<int>(p.streams / model.replicas() + 0.5));
  const double longest = p.prompt_tokens + p.output_tokens;
  ServingPolicy policy;
  policy.sequences = streams;
  policy.step_tokens = 8192;
  policy.request_s = model.request_s();
  const auto about = [](double tokens) { return Lengths{Lengths::Kind::lognormal, tokens, 0.1, {}}; };
  Load load;
  load.arrivals = ArrivalKind::closed;
  load.kinds = {{"user", 0, streams, 0, about(p.prompt_tokens), about(p.output_tokens)}};
  SimulationSize size;
  size.warmup = static_cast<std::uint64_t>(3 * streams);
  size.measured = static_cast<std::uint64_t>(8 * streams);
  const SimulationRun run =
      simulate({{step_table(model, {streams, 2 * longest, 2 * longest, 0}), policy, {}, load, {}}}, size);
  return model.replicas() * run.models[0].window.decoded_tokens / run.window_s;
}

TEST(ServingAnchors, TheSimulatorAgreesWithPredictAndItsBandsCoverThePublishedRuns) {
  const std::vector<Published> rows = serving_rows();
  ASSERT_GT(rows.size(), 20U);
  int near = 0, covered = 0;
  for (const Published& p : rows) {
    const SpeedModel model = assemble(p.row.parts, house().calibration.values);
    const double total = simulated(p);
    const double ratio = total / predicted_tokens_per_s(p.row, model);
    near += std::abs(std::log(ratio)) < 0.1;
    const LogBand band =
        band_for(house().calibration, p.row.error_class, Tier::t3_same_backend, p.row.backend, p.row.engine->id, 0.8);
    const double off = std::log(p.row.row->tokens_per_s / total);
    covered += off >= band.low && off <= band.high;
  }
  const double count = static_cast<double>(rows.size());
  EXPECT_GE(near, 0.9 * count);
  EXPECT_GE(covered, 0.7 * count);
}

}  // namespace
}  // namespace rigwise
