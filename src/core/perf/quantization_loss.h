#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// How much worse a model is expected to be in a weight format than in 16 bits.
struct QuantizationLossEstimate {
  Band perplexity_increase;  ///< perplexity over that in 16 bits, less one: 0.03 is three percent
  Basis basis = Basis::calibrated;
  Tier tier = Tier::t3_same_backend;
  std::optional<double> top_token_differs;        ///< share of positions, median of what was measured
  std::vector<const QuantizationLoss*> evidence;  ///< what it rests on, of this model first
  std::string why;                                ///< one clause for a person
};

/// Perplexity lost to quantization. Not quality on a task: an eighth of a percent or three percent of perplexity are
/// hard to see there, and thirty percent is a different model; only own evaluations tell.
///
///     measured of this model   the median of its rows; the band reaches to their ends, at least a quarter either way
///     measured of other models the median over models, one vote each; the band reaches to their ends, at least to a
///                              factor of 2.5 either way
///     by width alone           log-linear between the formats next lighter and next heavier; a factor of 4 either way
///
/// Takes  a catalog with quantization_loss.csv. Gives nothing when there are no rows to interpolate between.
/// Holds  as increases of perplexity on running text. Large models lose less than small ones, and those trained on more
///        tokens more (LLaMA 3 twice LLaMA 2), which is the spread of the band. A model in the format it was released
///        in, and any in 16 bits or more, loses nothing.
/// From   the spread of one format over models: Q4_K_M 0.6 % (a 7B of 2024), 1.2 % (Llama 2 70B), 1.4 % (Llama 2 7B),
///        2.8 % (Llama 3 8B), 3.2 % (Salamandra 2B).
std::optional<QuantizationLossEstimate> quantization_loss(const Catalog& catalog, const Llm& model,
                                                          const Format& format);

}  // namespace rigwise
