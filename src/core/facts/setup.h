#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/facts/catalog.h"

namespace rigwise {

/// `COUNTxDEVICE@LINK` with the names resolved. Whole builds (records with parts) are expanded: `build` keeps the
/// record.
struct SetupPart {
  const Device* device = nullptr;
  int count = 1;
  const Link* link = nullptr;  ///< between the devices of this part and to the others; null: the devices' own default
  const Device* build = nullptr;  ///< the whole-build record this part came from, if any
};

/// What runs the model: one or several like or unlike devices.
struct Setup {
  std::string text;  ///< as the user wrote it
  std::vector<SetupPart> parts;
  std::string host;  ///< named host template, empty: chosen by slots and power

  int device_count() const;
  bool is_single() const { return parts.size() == 1 && parts[0].count == 1; }
};

/// Parses `PART [+ PART]...`, PART = [COUNTx]DEVICE[@LINK] ("2x rtx-5090", "4x framework-desktop-128gb@25gbe").
/// Errors quote the part and list the nearest device names; counts are 1..72; a link
/// that a device cannot have is refused.
Result<Setup> parse_setup(const Catalog& catalog, std::string_view text);

}  // namespace rigwise
