#pragma once

#include <optional>
#include <string_view>

#include "core/facts/setup.h"

namespace rigwise {

/// The link of a part as the user wrote it ("nvlink", "10gbe"). A word that names only the kind means the device's own
/// link of that kind: "nvlink" is the bridge on an RTX 3090 and NVLink 4 on an H100 SXM.
Result<const Link*> link_of_part(const Catalog& catalog, const Device& device, std::string_view word);

/// Why these devices cannot be joined by the part's link, with the links they have; nothing when they can, or when the
/// record does not say.
std::optional<Error> link_fault(const Catalog& catalog, const SetupPart& part);

}  // namespace rigwise
