#pragma once

#include <string>
#include <vector>

#include "core/advise/advise.h"

namespace rigwise {

/// "62 %"; "more than 99 %", for bands say nothing about the last half percent.
std::string percent_words(double share);

/// "41 tok/s (33-52)".
std::string speed_words(const Band& band);

/// "gpt-oss-120b MXFP4".
std::string run_words(const ModelRun& run);

/// The factor by which a month's tokens can grow, at unchanged shares, until a pool of the set-up has no time left;
/// below 1 it cannot do what is asked.
///
///     hours in use * 3600 s / max over pools ( sum over its tasks ( input / (P N) + output / (D S N) ) )
///
/// Takes  input and output tokens of the task's month; P prefill and D decode speed of one stream at S streams when
///        nothing else runs; N replicas of the pool.
double room_for_growth(const Option& option, const Brief& brief);

/// Why this machine, with the numbers that decide it; the first one is the *because* of the option.
std::vector<std::string> reasons_for(const Option& option, const Advice& advice);

/// "can grow: a second one for 6,240 CHF more would meet all speeds with a probability of 98 %"; empty where twice as
/// many are no option or bring nothing.
std::string growth_words(const Option& option, const std::vector<Option>& all);

/// What could go wrong: prices, memory, tiers, noise, wear.
std::vector<std::string> risks_of(const Option& option, const Advice& advice);

/// At what price it would lose its place to `next` (null: none).
std::vector<std::string> option_would_change_if(const Option& option, const Option* next, const Advice& advice);

}  // namespace rigwise
