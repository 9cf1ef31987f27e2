#include "codec/synth_shape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "core/base/text.h"

namespace rigwise {
namespace {

struct Home {
  std::string_view prefix;  ///< of a family or of an id
  GgufArchitecture architecture;
};
using enum GgufArchitecture;

/// Single models whose family does not tell.
constexpr std::array<Home, 7> kByIdPrefix{{{"deepseek-r1-distill-llama", llama},
                                           {"deepseek-r1-distill-qwen", qwen2},
                                           {"deepseek-r1-0528-qwen3", qwen3},
                                           {"devstral-small-24b", llama},
                                           {"smollm2-", llama},
                                           {"qwq-32b", qwen2},
                                           {"kimi-k2", deepseek2}}};

/// What llama.cpp's converter makes of a family. Qwen3's models with experts are told apart by having them.
constexpr std::array<Home, 25> kByFamily{{{"Llama 2", llama},
                                          {"Llama 3", llama},
                                          {"Llama 3.1", llama},
                                          {"Llama 3.2", llama},
                                          {"Llama 3.3", llama},
                                          {"Code Llama", llama},
                                          {"TinyLlama", llama},
                                          {"Mistral", llama},
                                          {"Mistral Small", llama},
                                          {"Mistral Large", llama},
                                          {"Mixtral", llama},
                                          {"Codestral", llama},
                                          {"Yi", llama},
                                          {"DeepSeek Coder", llama},
                                          {"DeepSeek LLM", llama},
                                          {"Qwen2.5", qwen2},
                                          {"Qwen2.5-Coder", qwen2},
                                          {"Qwen3", qwen3},
                                          {"Qwen3-Coder", qwen3},
                                          {"gpt-oss", gpt_oss},
                                          {"Gemma 3", gemma3},
                                          {"DeepSeek V2", deepseek2},
                                          {"DeepSeek V3", deepseek2},
                                          {"MiniMax-M2", minimax_m2},
                                          {"GLM-4.5", glm4moe}}};
constexpr std::array<std::string_view, 2> kLaterGlm{"GLM-4.6", "GLM-4.7"};

constexpr std::array<std::string_view, 9> kNames{"llama",  "qwen2",     "qwen3",   "qwen3moe",  "gpt-oss",
                                                 "gemma3", "deepseek2", "glm4moe", "minimax-m2"};

std::optional<GgufArchitecture> architecture_by_name(const Llm& model) {
  for (const Home& home : kByIdPrefix) {
    if (model.id.starts_with(home.prefix)) return home.architecture;
  }
  for (const Home& home : kByFamily) {
    if (model.family == home.prefix) return home.architecture;
  }
  if (std::find(kLaterGlm.begin(), kLaterGlm.end(), model.family) != kLaterGlm.end()) return glm4moe;
  return std::nullopt;
}

bool all_layers(const Llm& model, bool (*holds)(const LayerGroup&)) {
  return std::all_of(model.layers.begin(), model.layers.end(), holds);
}

/// Whether every layer is of a kind that the architecture's loader builds.
bool has_known_layers(GgufArchitecture architecture, const Llm& model) {
  switch (architecture) {
    case deepseek2: return all_layers(model, [](const LayerGroup& g) { return g.attention == AttentionKind::mla; });
    case gpt_oss:
    case gemma3:
      return all_layers(model, [](const LayerGroup& g) {
        return g.attention == AttentionKind::full || g.attention == AttentionKind::sliding;
      });
    case qwen2:
    case qwen3:
      return all_layers(
          model, [](const LayerGroup& g) { return g.attention == AttentionKind::full && g.ffn == FfnKind::dense; });
    default:
      return all_layers(
          model, [](const LayerGroup& g) { return g.attention == AttentionKind::full && g.ffn != FfnKind::none; });
  }
}

std::optional<GgufArchitecture> architecture_of(const Llm& model) {
  std::optional<GgufArchitecture> found = architecture_by_name(model);
  if (!found || !model.has_shape()) return std::nullopt;
  if (*found == qwen3 && model.is_moe()) found = qwen3moe;
  if (!has_known_layers(*found, model)) return std::nullopt;
  return found;
}

Unexpected lacks(const Llm& model, const std::string& fact) {
  return fail({ErrorCode::not_found,
               "the catalog does not know \"" + fact + "\" of " + model.id + ", which a GGUF file needs",
               "models/" + model.id + ".toml",
               "a record of your own with this fact (--catalog DIR), or another model",
               {}});
}

struct Fact {
  int value;
  const char* name;
};

Result<void> check_facts(const SynthShape& shape) {
  const Llm& model = *shape.model;
  std::vector<Fact> facts = {{model.vocab_size, "vocab_size"}, {model.context_tokens, "context_tokens"}};
  for (const LayerGroup& g : model.layers) {
    facts.insert(facts.end(), {{g.heads, "heads"}, {g.kv_heads, "kv_heads"}, {g.head_dim, "head_dim"}});
    if (g.attention == AttentionKind::mla) {
      facts.insert(facts.end(), {{g.kv_lora_rank, "kv_lora_rank"},
                                 {g.rope_dim, "rope_dim"},
                                 {g.nope_dim, "nope_dim"},
                                 {g.v_head_dim, "v_head_dim"}});
    }
    if (g.attention == AttentionKind::sliding) facts.push_back({g.window, "window"});
    if (g.ffn == FfnKind::moe) {
      facts.insert(facts.end(), {{g.experts, "experts"},
                                 {g.experts_per_token, "experts_per_token"},
                                 {g.expert_intermediate_size, "expert_intermediate_size"}});
    } else {
      facts.push_back({g.intermediate_size, "intermediate_size"});
    }
    const bool has_shared = shape.architecture == deepseek2 || shape.architecture == glm4moe;
    if (has_shared && g.ffn == FfnKind::moe) {
      facts.insert(facts.end(),
                   {{g.shared_experts, "shared_experts"}, {g.shared_intermediate_size, "shared_intermediate_size"}});
    }
  }
  for (const Fact& fact : facts) {
    if (fact.value <= 0) return lacks(model, fact.name);
  }
  return {};
}

LayerGroup single(LayerGroup group) {
  group.count = 1;
  return group;
}

/// Sliding and full layers in the order that the loader gives them: of every `period` the last is full.
Result<std::vector<LayerGroup>> interleaved(const Llm& model, int period) {
  const LayerGroup* sliding = nullptr;
  const LayerGroup* full = nullptr;
  int windows = 0;
  for (const LayerGroup& g : model.layers) {
    const bool slides = g.attention == AttentionKind::sliding;
    (slides ? sliding : full) = &g;
    windows += slides ? g.count : 0;
  }
  std::vector<LayerGroup> layers;
  layers.reserve(static_cast<std::size_t>(model.depth()));
  int placed = 0;
  for (int i = 0; i < model.depth(); ++i) {
    const bool slides = i % period < period - 1;
    const LayerGroup* group = slides ? sliding : full;
    if (group == nullptr) break;
    placed += slides ? 1 : 0;
    layers.push_back(single(*group));
  }
  if (placed != windows || static_cast<int>(layers.size()) != model.depth()) {
    return fail({ErrorCode::unsupported,
                 "the layers of " + model.id + " do not alternate as its architecture's do: of every " +
                     std::to_string(period) + " layers all but the last slide",
                 "models/" + model.id + ".toml",
                 "counts of sliding and full layers that follow this",
                 {}});
  }
  return layers;
}

int period_of(GgufArchitecture architecture) {
  constexpr int kGptOss = 2, kGemma3 = 6;
  return architecture == gpt_oss ? kGptOss : architecture == gemma3 ? kGemma3 : 1;
}

Result<std::vector<LayerGroup>> all_layers_of(const SynthShape& shape) {
  if (shape.period > 1) return interleaved(*shape.model, shape.period);
  std::vector<LayerGroup> layers;
  layers.reserve(static_cast<std::size_t>(shape.model->depth()));
  for (const LayerGroup& g : shape.model->layers)
    layers.insert(layers.end(), static_cast<std::size_t>(g.count), single(g));
  return layers;
}

bool is_dense(const LayerGroup& layer) { return layer.ffn == FfnKind::dense; }

/// The first `count` layers, where a layer with experts is kept if there is any.
std::vector<LayerGroup> cut(const std::vector<LayerGroup>& layers, std::size_t count) {
  const auto first_moe = std::find_if_not(layers.begin(), layers.end(), is_dense);
  const auto dense = static_cast<std::size_t>(first_moe - layers.begin());
  const bool only_dense = first_moe == layers.end();
  const std::size_t head = only_dense ? count : std::min(dense, count - 1);
  std::vector<LayerGroup> kept(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(head));
  const auto rest = static_cast<std::ptrdiff_t>(count - head);
  if (!only_dense) kept.insert(kept.end(), first_moe, first_moe + rest);
  return kept;
}

/// The loader tells a DeepSeek model without compressed queries by its number of layers, and by nothing else.
Result<void> check_lite(const SynthShape& shape) {
  const int count = shape.block_count();
  const bool taken_for_lite = count == 26 || count == 27 || (count == 48 && shape.model->vocab_size == 128256);
  const bool is_lite = shape.layers.front().q_lora_rank == 0;
  if (taken_for_lite == is_lite) return {};
  return fail(
      {ErrorCode::unsupported,
       is_lite ? "llama.cpp loads " + shape.model->id + " with 26 or 27 layers only, not with " + std::to_string(count)
               : "llama.cpp takes a DeepSeek model of " + std::to_string(count) +
                     " layers for a lite one and would not load " + shape.model->id,
       "--layers",
       is_lite ? "26, or all " + std::to_string(shape.model->depth()) : "one layer more or less than that",
       {}});
}

/// Where a model differs from others of its architecture without another number of its shape saying so.
void set_habits(SynthShape& shape) {
  const Llm& model = *shape.model;
  shape.rope_factors = model.family == "Llama 3.1" || model.family == "Llama 3.2" || model.family == "Llama 3.3" ||
                       model.id.starts_with("deepseek-r1-distill-llama");
  shape.sigmoid_router = (shape.architecture == deepseek2 && model.family != "DeepSeek V2") ||
                         shape.architecture == glm4moe || shape.architecture == minimax_m2;
  shape.nextn_layers = shape.architecture == glm4moe ? 1 : 0;
}

Unexpected other_architecture(const Llm& model) {
  std::vector<std::string> names(kNames.begin(), kNames.end());
  const std::string why = model.has_shape() ? " is of an architecture that no synthetic file can have yet"
                                            : " has no published shape that a file could follow";
  return fail({ErrorCode::unsupported, model.id + why, "MODEL", "a model of one of: " + join(names, ", "), {}});
}

}  // namespace

std::string_view gguf_architecture_name(GgufArchitecture architecture) {
  return kNames.at(static_cast<std::size_t>(architecture));
}

const LayerGroup* SynthShape::moe() const {
  const auto found = std::find_if_not(layers.begin(), layers.end(), is_dense);
  return found == layers.end() ? nullptr : &*found;
}

Result<SynthShape> synth_shape(const Llm& model, int layers) {
  const std::optional<GgufArchitecture> architecture = architecture_of(model);
  if (!architecture) return other_architecture(model);
  SynthShape shape;
  shape.architecture = *architecture;
  shape.model = &model;
  shape.period = period_of(*architecture);
  if (const Result<void> known = check_facts(shape); !known) return fail(known.error());
  const bool needs_head = shape.architecture == gpt_oss || shape.architecture == minimax_m2;
  if (needs_head && model.tied_embeddings) {
    return invalid("llama.cpp wants a head of its own in a " + std::string(gguf_architecture_name(*architecture)) +
                       " file, and " + model.id + " has tied embeddings",
                   "models/" + model.id + ".toml", "tied_embeddings = false");
  }
  Result<std::vector<LayerGroup>> ordered = all_layers_of(shape);
  if (!ordered) return fail(ordered.error());
  if (layers < 0 || layers > model.depth()) {
    return invalid(model.id + " has " + std::to_string(model.depth()) + " layers, not " + std::to_string(layers),
                   "--layers", "1 to " + std::to_string(model.depth()));
  }
  shape.layers = layers == 0 ? std::move(*ordered) : cut(*ordered, static_cast<std::size_t>(layers));
  set_habits(shape);
  if (shape.moe() != nullptr) {
    shape.dense_layers = static_cast<int>(std::count_if(shape.layers.begin(), shape.layers.end(), is_dense));
  }
  if (shape.architecture == deepseek2) {
    if (const Result<void> loads = check_lite(shape); !loads) return fail(loads.error());
  }
  return shape;
}

Result<SynthShape> synth_shape(const Catalog& catalog, const Llm& model, int layers) {
  Result<SynthShape> shape = synth_shape(model, layers);
  if (shape || architecture_of(model)) return shape;
  // The nearest: by size, models of the same kind before others.
  std::vector<std::pair<double, std::string>> others;
  for (const Llm& other : catalog.models) {
    if (!architecture_of(other) || !synth_shape(other, 0)) continue;
    const double ratio = model.params_total > 0 && other.params_total > 0
                             ? std::abs(std::log(other.params_total / model.params_total))
                             : 1;
    others.emplace_back(ratio + (other.is_moe() == model.is_moe() ? 0 : 1), other.id);
  }
  std::sort(others.begin(), others.end());
  Error error = shape.error();
  for (std::size_t i = 0; i < std::min<std::size_t>(others.size(), 3); ++i)
    error.did_you_mean.push_back(others[i].second);
  return fail(std::move(error));
}

}  // namespace rigwise
