#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/stats/random.h"

namespace rigwise {

/// Fills whole blocks of a tensor type with random weights of mean 0 and standard deviation about `deviation`.
///
/// Takes  a type of gguf_mix.h's formats (F32 F16 BF16 Q4_0 Q5_0 Q5_1 Q8_0 Q4_K Q5_K Q6_K MXFP4); bytes that hold whole
///        blocks; deviation from 1e-4 to 100.
/// Gives  blocks that every engine decodes to finite numbers, none of them denormal as a float. The deviation is exact
///        within 3 % for block formats with a 16-bit scale, within a factor of 1.5 where only powers of two exist
///        (F16, BF16, MXFP4).
/// From   the block layouts of ggml: ggml-org/llama.cpp, ggml/src/ggml-common.h and ggml-quants.c.
void fill_gguf_blocks(std::string_view type, double deviation, Random& random, std::span<unsigned char> bytes);

/// The 16-bit float nearest to a positive number below 65504.
std::uint16_t half_from(double positive);

}  // namespace rigwise
