#include "core/facts/llm.h"

#include <algorithm>

namespace rigwise {

int Llm::depth() const {
  int depth = 0;
  for (const LayerGroup& group : layers) depth += group.count;
  return depth;
}

bool Llm::is_moe() const {
  if (layers.empty()) return kind == LlmKind::moe;
  return std::any_of(layers.begin(), layers.end(), [](const LayerGroup& g) { return g.ffn == FfnKind::moe; });
}

bool Llm::sees_images() const { return std::find(modality.begin(), modality.end(), "image") != modality.end(); }

}  // namespace rigwise
