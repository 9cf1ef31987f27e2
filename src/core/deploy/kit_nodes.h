#pragma once

#include <vector>

#include "core/deploy/kit_plan.h"
#include "core/facts/setup.h"

namespace rigwise {

/// The machines of a set-up: each whole machine and each build by itself, all bare cards in one host. Devices are
/// numbered as `pack` numbers them.
struct NodesOfSetup {
  std::vector<KitNode> nodes;
  std::vector<KitDevice> devices;  ///< without their memory maps
};
NodesOfSetup kit_nodes(const Setup& setup);

/// The node for router, chat page, database and proxy: the first machine that always stays, Linux before macOS; with
/// one machine, that one. -1 where all are laptops and there are several.
int gateway_of(const std::vector<KitNode>& nodes);

}  // namespace rigwise
