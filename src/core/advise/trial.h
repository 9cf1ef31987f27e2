#pragma once

#include <string>
#include <vector>

#include "core/advise/advise.h"

namespace rigwise {

/// Published runs of an engine with a class of formats on a backend, by anyone on anything: how well tried the
/// combination is. A record of an engine's fork counts for the engine.
int published_runs(const Catalog& catalog, const Engine& engine, std::string_view backend, const Format& format);

/// "vLLM with AWQ 4-bit on rocm: 1 published run is known; try it before you rely on it", for what fewer than five
/// published.
std::vector<std::string> trial_risks(const Catalog& catalog, const Option& option);

}  // namespace rigwise
