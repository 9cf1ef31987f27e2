#pragma once

#include <string>

#include "core/base/result.h"

namespace rigwise {

/// Shows an address in the user's browser, without waiting for it. Errors  the system has no way to do so.
Result<void> open_in_browser(const std::string& url);

}  // namespace rigwise
