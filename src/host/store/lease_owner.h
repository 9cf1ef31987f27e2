#pragma once

#include <string>

namespace rigwise {

/// Who holds a lease: this machine, this process and when it began, so that a later process of the same number is
/// another.
std::string this_owner();

/// Whether an owner was a process of this machine that has ended. Owners elsewhere are never known to be gone; their
/// leases run out.
bool owner_is_gone(const std::string& owner);

}  // namespace rigwise
