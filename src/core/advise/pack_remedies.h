#pragma once

#include <vector>

#include "core/advise/pack_options.h"

namespace rigwise {

/// A packing that is done, with the names of its items: models first, then services, as asked.
struct DonePacking {
  const PackProblem& problem;
  const Packing& packing;
  const std::vector<std::string>& names;
};

/// The nearest changes that let a model in beside what is loaded, each by itself: the finest lighter format, the
/// longest shorter context, the most streams below those asked; where none of these is enough, the lightest format with
/// a short context. And what would have to be unloaded to swap it in as it is, the least valued first, never what is
/// pinned.
std::vector<PackRemedy> pack_remedies(const Catalog& catalog, PackOptions& options, const PackModel& model,
                                      const PackItem& item, const DonePacking& done);

/// The mildest changes to all models after which everything stays loaded, each by itself: the longest context, the most
/// streams, and lighter formats, the largest model going down first. `problem` holds the items as asked.
std::vector<PackTogether> pack_together(const Catalog& catalog, PackOptions& options,
                                        const std::vector<PackModel>& models, const PackProblem& problem);

}  // namespace rigwise
