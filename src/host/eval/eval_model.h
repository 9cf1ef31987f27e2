#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/chat.h"
#include "codec/json_text.h"
#include "host/eval/token_cost.h"
#include "host/store/ledger_rows.h"

namespace rigwise {

/// A model that is asked.
struct EvalModel {
  std::string name;  ///< as the endpoint calls it
  ModelRef ref;
  Json provider;                    ///< OpenRouter's pin; null: none
  std::optional<TokenPrice> price;  ///< absent: nobody bills, or nobody knows
};

/// Who made a model, from its name: "openai/gpt-4o" and "gpt-oss:20b" are openai's. A name that says nothing is its own
/// family, so that no judge is taken for kin by chance.
std::string family_of_model(std::string_view name);

/// What an endpoint's list says of the weights behind a name; Ollama's names may go without ":latest". Empty: nothing.
std::string digest_of_listed(const std::vector<ListedModel>& served, const std::string& name);

/// The reference under which a model's answers are kept: the name, who serves it and in which form. Another server is
/// another model.
ModelRef model_reference(const std::string& name, const std::string& server, const std::string& provider,
                         const std::string& quantisation, const std::string& digest = {});

}  // namespace rigwise
