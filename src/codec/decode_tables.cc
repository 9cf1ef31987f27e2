#include "codec/decode_tables.h"

#include "codec/csv.h"
#include "codec/decode_seeds.h"
#include "codec/dossier.h"
#include "codec/measurement_csv.h"

namespace rigwise {
namespace {

constexpr double kMostMoney = 1e9;

/// Calls `read` for every row and keeps what it returns if the row had no fault.
template <class Row, class Read>
void read_rows(CsvTable& table, std::vector<Row>& out, std::vector<Diagnostic>& faults, Read read) {
  while (table.next()) {
    const std::size_t before = faults.size();
    Row row = read();
    if (faults.size() == before) out.push_back(std::move(row));
  }
}

bool is_currency(std::string_view text) {
  bool code = text.size() == 3;
  for (const char c : text) code = code && c >= 'A' && c <= 'Z';
  return code;
}

/// "USD", or "CAD/USD" for an exchange rate among the observations.
void read_currency(CsvTable& t, int column, std::string& out) {
  out = t.text(column);
  const std::string_view cell = out;
  const std::size_t slash = cell.find('/');
  if (is_currency(cell.substr(0, slash)) && (slash == std::string_view::npos || is_currency(cell.substr(slash + 1))))
    return;
  t.fault(column, "\"" + out.substr(0, 40) + "\" is not a currency", "three letters such as USD, EUR, CAD, SEK");
}

void decode_observations(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"item_id", "price_low", "currency", "price_kind", "date", "source"},
             {"price_high", "seed_lines", "notes"}, true, faults);
  const int item = t.column("item_id"), low = t.column("price_low"), high = t.column("price_high"),
            currency = t.column("currency"), kind = t.column("price_kind"), date = t.column("date"),
            source = t.column("source"), lines = t.column("seed_lines"), notes = t.column("notes");
  read_rows(t, c.price_observations, faults, [&] {
    PriceObservation o;
    for (const int needed : {item, low, kind, date, source}) t.require(needed);
    o.item_id = t.text(item);
    o.price_low = t.number(low, 0, kMostMoney).value_or(0);
    o.price_high = t.number(high, 0, kMostMoney);
    if (o.price_high && *o.price_high < o.price_low) t.fault(high, "the high price is below the low one");
    read_currency(t, currency, o.currency);
    o.price_kind = t.text(kind);
    t.read_date(date, o.date);
    o.source = t.text(source);
    o.seed_lines = t.text(lines);
    o.notes = t.text(notes);
    return o;
  });
}

void decode_api(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"provider", "model", "input_usd_per_mtok", "output_usd_per_mtok", "date", "source"},
             {"model_id", "cached_input_usd_per_mtok"}, true, faults);
  const int provider = t.column("provider"), model = t.column("model"), id = t.column("model_id"),
            input = t.column("input_usd_per_mtok"), output = t.column("output_usd_per_mtok"),
            cached = t.column("cached_input_usd_per_mtok"), date = t.column("date"), source = t.column("source");
  read_rows(t, c.api_prices, faults, [&] {
    ApiPrice p;
    for (const int needed : {provider, model, input, output, date, source}) t.require(needed);
    p.provider = t.text(provider);
    p.model = t.text(model);
    p.model_id = t.text(id);
    p.input_usd_per_mtok = t.number(input, 0, kMostMoney).value_or(0);
    p.output_usd_per_mtok = t.number(output, 0, kMostMoney).value_or(0);
    p.cached_input_usd_per_mtok = t.number(cached, 0, kMostMoney);
    t.read_date(date, p.date);
    p.source = t.text(source);
    return p;
  });
}

void decode_rentals(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"date", "provider", "tier", "device", "count", "usd_per_hour", "source"}, {"notes"}, true,
             faults);
  const int date = t.column("date"), provider = t.column("provider"), tier = t.column("tier"),
            device = t.column("device"), count = t.column("count"), price = t.column("usd_per_hour"),
            notes = t.column("notes"), source = t.column("source");
  read_rows(t, c.rentals, faults, [&] {
    RentalPrice p;
    for (const int needed : {date, provider, tier, device, count, price, source}) t.require(needed);
    t.read_date(date, p.date);
    p.provider = t.text(provider);
    p.tier = t.word(tier, rental_tier_name, RentalTier::reserved).value_or(RentalTier::on_demand);
    p.device = t.text(device);
    p.count = static_cast<int>(t.number(count, 1, 1024).value_or(1));
    p.usd_per_hour = t.number(price, 1e-4, kMostMoney).value_or(0);
    p.notes = t.text(notes);
    p.source = t.text(source);
    return p;
  });
}

void decode_api_speeds(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"date", "provider", "model_id", "output_tokens_per_s", "source"},
             {"ttft_s", "prompt_tokens", "notes"}, true, faults);
  const int date = t.column("date"), provider = t.column("provider"), model = t.column("model_id"),
            speed = t.column("output_tokens_per_s"), ttft = t.column("ttft_s"), prompt = t.column("prompt_tokens"),
            notes = t.column("notes"), source = t.column("source");
  read_rows(t, c.api_speeds, faults, [&] {
    ApiSpeed s;
    for (const int needed : {date, provider, model, speed, source}) t.require(needed);
    t.read_date(date, s.date);
    s.provider = t.text(provider);
    s.model_id = t.text(model);
    s.output_tokens_per_s = t.number(speed, 1e-3, 1e6).value_or(0);
    s.ttft_s = t.number(ttft, 0, 1e4);
    s.prompt_tokens = t.number(prompt, 0, 1e8);
    s.notes = t.text(notes);
    s.source = t.text(source);
    return s;
  });
}

void decode_saas(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(
      text, path, {"service", "price", "currency", "unit", "date", "source"},
      {"vendor", "category", "plan", "model_needed_locally", "ram_per_user_gb", "self_hosted_equivalent", "notes"},
      true, faults);
  const int service = t.column("service"), vendor = t.column("vendor"), category = t.column("category"),
            plan = t.column("plan"), price = t.column("price"), currency = t.column("currency"),
            unit = t.column("unit"), local = t.column("model_needed_locally"), ram = t.column("ram_per_user_gb"),
            hosted = t.column("self_hosted_equivalent"), date = t.column("date"), source = t.column("source"),
            notes = t.column("notes");
  read_rows(t, c.saas_prices, faults, [&] {
    SaasPrice p;
    for (const int needed : {service, date, source}) t.require(needed);
    p.service = t.text(service);
    p.vendor = t.text(vendor);
    p.category = t.text(category);
    p.plan = t.text(plan);
    p.price = t.number(price, 0, kMostMoney);
    if (p.price && *p.price > 0) read_currency(t, currency, p.currency);  // free is free in any currency
    p.unit = t.text(unit);
    p.model_needed_locally = t.text(local);
    p.ram_per_user_gb = t.number(ram, 0, 1e6);
    p.self_hosted_equivalent = t.text(hosted);
    t.read_date(date, p.date);
    p.source = t.text(source);
    p.notes = t.text(notes);
    return p;
  });
}

void decode_rates(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"date", "currency", "per_usd", "source", "confidence"}, {}, true, faults);
  const int date = t.column("date"), currency = t.column("currency"), per_usd = t.column("per_usd"),
            source = t.column("source"), confidence = t.column("confidence");
  read_rows(t, c.rates, faults, [&] {
    ExchangeRate r;
    for (const int needed : {date, per_usd, source}) t.require(needed);
    t.read_date(date, r.date);
    read_currency(t, currency, r.currency);
    r.per_usd = t.number(per_usd, 1e-9, 1e9).value_or(1);
    r.source = t.text(source);
    r.confidence = t.text(confidence);
    return r;
  });
}

void decode_electricity(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"region", "currency", "per_kwh", "date", "source", "confidence"}, {}, true, faults);
  const int region = t.column("region"), currency = t.column("currency"), per_kwh = t.column("per_kwh"),
            date = t.column("date"), source = t.column("source"), confidence = t.column("confidence");
  read_rows(t, c.electricity, faults, [&] {
    ElectricityPrice p;
    for (const int needed : {region, per_kwh, date, source}) t.require(needed);
    p.region = t.text(region);
    read_currency(t, currency, p.currency);
    p.per_kwh = t.number(per_kwh, 0, 1000).value_or(0);
    t.read_date(date, p.date);
    p.source = t.text(source);
    p.confidence = t.text(confidence);
    return p;
  });
}

void decode_scores(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"model_id", "model_name", "benchmark", "score", "date", "source"},
             {"category", "task", "scale_max", "judge", "locator"}, true, faults);
  const int id = t.column("model_id"), name = t.column("model_name"), benchmark = t.column("benchmark"),
            category = t.column("category"), task = t.column("task"), score = t.column("score"),
            scale = t.column("scale_max"), judge = t.column("judge"), date = t.column("date"),
            source = t.column("source"), locator = t.column("locator");
  read_rows(t, c.scores, faults, [&] {
    QualityScore q;
    for (const int needed : {name, benchmark, score, source}) t.require(needed);
    q.model_id = t.text(id);
    q.model_name = t.text(name);
    q.benchmark = t.text(benchmark);
    q.category = t.text(category);
    q.task = t.text(task);
    q.score = t.number(score, -1e9, 1e9).value_or(0);
    q.scale_max = t.number(scale, 0, 1e9).value_or(0);
    q.judge = t.text(judge);
    t.read_date(date, q.date);
    q.source = t.text(source);
    q.locator = t.text(locator);
    return q;
  });
}

void decode_seed_observations(std::string_view path, std::string_view text, Catalog& c,
                              std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"section", "subject", "quantity", "value", "unit", "locator"}, {}, true, faults);
  const int section = t.column("section"), subject = t.column("subject"), quantity = t.column("quantity"),
            value = t.column("value"), unit = t.column("unit"), locator = t.column("locator");
  std::string_view document = path.substr(path.rfind('/') + 1);
  document.remove_suffix(4);  // ".csv"
  read_rows(t, c.seed_observations, faults, [&] {
    return SeedObservation{std::string(document), t.text(section), t.text(subject), t.text(quantity),
                           t.text(value),         t.text(unit),    t.text(locator)};
  });
}

void decode_unresolved(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"kind", "name", "reason"}, {}, true, faults);
  const int kind = t.column("kind"), name = t.column("name"), reason = t.column("reason");
  read_rows(t, c.unresolved, faults, [&] {
    for (const int needed : {kind, name, reason}) t.require(needed);
    return UnresolvedName{t.text(kind), t.text(name), t.text(reason)};
  });
}

void decode_quantization_losses(std::string_view path, std::string_view text, Catalog& c,
                                std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"format", "model", "model_name", "perplexity_increase", "date", "source"},
             {"kl_divergence_median", "top_token_differs", "locator", "notes"}, true, faults);
  const int format = t.column("format"), model = t.column("model"), name = t.column("model_name"),
            increase = t.column("perplexity_increase"), divergence = t.column("kl_divergence_median"),
            differs = t.column("top_token_differs"), date = t.column("date"), source = t.column("source"),
            locator = t.column("locator"), notes = t.column("notes");
  read_rows(t, c.quantization_losses, faults, [&] {
    QuantizationLoss loss;
    for (const int needed : {format, name, increase, date, source}) t.require(needed);
    loss.format = t.text(format);
    loss.model = t.text(model);
    loss.model_name = t.text(name);
    loss.perplexity_increase = t.number(increase, -0.5, 1e6).value_or(0);
    loss.kl_divergence_median = t.number(divergence, 0, 100);
    loss.top_token_differs = t.number(differs, 0, 1);
    t.read_date(date, loss.date);
    loss.source = t.text(source);
    loss.locator = t.text(locator);
    loss.notes = t.text(notes);
    return loss;
  });
}

void decode_source_conditions(std::string_view path, std::string_view text, Catalog& c,
                              std::vector<Diagnostic>& faults) {
  CsvTable t(text, path, {"source", "note_word", "conditions", "reason"}, {}, true, faults);
  const int source = t.column("source"), word = t.column("note_word"), conditions = t.column("conditions"),
            reason = t.column("reason");
  read_rows(t, c.source_conditions, faults, [&] {
    for (const int needed : {source, conditions, reason}) t.require(needed);
    return SourceCondition{t.text(source), t.text(word), t.text(conditions), t.text(reason)};
  });
}

/// One dossier a device: a later one (an overlay's) replaces the earlier.
void add_dossier(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  Dossier dossier = decode_dossier(path, text, faults);
  for (Dossier& known : c.dossiers) {
    if (known.device != dossier.device) continue;
    known = std::move(dossier);
    return;
  }
  c.dossiers.push_back(std::move(dossier));
}

/// In the catalog itself a row that cannot be used is a fault; in a user's file it is only skipped.
void decode_catalog_measurements(std::string_view path, std::string_view text, Catalog& c,
                                 std::vector<Diagnostic>& faults) {
  Result<std::vector<Measurement>> rows = decode_measurements(text, path);
  if (!rows) {
    faults.push_back({true, std::string(path), 1, "", rows.error().message, rows.error().try_this});
    return;
  }
  for (Measurement& row : *rows) {
    if (row.defect.empty()) {
      c.measurements.push_back(std::move(row));
    } else {
      faults.push_back({true, std::string(path), 0, row.id, row.defect, ""});
    }
  }
}

struct TableKind {
  /// Whole; or the beginning, before any name and `ending`, when it ends with '/' or '-'.
  std::string_view path;
  void (*decode)(std::string_view, std::string_view, Catalog&, std::vector<Diagnostic>&);
  std::string_view ending = ".csv";
};

constexpr TableKind kTables[] = {
    {"prices/observations.csv", decode_observations},
    {"prices/api.csv", decode_api},
    {"prices/saas.csv", decode_saas},
    {"prices/rentals.csv", decode_rentals},
    {"prices/api_speeds.csv", decode_api_speeds},
    {"prices/rates.csv", decode_rates},
    {"prices/electricity.csv", decode_electricity},
    {"scores/", decode_scores},
    {"observations/", decode_seed_observations},
    {"measurements/", decode_catalog_measurements},
    {"source_conditions.csv", decode_source_conditions},
    {"quantization_loss.csv", decode_quantization_losses},
    {"unresolved.csv", decode_unresolved},
    {"seeds/sections.csv", decode_seed_sections},
    {"seeds/rules-", decode_seed_rules},
    {"seeds/names-", decode_seed_names},
    {"seeds/figures-", decode_seed_figures},
    {"seeds/conflicts.csv", decode_seed_conflicts},
    {"plans/", decode_plan_text, ".json"},
    {"dossiers/", add_dossier, ".md"},
};

const TableKind* kind_of(std::string_view path) {
  for (const TableKind& kind : kTables) {
    const bool many = kind.path.ends_with('/') || kind.path.ends_with('-');
    if (many ? path.starts_with(kind.path) && path.ends_with(kind.ending) : path == kind.path) return &kind;
  }
  return nullptr;
}

}  // namespace

bool is_catalog_table(std::string_view path) { return kind_of(path) != nullptr; }

void decode_table(std::string_view path, std::string_view text, Catalog& catalog, std::vector<Diagnostic>& faults) {
  const TableKind* kind = kind_of(path);
  if (kind != nullptr) kind->decode(path, text, catalog, faults);
}

}  // namespace rigwise
