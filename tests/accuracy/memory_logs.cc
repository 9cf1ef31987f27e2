#include "memory_logs.h"

#include "core/base/check.h"
#include "core/sizing/memory.h"

namespace rigwise {
namespace {

const Llm& llm(const Catalog& catalog, const char* id) {
  const Result<const Llm*> found = catalog.model(id);
  RW_CHECK(found.has_value());
  return **found;
}

const Engine& engine(const Catalog& catalog, const char* id) {
  const Result<const Engine*> found = catalog.engine(id);
  RW_CHECK(found.has_value());
  return **found;
}

const Format& f16(const Catalog& catalog) {
  const Result<const Format*> found = catalog.format("f16");
  RW_CHECK(found.has_value());
  return **found;
}

/// Bytes of cache one token adds, as vLLM prints them.
double per_token(const Catalog& catalog, const char* model) {
  return kv_plan(llm(catalog, model), nullptr).bytes_per_token_all_layers();
}

double allocated(const Catalog& catalog, const char* model, double context, int sequences, const char* engine_id) {
  return kv_allocated(kv_plan(llm(catalog, model), nullptr), context, sequences, engine(catalog, engine_id).policy)
      .value;
}

double state(const Catalog& catalog, const char* model, int sequences) {
  return sequences * kv_plan(llm(catalog, model), nullptr).state_per_sequence().value;
}

/// The language part alone, as llama.cpp loads it when no --mmproj is given.
Llm without_vision(Llm model) {
  model.modality = {"text"};
  model.params_total -= model.params_extra;
  model.params_extra = 0;
  return model;
}

void add_llama_cpp(const Catalog& catalog, std::vector<MemoryLog>& logs) {
  const Llm gemma = without_vision(llm(catalog, "gemma-3-4b"));
  const WeightPlan weights = weight_plan(gemma, f16(catalog));
  const char* pr = "llama.cpp PR #22171";
  logs.push_back({"gemma-3-4b f16, llama.cpp: weights", "MiB", pr, 7401, weights.total.value / kMib});
  logs.push_back({"gemma-3-4b f16, llama.cpp: cache at 32,768 tokens", "MiB", pr, 814,
                  allocated(catalog, "gemma-3-4b", 32768, 1, "llama.cpp") / kMib});
  logs.push_back({"gemma-3-4b f16, llama.cpp: compute buffers", "MiB", pr, 517,
                  compute_buffers(gemma, engine(catalog, "llama.cpp"), 32768, 1).value / kMib});
  const double states = state(catalog, "qwen3.6-27b", 4),
               all = allocated(catalog, "qwen3.6-27b", 65536, 4, "llama.cpp");
  logs.push_back(
      {"qwen3.6-27b, llama.cpp: cache of 4 x 65,536 tokens", "MiB", "LM Studio #1862", 16384, (all - states) / kMib});
  logs.push_back({"qwen3.6-27b, llama.cpp: recurrent state of 4", "MiB", "LM Studio #1862", 598.5, states / kMib});
}

void add_vllm(const Catalog& catalog, std::vector<MemoryLog>& logs) {
  logs.push_back({"llama-3-8b, vLLM: cache", "B/token", "ridgepoint", 131072, per_token(catalog, "llama-3-8b")});
  logs.push_back(
      {"deepseek-v2-lite, vLLM: cache", "B/token", "ridgepoint", 31104, per_token(catalog, "deepseek-v2-lite")});
  logs.push_back({"gpt-oss-120b, vLLM: cache", "B/token", "hf-mem #60", 73728, per_token(catalog, "gpt-oss-120b")});
  logs.push_back({"gemma-4-31b, vLLM: cache, pages of 16 tokens", "B/token", "hf-mem #61", 983040,
                  allocated(catalog, "gemma-4-31b", 1, 1, "vllm") / 16});
  logs.push_back({"gpt-oss-20b, vLLM: cache of 32 x 8,192 tokens", "GiB", "hf-mem #70", 12.00,
                  allocated(catalog, "gpt-oss-20b", 8192, 32, "vllm") / kGib});
  const Result<const Device*> a100 = catalog.device("nvidia-a100-80gb-sxm");
  RW_CHECK(a100.has_value());
  const Llm& llama = llm(catalog, "llama-3-8b");
  logs.push_back(
      {"llama-3-8b f16 on an A100 80GB, vLLM: pool", "GiB", "ridgepoint", 55.11,
       kv_pool(llama, weight_plan(llama, f16(catalog), "safetensors"), **a100, engine(catalog, "vllm")).value / kGib});
}

}  // namespace

std::vector<MemoryLog> memory_logs(const Catalog& catalog) {
  std::vector<MemoryLog> logs;
  add_llama_cpp(catalog, logs);
  add_vllm(catalog, logs);
  return logs;
}

}  // namespace rigwise
