#pragma once

#include <string>
#include <vector>

#include "core/base/provenance.h"

namespace rigwise {

enum class AttentionKind {
  full,
  sliding,
  chunked,
  mla,
  mla_sparse,
  compressed_sparse,
  cross,
  gated_deltanet,
  mamba2,
  shortconv,
  none
};
enum class FfnKind { dense, moe, none };
enum class LlmKind { dense, moe, hybrid };
/// published: anyone can download them; closed: API only; none: no such release exists (a seed's invention).
enum class WeightsStatus { published, closed, none };

const char* attention_kind_name(AttentionKind k);
const char* ffn_kind_name(FfnKind k);
const char* llm_kind_name(LlmKind k);
const char* weights_status_name(WeightsStatus w);

/// A group of `count` layers of the same shape. Widths are elements; 0 means "does not apply".
struct LayerGroup {
  int count = 0;

  AttentionKind attention = AttentionKind::full;
  int heads = 0, kv_heads = 0, head_dim = 0;
  int v_head_dim = 0;           ///< 0: same as head_dim
  int window = 0;               ///< tokens a sliding or chunked layer sees
  bool shared_kv = false;       ///< one projection makes keys and values: fewer weights, the cache holds both
  bool single_kv = false;       ///< the cache holds one vector that is key and value
  bool reuses_kv = false;       ///< reads another layer's cache and stores none
  bool attention_gate = false;  ///< output gate: the query projection is twice as wide
  int kv_lora_rank = 0, q_lora_rank = 0, rope_dim = 0, nope_dim = 0;
  int o_lora_rank = 0, o_groups = 0;    ///< output projection through o_groups groups of this rank
  int compress_ratio = 0;               ///< compressed_sparse: tokens that share one cache entry beyond the window
  int index_dim = 0;                    ///< width of a sparse-attention indexer key
  int index_heads = 0, index_topk = 0;  ///< indexer heads; entries a query attends to
  int linear_key_heads = 0, linear_value_heads = 0, linear_key_dim = 0, linear_value_dim = 0, conv_kernel = 0;
  int ssm_state = 0, ssm_heads = 0, ssm_head_dim = 0, ssm_groups = 0;

  FfnKind ffn = FfnKind::dense;
  bool ffn_gated = true;
  int intermediate_size = 0;
  int experts = 0, experts_per_token = 0, expert_intermediate_size = 0;
  int expert_hidden_size = 0;  ///< input width of the experts where it is not hidden_size (latent MoE)
  int shared_experts = 0, shared_intermediate_size = 0;
  int dense_beside_moe = 0;  ///< width of a dense MLP that runs beside the experts
};

/// A language model: the thing you run. (`Prediction` is what we say about it.)
struct Llm {
  std::string id, name, family, org, released, license, hf_repo, native_format, notes;
  std::vector<std::string> aliases, modality;
  LlmKind kind = LlmKind::dense;
  WeightsStatus weights = WeightsStatus::published;
  double params_total = 0;        ///< as published; 0: not published
  double params_active = 0;       ///< per token
  double params_extra = 0;        ///< vision encoder, MTP: in the total, outside the decoder
  double params_offloadable = 0;  ///< per-layer embeddings that can stay off the accelerator
  int context_tokens = 0;

  int hidden_size = 0, vocab_size = 0;
  bool tied_embeddings = false;
  std::vector<LayerGroup> layers;
  std::string shape_check_exempt;   ///< reason why shape arithmetic cannot give the stated count; empty: it must
  std::string active_check_exempt;  ///< the same for the active count
  std::vector<Source> sources;

  int depth() const;
  bool has_shape() const { return !layers.empty() && hidden_size > 0; }
  bool is_moe() const;
  bool sees_images() const;
};

}  // namespace rigwise
