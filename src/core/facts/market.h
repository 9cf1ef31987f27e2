#pragma once

#include <optional>
#include <string>

namespace rigwise {

/// prices/observations.csv: a price somebody saw, with its date.
struct PriceObservation {
  std::string item_id;
  double price_low = 0;
  std::optional<double> price_high;
  std::string currency, price_kind, date, source, seed_lines, notes;
};

/// prices/api.csv: USD per million tokens.
struct ApiPrice {
  std::string provider, model, model_id, date, source;
  double input_usd_per_mtok = 0, output_usd_per_mtok = 0;
  std::optional<double> cached_input_usd_per_mtok;
};

/// prices/saas.csv: a seat or subscription.
struct SaasPrice {
  std::string service, vendor, category, plan, currency, unit, model_needed_locally, self_hosted_equivalent, date,
      source, notes;
  std::optional<double> price, ram_per_user_gb;
};

/// How sure a rented machine is to be there tomorrow.
enum class RentalTier {
  on_demand,  ///< as long as one likes, from the provider's own halls
  community,  ///< the same from other people's machines
  spot,       ///< may be taken away at any time
  reserved    ///< for a term that was agreed on before
};
const char* rental_tier_name(RentalTier tier);

/// prices/rentals.csv: GPUs by the hour.
struct RentalPrice {
  std::string date, provider, device, notes, source;  ///< device: a device's id
  RentalTier tier = RentalTier::on_demand;
  int count = 1;            ///< devices of the instance
  double usd_per_hour = 0;  ///< of all of them together

  double usd_per_device_hour() const { return usd_per_hour / count; }
};

/// prices/api_speeds.csv: how fast somebody measured an API, one stream.
struct ApiSpeed {
  std::string date, provider, model_id, notes, source;
  double output_tokens_per_s = 0;
  std::optional<double> ttft_s, prompt_tokens;
};

/// prices/rates.csv: units of `currency` per one US dollar on a date.
struct ExchangeRate {
  std::string date, currency, source, confidence;
  double per_usd = 0;
};

/// prices/electricity.csv.
struct ElectricityPrice {
  std::string region, currency, date, source, confidence;
  double per_kwh = 0;
};

/// scores/*.csv: one published quality result.
struct QualityScore {
  std::string model_id, model_name, benchmark, category, task, judge, date, source, locator;
  double score = 0, scale_max = 0;
};

/// quantization_loss.csv: how much worse a model got in a weight format, as somebody measured it.
struct QuantizationLoss {
  std::string format, model;       ///< ids; the model empty where it is not in the catalog or not stated
  std::string model_name;          ///< as its source calls it
  double perplexity_increase = 0;  ///< perplexity / perplexity in 16 bits - 1, on the same text
  std::optional<double> kl_divergence_median, top_token_differs;  ///< nats; share of positions, 0 to 1
  std::string date, source, locator, notes;
};

/// unresolved.csv: a name met in published measurements that states too little to be a record.
struct UnresolvedName {
  std::string kind, name, reason;
};

}  // namespace rigwise
