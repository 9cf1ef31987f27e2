#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/advise/advise.h"

namespace rigwise {

/// How well tried an engine with a class of formats on a backend is: published runs, by anyone on anything. A run of an
/// engine's fork counts for the engine.
class TrialBook {
 public:
  explicit TrialBook(const Catalog& catalog);
  int runs(const Engine& engine, const std::string& backend, const Format& format) const;

  /// "vLLM with AWQ 4-bit on rocm: 1 published run is known; try it before you rely on it", for what fewer than five
  /// published.
  std::vector<std::string> risks(const Option& option) const;

 private:
  std::map<std::tuple<std::string, std::string, std::string>, int> runs_;  ///< by engine, backend, class of formats
};

}  // namespace rigwise
