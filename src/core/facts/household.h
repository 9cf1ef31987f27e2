#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"
#include "core/facts/device.h"

namespace rigwise {

/// classes/<id>.toml: what a need speaks of ("coding", "fast") and the models that answer to it.
struct ModelClass {
  std::string id, name, notes;
  std::vector<std::string> members;  ///< model ids, strongest first
  std::optional<double> minimum_score;
  std::string score_benchmark;
  std::vector<Source> sources;
};

/// roles/<id>.toml: what a person of that role does in a day.
struct Role {
  std::string id, name, notes, model_class;
  double requests_per_hour = 0, prompt_tokens = 0, output_tokens = 0, hours_per_day = 8;
  double burst_factor = 1;                   ///< requests in the peak hour over the mean
  std::vector<std::string> tasks, replaces;  ///< what the person does; services of prices/saas.csv it stands in for
  std::optional<double> saved_per_month;     ///< by what it replaces, in `currency`
  std::string currency;
  std::optional<Bytes> minimum_laptop;
  std::vector<Source> sources;
};

/// hosts/<id>.toml: the machine around a bare card.
struct HostTemplate {
  std::string id, name, kind, board, cpu, case_name, notes;
  std::vector<std::string> aliases;
  std::optional<int> pcie_slots_x16;
  int max_cards = 1;
  double power_supply_w = 0;
  std::optional<Watts> idle, load;  ///< without the cards
  std::optional<Bytes> ram_capacity;
  std::optional<BytesPerSecond> ram_bandwidth;
  std::optional<NoiseClass> noise_class;
  std::vector<Quote> quotes;
  std::vector<Source> sources;
};

/// accessories/<id>.toml: switches, racks, NICs, cables, warranties.
struct Accessory {
  std::string id, name, kind, vendor, ports, notes;
  std::vector<std::string> aliases;
  std::optional<double> link_gbit_s, latency_us, size_u;
  std::vector<Quote> quotes;
  std::vector<Source> sources;
};

/// One thing people say about a device, with who says it.
struct Opinion {
  std::string text, source;
};

/// dossiers/<device>.md: community evidence about a device.
struct Dossier {
  std::string device;
  std::vector<Opinion> pros, gotchas;
};

}  // namespace rigwise
