#include "codec/llama_bench_names.h"

#include <cmath>
#include <optional>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// Text between a '(' and its ')' goes: "(RADV NAVI31)", "(R)", "(TM)".
std::string without_parentheses(std::string_view name) {
  std::string text;
  int open = 0;
  for (const char c : name) {
    if (c == '(') ++open;
    if (open == 0) text += c;
    if (c == ')' && open > 0) --open;
  }
  return std::string(trim(text));
}

void cut_after(std::string& text, std::string_view part) {
  const std::size_t at = text.find(part);
  if (at != std::string::npos) text.resize(at);
}

/// "16-Core Processor", "w/ Radeon Graphics", "@ 3.40GHz", "Laptop GPU", "Graphics".
std::string without_trimmings(std::string text) {
  for (const std::string_view part : {" w/ ", " with ", " @ ", " CPU"}) cut_after(text, part);
  if (text.ends_with("-Core Processor")) cut_after(text, " " + text.substr(text.rfind(' ', text.size() - 16) + 1));
  for (const std::string_view end : {" GPU", " Graphics", " Processor"}) {
    if (text.ends_with(end)) text.resize(text.size() - end.size());
  }
  return std::string(trim(text));
}

/// "Llama-3-8B.Q4_K_M" -> {"Llama-3-8B", "Q4_K_M"}; the tail is empty where no dash or dot parts it.
struct Cut {
  std::string_view head, tail;
};
Cut cut_last(std::string_view name, std::string_view separators) {
  const std::size_t at = name.find_last_of(separators);
  if (at == std::string_view::npos) return {name, {}};
  return {name.substr(0, at), name.substr(at + 1)};
}

bool is_number(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

/// The file's name without folder, ".gguf" and "-00001-of-00002".
std::string_view stem_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  std::string_view stem = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (stem.ends_with(".gguf")) stem.remove_suffix(5);
  const Cut last = cut_last(stem, "-");
  const Cut of = cut_last(last.head, "-");
  const Cut first = cut_last(of.head, "-");
  if (is_number(last.tail) && of.tail == "of" && is_number(first.tail)) stem = first.head;
  return stem;
}

const Format* format_named(const Catalog& catalog, std::string_view name) {
  const std::optional<std::size_t> index = catalog.format_names.find_quietly(name);
  return index ? &catalog.formats[*index] : nullptr;
}

struct NamedFormat {
  const Format* format = nullptr;
  std::string_view rest;  ///< the stem without it
};

NamedFormat format_in_stem(const Catalog& catalog, std::string_view stem) {
  for (const std::string_view separators : {std::string_view("-."), std::string_view(".")}) {
    const Cut cut = cut_last(stem, separators);
    const Format* format = cut.tail.empty() ? nullptr : format_named(catalog, cut.tail);
    if (format == nullptr) continue;
    std::string_view rest = cut.head;
    if (rest.ends_with("-UD")) rest.remove_suffix(3);
    return {format, rest};
  }
  return {nullptr, stem};
}

/// "Q4_K - Medium" -> "Q4_K_M"; "IQ4_XS - 4.25 bpw" -> "IQ4_XS"; "MXFP4 MoE" -> "MXFP4"; "all F32" -> "F32".
std::string format_word(std::string_view description) {
  const std::vector<std::string_view> words = split(description, ' ');
  std::size_t i = 2;  // behind the architecture and the size
  while (i < words.size() && (words[i] == "(guessed)" || words[i] == "all" || words[i] == "mostly")) ++i;
  if (i >= words.size()) return {};
  std::string word(words[i]);
  if (i + 2 < words.size() && words[i + 1] == "-") {
    if (words[i + 2] == "Small") word += "_S";
    if (words[i + 2] == "Medium") word += word == "Q2_K" ? "" : "_M";
    if (words[i + 2] == "Large") word += "_L";
  }
  return word;
}

constexpr double kMostApart = 0.15;  // embeddings that are shared, vision towers that are a file of their own

}  // namespace

Result<const Device*> device_of_driver_name(const Catalog& catalog, std::string_view name) {
  std::string plain = without_parentheses(name);
  std::vector<std::string> tries = {std::string(trim(name)), plain, without_trimmings(plain)};
  std::string rest = tries.back();
  for (const std::string_view maker : {"NVIDIA ", "AMD ", "Intel ", "GeForce ", "Radeon "}) {
    if (!rest.starts_with(maker)) continue;
    rest.erase(0, maker.size());
    tries.push_back(rest);
  }
  for (const std::string& attempt : tries) {
    if (const std::optional<std::size_t> index = catalog.device_names.find_quietly(attempt)) {
      return &catalog.devices[*index];
    }
  }
  return catalog.device(without_trimmings(plain));
}

Result<const Llm*> model_of_file_name(const Catalog& catalog, std::string_view path, double params) {
  constexpr int kMostWords = 4;
  const std::string_view named = format_in_stem(catalog, stem_of(path)).rest;
  std::string_view stem = named;
  for (int words = 0; words <= kMostWords && !stem.empty(); ++words) {
    // "google_gemma-3-4b-it": some publishers put the maker before the name.
    const std::size_t maker = stem.find('_');
    for (const std::string_view attempt : {stem, maker == stem.npos ? std::string_view() : stem.substr(maker + 1)}) {
      if (attempt.empty()) continue;
      const std::optional<std::size_t> index = catalog.model_names.find_quietly(attempt);
      if (!index) continue;
      const Llm& model = catalog.models[*index];
      if (params <= 0 || model.params_total <= 0) return &model;
      if (std::abs(params / model.params_total - 1) <= kMostApart) return &model;
    }
    const Cut cut = cut_last(stem, "-");
    if (cut.tail.empty()) break;
    stem = cut.head;
  }
  Result<const Llm*> found = catalog.model(named);
  if (!found) return found;
  return fail({ErrorCode::not_found,
               "\"" + std::string(named) + "\" has " + significant((*found)->params_total / 1e9, 3) +
                   " billion parameters, the file " + significant(params / 1e9, 3),
               "",
               "name the model",
               {}});
}

Result<const Format*> format_of_file(const Catalog& catalog, std::string_view path, std::string_view description) {
  if (const Format* format = format_in_stem(catalog, stem_of(path)).format) return format;
  const std::string word = format_word(description);
  if (const Format* format = format_named(catalog, word)) return format;
  return catalog.format(word.empty() ? description : std::string_view(word));
}

}  // namespace rigwise
