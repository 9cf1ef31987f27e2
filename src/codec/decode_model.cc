#include "codec/decode_record.h"
#include "codec/record_reader.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

void read_attention(TableReader& t, LayerGroup& g) {
  t.read_enum("attention", attention_kind_name, AttentionKind::none, g.attention);
  t.read_count("heads", g.heads);
  t.read_count("kv_heads", g.kv_heads);
  t.read_count("head_dim", g.head_dim);
  t.read_count("v_head_dim", g.v_head_dim);
  t.read_count("window", g.window);
  t.read("shared_kv", g.shared_kv);
  t.read("single_kv", g.single_kv);
  t.read("reuses_kv", g.reuses_kv);
  t.read("attention_gate", g.attention_gate);
  t.read_count("kv_lora_rank", g.kv_lora_rank);
  t.read_count("q_lora_rank", g.q_lora_rank);
  t.read_count("o_lora_rank", g.o_lora_rank);
  t.read_count("o_groups", g.o_groups);
  t.read_count("rope_dim", g.rope_dim);
  t.read_count("nope_dim", g.nope_dim);
  t.read_count("compress_ratio", g.compress_ratio);
  t.read_count("index_dim", g.index_dim);
  t.read_count("index_heads", g.index_heads);
  t.read_count("index_topk", g.index_topk);
  t.read_count("linear_key_heads", g.linear_key_heads);
  t.read_count("linear_value_heads", g.linear_value_heads);
  t.read_count("linear_key_dim", g.linear_key_dim);
  t.read_count("linear_value_dim", g.linear_value_dim);
  t.read_count("conv_kernel", g.conv_kernel);
  t.read_count("ssm_state", g.ssm_state);
  t.read_count("ssm_heads", g.ssm_heads);
  t.read_count("ssm_head_dim", g.ssm_head_dim);
  t.read_count("ssm_groups", g.ssm_groups);
}

void read_ffn(TableReader& t, LayerGroup& g) {
  t.read_enum("ffn", ffn_kind_name, FfnKind::none, g.ffn);
  t.read("ffn_gated", g.ffn_gated);
  t.read_count("intermediate_size", g.intermediate_size);
  t.read_count("experts", g.experts);
  t.read_count("experts_per_token", g.experts_per_token);
  t.read_count("expert_intermediate_size", g.expert_intermediate_size);
  t.read_count("expert_hidden_size", g.expert_hidden_size);
  t.read_count("shared_experts", g.shared_experts);
  t.read_count("shared_intermediate_size", g.shared_intermediate_size);
  t.read_count("dense_beside_moe", g.dense_beside_moe);
}

/// The widths without which the kind of layer has no size.
void require_widths(TableReader& t, const LayerGroup& g) {
  switch (g.attention) {
    case AttentionKind::full:
    case AttentionKind::cross: t.require({"heads", "kv_heads", "head_dim"}); break;
    case AttentionKind::sliding:
    case AttentionKind::chunked: t.require({"heads", "kv_heads", "head_dim", "window"}); break;
    case AttentionKind::mla:
    case AttentionKind::mla_sparse: t.require({"heads", "kv_lora_rank", "rope_dim"}); break;
    case AttentionKind::compressed_sparse: t.require({"heads", "head_dim"}); break;
    case AttentionKind::gated_deltanet:
      t.require({"linear_key_heads", "linear_value_heads", "linear_key_dim", "linear_value_dim"});
      break;
    case AttentionKind::mamba2: t.require({"ssm_state", "ssm_heads", "ssm_head_dim"}); break;
    case AttentionKind::shortconv: t.require({"conv_kernel"}); break;
    case AttentionKind::none: break;
  }
  if (g.ffn == FfnKind::dense) t.require({"intermediate_size"});
  if (g.ffn != FfnKind::moe) return;
  t.require({"experts", "experts_per_token", "expert_intermediate_size"});
  if (g.experts_per_token > g.experts)
    t.fault("experts_per_token", "a token cannot use " + std::to_string(g.experts_per_token) + " of " +
                                     std::to_string(g.experts) + " experts");
}

void read_shape(RecordReader& in, Llm& m) {
  TableReader shape = in.table("shape");
  shape.read_count("hidden_size", m.hidden_size);
  shape.read_count("vocab_size", m.vocab_size);
  shape.read("tied_embeddings", m.tied_embeddings);
  for (TableReader& t : in.tables("layers")) {
    LayerGroup group;
    t.require({"count", "attention", "ffn"});
    t.read_count("count", group.count, 1, 10'000);
    read_attention(t, group);
    read_ffn(t, group);
    require_widths(t, group);
    t.done();
    m.layers.push_back(group);
  }
  if (!m.layers.empty()) shape.require({"hidden_size", "vocab_size", "tied_embeddings"});
  shape.done();
}

void read_check(RecordReader& in, Llm& m) {
  TableReader check = in.table("check");
  std::string shape, active, reason;
  check.read_word("shape_arithmetic", {"exempt"}, shape);
  check.read_word("active_arithmetic", {"exempt"}, active);
  check.read("reason", reason);
  if (!shape.empty() || !active.empty()) check.require({"reason"});
  if (!shape.empty()) m.shape_check_exempt = reason;
  if (!active.empty()) m.active_check_exempt = reason;
  check.done();
}

}  // namespace

Llm decode_model(const Record& record, std::vector<Diagnostic>& faults) {
  RecordReader in(record, faults);
  Llm m;
  in.read_common(m);
  TableReader& root = in.root();
  root.require({"family", "org", "kind", "weights"});
  root.read("family", m.family);
  root.read("org", m.org);
  root.read_enum("kind", llm_kind_name, LlmKind::hybrid, m.kind);
  root.read_date("released", m.released);
  root.read("license", m.license);
  root.read("modality", m.modality);
  root.read("hf_repo", m.hf_repo);
  root.read("native_format", m.native_format);
  root.read_count("context_tokens", m.context_tokens, 1);
  constexpr double kMostBillions = 100'000;
  root.read_number("params_total_b", m.params_total, 0, kMostBillions, 1e9);
  root.read_number("params_active_b", m.params_active, 0, kMostBillions, 1e9);
  root.read_number("params_extra_b", m.params_extra, 0, kMostBillions, 1e9);
  root.read_number("params_offloadable_b", m.params_offloadable, 0, kMostBillions, 1e9);
  root.read_enum("weights", weights_status_name, WeightsStatus::none, m.weights);
  read_shape(in, m);
  read_check(in, m);
  in.done();
  return m;
}

}  // namespace rigwise
