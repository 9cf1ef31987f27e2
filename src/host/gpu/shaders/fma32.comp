#version 450
// Multiply-adds in single precision, in registers. With factor and summand 1 each chain counts its own steps, exactly.
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Data { uint words[]; } data;
layout(binding = 1) writeonly buffer Results { float values[]; } results;
layout(binding = 2) readonly buffer Activations { float values[]; } activations;
layout(push_constant) uniform Choice { uint first; uint count; uint seed; uint rounds; } choice;

void main() {
  float one = float(choice.seed);
  vec4 factor = vec4(one), summand = vec4(one);
  float start = float(gl_LocalInvocationID.x % 16u);
  vec4 a = vec4(start), b = a + 1.0, c = a + 2.0, d = a + 3.0;
  for (uint round = 0u; round < choice.rounds; ++round) {
    a = fma(a, factor, summand);
    b = fma(b, factor, summand);
    c = fma(c, factor, summand);
    d = fma(d, factor, summand);
  }
  a += b + c + d;
  results.values[gl_GlobalInvocationID.x % 1024u] = a.x + a.y + a.z + a.w;
}
