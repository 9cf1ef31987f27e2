// A small model file with a true header: enough for the page to read, no weights.
export function smallGguf() {
  const parts = [];
  const u32 = (value) => { const b = Buffer.alloc(4); b.writeUInt32LE(value); parts.push(b); };
  const u64 = (value) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(value)); parts.push(b); };
  const text = (value) => { const b = Buffer.from(value); u64(b.length); parts.push(b); };
  const number = (key, value) => { text(key); u32(4); u32(value); };
  const layers = 4, width = 256, heads = 4, kv = 2, inner = 512, words = 1000;
  const tensors = [["token_embd.weight", [width, words]], ["output_norm.weight", [width]], ["output.weight", [width, words]]];
  for (let i = 0; i < layers; i++) {
    const at = `blk.${i}.`;
    const shapes = { attn_norm: [width], attn_q: [width, width], attn_k: [width, (width / heads) * kv], attn_v: [width, (width / heads) * kv], attn_output: [width, width], ffn_norm: [width], ffn_gate: [width, inner], ffn_up: [width, inner], ffn_down: [inner, width] };
    for (const [name, shape] of Object.entries(shapes)) tensors.push([`${at}${name}.weight`, shape]);
  }
  parts.push(Buffer.from("GGUF"));
  u32(3); u64(tensors.length);
  const pairs = [["llama.block_count", layers], ["llama.context_length", 4096], ["llama.embedding_length", width], ["llama.feed_forward_length", inner], ["llama.attention.head_count", heads], ["llama.attention.head_count_kv", kv], ["llama.vocab_size", words]];
  u64(pairs.length + 2);
  text("general.architecture"); u32(8); text("llama");
  text("general.name"); u32(8); text("Small");
  for (const [key, value] of pairs) number(key, value);
  let offset = 0;
  for (const [name, shape] of tensors) {
    text(name); u32(shape.length);
    for (const size of shape) u64(size);
    u32(1); u64(offset);
    offset += Math.ceil((shape.reduce((a, b) => a * b, 1) * 2) / 32) * 32;
  }
  return Buffer.concat([...parts, Buffer.alloc(64 + offset)]);
}
