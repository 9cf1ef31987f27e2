#pragma once

#include <string>
#include <vector>

#include "host/cli/command.h"
#include "host/eval/eval_plan.h"
#include "host/eval/eval_runner.h"

namespace rigwise {

/// What the commands of an evaluation share: where it is kept, whom it asks, how.

std::vector<ArgSpec> endpoint_args();

/// The store that --store names, or the usual one.
std::string eval_store_of(const Args& args);
/// The endpoint that the flags name, or a server of this machine.
Result<EvalEndpoint> endpoint_of(const Args& args);

/// A number of a flag within bounds; nothing when it is not given.
Result<std::optional<double>> number_of(const Args& args, const std::string& flag, double least, double most);
Result<std::optional<int>> whole_number_of(const Args& args, const std::string& flag, int least, int most);

/// How much an endpoint may be asked a minute, by everybody who uses one store; 0: as much as goes.
struct EndpointLimits {
  double requests_per_minute = 0, tokens_per_minute = 0;
};
ArgSpec requests_per_minute_arg();
ArgSpec tokens_per_minute_arg();
Result<EndpointLimits> limits_of(const Args& args);

/// "--price 3,15": USD per million tokens in and out; a third for cached ones.
Result<std::optional<TokenPrice>> price_of(const Args& args, const std::string& flag);

/// A variable of the environment.
std::optional<std::string> environment_variable(const std::string& name);

}  // namespace rigwise
