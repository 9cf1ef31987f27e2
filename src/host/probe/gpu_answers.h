#pragma once

#include <memory>
#include <string>

#include "host/gpu/nvml.h"
#include "host/gpu/vulkan_api.h"

namespace rigwise {

/// What graphics drivers' libraries say, as answers of a probe (codec/probe_answers.h); empty where the library is not
/// here or has nothing to say.
std::string nvml_answer(const std::string& library = kNvmlLibrary);
std::string vulkan_answer(const std::string& library = kVulkanLibrary, const std::string& nvml_library = kNvmlLibrary);

/// PCI address of the card with this UUID; empty: none has it.
std::string nvml_address(const NvmlLibrary& nvml, const std::string& uuid);

}  // namespace rigwise
