#pragma once

#include <string_view>

namespace rigwise {

/// GGUF's K- and IQ-formats pack 256 weights of a row into a block. A row whose length is no multiple of 256 cannot be
/// packed so, and llama.cpp stores that matrix in a coarser-grained, larger type instead: Q4_K becomes Q5_0, Q5_K
/// becomes Q5_1, Q6_K becomes Q8_0, everything below 4 bits becomes IQ4_NL. Models with narrow experts pay for it:
/// GLM-4.5-Air (1408) takes 5.5 bits per weight in "Q4_K_M", not 4.9.
/// From  llama.cpp's quantizer; ../reference gguf.md section 5, rule 7.
class BlockFallback {
 public:
  /// For a calibration class ("k4", "iq3", ...) and container; other classes and containers never fall back.
  BlockFallback(std::string_view format_class, std::string_view container);

  /// Bits of a matrix with rows of `row_length` that would have `bits` were the row packable.
  double matrix(double bits, double row_length) const;

  /// Mean bits of an FFN that would average `bits`: gate and up read rows of `input`, down rows of `width`. The mixes
  /// spend their larger type on down, so down is what the average leaves above the base type.
  double ffn(double bits, double input, double width, bool gated) const;

  /// Mean bits of attention matrices that average `bits` in Llama 3.1 8B, where V is a tenth of them. Q, K and V read
  /// rows of `input`, O rows of `output_rows`. Q4_K_M and Q5_K_M spend their larger type on V alone, so a model with
  /// more KV heads (a larger `v_share`) averages more.
  double attention(double bits, double v_share, double o_share, double input, double output_rows) const;

 private:
  bool packs_ = false;
  bool rich_v_ = false;  // only V is in the larger type
  // Two types a format mixes, and what each becomes.
  double base_ = 0, base_becomes_ = 0, rich_ = 0, rich_becomes_ = 0;
};

}  // namespace rigwise
