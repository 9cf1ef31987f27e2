#include "codec/run_names.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "codec/llama_bench_names.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// Ends of repositories' names that are two words or that the catalog spells otherwise.
struct FormatEnd {
  std::string_view end, format;
};
constexpr FormatEnd kFormatEnds[] = {
    {"-gptq-int4", "gptq-4bit-g128"}, {"-gptq-int8", "gptq-8bit-g128"}, {"-awq-int4", "awq-4bit-g128"},
    {"-fp8-dynamic", "fp8"},          {"-bnb-4bit", "bnb-nf4"},         {"-4bit", ""},
};

/// Words at the end of a name that say how a model was trained, stored or dated, not which it is.
bool is_trimming(std::string_view word) {
  constexpr std::string_view kWords[] = {"instruct", "it",   "chat", "hf",   "gguf",    "base", "text", "latest",
                                         "awq",      "gptq", "int4", "int8", "dynamic", "fp8",  "bnb",  "4bit"};
  const std::string low = lower(word);
  if (std::find(std::begin(kWords), std::end(kWords), low) != std::end(kWords)) return true;
  const bool number = !low.empty() && low.find_first_not_of("0123456789") == std::string::npos;
  return number && (low.size() == 4 || low.size() == 6 || low.size() == 8);  // "2507", "20250115"
}

/// "meta-llama/Llama-3.1-8B-Instruct" -> "Llama-3.1-8B-Instruct"; "llama3.1:8b" -> "llama3.1-8b"; "Qwen2.5 7B
/// Instruct".
std::string plain_name(std::string_view name) {
  name = trim(name);
  while (name.ends_with('/')) name.remove_suffix(1);
  const std::size_t slash = name.find_last_of("/\\");
  std::string plain(slash == std::string_view::npos ? name : name.substr(slash + 1));
  for (char& c : plain) {
    if (c == ':' || c == ' ') c = '-';
  }
  if (plain.ends_with(".gguf")) plain.resize(plain.size() - 5);
  return plain;
}

/// The models whose size is nearest to a count of parameters, of those within 2 %.
std::vector<std::string> models_of_size(const Catalog& catalog, double params) {
  constexpr double kNear = 0.02;
  constexpr std::size_t kMost = 3;
  std::vector<std::pair<double, std::string>> near;
  for (const Llm& model : catalog.models) {
    if (model.params_total <= 0) continue;
    const double apart = std::abs(params / model.params_total - 1);
    if (apart <= kNear) near.emplace_back(apart, model.id);
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < near.size() && i < kMost; ++i) ids.push_back(near[i].second);
  return ids;
}

Unexpected not_said(const char* what, std::vector<std::string> nearest) {
  return fail({ErrorCode::not_found, "the file does not say the " + std::string(what), "", "", std::move(nearest)});
}

}  // namespace

const Format* format_in_name(const Catalog& catalog, std::string_view name) {
  const std::string plain = plain_name(name), low = lower(plain);
  for (const FormatEnd& known : kFormatEnds) {
    if (!low.ends_with(known.end) || known.format.empty()) continue;
    const std::optional<std::size_t> index = catalog.format_names.find_quietly(known.format);
    if (index) return &catalog.formats[*index];
  }
  // "Q4_K_M" behind the last dash, or behind the last dot ("Llama-3-8B.Q4_K_M").
  for (const std::string_view separators : {std::string_view("-"), std::string_view(".")}) {
    const std::size_t at = plain.find_last_of(separators);
    if (at == std::string::npos) continue;
    const std::optional<std::size_t> index = catalog.format_names.find_quietly(plain.substr(at + 1));
    if (index) return &catalog.formats[*index];
  }
  return nullptr;
}

Result<const Llm*> model_of_name(const Catalog& catalog, std::string_view name) {
  const std::string plain = plain_name(name);
  std::string_view rest = plain;
  while (!rest.empty()) {
    const std::optional<std::size_t> index = catalog.model_names.find_quietly(rest);
    if (index) return &catalog.models[*index];
    const std::size_t at = rest.find_last_of("-");
    if (at == std::string_view::npos) break;
    const std::string_view last = rest.substr(at + 1);
    const bool is_format = catalog.format_names.find_quietly(last).has_value();
    if (!is_format && !is_trimming(last)) break;
    rest = rest.substr(0, at);
  }
  return catalog.model(plain);
}

Result<const Llm*> model_of_run(const Catalog& catalog, const ForeignRun& run) {
  if (run.is_file && !run.model.empty()) return model_of_file_name(catalog, run.model, run.params);
  if (!run.model.empty()) return model_of_name(catalog, run.model);
  if (run.params > 0) return not_said("model, only its size", models_of_size(catalog, run.params));
  return not_said("model", {});
}

Result<const Format*> format_of_run(const Catalog& catalog, const ForeignRun& run, const Llm* model) {
  if (run.is_file) return format_of_file(catalog, run.model, run.quant);
  if (!run.quant.empty()) {
    const std::optional<std::size_t> index = catalog.format_names.find_quietly(run.quant);
    if (index) return &catalog.formats[*index];
    return format_of_file(catalog, "", "model size " + run.quant);  // as llama.cpp describes a file
  }
  if (const Format* format = format_in_name(catalog, run.model)) return format;
  if (run.as_published && model != nullptr && !model->native_format.empty())
    return catalog.format(model->native_format);
  return not_said("weight format", {});
}

}  // namespace rigwise
