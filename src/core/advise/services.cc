#include "core/advise/services.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace rigwise {
namespace {

struct UsualModel {
  std::string_view service, model;
  double bits = 16;
};

constexpr std::array<UsualModel, 4> kUsual = {{{"speech", "whisper-large-v3", 16},
                                               {"image", "flux.1-dev", 16},
                                               {"embedding", "qwen3-0.6b", 16},
                                               {"vision", "qwen3-vl-8b", 4.85}}};

}  // namespace

std::vector<std::string_view> known_services() {
  std::vector<std::string_view> names;
  names.reserve(kUsual.size());
  for (const UsualModel& usual : kUsual) names.push_back(usual.service);
  return names;
}

Result<ServiceMemory> service_memory(const Catalog& catalog, std::string_view service) {
  const auto usual =
      std::find_if(kUsual.begin(), kUsual.end(), [&](const UsualModel& u) { return u.service == service; });
  if (usual == kUsual.end()) {
    std::vector<std::string> names;
    for (const std::string_view name : known_services()) names.emplace_back(name);
    return fail({ErrorCode::not_found,
                 "nobody knows how much memory the service \"" + std::string(service) + "\" takes", "services",
                 "its memory in GB, or one of: " + join(names, ", "), nearest_names(service, names)});
  }
  const Result<const Llm*> model = catalog.model(usual->model);
  if (!model) return fail(model.error());
  return ServiceMemory{*model, usual->bits, Bytes{usual->bits / 8 * (*model)->params_total + kGib}};
}

}  // namespace rigwise
