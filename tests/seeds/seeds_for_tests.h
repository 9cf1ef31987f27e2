// The real catalog's seed tables, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {

inline const House& seeds_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

/// The answer about one section, cells and all.
inline Json seed_section(const std::string& id, const Json& overrides = Json::object()) {
  const Result<Json> answer = run_verb(seeds_house(), "seeds", {{"section", id}, {"overrides", overrides}});
  EXPECT_TRUE(answer) << id << ": " << (answer ? "" : answer.error().message);
  return answer ? (*answer)["sections"][0] : Json::object();
}

/// A value of ours, the n-th of the cell; fails the test when there is none.
inline double seed_value(const Json& section, const std::string& subject, const std::string& quantity,
                         std::size_t n = 0) {
  for (const Json& cell : section["cells"]) {
    if (cell["subject"] != subject || cell["quantity"] != quantity) continue;
    const Json& values = cell["ours"]["values"];
    EXPECT_GT(values.size(), n) << subject << ", " << quantity << " has no such value";
    return values.size() > n ? values[n].get<double>() : 0;
  }
  ADD_FAILURE() << "no cell " << subject << ", " << quantity;
  return 0;
}

}  // namespace rigwise
