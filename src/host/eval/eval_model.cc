#include "host/eval/eval_model.h"

#include <array>

#include "codec/canonical_json.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

struct Maker {
  std::string_view word, family;
};
/// The first word that the name has decides: a distillate counts as its teacher's.
constexpr std::array kMakers = {
    Maker{"deepseek", "deepseek"},
    Maker{"claude", "anthropic"},
    Maker{"anthropic", "anthropic"},
    Maker{"gpt", "openai"},
    Maker{"openai", "openai"},
    Maker{"o1", "openai"},
    Maker{"o3", "openai"},
    Maker{"o4", "openai"},
    Maker{"gemini", "google"},
    Maker{"gemma", "google"},
    Maker{"google", "google"},
    Maker{"qwen", "qwen"},
    Maker{"qwq", "qwen"},
    Maker{"mistral", "mistral"},
    Maker{"mixtral", "mistral"},
    Maker{"ministral", "mistral"},
    Maker{"codestral", "mistral"},
    Maker{"devstral", "mistral"},
    Maker{"magistral", "mistral"},
    Maker{"pixtral", "mistral"},
    Maker{"phi", "microsoft"},
    Maker{"microsoft", "microsoft"},
    Maker{"grok", "xai"},
    Maker{"x-ai", "xai"},
    Maker{"command", "cohere"},
    Maker{"cohere", "cohere"},
    Maker{"aya", "cohere"},
    Maker{"granite", "ibm"},
    Maker{"nemotron", "nvidia"},
    Maker{"kimi", "moonshot"},
    Maker{"moonshot", "moonshot"},
    Maker{"glm", "zhipu"},
    Maker{"z-ai", "zhipu"},
    Maker{"minimax", "minimax"},
    Maker{"olmo", "allenai"},
    Maker{"smollm", "huggingface"},
    Maker{"llama", "meta"},
    Maker{"meta", "meta"},
};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// The word stands in the name, with no letter before it: "command-r" has command, "recommander" does not.
bool has_word(std::string_view name, std::string_view word) {
  for (std::size_t at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
    const bool starts = at == 0 || !is_letter(name[at - 1]);
    const std::size_t end = at + word.size();
    const bool is_number = word.size() == 2 && word[0] == 'o';  // o1, o3
    const bool ends = end >= name.size() || !is_letter(name[end]) || !is_number;
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace

std::string family_of_model(std::string_view name) {
  const std::string folded = lower(name);
  for (const Maker& maker : kMakers) {
    if (has_word(folded, maker.word)) return std::string(maker.family);
  }
  const std::size_t slash = folded.find('/');
  return slash != std::string::npos && slash > 0 ? folded.substr(0, slash) : folded;
}

std::string digest_of_listed(const std::vector<ListedModel>& served, const std::string& name) {
  for (const ListedModel& model : served) {
    if (model.name == name || model.name == name + ":latest") return model.digest;
  }
  return {};
}

ModelRef model_reference(const std::string& name, const std::string& server, const std::string& provider,
                         const std::string& quantisation, const std::string& digest) {
  const auto known = [](const std::string& text) {
    return text.empty() ? std::optional<std::string>() : std::optional(text);
  };
  ModelRef ref;
  ref.requested = name;
  ref.family = family_of_model(name);
  ref.server = known(server);
  ref.provider = known(provider);
  ref.quantisation = known(quantisation);
  ref.weights_digest = known(digest);
  ref.sha256 = content_key(
      {{"digest", digest}, {"name", name}, {"provider", provider}, {"quantisation", quantisation}, {"server", server}});
  return ref;
}

}  // namespace rigwise
