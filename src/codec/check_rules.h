#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/diagnostic.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// Collects the faults of rules across records. A record is named by its path without vendor or family folder, which
/// the catalog does not keep: "devices/nvidia-geforce-rtx-4090".
class FaultSink {
 public:
  void error(std::string record, std::string key, std::string message, std::string try_this = {}) {
    faults.push_back({true, std::move(record), 0, std::move(key), std::move(message), std::move(try_this)});
  }
  void warning(std::string record, std::string key, std::string message, std::string try_this = {}) {
    faults.push_back({false, std::move(record), 0, std::move(key), std::move(message), std::move(try_this)});
  }

  std::vector<Diagnostic> faults;
};

/// Every id a record mentions exists.
void check_references(const Catalog& catalog, FaultSink& sink);
/// No name means two records; no name is both a record and unresolved.
void check_names(const Catalog& catalog, FaultSink& sink);
/// Figures of a device lie where devices of this world lie.
void check_devices(const Catalog& catalog, FaultSink& sink);
/// The layers add up to the parameters the publisher states.
void check_shapes(const Catalog& catalog, FaultSink& sink);
/// Measurements have days that exist and whole numbers of tokens.
void check_rows(const Catalog& catalog, FaultSink& sink);
/// No decode measurement is faster than its memory allows.
void check_ceilings(const Catalog& catalog, FaultSink& sink);

}  // namespace rigwise
