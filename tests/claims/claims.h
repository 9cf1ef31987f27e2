// The real catalog, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {

inline const House& real_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    House house;
    if (loaded) {
      house.catalog = std::move(loaded->catalog);
      house.calibration = std::move(loaded->calibration);
    }
    return house;
  }();
  return kHouse;
}

/// The whole answer of check; an empty object when it refuses.
inline Json checked(const Json& request, const House& house = real_house()) {
  const Result<Json> answer = run_verb(house, "check", request);
  EXPECT_TRUE(answer) << request.dump() << ": " << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

inline std::string verdict(const Json& request) {
  const Json answer = checked(request);
  return answer.contains("verdict") ? answer["verdict"].get<std::string>() : "refused";
}

inline std::string verdict(const char* claim) { return verdict(Json{{"claim", claim}}); }

inline bool is_caught(const std::string& verdict) { return verdict == "impossible" || verdict == "implausible"; }

}  // namespace rigwise
