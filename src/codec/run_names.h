#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/foreign_run.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// What the user says where a program's own words are not enough; empty: as the file says.
struct ImportChoices {
  std::string setup;  ///< "[COUNTx]DEVICE"
  std::string model, quant, engine;
  std::string kv_type = {};  ///< of the cache, said in the note where the file says none

  bool any() const { return !setup.empty() || !model.empty() || !quant.empty() || !engine.empty() || !kv_type.empty(); }
};

/// A name that the catalog does not know. The row keeps the program's own words ("not stated" where it has none), and
/// teaches nothing until a flag says what is meant.
struct UnmappedName {
  std::string what;  ///< "machine", "model", "quant", "engine"
  std::string printed;
  std::string message;
  std::vector<std::string> did_you_mean;
};

/// What a row says where the program says nothing.
inline constexpr std::string_view kNotStated = "not stated";

/// The weight format that the end of a model's name states: "-AWQ", "-GPTQ-Int4", "-q4_K_M", "-FP8"; null when none.
const Format* format_in_name(const Catalog& catalog, std::string_view name);

/// The model a repository or tag is called after ("meta-llama/Llama-3.1-8B-Instruct-AWQ", "llama3.1:8b"): without its
/// publisher, and without last words that say how it was trained or stored and not what it is (Instruct, it, chat, a
/// date, a weight format). Any other word stays: "DeepSeek-R1-Distill-Qwen-7B" is no DeepSeek-R1.
Result<const Llm*> model_of_name(const Catalog& catalog, std::string_view name);

/// The model of a run, with the models nearest in size where its name says nothing.
Result<const Llm*> model_of_run(const Catalog& catalog, const ForeignRun& run);

/// The weight format of a run.
Result<const Format*> format_of_run(const Catalog& catalog, const ForeignRun& run, const Llm* model);

}  // namespace rigwise
