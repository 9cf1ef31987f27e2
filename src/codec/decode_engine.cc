#include "codec/decode_record.h"
#include "codec/record_reader.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

/// Bits by tensor class; a class the table does not name weighs what the whole model does. Norms, biases and routers
/// (`other`) stay unquantised: 32 bits in GGUF, 16 elsewhere.
void read_bits(TableReader& t, WeightBits& bits, double other) {
  constexpr double kLeast = 0.5, kMost = 64;
  t.read_number("whole_model", bits.whole_model, kLeast, kMost);
  bits.attention = bits.ffn = bits.experts = bits.embedding = bits.output = bits.whole_model;
  bits.other = other;
  t.read_number("attention", bits.attention, kLeast, kMost);
  bits.attention_of_hybrids = bits.attention;
  t.read_number("attention_of_hybrids", bits.attention_of_hybrids, kLeast, kMost);
  t.read_number("ffn", bits.ffn, kLeast, kMost);
  t.read_number("experts", bits.experts, kLeast, kMost);
  t.read_number("embedding", bits.embedding, kLeast, kMost);
  t.read_number("output", bits.output, kLeast, kMost);
  t.read_number("other", bits.other, kLeast, kMost);
  t.done();
}

}  // namespace

Format decode_format(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  Format f;
  in.read_common(f);
  TableReader& root = in.root();
  root.require({"kind", "class"});
  std::string kind;
  root.read_word("kind", {"weights", "kv"}, kind);
  f.for_kv_cache = kind == "kv";
  root.read_word("class",
                 {"f32", "f16",  "fp8",  "int8",  "q8",    "k6",    "k5",    "k4",      "k3",    "k2",      "iq4",
                  "iq3", "iq2",  "iq1",  "mxfp4", "nvfp4", "mxfp8", "mxfp6", "awq4",    "gptq4", "gptq8",   "gptq3",
                  "exl", "mlx3", "mlx4", "mlx5",  "mlx6",  "mlx8",  "mlx16", "ternary", "bnb",   "legacy4", "legacy5"},
                 f.format_class);
  root.read("containers", f.containers);
  root.read("engines", f.engines);
  root.read("quality_loss", f.quality_loss);
  if (!f.for_kv_cache) root.require({"containers", "engines"});
  const bool gguf = !f.containers.empty() && f.containers.front() == "gguf";
  TableReader bits = in.table("bits");
  bits.require({"whole_model"});
  read_bits(bits, f.bits, gguf ? 32 : 16);
  TableReader other_container = in.table("bits_safetensors");
  if (other_container.is_present()) {
    f.bits_safetensors = f.bits;
    read_bits(other_container, *f.bits_safetensors, 16);
  }
  in.done();
  return f;
}

Engine decode_engine(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  Engine e;
  in.read_common(e);
  TableReader& root = in.root();
  root.require({"backends", "containers"});
  root.read("backends", e.backends);
  root.read("containers", e.containers);
  root.read("base", e.base);
  if (e.base.empty()) e.base = e.id;
  TableReader policy = in.table("policy");
  policy.read_enum("multi_device", multi_device_name, MultiDevice::tensor_parallel, e.policy.multi_device);
  policy.read_enum("batching", batching_name, Batching::continuous, e.policy.batching);
  std::string window;
  policy.read_word("sliding_window_kv", {"capped", "full"}, window);
  e.policy.sliding_window_capped = window != "full";
  policy.read_count("kv_block_tokens", e.policy.kv_block_tokens, 1, 1'000'000);
  policy.read_count("prefill_chunk_tokens", e.policy.prefill_chunk_tokens, 1, 1'000'000);
  policy.read_number("memory_pool_fraction", e.policy.memory_pool_fraction, 0, 1);
  policy.read_number("runtime_gib", e.policy.runtime_gib, 0, 100);
  e.policy.sequences = policy.integer("sequences", 1, 100'000);
  policy.read("kv_type_low_precision", e.policy.kv_type_low_precision);
  policy.done();
  for (auto& [key, text] : in.table("features").all_texts()) e.features.emplace(key, std::move(text));
  for (auto& [key, text] : in.table("features_corrected").all_texts())
    e.features_corrected.emplace(key, std::move(text));
  in.done();
  return e;
}

Link decode_link(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  Link l;
  in.read_common(l);
  TableReader& root = in.root();
  root.require({"kind", "bandwidth_gbps", "latency_us"});
  root.read_word("kind", {"pcie", "nvlink", "thunderbolt", "ethernet", "roce", "infinity_fabric"}, l.kind);
  std::optional<BytesPerSecond> bandwidth;
  root.read_quantity("bandwidth_gbps", kGb, bandwidth, 0.001, 1e5);
  l.bandwidth = bandwidth.value_or(BytesPerSecond{});
  root.read_quantity("peak_gbps", kGb, l.peak, 0.001, 1e5);
  root.read_number("latency_us", l.latency.value, 0, 1e6, 1e-6);
  root.read("rdma", l.rdma);
  l.quotes = in.quotes();
  in.done();
  return l;
}

}  // namespace rigwise
