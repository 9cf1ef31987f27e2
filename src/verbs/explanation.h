#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/perf/predict.h"
#include "verbs/formula.h"
#include "verbs/question.h"
#include "verbs/verbs.h"

namespace rigwise {

/// Who vouches for an input.
struct SourceNote {
  std::string kind;  ///< of the record's source (vendor-spec, table, ...); request, calibration, prior, shape, formula
  std::string ref;
  bool soft = false;  ///< recalled or estimated: shown with '~'
};

/// A number that goes into a formula.
struct ExplainInput {
  std::string name;    ///< "memory bandwidth of NVIDIA GeForce RTX 4090"
  std::string symbol;  ///< as the formula writes it
  double value = 0;
  std::string unit;
  SourceNote source;
};

/// One equation over the inputs and earlier steps, as evaluate() reads it. Its value is computed from this very text,
/// the last one's being the answer.
struct ExplainStep {
  std::string symbol, formula;
  double value = 0;
  std::string unit;
  std::string why;  ///< what the step stands for, in words
};

/// What explain answers for one key.
struct Explanation {
  std::string key, unit;
  Json value;  ///< as the explained response has it
  std::vector<ExplainStep> steps;
  std::vector<ExplainInput> inputs;
  std::vector<Term> terms;
  std::vector<Constant> constants;
  std::vector<std::string> notes;  ///< band, tier, what the formula leaves out

  void input(std::string name, std::string symbol, double number, std::string unit_of, SourceNote source);
  /// Adds an equation and gives its value.
  double step(std::string symbol, std::string formula, std::string unit_of, std::string why = {});
  /// Adds a result that is found by trying; the formula says what was tried.
  void found(std::string symbol, std::string formula, double number, std::string unit_of);

 private:
  Symbols symbols_;
};

/// A prediction with all it was made of.
struct ExplainCase {
  const House& house;
  const SpeedQuestion& question;
  const Prediction& prediction;
  WeightPlan weights;
  KvPlan kv;
};

/// The source of a group of facts of a record: the firmest that covers it ("memory", "power.idle_w" or "all").
SourceNote source_for(const std::vector<Source>& sources, std::string_view group);
SourceNote from_request();
SourceNote from_formula(std::string ref);

/// Explains memory.* keys; false when `key` is none.
bool explain_memory(const ExplainCase& c, const std::string& key, Explanation& explanation);
/// Explains speeds, times, energy, bound and ceilings; false when `key` is none.
bool explain_speed(const ExplainCase& c, const std::string& key, Explanation& explanation);

/// Every key that can be explained.
const std::vector<std::string>& explained_keys();

}  // namespace rigwise
