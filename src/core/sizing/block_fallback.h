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

 private:
  bool packs_ = false;
  // Two types a format mixes, and what each becomes.
  double base_ = 0, base_becomes_ = 0, rich_ = 0, rich_becomes_ = 0;
};

}  // namespace rigwise
