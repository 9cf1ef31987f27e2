#pragma once
#include <optional>
#include <string_view>

namespace registers {

int address(std::string_view name);
double value(std::string_view name, long raw);
std::optional<long> raw(std::string_view name, double value);

}  // namespace registers
