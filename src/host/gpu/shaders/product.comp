#version 450
// A matrix in 4 bits times a vector, as decoding a token is: each group takes eight rows of 4,096 weights, so that what it
// reads of the vector serves eight times. 36 bytes hold 64 weights and two scales, as much as ggml's Q4_0.
layout(local_size_x_id = 0) in;
layout(binding = 0) readonly buffer Data { uint words[]; } data;
layout(binding = 1) writeonly buffer Products { float values[]; } products;
layout(binding = 2) readonly buffer Activations { vec4 values[]; } activations;
layout(push_constant) uniform Choice { uint first; uint count; uint seed; uint rounds; } choice;

const uint kRows = 8u, kRowWords = 576u, kQuantWords = 512u;
shared float partial[8u * 256u];

void main() {
  uint lane = gl_LocalInvocationID.x, lanes = gl_WorkGroupSize.x;
  uint row = choice.first + gl_WorkGroupID.x * kRows;
  float sums[8] = float[8](0, 0, 0, 0, 0, 0, 0, 0);
  for (uint word = lane; word < kQuantWords; word += lanes) {
    vec4 low = activations.values[2u * word], high = activations.values[2u * word + 1u];
    float offset = 8.0 * (low.x + low.y + low.z + low.w + high.x + high.y + high.z + high.w);
    uint pair = word / 8u, within = word % 8u;
    uint at = row * kRowWords + pair * 9u;
    for (uint r = 0u; r < kRows; ++r) {
      vec2 scales = unpackHalf2x16(data.words[at + r * kRowWords]);
      uint q = data.words[at + r * kRowWords + 1u + within];
      vec4 a = vec4(q & 15u, (q >> 4) & 15u, (q >> 8) & 15u, (q >> 12) & 15u);
      vec4 b = vec4((q >> 16) & 15u, (q >> 20) & 15u, (q >> 24) & 15u, q >> 28);
      sums[r] += (within < 4u ? scales.x : scales.y) * (dot(a, low) + dot(b, high) - offset);
    }
  }
  for (uint r = 0u; r < kRows; ++r) partial[r * lanes + lane] = sums[r];
  barrier();
  for (uint half_size = lanes / 2u; half_size > 0u; half_size /= 2u) {
    if (lane < half_size) {
      for (uint r = 0u; r < kRows; ++r) partial[r * lanes + lane] += partial[r * lanes + lane + half_size];
    }
    barrier();
  }
  if (lane < kRows) products.values[row + lane] = partial[lane * lanes];
}
