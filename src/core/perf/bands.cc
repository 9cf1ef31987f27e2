#include "core/perf/bands.h"

#include <algorithm>
#include <cmath>
#include <map>

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

/// Distances beyond which a run of the same set-up, and one of a relative, says no more than any other.
constexpr double kFarRun = 1, kFarRelative = 5;

const char* reach_key(OwnReach reach) {
  switch (reach) {
    case OwnReach::none: return "";
    case OwnReach::here: return "t0";
    case OwnReach::far: return "own-far";
    case OwnReach::model: return "share-format";
    case OwnReach::device: return "share-model";
  }
  return "";
}

bool is_relative(OwnReach reach) { return reach == OwnReach::model || reach == OwnReach::device; }

std::string share_key(const std::string& error_class, OwnReach reach, bool known) {
  return error_class + "/" + reach_key(reach) + (known ? "-known" : "");
}

/// 0 for a run of the very kind, 1 for one that is too far.
double farness(OwnReach reach, double distance) {
  return std::min(1.0, distance / (is_relative(reach) ? kFarRelative : kFarRun));
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

/// The record of a key from weighted residuals: the conformal quantiles of both tails, 0 between them.
BandRecord record_of(const std::string& key, const std::vector<Weighted>& values, int exchangeable, int groups) {
  const double tail = conformal_tail(exchangeable);
  return {key, std::min(0.0, weighted_quantile(values, tail)), std::max(0.0, weighted_quantile(values, 1 - tail)),
          groups};
}

/// Residuals by class/root, with their backend and with their engine besides.
template <class Residual, class Root>
std::map<std::string, std::vector<const Residual*>> by_key(const std::vector<Residual>& residuals, Root root) {
  std::map<std::string, std::vector<const Residual*>> of_key;
  for (const Residual& r : residuals) {
    std::string key = r.error_class + "/" + root(r);
    for (const std::string* finer : {&r.backend, &r.engine}) {
      of_key[key].push_back(&r);
      key.append("/").append(*finer);
    }
    of_key[key].push_back(&r);
  }
  return of_key;
}

/// How many residuals each group of a device has: each group weighs the same in its device, each device in the record.
struct Shares {
  std::map<std::string, std::map<int, int>> of_device;

  explicit Shares(const std::vector<const OwnResidual*>& residuals) {
    for (const OwnResidual* r : residuals) ++of_device[r->device][r->group];
  }
  int devices() const { return static_cast<int>(of_device.size()); }
  int groups() const {
    std::size_t n = 0;
    for (const auto& [device, of] : of_device) n += of.size();
    return static_cast<int>(n);
  }
  double weight(const OwnResidual& r) const {
    const std::map<int, int>& of = of_device.at(r.device);
    return 1.0 / (static_cast<double>(of.size()) * of.at(r.group));
  }
};

/// The record of one key, if there are groups and devices enough.
std::optional<BandRecord> own_record(const std::string& key, const std::vector<const OwnResidual*>& residuals) {
  const Shares shares(residuals);
  const bool here = residuals.front()->reach == OwnReach::here;
  if (shares.groups() < kLeastGroups || shares.devices() < (here ? kLeastDevicesHere : kLeastDevicesOwn)) return {};
  std::vector<Weighted> values;
  values.reserve(residuals.size());
  for (const OwnResidual* r : residuals) values.push_back({r->log_ratio, shares.weight(*r)});
  return record_of(key, values, here ? shares.groups() : shares.devices(), shares.groups());
}

/// What one run of a relative leaves of the published band: k such that the residual lies within k + (1 - k) * far of
/// it, on either side, as often as the level says.
std::optional<BandRecord> share_record(const std::string& key, const std::vector<const OwnResidual*>& residuals) {
  constexpr double kLeastLeft = 0.2, kTooFar = 0.9;
  std::vector<const OwnResidual*> near;
  near.reserve(residuals.size());
  for (const OwnResidual* r : residuals) {
    const bool banded = r->published_low < 0 && r->published_high > 0;
    if (banded && farness(r->reach, r->distance) < kTooFar) near.push_back(r);
  }
  const Shares shares(near);
  if (shares.groups() < kLeastGroups || shares.devices() < kLeastDevicesOwn) return {};
  std::vector<Weighted> low, high;
  low.reserve(near.size());
  high.reserve(near.size());
  for (const OwnResidual* r : near) {
    const double far = farness(r->reach, r->distance), weight = shares.weight(*r);
    low.push_back({(r->log_ratio / r->published_low - far) / (1 - far), weight});
    high.push_back({(r->log_ratio / r->published_high - far) / (1 - far), weight});
  }
  const double tail = conformal_tail(shares.devices());
  const auto left = [&](const std::vector<Weighted>& side) {
    return std::clamp(weighted_quantile(side, 1 - tail), kLeastLeft, 1.0);
  };
  return BandRecord{key, -left(low), left(high), shares.groups()};
}

double width(const LogBand& band) { return band.high - band.low; }
const LogBand& narrower(const LogBand& a, const LogBand& b) { return width(a) < width(b) ? a : b; }

/// The record of runs of the same set-up, or of the class's kin; nothing without one.
std::optional<LogBand> own_band_for(const Calibration& calibration, const std::string& error_class, OwnReach reach,
                                    const std::string& backend, const std::string& engine) {
  if (const BandRecord* record = find_record(calibration, error_class + "/" + reach_key(reach), backend, engine)) {
    return LogBand{record->log_low, record->log_high};
  }
  for (const Kin& kin : kKin) {
    if (error_class != kin.error_class) continue;
    const std::optional<LogBand> parent = own_band_for(calibration, kin.parent, reach, backend, engine);
    if (parent) return LogBand{parent->low * kin.widen, parent->high * kin.widen};
  }
  return std::nullopt;
}

LogBand between(const LogBand& near, const LogBand& far, double share) {
  return {near.low + (far.low - near.low) * share, near.high + (far.high - near.high) * share};
}

}  // namespace

std::vector<BandRecord> fit_own_bands(const std::vector<OwnResidual>& residuals) {
  std::vector<OwnResidual> of_setup;
  std::map<std::string, std::vector<const OwnResidual*>> of_relative;
  for (const OwnResidual& r : residuals) {
    if (is_relative(r.reach)) {
      of_relative[share_key(r.error_class, r.reach, r.known)].push_back(&r);
    } else {
      of_setup.push_back(r);
    }
  }
  std::vector<BandRecord> records;
  for (const auto& [key, of] : by_key(of_setup, [](const OwnResidual& r) { return reach_key(r.reach); })) {
    if (std::optional<BandRecord> record = own_record(key, of)) records.push_back(std::move(*record));
  }
  for (const auto& [key, of] : of_relative) {
    if (std::optional<BandRecord> record = share_record(key, of)) records.push_back(std::move(*record));
  }
  return records;
}

std::vector<BandRecord> fit_bands(const std::vector<BandResidual>& residuals) {
  std::vector<BandRecord> records;
  for (const auto& [key, of] : by_key(residuals, [](const BandResidual& r) { return tier_key(r.tier); })) {
    if (static_cast<int>(of.size()) < kLeastGroups) continue;
    std::map<std::string, int> per_device;
    for (const BandResidual* r : of) ++per_device[r->device];
    // With few devices the conformal tail is the one worst of them; their parent knows more.
    const int devices = static_cast<int>(per_device.size());
    const bool has_parent = std::count(key.begin(), key.end(), '/') > 1;
    if (has_parent && devices < kLeastDevices) continue;
    std::vector<Weighted> values;
    values.reserve(of.size());
    for (const BandResidual* r : of) values.push_back({r->log_ratio, 1.0 / per_device[r->device]});
    records.push_back(record_of(key, values, devices, static_cast<int>(of.size())));
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

LogBand own_band(const Calibration& calibration, const std::string& error_class, const OwnNearness& nearness,
                 bool known, const LogBand& published, const std::string& backend, const std::string& engine,
                 double level) {
  if (nearness.reach == OwnReach::none) return published;
  LogBand band = published;
  const double stretch = stretch_to(level), far = farness(nearness.reach, nearness.distance);
  if (is_relative(nearness.reach)) {
    if (const BandRecord* share = calibration.find_band(share_key(error_class, nearness.reach, known))) {
      band.low *= -share->log_low + (1 + share->log_low) * far;
      band.high *= share->log_high + (1 - share->log_high) * far;
    }
  } else if (const auto here = own_band_for(calibration, error_class, OwnReach::here, backend, engine)) {
    const auto away = own_band_for(calibration, error_class, OwnReach::far, backend, engine);
    const auto stretched = [&](const LogBand& b) { return LogBand{b.low * stretch, b.high * stretch}; };
    const LogBand limit = away ? narrower(stretched(*away), published) : published;
    band = between(narrower(stretched(*here), limit), limit, far);
  }
  const double spread = nearness.spread * stretch;
  return {std::min(band.low, -spread), std::max(band.high, spread)};
}

double widening_outside(double tokens, double streams, double devices) {
  constexpr double kTokensSeen = 65536, kStreamsSeen = 32, kDevicesSeen = 8, kPerDoubling = 0.25;
  const auto beyond = [](double asked, double seen) {
    return asked > seen ? 1 + kPerDoubling * std::log2(asked / seen) : 1.0;
  };
  return beyond(tokens, kTokensSeen) * beyond(streams, kStreamsSeen) * beyond(devices, kDevicesSeen);
}

}  // namespace rigwise
