#version 450
// Reads everything once and adds it up; the sum is held against the processor's.
layout(local_size_x_id = 0) in;
layout(binding = 0) readonly buffer Data { uvec4 words[]; } data;
layout(binding = 1) buffer Sums { uint sums[]; } results;
layout(binding = 2) readonly buffer Activations { float values[]; } activations;
layout(push_constant) uniform Choice { uint first; uint count; uint seed; uint rounds; } choice;

shared uint partial[1024];

void main() {
  uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  uint end = choice.first + choice.count;
  uint i = choice.first + gl_GlobalInvocationID.x;
  uvec4 a = uvec4(0), b = uvec4(0), c = uvec4(0), d = uvec4(0);
  for (; i + 3u * stride < end; i += 4u * stride) {
    a += data.words[i];
    b += data.words[i + stride];
    c += data.words[i + 2u * stride];
    d += data.words[i + 3u * stride];
  }
  for (; i < end; i += stride) a += data.words[i];
  a += b + c + d;
  partial[gl_LocalInvocationID.x] = a.x + a.y + a.z + a.w;
  barrier();
  for (uint half_size = gl_WorkGroupSize.x / 2u; half_size > 0u; half_size /= 2u) {
    if (gl_LocalInvocationID.x < half_size) partial[gl_LocalInvocationID.x] += partial[gl_LocalInvocationID.x + half_size];
    barrier();
  }
  if (gl_LocalInvocationID.x == 0u) atomicAdd(results.sums[gl_WorkGroupID.x % 1024u], partial[0]);
}
