#pragma once

#include <string>
#include <vector>

#include "codec/json_text.h"
#include "core/base/result.h"
#include "core/deploy/kit_confirmation.h"

namespace rigwise {

/// What a kit's expected.json predicts of a service, beside what a result of `rigwise bench` measured: the speed of one
/// stream at each number of streams that both have (the median; the mean of few requests), the time to the first token
/// with one stream. Errors  name the file, the service that expected.json lacks, or that nothing can be compared.
Result<std::vector<ConfirmedFigure>> confirmed_figures(const Json& expected, const std::string& service,
                                                       const Json& bench);

}  // namespace rigwise
