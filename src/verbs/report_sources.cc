#include <set>

#include "core/base/text.h"
#include "core/facts/setup.h"
#include "verbs/report_parts.h"

namespace rigwise {
namespace {

/// Sources in the order they come up, each once a subject.
class SourceList {
 public:
  void add(const std::string& subject, const std::string& covers, const std::string& kind, const std::string& ref) {
    if (ref.empty() || !seen_.insert(subject + '\n' + covers + '\n' + ref).second) return;
    json_.push_back({{"subject", subject}, {"covers", covers}, {"kind", kind}, {"ref", ref}});
  }
  void add(const std::string& subject, const std::vector<Source>& sources) {
    for (const Source& source : sources) add(subject, join(source.covers, ", "), source.kind, source.ref);
  }
  Json take() { return std::move(json_); }

 private:
  std::set<std::string> seen_;
  Json json_ = Json::array();
};

void add_machine(const Catalog& catalog, const std::string& setup_text, SourceList& list) {
  const Result<Setup> setup = parse_setup(catalog, setup_text);
  if (!setup) return;
  for (const SetupPart& part : setup->parts) {
    const Device& device = part.build != nullptr ? *part.build : *part.device;
    list.add(device.name, device.sources);
    if (part.build != nullptr) list.add(part.device->name, part.device->sources);
  }
}

void add_models(const Catalog& catalog, const Json& targets, SourceList& list) {
  for (const Json& target : targets) {
    const Result<const Llm*> model = catalog.model(target["model"].get<std::string>());
    if (model) list.add((*model)->name, (*model)->sources);
  }
}

void add_offers(const Json& offers, SourceList& list) {
  for (const Json& offer : offers) {
    if (!offer.contains("source") || !offer["source"].is_string()) continue;
    const std::string subject = offer["model"].get<std::string>() + " at " + offer["provider"].get<std::string>();
    list.add(subject, "price", "price", offer["source"].get<std::string>());
  }
}

void add_quotes(const Json& rental, SourceList& list) {
  for (const Json& quote : rental["quotes"]) {
    list.add(rental["label"].get<std::string>() + " at " + quote["provider"].get<std::string>(), "price by the hour",
             "price", quote["source"].get<std::string>());
  }
}

}  // namespace

Json report_sources_json(const House& house, const Json& scenarios) {
  SourceList list;
  for (const Json& scenario : scenarios) {
    const Json& advice = scenario["advice"];
    for (const Json& option : advice["options"]) {
      add_machine(house.catalog, option["setup"].get<std::string>(), list);
      add_models(house.catalog, option["targets"], list);
    }
    if (advice["hybrid"].is_object()) add_machine(house.catalog, advice["hybrid"]["setup"].get<std::string>(), list);
    add_offers(advice["do_not_buy"]["offers"], list);
    if (advice["rental"].is_object()) add_quotes(advice["rental"], list);
  }
  return list.take();
}

}  // namespace rigwise
