#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/units.h"
#include "core/machine/fact_sheet.h"
#include "core/machine/power_state.h"

namespace rigwise {

/// A graphics processor as its sources describe it.
struct FoundGpu {
  std::string id;    ///< PCI address, or what the tool calls it
  std::string name;  ///< as its driver names it, else as the list of PCI devices does
  std::string vendor;
  std::vector<std::string> other_names;   ///< "Radeon RX 7900 XT/7900 XTX": the list of PCI devices knows the chip only
  std::optional<Bytes> memory, free_now;  ///< of its own
  std::optional<Bytes> shared_memory;     ///< of the machine's RAM that it may take (GTT)
  std::optional<int> cores;
  std::optional<double> power_limit_w, link_gen, link_gen_max, link_lanes, link_lanes_max;
  std::string driver;
  bool unified = false;   ///< takes the machine's RAM
  bool software = false;  ///< lavapipe and the like: the processor in disguise
  bool is_slice = false;  ///< part of a card (MIG)
};

/// Memory that weights can live in.
struct MemoryPool {
  std::string name;  ///< "processor", or the GPU's name
  Bytes total;       ///< what the pool has
  Bytes usable;      ///< what a model may take of it
  std::string rule;  ///< how `usable` follows
  bool unified = false;
};

/// What a machine is, as far as its answers say.
struct FoundMachine {
  FactSheet facts;
  std::string maker, product, processor, vendor, architecture, os, kernel;
  std::string virtualisation;  ///< "KVM", "WSL 2", ...; empty: none seen
  bool in_container = false;
  std::optional<int> sockets, cores, threads;
  std::optional<double> usable_threads;  ///< after affinity and quota
  int numa_nodes = 1;
  std::optional<Bytes> memory_total, memory_limit, memory_available, memory_installed;
  std::optional<Bytes> last_level_cache;  ///< of all instances together
  bool hides_last_level = false;          ///< a hypervisor shows no cache beyond the second level
  std::vector<int> fast_processors;       ///< numbers of performance cores' threads, where there are slower ones
  std::optional<int> slow_threads;        ///< on efficient cores
  PowerState power;
  std::optional<BytesPerSecond> memory_peak;  ///< channels x transfers x width
  std::string memory_kind;                    ///< "DDR5-4800, 24 channels"
  std::vector<FoundGpu> gpus;
  std::vector<MemoryPool> pools;
  std::vector<Disagreement> disagreements;
  std::vector<std::string> notes;

  /// RAM that programs here may have: the smaller of what there is and what the container allows.
  std::optional<Bytes> memory_allowed() const;
};

/// What the sheet comes to. Never fails: what is not said is left out.
FoundMachine find_machine(FactSheet sheet);

/// The memory that a model may take, by rule:
///   a card       its memory less 6 % for driver and display
///   Apple        the wired limit where one is set; else two thirds of the RAM up to 36 GB, three quarters above
///   other unified  what the driver may map (carve-out + GTT), at most the RAM less the system's share
///   processor    RAM, or the container's limit, less the system's share: 8 %, at least 1.5 GB of at most half
/// From  measuring.md 4.9; Apple's default working set (recalled, not fetched).
std::vector<MemoryPool> memory_pools(const FoundMachine& machine);

}  // namespace rigwise
