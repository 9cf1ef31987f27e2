#include "codec/energy_json.h"

namespace rigwise {
namespace {

Json told_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

Json window_energy_json(const WindowEnergy& energy) {
  Json sources = Json::array();
  for (const SourceEnergy& source : energy.sources) {
    sources.push_back({{"name", source.name},
                       {"from", source.from},
                       {"coverage", power_coverage_name(source.coverage)},
                       {"joules", source.joules},
                       {"mean_w", source.mean_w},
                       {"idle_w", told_or_null(source.idle_w)},
                       {"net_joules", told_or_null(source.net_joules)},
                       {"readings", source.readings}});
  }
  return {{"coverage", energy.coverage},
          {"window_s", energy.wall_s},
          {"joules", energy.joules},
          {"net_joules", told_or_null(energy.net_joules)},
          {"mean_w", energy.mean_w},
          {"joules_per_output_token", told_or_null(energy.joules_per_output_token)},
          {"net_joules_per_output_token", told_or_null(energy.net_joules_per_output_token)},
          {"sources", std::move(sources)}};
}

}  // namespace rigwise
