#pragma once

#include "host/cli/command.h"

namespace rigwise {

/// Arguments of `rigwise capacity`.
std::vector<ArgSpec> capacity_args();

/// The verb's request from the arguments. Errors name the flag.
Result<Json> capacity_request(const CommandSpec& spec, const Args& args);

/// "ttft=2s,tpot=50ms,p95" -> {"ttft_s": 2, "tpot_s": 0.05, "percentile": 95}; each part may be left out.
Result<Json> slo_in(const std::string& text);

/// "qwen3-coder-30b, 5 users, tpot=100ms" -> an entry of "models" with a workload and objectives of its own.
Result<Json> neighbour_in(const std::string& text);

}  // namespace rigwise
