#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/claim_text.h"
#include "core/perf/claim.h"
#include "core/perf/predict.h"
#include "verbs/verbs.h"

namespace rigwise {

/// A claim with its names resolved. At least one figure (or `fits`) is claimed.
struct CheckQuestion {
  PredictQuery query;  ///< model and format may be null when the claim is about a device alone
  bool has_setup = false;
  Looseness loose;
  bool loose_model = false, loose_format = false;  ///< only a size, only a width was named
  int bits = 0;                                    ///< of a loose format; 0: not even a width

  Phase phase = Phase::decode;
  bool speculative = false;
  std::optional<MultiDevice> split;

  std::optional<Claimed> tokens_per_s, memory_gb, read_gb_per_token, bandwidth_gbps, power_w;
  std::optional<double> params_b, active_params_b;
  std::optional<bool> fits;
  MemoryMeaning memory_meaning = MemoryMeaning::size;

  std::string claim;  ///< the words, if any
  std::string as_of;
  std::vector<std::string> assumptions, not_understood;

  /// Says something about a model, not only about a device.
  bool about_model() const {
    return tokens_per_s || memory_gb || read_gb_per_token || params_b || active_params_b || fits;
  }
};

/// Reads {claim} or {model, quant, setup, engine, phase, tokens_per_s, memory_gb, ...}; keys add to the words and
/// overrule them. Errors say what was found and what is missing.
Result<CheckQuestion> read_check_question(const House& house, const Json& request);

/// The model that people mean by a bare size: "7B", "70B". The one named in the table, else the nearest published
/// text model within 8 %.
Result<const Llm*> typical_model(const Catalog& catalog, double size_b, std::optional<double> active_b);

/// The format that people mean by a bare width ("Q4", "8-bit") on an engine.
Result<const Format*> typical_format(const Catalog& catalog, int bits, const Llm& model, const Engine* engine);

}  // namespace rigwise
