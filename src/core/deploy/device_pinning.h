#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/deploy/kit_plan.h"

namespace rigwise {

/// How a process is held to its devices. Numbers are those that the driver gives the devices of one node, in the order
/// of the plan; the kit's README says how to compare both.
struct DevicePin {
  std::vector<std::string> ids;                                   ///< "0", "1"
  std::vector<std::pair<std::string, std::string>> environment;   ///< on the host
  std::vector<std::pair<std::string, std::string>> in_container;  ///< where the container sees every device
  bool needs_nvidia_runtime = false;
  std::vector<std::string> device_files;  ///< "/dev/kfd:/dev/kfd": given to the container
  std::vector<std::string> groups;        ///< that own them
};

/// Takes  devices of one node, by the plan's numbers. Empty for a CPU and a Mac, which have nothing to choose from.
/// Holds  where cards of several makers share a host, each maker's driver counts its own from 0, and so do we;
///        Vulkan counts the cards of all makers.
DevicePin device_pin(const KitPlan& plan, const std::vector<int>& devices, const std::string& backend);

}  // namespace rigwise
