#pragma once

#include <string_view>
#include <vector>

#include "core/perf/learn.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What is known once the user's own runs are.
struct LearnedHouse {
  House house;
  Json report;  ///< {"rows", "used", "refused": [{"id", "reason", "message", "did_you_mean"}]}
};

/// True for the verbs that predict speeds: they take "measurements", the user's own runs as CSV text. (What `validate`
/// takes under that name is what it judges; it learns nothing from it.)
bool learns_from_measurements(std::string_view verb);

/// The CSV text in a request for such a verb, at its top or in the request that it explains; null when there is none.
const Json* measurements_in(std::string_view verb, const Json& request);

/// Runs a verb with the request's "measurements" learned first; the response says under "learned" what became of them.
Result<Json> run_with_measurements(const House& house, std::string_view verb, Verb run, const Json& request);

/// A copy of the house that has learned from the rows of a measurement CSV and shows them among its measurements.
/// Errors  text that is no measurement CSV, or a row with a bad cell, as `name`:LINE.
Result<LearnedHouse> learn_measurements(const House& house, std::string_view csv, std::string_view name);

/// Learns from the measurements that came with the user's catalog folders; gives the rows that teach nothing.
std::vector<RefusedRun> learn_overlays(House& house);

}  // namespace rigwise
