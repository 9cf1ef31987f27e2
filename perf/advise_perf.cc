// How long one search of the whole catalog takes, for each of the example needs. numbers.md asks for less than 300 ms.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>

#include "codec/toml_needs.h"
#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

const House& house() {
  static const House kHouse = [] {
    LoadedCatalog loaded = *load_catalog({});
    return House{std::move(loaded.catalog), std::move(loaded.calibration)};
  }();
  return kHouse;
}

void advise_for(benchmark::State& state, const char* needs) {
  const std::string path = std::string(RIGWISE_SOURCE_DIR) + "/examples/needs-" + needs + ".toml";
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const Json request = {{"needs", parse_needs_toml(text, path)->object}};
  for (auto _ : state) {
    const Result<Json> answer = run_verb(house(), "advise", request);
    if (!answer) state.SkipWithError(answer.error().message.c_str());
    benchmark::DoNotOptimize(answer);
  }
}

BENCHMARK_CAPTURE(advise_for, hobbyist, "hobbyist")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(advise_for, company, "company")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(advise_for, coop, "coop")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(advise_for, agents, "agents")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rigwise
