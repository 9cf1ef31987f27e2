#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verbs/check_evidence.h"
#include "verbs/check_question.h"

namespace rigwise {

/// Everything that a check of one claim works with, made once.
struct CheckCase {
  const House& house;
  const CheckQuestion& question;
  const Engine* engine = nullptr;  ///< asked for, else the one that fits the set-up best
  WeightPlan weights;
  KvPlan kv, lightest_kv;
  std::optional<Prediction> usual;  ///< by the usual engine, at the asked level
  std::optional<Estimate> wide;     ///< 99 % bands of every engine and backend that the claim leaves open, joined
  std::vector<NearRun> runs;
  std::optional<Ceiling> ceiling;
  std::optional<Fit> fit;
  std::vector<std::string> assumptions;
};

/// Sizes the model. For claims about a model.
void prepare_model(CheckCase& c);
/// Predicts, and finds the nearest runs. For claims of a speed.
void prepare_speed(CheckCase& c);

/// Everything on disk: what the accelerator holds and what stays on the host, a tied table once.
Bytes all_weights(const WeightPlan& plan);
/// The least that the wording allows: exactly the stated width, or 2 bits when none is stated.
Bytes lightest_weights(const CheckCase& c);
SizeFacts size_facts(const CheckCase& c);
/// Weights, 4096 tokens of cache and buffers.
Bytes need_at_usual_context(const CheckCase& c);

/// The prediction's figure for a phase.
const Estimate& estimate_for(const Prediction& prediction, Phase phase);
SpeedEvidence evidence_of(const CheckCase& c);

/// The ceiling to compute, with the host memory that so many cards usually have or, `fastest_host`, could have.
CeilingQuery ceiling_query(const CheckCase& c, bool fastest_host);

}  // namespace rigwise
