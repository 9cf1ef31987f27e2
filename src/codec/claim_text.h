#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/claim_text_words.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// What a memory figure of a claim is about.
enum class MemoryMeaning { size, fits_in };

/// A claim in free text as far as it could be read: "7B Q4 at 90 tok/s on Strix Halo". Names are ids of the catalog.
/// What the text does not say stays empty; whether that suffices is for the caller to judge.
struct ClaimText {
  std::string model;
  std::optional<double> size_b;  ///< "7B": no model is named, only its size (10^9 parameters)
  std::string quant;             ///< format id
  std::optional<int> bits;       ///< "Q4", "4-bit", "unquantized": no format is named, only its width
  std::string setup;             ///< in the grammar of parse_setup(), ids of devices
  std::string engine;
  std::optional<MultiDevice> split;  ///< "layer split", "tensor parallel", "TP=4"

  std::optional<Phase> phase;
  std::optional<ClaimRange> tokens_per_s;
  std::optional<ClaimRange> memory_gb;
  MemoryMeaning memory_meaning = MemoryMeaning::size;
  std::optional<bool> fits;  ///< "fits", "does not fit"
  std::optional<ClaimRange> read_gb_per_token;
  std::optional<ClaimRange> bandwidth_gbps;
  std::optional<ClaimRange> power_w;
  std::optional<double> params_b, active_params_b;
  std::optional<double> depth_tokens;
  std::optional<int> concurrency;
  bool speculative = false;

  std::vector<std::string> assumptions;     ///< what we took a loose name for
  std::vector<std::string> not_understood;  ///< words that said nothing to us
};

/// Reads a claim. Names are the longest stretches of words that the catalog knows; a loose name ("M3 Ultra",
/// "A100") becomes the device of that chip with the stated memory, and says so.
/// Errors  text too long, two different speeds, two different models.
Result<ClaimText> parse_claim_text(const Catalog& catalog, std::string_view text);

}  // namespace rigwise
