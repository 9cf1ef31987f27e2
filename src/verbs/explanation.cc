#include "verbs/explanation.h"

#include "core/base/check.h"

namespace rigwise {
namespace {

/// 2: names the very key; 1: names its table or all; 0: does not cover it.
int covers(const Source& source, std::string_view group) {
  const std::string_view table = group.substr(0, group.find('.'));
  int best = 0;
  for (const std::string& covered : source.covers) {
    if (covered == group) return 2;
    if (covered == table || covered == "all") best = 1;
  }
  return best;
}

}  // namespace

void Explanation::input(std::string name, std::string symbol, double number, std::string unit_of, SourceNote source) {
  if (!symbols_.emplace(symbol, number).second) return;  // several terms may ask for the same fact
  inputs.push_back({std::move(name), std::move(symbol), number, std::move(unit_of), std::move(source)});
}

double Explanation::step(std::string symbol, std::string formula, std::string unit_of, std::string why) {
  const std::optional<double> result = evaluate(formula, symbols_);
  RW_CHECK(result.has_value());  // our own formula
  symbols_[symbol] = *result;
  steps.push_back({std::move(symbol), std::move(formula), *result, std::move(unit_of), std::move(why)});
  return *result;
}

void Explanation::found(std::string symbol, std::string formula, double number, std::string unit_of) {
  steps.push_back({std::move(symbol), std::move(formula), number, std::move(unit_of), "found by trying"});
}

SourceNote source_for(const std::vector<Source>& sources, std::string_view group) {
  const Source* best = nullptr;
  int best_rank = 0;
  for (const Source& source : sources) {
    const int cover = covers(source, group);
    if (cover == 0) continue;
    // The one that names the key itself, then one that somebody fetched.
    const int rank = 2 * cover + (is_soft(source) ? 0 : 1);
    if (rank <= best_rank) continue;
    best = &source;
    best_rank = rank;
  }
  if (best != nullptr) return {best->kind, best->ref, is_soft(*best)};
  if (!sources.empty()) return {sources.front().kind, sources.front().ref, is_soft(sources.front())};
  return {"record", "the record names no source", true};
}

SourceNote from_request() { return {"request", "as asked", false}; }

SourceNote from_formula(std::string ref) { return {"formula", std::move(ref), false}; }

const std::vector<std::string>& explained_keys() {
  static const std::vector<std::string> kKeys = {"decode",
                                                 "decode_total",
                                                 "prefill",
                                                 "ttft_s",
                                                 "e2e_s",
                                                 "load_s",
                                                 "energy_j_per_token",
                                                 "burst.decode",
                                                 "sustained.decode",
                                                 "ceiling.decode",
                                                 "ceiling.prefill",
                                                 "bound",
                                                 "fits",
                                                 "memory.weights_bytes",
                                                 "memory.kv_cache_bytes",
                                                 "memory.compute_bytes",
                                                 "memory.runtime_bytes",
                                                 "memory.total_bytes",
                                                 "memory.available_bytes",
                                                 "memory.probability",
                                                 "memory.verdict",
                                                 "memory.max_context_tokens",
                                                 "memory.max_sequences"};
  return kKeys;
}

}  // namespace rigwise
