#include "verbs/seeds/quotes.h"

#include <algorithm>
#include <set>
#include <vector>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// A row that answers a spec, and what would tell it from the others.
struct Candidate {
  double number = 0;
  std::string source, mark;
};

/// The one figure that the candidates agree on.
Result<SeedValue> the_one(std::vector<Candidate> found, std::string_view document, const std::string& what,
                          const std::string& try_this, std::string_view wanted, const std::vector<std::string>& known) {
  if (found.empty())
    return fail(
        {ErrorCode::not_found, "no " + what + " is " + in_quotes(wanted), "", try_this, nearest_names(wanted, known)});
  const auto of_document = [&](const Candidate& c) { return !document.empty() && c.source.starts_with(document); };
  if (std::any_of(found.begin(), found.end(), of_document))
    found.erase(std::remove_if(found.begin(), found.end(), [&](const Candidate& c) { return !of_document(c); }),
                found.end());
  std::vector<std::string> marks;
  bool differ = false;
  for (const Candidate& c : found) {
    marks.push_back(c.mark + " (" + shortest(c.number) + ")");
    differ = differ || c.number != found[0].number;
  }
  if (differ)
    return fail(
        {ErrorCode::ambiguous, in_quotes(wanted) + " could be several figures", "", try_this, std::move(marks)});
  return SeedValue{found[0].number, "", SeedValueKind::record, found[0].source};
}

/// Takes `suffix` off the end, if it is there.
bool take_end(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

template <class Thing>
void take_quotes(const std::vector<Thing>& things, std::string_view id, std::string_view currency,
                 std::vector<Candidate>& found, std::vector<std::string>& known) {
  for (const Thing& thing : things) {
    known.push_back(thing.id);
    if (thing.id != id) continue;
    for (const Quote& quote : thing.quotes)
      if (quote.currency == currency)
        found.push_back({quote.amount, thing.sources.empty() ? thing.id : thing.sources.front().ref, "@" + quote.kind});
  }
}

}  // namespace

Result<SeedValue> quoted_price(const Catalog& catalog, std::string_view rest, std::string_view document) {
  const std::string_view wanted = rest;
  std::string_view kind;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    kind = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  const bool low = take_end(rest, ".low"), high = take_end(rest, ".high");
  const std::size_t dot = rest.rfind('.');
  const std::string how =
      "price:ITEM.CUR, with .low, .high or @KIND behind it, as in price:nvidia-dgx-spark.USD@estimate";
  if (dot == std::string_view::npos) return invalid(in_quotes(wanted) + " names no currency", "", how);
  const std::string_view item = rest.substr(0, dot), currency = rest.substr(dot + 1);
  std::vector<Candidate> found;
  std::vector<std::string> known;
  for (const PriceObservation& o : catalog.price_observations) {
    known.push_back(o.item_id);
    if (o.item_id != item || o.currency != currency || (!kind.empty() && o.price_kind != kind)) continue;
    const double top = o.price_high.value_or(o.price_low);
    found.push_back({high ? top : low ? o.price_low : (o.price_low + top) / 2, o.source, "@" + o.price_kind});
  }
  if (found.empty()) {
    take_quotes(catalog.accessories, item, currency, found, known);
    take_quotes(catalog.hosts, item, currency, found, known);
    take_quotes(catalog.devices, item, currency, found, known);
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return the_one(std::move(found), document, "price in " + std::string(currency), how, item, known);
}

Result<SeedValue> seat_price(const Catalog& catalog, std::string_view rest, std::string_view document) {
  const bool memory = take_end(rest, ".ram_per_user_gb");
  const bool model = take_end(rest, ".model_needed_locally"), own = take_end(rest, ".self_hosted_equivalent");
  std::vector<Candidate> found;
  std::vector<std::string> known;
  for (const SaasPrice& p : catalog.saas_prices) {
    const std::string name = p.service + "/" + p.plan;
    known.push_back(name);
    if (rest != name && rest != p.service && rest != name + "/" + p.category) continue;
    if (model || own)
      return SeedValue{std::nullopt, model ? p.model_needed_locally : p.self_hosted_equivalent, SeedValueKind::record,
                       p.source};
    const std::optional<double> number = memory ? p.ram_per_user_gb : p.price;
    if (number) found.push_back({*number, p.source, p.service + "/" + p.plan + "/" + p.category});
  }
  return the_one(std::move(found), document, "seat", "saas:SERVICE/PLAN or saas:SERVICE/PLAN/CATEGORY", rest, known);
}

Result<SeedValue> token_price(const Catalog& catalog, std::string_view rest) {
  const std::string_view wanted = rest;
  const bool input = take_end(rest, ".input"), output = take_end(rest, ".output"), cached = take_end(rest, ".cached");
  const std::string how = "api:PROVIDER/MODEL.input, .output or .cached";
  if (!input && !output && !cached) return invalid(in_quotes(wanted) + " does not say which price", "", how);
  std::vector<Candidate> found;
  std::vector<std::string> known;
  for (const ApiPrice& p : catalog.api_prices) {
    known.push_back(p.provider + "/" + p.model);
    if (rest != known.back()) continue;
    if (cached && !p.cached_input_usd_per_mtok) continue;
    found.push_back({input    ? p.input_usd_per_mtok
                     : output ? p.output_usd_per_mtok
                              : *p.cached_input_usd_per_mtok,
                     p.source, p.date});
  }
  return the_one(std::move(found), "", "API price", how, rest, known);
}

Result<SeedValue> exchange_rate(const Catalog& catalog, std::string_view rest) {
  std::vector<Candidate> found;
  std::vector<std::string> known;
  for (const ExchangeRate& r : catalog.rates) {
    known.push_back(r.currency + "/" + r.date);
    if (rest == known.back()) found.push_back({r.per_usd, r.source, r.date});
  }
  return the_one(std::move(found), "", "exchange rate", "rate:CUR/DATE, as in rate:CAD/2026-04", rest, known);
}

Result<SeedValue> power_price(const Catalog& catalog, std::string_view rest) {
  std::vector<Candidate> found;
  std::vector<std::string> known;
  for (const ElectricityPrice& p : catalog.electricity) {
    known.push_back(p.region);
    if (rest == p.region) found.push_back({p.per_kwh, p.source, p.date});
  }
  return the_one(std::move(found), "", "electricity price", "electricity:REGION", rest, known);
}

Result<SeedValue> quality_score(const Catalog& catalog, std::string_view rest, std::string_view document) {
  std::vector<Candidate> found;
  std::vector<std::string> known;
  for (const QualityScore& s : catalog.scores) {
    const std::string head = s.model_name + "/" + s.benchmark + "/";
    known.push_back(head + s.task);
    if (rest != known.back() && rest != head + s.category + "/" + s.task) continue;
    found.push_back({s.score, s.source, head + s.category + "/" + s.task});
  }
  return the_one(std::move(found), document, "score", "score:MODEL NAME/BENCHMARK/TASK or .../CATEGORY/TASK", rest,
                 known);
}

Result<SeedValue> count_of_scores(const Catalog& catalog, std::string_view rest) {
  std::vector<std::string> known;
  std::set<std::string, std::less<>> models;
  std::string source;
  for (const QualityScore& s : catalog.scores) {
    known.push_back(s.benchmark + "/" + s.task);
    if (rest != known.back() && rest != s.benchmark + "/" + s.category + "/" + s.task) continue;
    models.insert(s.model_name);
    source = s.source;
  }
  if (models.empty())
    return fail({ErrorCode::not_found, "no score is of " + in_quotes(rest), "",
                 "count:BENCHMARK/TASK or count:BENCHMARK/CATEGORY/TASK", nearest_names(rest, known)});
  return SeedValue{static_cast<double>(models.size()), "", SeedValueKind::computed, "models scored in " + source};
}

}  // namespace rigwise
