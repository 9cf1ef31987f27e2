#pragma once

#include <string>
#include <vector>

#include "core/facts/catalog.h"
#include "core/machine/found_machine.h"

namespace rigwise {

/// The catalog's record of what was found.
struct CatalogMatch {
  const Device* device = nullptr;         ///< null: not in the catalog
  std::vector<std::string> alternatives;  ///< other records that the answers cannot tell from it
  std::vector<std::string> nearest;       ///< ids with names like it, when it is not in the catalog
};

/// The record whose name has the same words, once what vendors decorate names with is gone, and as much memory.
/// Holds  nothing is guessed: "RTX 4090 Laptop" is no RTX 4090, and a card with other memory is another card.
CatalogMatch match_gpu(const Catalog& catalog, const FoundGpu& gpu);

/// The record of a bare processor in as many sockets.
CatalogMatch match_processor(const Catalog& catalog, const FoundMachine& machine);

/// The record of a whole machine of which every word is in what the machine says of itself (maker, product, processor,
/// graphics), with as much memory; of several the one with the most words.
CatalogMatch match_whole(const Catalog& catalog, const FoundMachine& machine);

/// Everything found beside its records.
struct MachineInCatalog {
  std::vector<CatalogMatch> gpus;  ///< one for each of FoundMachine::gpus
  CatalogMatch processor, whole;
  std::string setup;  ///< what `--setup` takes: "2x nvidia-geforce-rtx-3090"; "here": only measuring says; never empty
};
MachineInCatalog match_machine(const Catalog& catalog, const FoundMachine& machine);

}  // namespace rigwise
