#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rigwise {

/// A folder's Markdown files as the block of the page that carries them: FAQ, timeline, contact. In order of their
/// names; a title is a file's first heading, else its name. Nothing in it can end the block. Errors name the file.
Result<std::string> content_block(const std::string& folder);

/// The page with the block at its end.
std::string with_content(std::string_view html, std::string_view block);

}  // namespace rigwise
