// The words of the catalog's enumerations, as docs/catalog.md spells them.
#include "core/facts/device.h"
#include "core/facts/engine.h"
#include "core/facts/llm.h"
#include "core/facts/market.h"
#include "core/facts/measurement.h"
#include "core/facts/seed.h"

namespace rigwise {

const char* processor_name(Processor p) {
  switch (p) {
    case Processor::gpu: return "gpu";
    case Processor::apple_gpu: return "apple_gpu";
    case Processor::igpu: return "igpu";
    case Processor::cpu: return "cpu";
    case Processor::npu: return "npu";
  }
  return "";
}

const char* device_kind_name(DeviceKind k) {
  switch (k) {
    case DeviceKind::gpu: return "gpu";
    case DeviceKind::cpu: return "cpu";
    case DeviceKind::soc: return "soc";
    case DeviceKind::desktop: return "desktop";
    case DeviceKind::laptop: return "laptop";
    case DeviceKind::workstation: return "workstation";
    case DeviceKind::server: return "server";
    case DeviceKind::sbc: return "sbc";
  }
  return "";
}

const char* device_status_name(DeviceStatus s) {
  switch (s) {
    case DeviceStatus::current: return "current";
    case DeviceStatus::discontinued: return "discontinued";
    case DeviceStatus::expected: return "expected";
    case DeviceStatus::seed: return "seed";
  }
  return "";
}

const char* noise_class_name(NoiseClass n) {
  switch (n) {
    case NoiseClass::silent: return "silent";
    case NoiseClass::quiet: return "quiet";
    case NoiseClass::audible: return "audible";
    case NoiseClass::loud: return "loud";
    case NoiseClass::very_loud: return "very_loud";
  }
  return "";
}

const char* attention_kind_name(AttentionKind k) {
  switch (k) {
    case AttentionKind::full: return "full";
    case AttentionKind::sliding: return "sliding";
    case AttentionKind::chunked: return "chunked";
    case AttentionKind::mla: return "mla";
    case AttentionKind::mla_sparse: return "mla_sparse";
    case AttentionKind::compressed_sparse: return "compressed_sparse";
    case AttentionKind::cross: return "cross";
    case AttentionKind::gated_deltanet: return "gated_deltanet";
    case AttentionKind::mamba2: return "mamba2";
    case AttentionKind::shortconv: return "shortconv";
    case AttentionKind::none: return "none";
  }
  return "";
}

const char* ffn_kind_name(FfnKind k) {
  switch (k) {
    case FfnKind::dense: return "dense";
    case FfnKind::moe: return "moe";
    case FfnKind::none: return "none";
  }
  return "";
}

const char* llm_kind_name(LlmKind k) {
  switch (k) {
    case LlmKind::dense: return "dense";
    case LlmKind::moe: return "moe";
    case LlmKind::hybrid: return "hybrid";
  }
  return "";
}

const char* weights_status_name(WeightsStatus w) {
  switch (w) {
    case WeightsStatus::published: return "published";
    case WeightsStatus::closed: return "closed";
    case WeightsStatus::none: return "none";
  }
  return "";
}

const char* multi_device_name(MultiDevice m) {
  switch (m) {
    case MultiDevice::none: return "none";
    case MultiDevice::layer_split: return "layer_split";
    case MultiDevice::tensor_parallel: return "tensor_parallel";
  }
  return "";
}

const char* batching_name(Batching b) {
  switch (b) {
    case Batching::serial: return "serial";
    case Batching::slots: return "slots";
    case Batching::continuous: return "continuous";
  }
  return "";
}

const char* phase_name(Phase p) {
  switch (p) {
    case Phase::prefill: return "prefill";
    case Phase::decode: return "decode";
    case Phase::decode_total: return "decode_total";
    case Phase::e2e: return "e2e";
  }
  return "";
}

const char* rental_tier_name(RentalTier t) {
  switch (t) {
    case RentalTier::on_demand: return "on_demand";
    case RentalTier::community: return "community";
    case RentalTier::spot: return "spot";
    case RentalTier::reserved: return "reserved";
  }
  return "";
}

const char* seed_class_name(SeedClass c) {
  switch (c) {
    case SeedClass::derived: return "derived";
    case SeedClass::observed: return "observed";
    case SeedClass::judged: return "judged";
    case SeedClass::different: return "different";
  }
  return "";
}

const char* conflict_outcome_name(ConflictOutcome o) {
  switch (o) {
    case ConflictOutcome::caught: return "caught";
    case ConflictOutcome::corrected: return "corrected";
    case ConflictOutcome::not_detectable: return "not_detectable";
  }
  return "";
}

}  // namespace rigwise
