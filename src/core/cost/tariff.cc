#include "core/cost/tariff.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace rigwise {

Result<const ElectricityPrice*> tariff_of_region(const Catalog& catalog, const Exchange& exchange,
                                                 const std::string& region, const std::string& where,
                                                 const std::string& otherwise) {
  const ElectricityPrice* best = nullptr;
  std::vector<std::string> known;
  for (const ElectricityPrice& price : catalog.electricity) {
    if (!exchange.knows(price.currency)) continue;
    // The seeds' own tariffs can be named, but stand for no region.
    if (!price.region.ends_with("-seed")) known.push_back(price.region);
    if (fold_name(price.region) != fold_name(region)) continue;
    if (best == nullptr || best->date < price.date) best = &price;
  }
  if (best != nullptr) return best;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return fail({ErrorCode::not_found, "no price of electricity is known for the region \"" + region + "\"", where,
               "one of: " + join(known, ", ") + "; " + otherwise, nearest_names(region, known)});
}

}  // namespace rigwise
