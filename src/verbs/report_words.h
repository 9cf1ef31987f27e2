#pragma once

#include <string>

#include "codec/json_text.h"

namespace rigwise {

/// Figures of a report as people read them; "–" where nothing is known.

/// "20,655"
std::string amount_words(const Json& amount);
/// "73 %", "over 99 %", "under 1 %": bands say nothing about the last half percent.
std::string chance_words(const Json& share);
/// "62.8", three digits.
std::string figure_words(const Json& number, int digits = 3);
/// "20 to 130", no finer than two digits.
std::string range_words(const Json& estimate);
/// "80 %": how many such machines should lie in the ranges of these targets, by the level they were asked at.
std::string level_words(const Json& targets);
/// "0.12 s", "85 ms".
std::string wait_words(const Json& seconds);
/// A machine's name for a narrow place: without the makers and families that everybody knows, "60-core GPU" as "60c",
/// "RTX PRO 6000" for its workstation edition.
std::string short_machine_name(std::string label);
/// "very loud" for "very_loud".
std::string spaced_words(const Json& text);

}  // namespace rigwise
