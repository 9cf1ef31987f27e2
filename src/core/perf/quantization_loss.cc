#include "core/perf/quantization_loss.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/text.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr double kOwnSpread = 1.25, kModelSpread = 2.5, kWidthSpread = 4;
constexpr double kLeast = 1e-4;  // what a perplexity run resolves; an improvement is noise

std::string percent(double share) { return significant(100 * share, 2) + " %"; }

/// The median of each model's rows, so that every model has one vote.
std::vector<double> votes(const std::vector<const QuantizationLoss*>& rows) {
  std::map<std::string, std::vector<double>> of_model;
  for (const QuantizationLoss* row : rows)
    of_model[row->model_name].push_back(std::max(row->perplexity_increase, kLeast));
  std::vector<double> medians;
  medians.reserve(of_model.size());
  for (auto& [name, increases] : of_model) medians.push_back(median(increases));
  return medians;
}

Band spread_around(const std::vector<double>& increases, double least_spread) {
  const double value = median(increases);
  const auto [low, high] = std::minmax_element(increases.begin(), increases.end());
  return {value, std::min(*low, value / least_spread), std::max(*high, value * least_spread)};
}

std::vector<const QuantizationLoss*> rows_of(const Catalog& catalog, const std::string& format) {
  std::vector<const QuantizationLoss*> rows;
  for (const QuantizationLoss& row : catalog.quantization_losses)
    if (row.format == format) rows.push_back(&row);
  return rows;
}

bool loses_nothing(const Catalog& catalog, const Llm& model, const Format& format, std::string& why) {
  constexpr double kHalf = 15.9;
  if (format.bits.whole_model >= kHalf) {
    why = "16 bits a weight or more";
    return true;
  }
  const Result<const Format*> native = catalog.format(model.native_format);
  if (!native || (*native)->format_class != format.format_class ||
      std::fabs((*native)->bits.whole_model - format.bits.whole_model) > 0.3)
    return false;
  why = "released in this format";
  return true;
}

/// A format that was measured, and how wide it is.
struct Known {
  double bits = 0, increase = 0;
  std::vector<const QuantizationLoss*> rows;
};

std::vector<Known> known_formats(const Catalog& catalog) {
  std::vector<Known> known;
  for (const Format& format : catalog.formats) {
    std::vector<const QuantizationLoss*> rows = rows_of(catalog, format.id);
    if (rows.empty() || format.for_kv_cache) continue;
    const double increase = median(votes(rows));
    known.push_back({format.bits.whole_model, increase, std::move(rows)});
  }
  std::stable_sort(known.begin(), known.end(), [](const Known& a, const Known& b) { return a.bits < b.bits; });
  return known;
}

std::optional<QuantizationLossEstimate> by_width(const Catalog& catalog, double bits) {
  const std::vector<Known> known = known_formats(catalog);
  const auto above = std::find_if(known.begin(), known.end(), [&](const Known& k) { return k.bits >= bits; });
  if (above == known.end() || above == known.begin()) return std::nullopt;
  const Known &low = *std::prev(above), &high = *above;
  const double share = high.bits > low.bits ? (bits - low.bits) / (high.bits - low.bits) : 0;
  const double value = std::exp((1 - share) * std::log(low.increase) + share * std::log(high.increase));
  QuantizationLossEstimate estimate;
  estimate.perplexity_increase = {value, value / kWidthSpread, value * kWidthSpread};
  estimate.tier = Tier::t5_borrowed;
  estimate.evidence = low.rows;
  estimate.evidence.insert(estimate.evidence.end(), high.rows.begin(), high.rows.end());
  estimate.why = "nobody measured this format; by its " + significant(bits, 3) + " bits a weight, between " +
                 low.rows.front()->format + " (" + percent(low.increase) + ") and " + high.rows.front()->format + " (" +
                 percent(high.increase) + ")";
  return estimate;
}

}  // namespace

std::optional<QuantizationLossEstimate> quantization_loss(const Catalog& catalog, const Llm& model,
                                                          const Format& format) {
  QuantizationLossEstimate estimate;
  if (loses_nothing(catalog, model, format, estimate.why)) {
    estimate.basis = Basis::first_principles;
    estimate.tier = Tier::t1_same_device_and_model;
    return estimate;
  }
  std::vector<const QuantizationLoss*> rows = rows_of(catalog, format.id);
  if (rows.empty()) return by_width(catalog, format.bits.whole_model);
  std::stable_partition(rows.begin(), rows.end(), [&](const QuantizationLoss* r) { return r->model == model.id; });
  std::vector<double> own, differs;
  for (const QuantizationLoss* row : rows) {
    if (row->model == model.id) own.push_back(std::max(row->perplexity_increase, kLeast));
    if (row->top_token_differs) differs.push_back(*row->top_token_differs);
  }
  const std::vector<double> of_models = votes(rows);
  estimate.perplexity_increase = own.empty() ? spread_around(of_models, kModelSpread) : spread_around(own, kOwnSpread);
  estimate.basis = own.empty() ? Basis::calibrated : Basis::measured;
  estimate.tier = own.empty() ? Tier::t3_same_backend : Tier::t1_same_device_and_model;
  if (!differs.empty()) estimate.top_token_differs = median(differs);
  estimate.why = own.empty() ? "measured on " + std::to_string(of_models.size()) +
                                   (of_models.size() == 1 ? " other model" : " other models")
                             : "measured on this model";
  estimate.evidence = std::move(rows);
  return estimate;
}

}  // namespace rigwise
