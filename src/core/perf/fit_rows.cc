#include <algorithm>
#include <cmath>
#include <map>

#include "core/perf/fit.h"
#include "core/perf/gate.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr double kMostPerSource = 8;
/// Groups' worth that one source may say about one device and phase: its habits are not those of the chip.
constexpr double kMostPerDeviceSource = 4;
constexpr double kScaleSingle = 0.12, kScaleMany = 0.2;

double scale_of(const ResolvedRow& r) {
  const bool single = r.error_class != "many" && r.error_class != "e2e" && r.parts.path != KernelPath::serving;
  return single ? kScaleSingle : kScaleMany;
}

std::string source_key(const ResolvedRow& r) {
  return r.device().id + "|" + r.model->id + "|" + r.row->source + "|" + phase_name(r.row->phase);
}

std::string device_source_key(const ResolvedRow& r) {
  return r.device().id + "|" + r.row->source + "|" + r.backend + "|" + phase_name(r.row->phase);
}

}  // namespace

FitRows make_fit_rows(const Catalog& catalog, const std::vector<Measurement>& rows) {
  FitRows fit;
  std::map<std::string, int> group_number;
  std::vector<int> group_size;
  std::map<std::string, int> source_size;
  for (const Measurement& row : rows) {
    FitRow f;
    f.resolved = resolve_row(catalog, row);
    if (!f.resolved.skip_reason.empty() || row.tokens_per_s <= 0) continue;
    f.log_measured = std::log(row.tokens_per_s);
    f.scale = scale_of(f.resolved);
    const auto [at, is_new] = group_number.emplace(group_key(f.resolved), static_cast<int>(fit.groups.size()));
    if (is_new) {
      fit.groups.push_back(at->first);
      group_size.push_back(0);
    }
    f.group = at->second;
    f.weight = gate_of(f.resolved) == Gate::passes ? 1 : 0;
    if (f.weight > 0) {
      ++group_size[static_cast<std::size_t>(f.group)];
      ++source_size[source_key(f.resolved)];
    }
    fit.rows.push_back(std::move(f));
  }
  for (FitRow& f : fit.rows) {
    if (f.weight <= 0) continue;
    f.weight = std::min(1.0, kMostPerSource / source_size[source_key(f.resolved)]) /
               group_size[static_cast<std::size_t>(f.group)];
  }
  std::map<std::string, double> said;
  for (const FitRow& f : fit.rows) said[device_source_key(f.resolved)] += f.weight;
  for (FitRow& f : fit.rows) {
    if (f.weight > 0) f.weight *= std::min(1.0, kMostPerDeviceSource / said[device_source_key(f.resolved)]);
  }
  return fit;
}

std::vector<GroupResidual> group_residuals(const FitRows& rows, const std::vector<double>& residuals) {
  std::vector<std::vector<double>> of_group(rows.groups.size());
  std::vector<GroupResidual> result(rows.groups.size());
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    if (is_impossible(gate_of(rows.rows[i].resolved))) continue;
    const std::size_t g = static_cast<std::size_t>(rows.rows[i].group);
    of_group[g].push_back(residuals[i]);
    if (result[g].example == nullptr) result[g].example = &rows.rows[i].resolved;
  }
  for (std::size_t g = 0; g < result.size(); ++g) {
    result[g].rows = static_cast<int>(of_group[g].size());
    if (result[g].rows > 0) result[g].log_ratio = median(std::move(of_group[g]));
  }
  return result;
}

Folds make_folds(const FitRows& rows, std::string_view by, int most) {
  const auto key = [&](const FitRow& f) -> const std::string& {
    if (by == "model") return f.resolved.model->id;
    return by == "source" ? f.resolved.row->source : f.resolved.device().id;
  };
  std::map<std::string, int> size;
  for (const FitRow& f : rows.rows) ++size[key(f)];
  std::vector<std::pair<int, std::string>> order;
  order.reserve(size.size());
  for (const auto& [name, count] : size) order.emplace_back(-count, name);
  std::sort(order.begin(), order.end());
  Folds folds;
  folds.count = std::min<int>(most, static_cast<int>(order.size()));
  std::map<std::string, int> fold_of;
  for (std::size_t i = 0; i < order.size(); ++i)
    fold_of[order[i].second] = static_cast<int>(i) % std::max(1, folds.count);
  for (const FitRow& f : rows.rows) folds.of_row.push_back(fold_of[key(f)]);
  return folds;
}

}  // namespace rigwise
