#pragma once

namespace rigwise {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace rigwise
