#version 450
// Random weights as the products read them: of nine words one holds two scales in half precision, eight hold 64 weights of
// 4 bits. Random, because some devices compress memory, and zeros are compressed best. The same words as gpu_words().
layout(local_size_x = 64) in;
layout(binding = 0) writeonly buffer Data { uint words[]; } data;
layout(binding = 1) buffer Sums { uint sums[]; } results;
layout(binding = 2) buffer Activations { float values[]; } activations;
layout(push_constant) uniform Choice { uint first; uint count; uint seed; uint rounds; } choice;

uint random_word(uint at) {
  uint x = at * 0x9E3779B1u + choice.seed;
  x ^= x >> 15;
  x *= 0x85EBCA77u;
  x ^= x >> 13;
  return x;
}

void main() {
  uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  for (uint i = choice.first + gl_GlobalInvocationID.x; i < choice.first + choice.count; i += stride) {
    uint word = random_word(i);
    // Scales between 1/128 and 1/64: never infinite, never no number.
    data.words[i] = i % 9u == 0u ? (word & 0x03FF03FFu) | 0x20002000u : word;
  }
}
