#pragma once

#include <vector>

#include "codec/probe_answers.h"
#include "core/base/result.h"

namespace rigwise {

/// Asks this machine: files below /proc and /sys, and the tools of graphics drivers that are installed, each for a few
/// seconds at most. What names this one machine is removed. What does not answer is not there.
std::vector<ProbeAnswer> collect_answers();

/// Answers recorded before: a file that `probe --report` wrote, or a folder with one file an answer.
/// Errors  unreadable, or nothing in it is an answer.
Result<std::vector<ProbeAnswer>> read_recorded_answers(const std::string& path);

}  // namespace rigwise
