#pragma once

#include "codec/claim_text.h"

namespace rigwise {

/// Finds the names in a claim's words and marks them as taken: devices with their counts, models, formats, engines,
/// links. The first model, format and engine count; a second, different model is an error.
std::optional<Error> find_claim_names(const Catalog& catalog, std::vector<ClaimWord>& words, ClaimText& claim);

}  // namespace rigwise
