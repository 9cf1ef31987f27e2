#pragma once

// Small loads and servers with round numbers, for the tests of this room.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/capacity/simulate.h"

namespace rigwise::loads {

inline Lengths exactly(double tokens) { return {Lengths::Kind::fixed, tokens, 0, {}}; }
inline Lengths about(double tokens, double cv) { return {Lengths::Kind::lognormal, tokens, cv, {}}; }

/// An exponential distribution in whole tokens, as 20,000 equally likely lengths.
inline Lengths exponential(double mean_tokens) {
  constexpr int kStrata = 20000;
  Lengths lengths{Lengths::Kind::listed, mean_tokens, 0, {}};
  for (int i = 0; i < kStrata; ++i) {
    const double tokens = -mean_tokens * std::log((i + 0.5) / kStrata);
    lengths.listed.push_back(std::max(1, static_cast<int>(tokens + 0.5)));
  }
  return lengths;
}

inline Load open_load(double requests_per_s, Lengths prompt, Lengths output) {
  Load load;
  load.kinds = {{"request", requests_per_s, 0, 0, std::move(prompt), std::move(output)}};
  return load;
}

inline Load closed_load(int users, double think_s, Lengths prompt, Lengths output) {
  Load load;
  load.arrivals = ArrivalKind::closed;
  load.kinds = {{"user", 0, users, think_s, std::move(prompt), std::move(output)}};
  return load;
}

/// Every step takes as long as any other, prompts next to nothing: a queue with servers of constant speed.
inline StepTable constant_steps(double step_s, int sequences = 1) {
  return StepTable({sequences, 16, 16, 0}, [=](int, double) { return step_s; }, [](double, double) { return 0.0; });
}

/// A card that decodes 64 sequences at about 24 ms a step and takes in a prompt of 512 tokens in 15 ms.
inline StepTable usual_steps(int sequences = 64) {
  return StepTable(
      {sequences, 16384, 16384, 0}, [](int b, double depth) { return 0.010 + 0.0002 * b + 2e-9 * b * depth; },
      [](double prompt, double) { return 0.005 + 2e-5 * prompt + 1e-9 * prompt * prompt; });
}

inline ServingPolicy slots(int count) {
  ServingPolicy policy;
  policy.sequences = count;
  return policy;
}

inline ServingPolicy blocks(std::int64_t count, int sequences = 64, int block_tokens = 16) {
  ServingPolicy policy = slots(sequences);
  policy.kv_blocks = count;
  policy.block_tokens = block_tokens;
  return policy;
}

inline ServedModel served(StepTable table, ServingPolicy policy, Load load, Slo slo = {}) {
  return {std::move(table), policy, {}, std::move(load), slo};
}

inline SimulationSize requests(std::uint64_t measured, std::uint64_t warmup = 0, std::uint64_t seed = 1) {
  SimulationSize size;
  size.seed = seed;
  size.measured = measured;
  size.warmup = warmup;
  size.most_waiting = 1000000;
  return size;
}

/// The same, with nobody arriving after the last.
inline SimulationSize day_of(std::uint64_t measured, std::uint64_t seed = 1) {
  SimulationSize size = requests(measured, 0, seed);
  size.drains = true;
  return size;
}

}  // namespace rigwise::loads
