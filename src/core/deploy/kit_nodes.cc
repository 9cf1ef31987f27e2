#include "core/deploy/kit_nodes.h"

#include <algorithm>

namespace rigwise {
namespace {

bool is_mac(const Device& device) { return device.processor == Processor::apple_gpu || device.vendor == "apple"; }

/// Adds a machine with one device, or finds the host that all bare cards share.
int node_for(NodesOfSetup& made, const SetupPart& part, int& host) {
  const Device& device = *part.device;
  const bool is_bare = device.is_bare();
  if (is_bare && host >= 0) return host;
  KitNode node;
  node.name = "node" + std::to_string(made.nodes.size() + 1);
  node.machine = is_bare ? nullptr : &device;
  node.link = part.link;
  node.is_mac = is_mac(device);
  node.is_portable = device.portable || device.kind == DeviceKind::laptop;
  made.nodes.push_back(node);
  const int number = static_cast<int>(made.nodes.size()) - 1;
  if (is_bare) host = number;
  return number;
}

}  // namespace

NodesOfSetup kit_nodes(const Setup& setup) {
  NodesOfSetup made;
  int host = -1;
  for (const SetupPart& part : setup.parts) {
    for (int i = 0; i < part.count; ++i) {
      const int node = node_for(made, part, host);
      if (part.build != nullptr && made.nodes[node].machine == nullptr) made.nodes[node].machine = part.build;
      KitDevice device;
      device.device = part.device;
      device.node = node;
      device.index = static_cast<int>(made.nodes[node].devices.size());
      made.nodes[node].devices.push_back(static_cast<int>(made.devices.size()));
      made.devices.push_back(device);
    }
  }
  return made;
}

int gateway_of(const std::vector<KitNode>& nodes) {
  if (nodes.size() == 1) return 0;
  for (const bool mac : {false, true}) {
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (!nodes[n].is_portable && nodes[n].is_mac == mac) return static_cast<int>(n);
    }
  }
  return -1;
}

}  // namespace rigwise
