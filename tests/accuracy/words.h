#pragma once

// How figures are written in the report: as many digits as are known, the same on every machine.

#include <string>

#include "core/base/text.h"
#include "study.h"

namespace rigwise {

/// The classes the targets speak of; CPUs and whole requests are reported beside them.
inline constexpr const char* kMainClasses[] = {"decode", "prefill", "many"};
inline constexpr const char* kAllClasses[] = {"decode", "prefill", "many", "decode_cpu", "prefill_cpu", "e2e"};

/// "12 %" from 0.1234; two digits, as everywhere in the report.
inline std::string percent(double share) { return significant(100 * share, 2) + " %"; }

/// "3,304"
std::string counted(int n);

/// "decode, one device, one stream" for decode.
std::string class_words(const std::string& error_class);

/// A class's line, an empty one where the study has no such class.
AccuracyLine class_line(const std::map<std::string, AccuracyLine>& lines, const std::string& error_class);

/// "x2.1 too fast" from ln(predicted / measured).
std::string miss_words(double log_ratio);

}  // namespace rigwise
