#include "core/advise/trial.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/perf/resolve.h"

namespace rigwise {
namespace {

constexpr int kWellTried = 5;

}  // namespace

TrialBook::TrialBook(const Catalog& catalog) {
  // Rows repeat few names, and looking a name up takes longer than all else here.
  std::map<std::tuple<std::string, std::string, std::string>, int> rows;
  for (const Measurement& row : catalog.measurements) {
    if (!row.is_own) ++rows[{row.engine, row.backend, row.quant}];
  }
  for (const auto& [names, count] : rows) {
    const auto& [engine_name, backend, quant] = names;
    const std::optional<std::size_t> format = catalog.format_names.find_quietly(quant);
    const Engine* engine = engine_of_row(catalog, engine_name);
    if (!format || engine == nullptr) continue;
    const std::string& format_class = catalog.formats[*format].format_class;
    runs_[{engine->id, lower(backend), format_class}] += count;
    if (!engine->base.empty() && engine->base != engine->id)
      runs_[{engine->base, lower(backend), format_class}] += count;
  }
}

int TrialBook::runs(const Engine& engine, const std::string& backend, const Format& format) const {
  const auto found = runs_.find({engine.id, backend, format.format_class});
  return found == runs_.end() ? 0 : found->second;
}

std::vector<std::string> TrialBook::risks(const Option& option) const {
  std::vector<std::string> risks;
  for (const TargetAnswer& target : option.targets) {
    const ModelRun& run = *target.run;
    const int known = runs(*run.engine, run.backend, *run.format);
    if (known >= kWellTried) continue;
    std::string risk = run.engine->name + " with " + run.format->name + " on " + run.backend + ": ";
    risk += known == 0   ? "no published run is"
            : known == 1 ? "1 published run is"
                         : std::to_string(known) + " published runs are";
    risk += " known; try it before you rely on it";
    if (std::find(risks.begin(), risks.end(), risk) == risks.end()) risks.push_back(std::move(risk));
  }
  return risks;
}

}  // namespace rigwise
