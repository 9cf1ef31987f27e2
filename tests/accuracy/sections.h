#pragma once

#include <map>
#include <string>

namespace rigwise {

/// Texts by name, for the places of a page that a program writes.
using Sections = std::map<std::string, std::string>;

/// The page with every marked place filled:
///     <!-- generated: NAME -->
///     ...                        what stands here is replaced
///     <!-- end -->
/// A place whose name has no text, or that never ends, is said on the spot, so that no page passes with it.
std::string filled(const std::string& page, const Sections& sections);

/// The first line in which two texts differ, with both versions; empty when they are equal.
std::string first_difference(const std::string& stands, const std::string& should);

}  // namespace rigwise
