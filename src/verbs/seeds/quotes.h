#pragma once

#include <string_view>

#include "verbs/seeds/records.h"

namespace rigwise {

// Dated figures of the catalog's tables. Where several rows answer and differ, those of `document` win; if they still
// differ the error says how to tell them apart.

/// "ITEM.CUR", "ITEM.CUR.low", "ITEM.CUR.high", "ITEM.CUR@KIND": prices/observations.csv, else the record's own price.
Result<SeedValue> quoted_price(const Catalog& catalog, std::string_view rest, std::string_view document);
/// "SERVICE/PLAN" or "SERVICE/PLAN/CATEGORY", with ".ram_per_user_gb" for the memory it takes,
/// ".model_needed_locally" and ".self_hosted_equivalent" for the words: prices/saas.csv.
Result<SeedValue> seat_price(const Catalog& catalog, std::string_view rest, std::string_view document);
/// "PROVIDER/MODEL.input", ".output" or ".cached": USD per million tokens.
Result<SeedValue> token_price(const Catalog& catalog, std::string_view rest);
/// "CUR/DATE": units per US dollar.
Result<SeedValue> exchange_rate(const Catalog& catalog, std::string_view rest);
/// "REGION": price of a kWh.
Result<SeedValue> power_price(const Catalog& catalog, std::string_view rest);
/// "MODEL NAME/BENCHMARK/TASK" or "MODEL NAME/BENCHMARK/CATEGORY/TASK".
Result<SeedValue> quality_score(const Catalog& catalog, std::string_view rest, std::string_view document);
/// "BENCHMARK/TASK" or "BENCHMARK/CATEGORY/TASK": how many models have such a score.
Result<SeedValue> count_of_scores(const Catalog& catalog, std::string_view rest);

}  // namespace rigwise
