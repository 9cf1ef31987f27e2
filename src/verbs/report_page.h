#pragma once

#include <string>

#include "codec/json_text.h"

namespace rigwise {

/// The response of `report` as one HTML page for a client or a board: it asks nothing of any network, reads in five
/// minutes, prints on A4. Figures are the response's, rounded for people.
std::string report_page(const Json& report);

}  // namespace rigwise
