#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/advise/pack.h"

namespace rigwise {

/// A set of the set-up's devices that models may be put on together.
struct DeviceGroup {
  std::vector<int> devices;  ///< numbers, ascending
  Setup setup;               ///< of these alone
  std::string kind;          ///< the same for groups that are alike
};

/// What a model takes on a group of devices, and how fast it is there.
struct PackRun {
  PackOption option;
  MemoryNeed need;
  bool in_layers = false;                        ///< dealt out over several devices
  std::string why_not;                           ///< set: it cannot run there at all
  std::shared_ptr<const Prediction> prediction;  ///< null unless asked for, or where nothing runs
};

/// Turns models into options on groups of devices. Speeds of like groups are predicted once.
class PackOptions {
 public:
  PackOptions(const Catalog& catalog, const Calibration& calibration, const PackQuestion& question);

  const std::vector<DeviceGroup>& groups() const { return groups_; }

  /// The model on every group it may stand on; `with_speed` predicts there too.
  std::vector<PackRun> runs(const PackModel& model, bool with_speed);

  /// The item of these runs; those that cannot run there are left out, `run_of_option` says which stayed.
  static PackItem item_of(const PackModel& model, const std::vector<PackRun>& runs,
                          std::vector<std::size_t>* run_of_option);

 private:
  PackRun run_on(const PackModel& model, const DeviceGroup& group) const;
  void add_speed(const PackModel& model, const DeviceGroup& group, PackRun& run) const;

  const Catalog& catalog_;
  const Calibration& calibration_;
  const PackQuestion& question_;
  std::vector<DeviceGroup> groups_;
};

/// The query behind a packed model's speeds on a set-up: a context half full, all streams busy.
PredictQuery pack_query(const PackModel& model, const Setup& setup, double level);

}  // namespace rigwise
