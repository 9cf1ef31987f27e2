#include "verbs/route_request.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/prompt_mix.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

/// Scored and sold as an API, and no record of the catalog has its weights.
bool is_closed(const Catalog& catalog, const std::string& name) {
  return std::any_of(catalog.api_prices.begin(), catalog.api_prices.end(), [&](const ApiPrice& price) {
    return fold_name(price.model.substr(price.model.rfind('/') + 1)) == fold_name(name);
  });
}

constexpr std::size_t kMostModels = 24, kMostApis = 12;
constexpr double kMostTokens = 1e15;
constexpr double kInputShare = 0.8;  ///< as `cost` assumes

std::string path_of(const char* key, std::size_t i) { return std::string(key) + "[" + std::to_string(i) + "]"; }

Result<void> add_models(const Catalog& catalog, const std::vector<std::string>& names, RouteRequest& read) {
  if (names.empty() || names.size() > kMostModels) {
    return invalid(names.empty() ? "no local model is named" : "too many models", "models",
                   names.empty() ? "for example [\"qwen3-32b\"]" : "at most " + std::to_string(kMostModels));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    LocalModel local;
    const std::optional<std::string> scored = read.scores->scored_name(names[i]);
    if (const auto index = catalog.model_names.find_quietly(names[i])) {
      local.model = &catalog.models[*index];
      local.name = local.model->id;
    } else if (scored && is_closed(catalog, *scored)) {
      return fail({ErrorCode::unsupported,
                   "\"" + *scored + "\" is known as an API only: it runs nowhere local",
                   path_of("models", i),
                   "a model of `rigwise catalog models`",
                   {}});
    } else if (scored) {
      local.name = *scored;
    } else {
      Error error = catalog.model(names[i]).error();
      error.where = path_of("models", i);
      for (const std::string& near : nearest_names(names[i], read.scores->unnamed_models(), 1)) {
        if (error.did_you_mean.empty()) error.did_you_mean.push_back(near);
      }
      return fail(std::move(error));
    }
    const bool known = std::any_of(read.question.models.begin(), read.question.models.end(),
                                   [&](const LocalModel& m) { return m.name == local.name; });
    if (known) return invalid("\"" + names[i] + "\" is named twice", path_of("models", i), "each model once");
    if (local.model != nullptr && local.model->weights != WeightsStatus::published) {
      return fail({ErrorCode::unsupported,
                   "the weights of \"" + local.name + "\" are not published: it runs nowhere local",
                   path_of("models", i),
                   "a model whose weights can be downloaded",
                   {}});
    }
    read.question.models.push_back(std::move(local));
  }
  return {};
}

/// Work that no score knows by its name is judged by averages: said, for it may be a slip.
void note_unknown_work(const std::vector<WorkCategory>& mix, RouteRequest& read) {
  const std::vector<std::string> tasks = read.scores->known_tasks();
  for (const WorkCategory& work : mix) {
    const bool known = !kin_of(work.category).empty() || std::any_of(tasks.begin(), tasks.end(), [&](const auto& task) {
      return fold_name(task) == fold_name(work.category);
    });
    if (known) continue;
    const std::vector<std::string> near = nearest_names(work.category, tasks);
    read.notes.push_back("nobody measured \"" + work.category + "\" apart: it is judged by overall scores" +
                         (near.empty() ? "" : "; measured are " + join(near, ", ") + " and others"));
  }
}

Result<void> read_usage(const Json* usage, RouteRequest& read) {
  if (usage == nullptr) return {};
  ObjectReader reader(*usage, "usage");
  const std::optional<double> tokens = reader.number("tokens_per_month", 0, kMostTokens);
  const std::optional<double> input = reader.number("input_share", 0, 1);
  const double cached = reader.number("cached_share", 0, 1).value_or(0);
  if (!tokens) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"tokens_per_month\" is missing",
                   "usage.tokens_per_month",
                   "input and output together, as 50000000",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  if (!input) {
    read.assumptions.push_back(significant(100 * kInputShare) +
                               " % of the tokens are input (no input_share was given)");
  }
  const double share = input.value_or(kInputShare);
  read.volume = TokenVolume{*tokens * share, *tokens * (1 - share), cached};
  return {};
}

/// The named APIs, or the reference's own where somebody sells it.
Result<void> read_apis(const Catalog& catalog, const std::vector<std::string>& names,
                       const std::optional<std::string>& reference, RouteRequest& read) {
  const Exchange exchange(catalog.rates, read.as_of);
  const TokenVolume volume = read.volume.value_or(TokenVolume{});
  if (names.size() > kMostApis) {
    return invalid("too many APIs", "api_models", "at most " + std::to_string(kMostApis));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    Result<ApiOffer> offer = find_api(catalog, names[i], volume, exchange, read.currency, read.as_of);
    if (!offer) {
      Error error = offer.error();
      error.where = path_of("api_models", i);
      error.try_this = "a name that `rigwise catalog api_prices` lists";
      return fail(std::move(error));
    }
    read.apis.push_back(*std::move(offer));
  }
  if (!names.empty()) return {};
  std::vector<std::string> candidates;
  if (reference) candidates.push_back(*reference);
  for (const std::string& benchmark : read.scores->benchmarks()) {
    candidates.push_back(read.scores->reference_in(benchmark));
  }
  for (const std::string& name : candidates) {
    if (name.empty()) continue;
    Result<ApiOffer> offer = find_api(catalog, name, volume, exchange, read.currency, read.as_of);
    if (!offer) continue;
    read.assumptions.push_back("the cloud is " + offer->name + " (no api_models were named)");
    read.apis.push_back(*std::move(offer));
    return {};
  }
  read.notes.emplace_back("no API of the catalog sells the reference: name one in api_models to see money");
  return {};
}

}  // namespace

Result<RouteRequest> read_route_request(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  RouteRequest read;
  const std::vector<std::string> models = reader.texts("models").value_or(std::vector<std::string>{});
  const std::vector<std::string> apis = reader.texts("api_models").value_or(std::vector<std::string>{});
  const Json *mix = reader.raw("prompt_mix"), *usage = reader.raw("usage");
  read.question.threshold = reader.number("threshold", 0.01, 2).value_or(0.9);
  const std::optional<std::string> setup = reader.text("setup");
  const std::string currency = reader.text("currency").value_or("USD");
  read.concurrency = reader.integer("concurrency", 1, 1024).value_or(1);
  ElectricityWish electricity;
  electricity.per_kwh = reader.number("electricity_per_kwh", 0, 100);
  electricity.region = reader.text("region");
  electricity.per_kwh_key = "electricity_per_kwh";
  Result<std::vector<WorkNeed>> abilities = read_abilities(reader);
  Result<ScoreWish> wish = read_score_wish(house.catalog, reader);
  read.as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  if (!wish) return fail(wish.error());
  if (!abilities) return fail(abilities.error());
  read.question.abilities = *std::move(abilities);
  read.level = wish->level;
  // Who names the API of a scored model compares with that model.
  if (wish->reference.empty() && !apis.empty()) {
    wish->reference = ScoreBook(house.catalog, *wish).scored_name(apis.front()).value_or("");
  }
  const std::optional<std::string> reference =
      wish->reference.empty() ? std::nullopt : std::optional<std::string>(wish->reference);
  read.scores = std::make_unique<ScoreBook>(house.catalog, *std::move(wish));
  if (Result<void> done = add_models(house.catalog, models, read); !done) return fail(done.error());
  Result<std::vector<WorkCategory>> work = read_prompt_mix(mix, true, read.assumptions);
  if (!work) return fail(work.error());
  if (work->empty()) {
    return fail({ErrorCode::invalid_input,
                 "nothing says what the work is",
                 "prompt_mix",
                 "[{\"category\": \"coding\", \"share\": 0.4}, ...], with tasks that somebody measured: " +
                     join(read.scores->known_tasks(), ", "),
                 {}});
  }
  read.question.mix = *std::move(work);
  note_unknown_work(read.question.mix, read);
  const Exchange exchange(house.catalog.rates, read.as_of);
  const Result<std::string> code = exchange.currency(currency);
  if (!code) return fail(code.error());
  read.currency = *code;
  const Result<Money> per_kwh = electricity_price(house.catalog, exchange, read.currency, electricity, read.tariff);
  if (!per_kwh) return fail(per_kwh.error());
  read.per_kwh = *per_kwh;
  if (Result<void> done = read_usage(usage, read); !done) return fail(done.error());
  if (Result<void> done = read_apis(house.catalog, apis, reference, read); !done) return fail(done.error());
  if (setup) {
    Result<Setup> parsed = parse_setup(house.catalog, *setup);
    if (!parsed) return fail(parsed.error());
    if (parsed->device_count() > 16) {
      return invalid("\"" + *setup + "\" has more than 16 devices", "setup", "at most 16");
    }
    read.setup = *std::move(parsed);
  }
  return read;
}

}  // namespace rigwise
