#pragma once

#include <optional>

#include "core/advise/changes.h"

namespace rigwise {

/// The best machine for all tasks but one, which goes to the cheapest API: for each task that somebody offers, every
/// candidate below the first option's price is judged without it.
///
/// Gives  nothing where prompts may not leave the house, where there is one task only, or where it is neither a tenth
///        cheaper over the horizon than the first option at no worse odds, nor ahead of it by the user's own weights.
/// Holds  with the first option's hours; what the machine no longer does would save a little electricity.
std::optional<Hybrid> best_hybrid(Advice& advice, const std::vector<Candidate>& candidates);

/// "Apple Mac mini ... (1,399 USD) for chat and images, with coding help at an API (...): 1,600 USD over 36 months".
std::string hybrid_words(const Hybrid& hybrid, const Advice& advice);

}  // namespace rigwise
