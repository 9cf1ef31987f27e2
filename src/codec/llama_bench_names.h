#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// The device that a driver calls "NVIDIA GeForce RTX 4080", "AMD Radeon RX 7900 XTX (RADV NAVI31)" or "AMD Ryzen 9
/// 7950X 16-Core Processor": the name as it is, then without what drivers add. Errors list the nearest.
Result<const Device*> device_of_driver_name(const Catalog& catalog, std::string_view name);

/// The model in a file "Qwen2.5-7B-Instruct-Q4_K_M-00001-of-00002.gguf": its name without folder, format and shard, and
/// then without its last words ("Instruct", "2507"), as long as the number of parameters is the model's.
Result<const Llm*> model_of_file_name(const Catalog& catalog, std::string_view path, double params);

/// The weight format a file name ends in ("UD-Q4_K_XL"); else the one llama.cpp describes ("llama 8B Q4_K - Medium").
Result<const Format*> format_of_file(const Catalog& catalog, std::string_view path, std::string_view description);

}  // namespace rigwise
