#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
// The same in half precision: whole numbers up to 2,048 are exact, so no chain takes more than 1,024 steps.
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Data { uint words[]; } data;
layout(binding = 1) writeonly buffer Results { float values[]; } results;
layout(binding = 2) readonly buffer Activations { float values[]; } activations;
layout(push_constant) uniform Choice { uint first; uint count; uint seed; uint rounds; } choice;

void main() {
  float16_t one = float16_t(float(choice.seed));
  f16vec4 factor = f16vec4(one), summand = f16vec4(one);
  float16_t start = float16_t(float(gl_LocalInvocationID.x % 16u));
  f16vec4 a = f16vec4(start), b = a + float16_t(1), c = a + float16_t(2), d = a + float16_t(3);
  for (uint round = 0u; round < choice.rounds; ++round) {
    a = fma(a, factor, summand);
    b = fma(b, factor, summand);
    c = fma(c, factor, summand);
    d = fma(d, factor, summand);
  }
  vec4 all = vec4(a) + vec4(b) + vec4(c) + vec4(d);
  results.values[gl_GlobalInvocationID.x % 1024u] = all.x + all.y + all.z + all.w;
}
