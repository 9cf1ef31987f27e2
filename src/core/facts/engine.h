#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"
#include "core/facts/device.h"

namespace rigwise {

enum class MultiDevice { none, layer_split, tensor_parallel };
enum class Batching { serial, slots, continuous };

const char* multi_device_name(MultiDevice m);
const char* batching_name(Batching b);

/// How an engine allocates and schedules. Engines with the same kernels share a `base`.
struct EnginePolicy {
  MultiDevice multi_device = MultiDevice::layer_split;
  Batching batching = Batching::slots;
  bool sliding_window_capped = true;  ///< false: sliding layers keep the full context
  int kv_block_tokens = 256;
  int prefill_chunk_tokens = 512;
  double memory_pool_fraction = 0;    ///< vLLM-like: share of device memory it takes; 0: grows as needed
  double runtime_gib = 0.25;          ///< per device
  std::optional<int> sequences;       ///< served at once unless told otherwise (max_num_seqs, OLLAMA_NUM_PARALLEL)
  std::string kv_type_low_precision;  ///< KV format it takes unasked for FP8 and FP4 weights; empty: f16
};

struct Engine {
  std::string id, name, base, notes;
  std::vector<std::string> aliases, backends, containers;
  EnginePolicy policy;
  std::map<std::string, std::string> features;            ///< the engine feature matrix, as the seeds state it
  std::map<std::string, std::string> features_corrected;  ///< cells where the seeds are wrong
  std::vector<Source> sources;
};

/// A way two devices talk: PCIe, NVLink, Thunderbolt, Ethernet. Figures are usable, one direction.
struct Link {
  std::string id, name, kind, notes;
  std::vector<std::string> aliases;
  BytesPerSecond bandwidth;
  std::optional<BytesPerSecond> peak;
  Seconds latency;
  bool rdma = false;
  std::vector<Quote> quotes;
  std::vector<Source> sources;
};

}  // namespace rigwise
