#include "core/advise/trial.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/perf/resolve.h"

namespace rigwise {
namespace {

constexpr int kWellTried = 5;

}  // namespace

int published_runs(const Catalog& catalog, const Engine& engine, std::string_view backend, const Format& format) {
  int runs = 0;
  for (const Measurement& row : catalog.measurements) {
    if (row.is_own || lower(row.backend) != backend) continue;
    const std::optional<std::size_t> of = catalog.format_names.find_quietly(row.quant);
    if (!of || catalog.formats[*of].format_class != format.format_class) continue;
    const Engine* by = engine_of_row(catalog, row.engine);
    if (by != nullptr && (by->id == engine.id || by->base == engine.id)) ++runs;
  }
  return runs;
}

std::vector<std::string> trial_risks(const Catalog& catalog, const Option& option) {
  std::vector<std::string> risks;
  for (const TargetAnswer& target : option.targets) {
    const ModelRun& run = *target.run;
    const int runs = published_runs(catalog, *run.engine, run.backend, *run.format);
    if (runs >= kWellTried) continue;
    std::string risk = run.engine->name + " with " + run.format->name + " on " + run.backend + ": ";
    risk += runs == 0   ? "no published run is"
            : runs == 1 ? "1 published run is"
                        : std::to_string(runs) + " published runs are";
    risk += " known; try it before you rely on it";
    if (std::find(risks.begin(), risks.end(), risk) == risks.end()) risks.push_back(std::move(risk));
  }
  return risks;
}

}  // namespace rigwise
