#include "core/sizing/block_fallback.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rigwise {
namespace {

constexpr double kBlock = 256;
constexpr double kSmallBlock = 32;
constexpr double kF16 = 16;
constexpr double kLlamaVShare = 0.1;  // V's share of the attention weights of Llama 3.1 8B

struct Mix {
  std::string_view format_class;
  double base, base_becomes, rich, rich_becomes;
};

constexpr std::array<Mix, 9> kMixes{{
    {"k6", 6.5625, 8.5, 6.5625, 8.5},
    {"k5", 5.5, 6.0, 6.5625, 8.5},
    {"k4", 4.5, 5.5, 6.5625, 8.5},
    {"k3", 3.4375, 4.5, 4.5, 5.5},
    {"k2", 2.625, 4.5, 3.4375, 4.5},
    {"iq4", 4.25, 4.5, 5.5, 6.0},
    {"iq3", 3.0625, 4.5, 4.5, 5.5},
    {"iq2", 2.0625, 4.5, 3.4375, 4.5},
    {"iq1", 1.5625, 4.5, 2.625, 4.5},
}};

bool divides(double block, double row) { return row > 0 && std::fmod(row, block) == 0; }

}  // namespace

BlockFallback::BlockFallback(std::string_view format_class, std::string_view container) {
  if (container != "gguf") return;
  for (const Mix& mix : kMixes) {
    if (mix.format_class != format_class) continue;
    packs_ = true;
    rich_v_ = format_class == "k4" || format_class == "k5";
    base_ = mix.base;
    base_becomes_ = mix.base_becomes;
    rich_ = mix.rich;
    rich_becomes_ = mix.rich_becomes;
  }
}

double BlockFallback::matrix(double bits, double row_length) const {
  if (!packs_ || divides(kBlock, row_length) || row_length <= 0) return bits;
  if (!divides(kSmallBlock, row_length)) return kF16;
  // A matrix stored at 8 bits or more has blocks of 32 already.
  if (bits >= 8) return bits;
  const double share = rich_ > base_ ? std::clamp((bits - base_) / (rich_ - base_), 0.0, 1.0) : 1;
  return std::max(bits, base_becomes_ + share * (rich_becomes_ - base_becomes_));
}

double BlockFallback::ffn(double bits, double input, double width, bool gated) const {
  if (!packs_) return bits;
  const double others = gated ? 2 : 1;
  const double base = std::min(base_, bits);
  const double down = bits + others * (bits - base);
  return (others * matrix(base, input) + matrix(down, width)) / (others + 1);
}

double BlockFallback::attention(double bits, double v_share, double o_share, double input, double output_rows) const {
  if (!packs_) return bits;
  if (!rich_v_ || bits < base_) return (1 - o_share) * matrix(bits, input) + o_share * matrix(bits, output_rows);
  const double v_bits = std::min(rich_, base_ + (bits - base_) / kLlamaVShare);
  return (1 - o_share - v_share) * matrix(base_, input) + v_share * matrix(v_bits, input) +
         o_share * matrix(base_, output_rows);
}

}  // namespace rigwise
