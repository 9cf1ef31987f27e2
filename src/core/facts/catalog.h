#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/facts/device.h"
#include "core/facts/engine.h"
#include "core/facts/format.h"
#include "core/facts/household.h"
#include "core/facts/llm.h"
#include "core/facts/market.h"
#include "core/facts/measurement.h"
#include "core/facts/seed.h"

namespace rigwise {

/// Resolves names of one kind of record: id, name or alias, after folding. Never guesses.
class NameIndex {
 public:
  /// Registers `name` for record `index`. A second record asking for the same folded name makes it ambiguous
  /// (lookups then fail naming both); returns false in that case. An id always wins over aliases of others.
  bool add(std::string_view name, std::size_t index, bool is_id);
  /// The record's index, or not_found with the nearest names, or ambiguous with the candidates: several records have
  /// the name, or none has it but several have all its words ("h100").
  /// `what` ("device") words the message.
  Result<std::size_t> find(std::string_view name, std::string_view what) const;
  /// The record of exactly this folded name, if one and only one has it. No message is made.
  std::optional<std::size_t> find_quietly(std::string_view name) const;

 private:
  struct Entry {
    std::size_t index = 0;
    bool is_id = false;
    std::vector<std::size_t> rivals;
  };
  struct Shown {
    std::string name;  ///< offered in "did you mean"
    std::size_t index = 0;
  };
  std::vector<std::string> nearest(std::string_view name) const;
  std::vector<std::string> ids_with_words(std::string_view name) const;

  std::unordered_map<std::string, Entry> by_folded_;
  std::vector<Shown> shown_;
  std::unordered_map<std::size_t, std::string> id_of_;
};

/// All facts, ready to be asked. Built once by codec; immutable afterwards.
struct Catalog {
  std::string version;       ///< catalog_schema, e.g. "1"
  std::string content_hash;  ///< of the bundle and overlays
  std::string as_of;         ///< the catalog's date, default for every request

  std::vector<Device> devices;
  std::vector<Llm> models;
  std::vector<Format> formats;
  std::vector<Engine> engines;
  std::vector<Link> links;
  std::vector<HostTemplate> hosts;
  std::vector<Accessory> accessories;
  std::vector<ModelClass> classes;
  std::vector<Role> roles;
  std::vector<PriceObservation> price_observations;
  std::vector<ApiPrice> api_prices;
  std::vector<SaasPrice> saas_prices;
  std::vector<RentalPrice> rentals;
  std::vector<ApiSpeed> api_speeds;
  std::vector<ExchangeRate> rates;
  std::vector<ElectricityPrice> electricity;
  std::vector<QualityScore> scores;
  std::vector<QuantizationLoss> quantization_losses;
  std::vector<Measurement> measurements;
  std::vector<SeedObservation> seed_observations;
  std::vector<SeedSection> seed_sections;
  std::vector<SeedRule> seed_rules;
  std::vector<SeedName> seed_names;
  std::vector<SeedConflict> seed_conflicts;
  std::vector<PlanText> plan_texts;
  std::vector<SourceCondition> source_conditions;
  std::vector<UnresolvedName> unresolved;
  std::vector<Dossier> dossiers;

  NameIndex device_names, model_names, format_names, kv_format_names, engine_names, link_names;

  Result<const Device*> device(std::string_view name) const;
  Result<const Llm*> model(std::string_view name) const;
  Result<const Format*> format(std::string_view name) const;     ///< weight formats
  Result<const Format*> kv_format(std::string_view name) const;  ///< KV-cache formats
  Result<const Engine*> engine(std::string_view name) const;
  Result<const Link*> link(std::string_view name) const;

  /// Rebuilds the name indexes after records changed.
  void index_names();
};

}  // namespace rigwise
