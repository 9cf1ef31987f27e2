#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/perf/parts.h"
#include "core/perf/speed_numbers.h"
#include "verbs/explanation.h"

namespace rigwise {

/// Everything the equations of a prediction need: its model, taken apart.
struct SpeedSheet {
  const ExplainCase& c;
  Explanation& e;
  SpeedNumbers n;
  SpeedParts parts;

  const Workload& workload() const { return c.question.query.workload; }
  const Llm& model() const { return *c.question.query.model; }
  const Device& device() const { return *c.question.query.setup.parts.front().device; }
  SourceNote shape() const { return source_for(model().sources, "layers"); }
  std::string setup_name() const {
    return c.question.query.setup.parts.size() == 1 ? device().name : "the devices (layer-weighted mean)";
  }
};

/// The constants that a coefficient came from, as its source: every used key with one of the beginnings.
SourceNote calibrated(const ExplainCase& c, std::initializer_list<std::string_view> beginnings);

/// What measurements of this very device (or its chip in other machines) say about this engine and backend on top.
std::vector<Constant> device_terms(const ExplainCase& c, std::string_view phase);

/// Writes the equations of a decode step, up to `step_s` and `roofline_s`.
void decode_steps(SpeedSheet& s);
/// Writes the equations of taking in prompts, up to `prefill_s` and `prefill_roofline_s`.
void prefill_steps(SpeedSheet& s);

}  // namespace rigwise
