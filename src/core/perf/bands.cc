#include "core/perf/bands.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/base/text.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr int kLeastGroups = 20, kLeastDevices = 8, kLeastDevicesOwn = 10, kLeastDevicesHere = 5;
constexpr double kLevel = 0.8;
/// A class without residuals of its own borrows the single-device one: several devices and whole requests twice as
/// wide (predicting.md 4.10, cluster 2x), processors half again.
struct Kin {
  const char* error_class;
  const char* parent;
  double widen;
};
constexpr Kin kKin[] = {
    {"many", "decode", 2}, {"e2e", "decode", 2}, {"decode_cpu", "decode", 1.5}, {"prefill_cpu", "prefill", 1.5}};

std::string tier_key(Tier tier) { return lower(tier_name(tier)); }

const char* reach_key(OwnReach reach) {
  switch (reach) {
    case OwnReach::none: return "";
    case OwnReach::here: return "t0";
    case OwnReach::far: return "own-far";
    case OwnReach::model: return "own-t1";
    case OwnReach::device: return "own-t2";
  }
  return "";
}

/// How much wider a band of another level is.
///     ln(1 - level) / ln(1 - 0.8)
/// Holds  where residuals are peaked with long tails, as a Laplace distribution's are: stretched like a normal one,
/// bands
///        of 99 % covered 95 % of the devices left out and bands of 50 % covered 60 %.
double stretch_to(double level) { return level == kLevel ? 1 : std::log(1 - level) / std::log(1 - kLevel); }

/// The finest record of class/tier that exists.
const BandRecord* find_record(const Calibration& calibration, const std::string& root, const std::string& backend,
                              const std::string& engine) {
  std::string of_backend = root;
  of_backend.append("/").append(backend);
  std::string of_engine = of_backend;
  of_engine.append("/").append(engine);
  if (const BandRecord* record = calibration.find_band(of_engine)) return record;
  if (const BandRecord* record = calibration.find_band(of_backend)) return record;
  return calibration.find_band(root);
}

/// Split conformal: with n exchangeable residuals a new one falls below the smallest of them once in n + 1 times.
double conformal_tail(double n) { return std::max(0.0, (1 - kLevel) / 2 * (1 + 1 / n) - 1 / n); }

BandRecord make_record(const std::string& key, const std::vector<const BandResidual*>& residuals) {
  std::map<std::string, int> per_device;
  for (const BandResidual* r : residuals) ++per_device[r->device];
  std::vector<Weighted> values;
  values.reserve(residuals.size());
  for (const BandResidual* r : residuals) values.push_back({r->log_ratio, 1.0 / per_device[r->device]});
  const double tail = conformal_tail(static_cast<double>(per_device.size()));
  BandRecord record;
  record.key = key;
  record.log_low = std::min(0.0, weighted_quantile(values, tail));
  record.log_high = std::max(0.0, weighted_quantile(values, 1 - tail));
  record.groups = static_cast<int>(residuals.size());
  return record;
}

int devices_of(const std::vector<const BandResidual*>& residuals) {
  std::set<std::string_view> devices;
  for (const BandResidual* r : residuals) devices.insert(r->device);
  return static_cast<int>(devices.size());
}

/// The record of one key, if there are groups and devices enough.
std::optional<BandRecord> make_own_record(const std::string& key, const std::vector<const OwnResidual*>& residuals) {
  std::map<std::string, std::map<int, int>> of_device;  // residuals by device and group
  for (const OwnResidual* r : residuals) ++of_device[r->device][r->group];
  int groups = 0;
  for (const auto& [device, of] : of_device) groups += static_cast<int>(of.size());
  const bool here = residuals.front()->reach == OwnReach::here;
  const int devices = static_cast<int>(of_device.size());
  if (groups < kLeastGroups || devices < (here ? kLeastDevicesHere : kLeastDevicesOwn)) return std::nullopt;
  std::vector<Weighted> values;
  values.reserve(residuals.size());
  for (const OwnResidual* r : residuals) {
    const std::map<int, int>& of = of_device.at(r->device);
    values.push_back({r->log_ratio, 1.0 / (static_cast<double>(of.size()) * of.at(r->group))});
  }
  const double tail = conformal_tail(here ? groups : devices);
  BandRecord record;
  record.key = key;
  record.log_low = std::min(0.0, weighted_quantile(values, tail));
  record.log_high = std::max(0.0, weighted_quantile(values, 1 - tail));
  record.groups = groups;
  return record;
}

}  // namespace

std::vector<BandRecord> fit_own_bands(const std::vector<OwnResidual>& residuals) {
  std::map<std::string, std::vector<const OwnResidual*>> of_key;
  for (const OwnResidual& r : residuals) {
    std::string key = r.error_class + "/" + reach_key(r.reach);
    of_key[key].push_back(&r);
    key += "/" + r.backend;
    of_key[key].push_back(&r);
    key += "/" + r.engine;
    of_key[key].push_back(&r);
  }
  std::vector<BandRecord> records;
  for (const auto& [key, of] : of_key) {
    if (std::optional<BandRecord> record = make_own_record(key, of)) records.push_back(std::move(*record));
  }
  return records;
}

std::vector<BandRecord> fit_bands(const std::vector<BandResidual>& residuals) {
  std::map<std::string, std::vector<const BandResidual*>> of_key;
  for (const BandResidual& r : residuals) {
    std::string key = r.error_class + "/" + tier_key(r.tier);
    of_key[key].push_back(&r);
    key += "/" + r.backend;
    of_key[key].push_back(&r);
    key += "/" + r.engine;
    of_key[key].push_back(&r);
  }
  std::vector<BandRecord> records;
  for (const auto& [key, of] : of_key) {
    if (static_cast<int>(of.size()) < kLeastGroups) continue;
    // With few devices the conformal tail is the one worst of them; their parent knows more.
    const bool has_parent = std::count(key.begin(), key.end(), '/') > 1;
    if (!has_parent || devices_of(of) >= kLeastDevices) records.push_back(make_record(key, of));
  }
  return records;
}

LogBand band_for(const Calibration& calibration, const std::string& error_class, Tier tier, const std::string& backend,
                 const std::string& engine, double level) {
  const double stretch = stretch_to(level);
  // A tier without a record of its own takes the next weaker one. Nearer evidence is never wider than a stranger's
  // (T3): its own record may be that of fewer and odder devices.
  std::optional<LogBand> band;
  for (int t = static_cast<int>(tier); t <= static_cast<int>(Tier::t5_borrowed); ++t) {
    if (band && static_cast<Tier>(t) > Tier::t3_same_backend) break;
    const std::string root = error_class + "/" + tier_key(static_cast<Tier>(t));
    const BandRecord* record = find_record(calibration, root, backend, engine);
    if (record == nullptr) continue;
    const LogBand found = {record->log_low * stretch, record->log_high * stretch};
    band = band ? LogBand{std::max(band->low, found.low), std::min(band->high, found.high)} : found;
  }
  if (band) return *band;
  for (const Kin& kin : kKin) {
    if (error_class != kin.error_class) continue;
    const LogBand parent = band_for(calibration, kin.parent, tier, backend, engine, level);
    return {parent.low * kin.widen, parent.high * kin.widen};
  }
  return {-0.788 * stretch, 0.788 * stretch};  // predicting.md 4.10: borrowed, a factor of 2.2 either way
}

std::optional<LogBand> own_band_for(const Calibration& calibration, const std::string& error_class, OwnReach reach,
                                    const std::string& backend, const std::string& engine, double level) {
  if (reach == OwnReach::none) return std::nullopt;
  const double stretch = stretch_to(level);
  const std::string root = error_class + "/" + reach_key(reach);
  if (const BandRecord* record = find_record(calibration, root, backend, engine)) {
    return LogBand{record->log_low * stretch, record->log_high * stretch};
  }
  for (const Kin& kin : kKin) {
    if (error_class != kin.error_class) continue;
    const std::optional<LogBand> parent = own_band_for(calibration, kin.parent, reach, backend, engine, level);
    if (parent) return LogBand{parent->low * kin.widen, parent->high * kin.widen};
  }
  return std::nullopt;
}

double widening_outside(double tokens, double streams, double devices) {
  constexpr double kTokensSeen = 65536, kStreamsSeen = 32, kDevicesSeen = 8, kPerDoubling = 0.25;
  const auto beyond = [](double asked, double seen) {
    return asked > seen ? 1 + kPerDoubling * std::log2(asked / seen) : 1.0;
  };
  return beyond(tokens, kTokensSeen) * beyond(streams, kStreamsSeen) * beyond(devices, kDevicesSeen);
}

}  // namespace rigwise
