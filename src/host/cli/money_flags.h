#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cost/amount.h"
#include "host/cli/command.h"

namespace rigwise {

/// An amount of a flag; the error names the flag.
Result<WrittenAmount> amount_in(const std::string& text, const std::string& flag);

/// The currency that the amounts of `flags` are written in; nothing where none names one, or only "$". `stated`: the
/// currency of all other amounts ("EUR", of --currency or a file), empty where nobody says.
///
/// Errors  amounts in two currencies: all amounts of a request are in one.
Result<std::optional<std::string>> currency_of_amounts(const Args& args, const std::vector<std::string>& flags,
                                                       const std::string& stated);

/// `--resale`: "yes" (by kind and age), "no", or the share of the price that comes back, as 0.4 or 40%.
Result<Json> resale_in(const std::string& text);

}  // namespace rigwise
