#include "core/perf/bands.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr int kLeastGroups = 20;
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

BandRecord make_record(const std::string& key, const std::vector<const BandResidual*>& residuals) {
  std::map<std::string, int> per_device;
  for (const BandResidual* r : residuals) ++per_device[r->device];
  std::vector<Weighted> values;
  for (const BandResidual* r : residuals) values.push_back({r->log_ratio, 1.0 / per_device[r->device]});
  // Split conformal: with d devices a new one falls below the smallest of them once in d + 1 times.
  const double devices = static_cast<double>(per_device.size());
  const double tail = std::max(0.0, (1 - kLevel) / 2 * (1 + 1 / devices) - 1 / devices);
  BandRecord record;
  record.key = key;
  record.log_low = std::min(0.0, weighted_quantile(values, tail));
  record.log_high = std::max(0.0, weighted_quantile(values, 1 - tail));
  record.groups = static_cast<int>(residuals.size());
  return record;
}

}  // namespace

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
    if (static_cast<int>(of.size()) >= kLeastGroups) records.push_back(make_record(key, of));
  }
  return records;
}

LogBand band_for(const Calibration& calibration, const std::string& error_class, Tier tier, const std::string& backend,
                 const std::string& engine, double level) {
  const double stretch = level == kLevel ? 1 : normal_quantile((1 + level) / 2) / normal_quantile((1 + kLevel) / 2);
  const auto find = [&](const std::string& of_class, Tier of_tier) -> const BandRecord* {
    const std::string root = of_class + "/" + tier_key(of_tier);
    for (const std::string& key : {root + "/" + backend + "/" + engine, root + "/" + backend, root}) {
      if (const BandRecord* record = calibration.find_band(key)) return record;
    }
    return nullptr;
  };
  // A tier without a record of its own takes the next weaker one: wider, never narrower.
  for (int t = static_cast<int>(tier); t <= static_cast<int>(Tier::t5_borrowed); ++t) {
    if (const BandRecord* record = find(error_class, static_cast<Tier>(t))) {
      return {record->log_low * stretch, record->log_high * stretch};
    }
  }
  for (const Kin& kin : kKin) {
    if (error_class != kin.error_class) continue;
    const LogBand parent = band_for(calibration, kin.parent, tier, backend, engine, level);
    return {parent.low * kin.widen, parent.high * kin.widen};
  }
  return {-0.788 * stretch, 0.788 * stretch};  // predicting.md 4.10: borrowed, a factor of 2.2 either way
}

}  // namespace rigwise
