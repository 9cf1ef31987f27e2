#pragma once

#include <string>
#include <vector>

#include "core/capacity/search.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What `capacity` is asked, with the names resolved.
struct CapacityRequest {
  Setup setup;
  std::vector<ServiceQuestion> models;
  std::vector<Slo> slos;
  LoadUnit unit = LoadUnit::people;
  int size = 1;  ///< people, users or percent that the workloads state together
  std::uint64_t seed = 1, requests = 10000;
  std::string as_of;
  std::vector<std::string> assumptions;
};

/// Reads setup, models (names, or objects with their own workload and slo), what holds for all of them, and how much is
/// simulated. Errors name the key, "models[1].workload.people".
Result<CapacityRequest> read_capacity_request(const House& house, const Json& request);

}  // namespace rigwise
