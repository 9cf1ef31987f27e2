#include "core/advise/brief.h"

#include <algorithm>
#include <cmath>

#include "core/advise/brief_people.h"
#include "core/advise/candidates.h"
#include "core/advise/services.h"
#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "core/cost/tariff.h"
#include "core/facts/setup.h"

namespace rigwise {
namespace {

constexpr double kBusyShare = 0.3;  ///< of the hours in use in which tokens are really written
constexpr double kInputShare = 0.75, kLeastInput = 0.05;
constexpr double kShortAnswer = 64, kLongAnswer = 4096;  ///< tokens
constexpr std::size_t kMostTargets = 8;  ///< what all runs at once is searched exactly, and that grows fast

std::string path(std::string_view key, std::size_t index, std::string_view inner) {
  return "needs." + std::string(key) + "[" + std::to_string(index) + "]." + std::string(inner);
}

/// Speeds that people ask for when they do not say: reading speed, and what keeps a coding agent from stalling.
void default_speeds(Task& task, const NeedTarget& target, Brief& brief) {
  const bool coding = task.class_name == "coding";
  const double asked = coding ? 30 : 20;
  if (!target.tokens_per_s && !target.minimum_tokens_per_s) {
    task.asked_tokens_per_s = asked;
    task.minimum_tokens_per_s = asked / 2;
    brief.assumptions.push_back(task.name + ": " + significant(asked) + " tok/s asked, at least " +
                                significant(asked / 2) + " (no speed given)");
    return;
  }
  task.asked_tokens_per_s = target.tokens_per_s.value_or(target.minimum_tokens_per_s.value_or(asked));
  task.minimum_tokens_per_s = target.minimum_tokens_per_s.value_or(task.asked_tokens_per_s / 2);
}

/// A model that can run here and is not retracted.
bool can_run(const Llm& model) { return model.weights == WeightsStatus::published && model.params_total > 0; }

Result<void> resolve_models(const Catalog& catalog, const NeedTarget& target, std::size_t index, Task& task) {
  if (!target.model.empty()) {
    const Result<const Llm*> model = catalog.model(target.model);
    if (!model) {
      Error error = model.error();
      error.where = path("targets", index, "model");
      return fail(std::move(error));
    }
    if (!can_run(**model)) {
      return invalid("the weights of \"" + target.model + "\" are not published, so no machine of yours can run it",
                     path("targets", index, "model"), "a model with published weights, or a model_class");
    }
    task.models = {*model};
    task.class_name = (*model)->name.empty() ? (*model)->id : (*model)->name;
    return {};
  }
  if (Result<void> done = class_models(catalog, target.model_class, path("targets", index, "model_class"), task);
      !done) {
    return done;
  }
  if (!target.max_params_b) return {};
  std::erase_if(task.models, [&](const Llm* model) { return model->params_total > *target.max_params_b * 1e9; });
  if (!task.models.empty()) return {};
  return invalid("no model of the class \"" + target.model_class + "\" has " + shortest(*target.max_params_b) +
                     " billion parameters or fewer",
                 path("targets", index, "max_params_b"), "a larger number, or a smaller class such as \"fast\"");
}

Result<void> add_targets(const Catalog& catalog, Brief& brief) {
  if (brief.needs.targets.size() > kMostTargets) {
    return invalid(
        std::to_string(brief.needs.targets.size()) + " targets are more than " + std::to_string(kMostTargets),
        "needs.targets", "put like ones together with \"streams\"");
  }
  for (std::size_t i = 0; i < brief.needs.targets.size(); ++i) {
    const NeedTarget& target = brief.needs.targets[i];
    Task task;
    task.name = target.name;
    const bool only_one = brief.needs.targets.size() == 1 && target.streams == 1;
    task.streams = only_one ? brief.needs.concurrency.value_or(1) : target.streams;
    task.ttft_is_assumed = !target.ttft_s;
    task.ttft_s = target.ttft_s.value_or(0);
    if (const Result<void> done = resolve_models(catalog, target, i, task); !done) return done;
    const bool coding = task.class_name == "coding";
    task.prompt_tokens = target.prompt_tokens.value_or(coding ? 4096 : 1024);
    task.context_tokens = target.context_tokens.value_or(std::max(coding ? 32768.0 : 8192.0, task.prompt_tokens));
    default_speeds(task, target, brief);
    brief.tasks.push_back(std::move(task));
  }
  return {};
}

/// Answers as long as the share of input says: where three of four tokens are read, a prompt of 4,096 gets 1,365.
double usual_output(const Brief& brief, double prompt_tokens) {
  const double input = std::clamp(brief.needs.usage.input_share.value_or(kInputShare), kLeastInput, 1 - kLeastInput);
  return std::clamp(prompt_tokens * (1 - input) / input, kShortAnswer, kLongAnswer);
}

/// What runs when the needs name neither targets nor people: one chat for everyday work.
Result<void> add_default_task(const Catalog& catalog, Brief& brief) {
  Task task;
  task.name = "everyday chat";
  task.streams = brief.needs.concurrency.value_or(1);
  const std::string standard = catalog.classes.empty() ? "standard" : catalog.classes.front().id;
  const auto has = [&](std::string_view id) {
    return std::any_of(catalog.classes.begin(), catalog.classes.end(), [&](const ModelClass& c) { return c.id == id; });
  };
  if (const Result<void> done = class_models(catalog, has("standard") ? "standard" : standard, "needs.targets", task);
      !done) {
    return done;
  }
  brief.assumptions.push_back("no targets given: one chat with a model of class \"" + task.class_name + "\"");
  default_speeds(task, NeedTarget{}, brief);
  brief.tasks.push_back(std::move(task));
  return {};
}

Result<void> add_vision(const Catalog& catalog, Brief& brief) {
  if (!brief.needs.vision) return {};
  for (const Task& task : brief.tasks) {
    if (task.class_name == "vision") return {};
  }
  Task task;
  task.name = "images";
  if (const Result<void> done = class_models(catalog, "vision", "needs.vision", task); !done) return done;
  task.asked_tokens_per_s = 20;
  task.minimum_tokens_per_s = 10;
  brief.tasks.push_back(std::move(task));
  return {};
}

Result<void> add_services(const Catalog& catalog, Brief& brief) {
  for (const std::string& service : brief.needs.services) {
    const Result<ServiceMemory> memory = service_memory(catalog, service);
    if (!memory) return fail(memory.error());
    brief.service_bytes += memory->bytes.value;
    brief.assumptions.push_back(service + " beside the models: " + significant(in_gb(memory->bytes)) + " GB for " +
                                memory->model->name);
  }
  return {};
}

Result<void> add_owned(const Catalog& catalog, Brief& brief) {
  const auto add = [&](const std::string& text, std::string where) -> Result<void> {
    const Result<Setup> setup = parse_setup(catalog, text);
    if (!setup) {
      Error error = setup.error();
      error.where = std::move(where);
      return fail(std::move(error));
    }
    for (const SetupPart& part : setup->parts) {
      const auto known = std::find_if(brief.owned.begin(), brief.owned.end(),
                                      [&](const OwnedDevice& o) { return o.device == part.device; });
      if (known == brief.owned.end())
        brief.owned.push_back({part.device, part.count});
      else
        known->count += part.count;
    }
    return {};
  };
  for (std::size_t i = 0; i < brief.needs.owned.size(); ++i) {
    if (Result<void> done = add(brief.needs.owned[i], "needs.owned[" + std::to_string(i) + "]"); !done) return done;
  }
  return brief.needs.upgrade_of.empty() ? Result<void>{} : add(brief.needs.upgrade_of, "needs.upgrade_of");
}

/// Waits before the first word that people are used to: an answer in a talk, and a step of work in progress (ten
/// seconds is how long attention stays with it, Nielsen 1993). Where nobody says, twice that is a miss.
constexpr double kUsualTtft = 5, kUsualWorkTtft = 10, kBearable = 2;

/// Fills in how long the first token may take, and says what is asked of every task.
void set_ttft(const Catalog& catalog, Brief& brief) {
  for (Task& task : brief.tasks) {
    // Of a model asked for by name nobody knows what it is for.
    const bool is_talk =
        task.class_name != "coding" && std::any_of(catalog.classes.begin(), catalog.classes.end(),
                                                   [&](const ModelClass& c) { return c.id == task.class_name; });
    std::string words = task.name + ": prompts of " + fixed(task.prompt_tokens, 0) + " tokens, contexts of " +
                        fixed(task.context_tokens, 0) + ", ";
    if (task.ttft_is_assumed) {
      task.ttft_usual_s = is_talk ? kUsualTtft : kUsualWorkTtft;
      task.ttft_s = kBearable * task.ttft_usual_s;
      words += "no ttft_s: " + significant(task.ttft_usual_s) + " s before the first word are usual, more than " +
               significant(task.ttft_s) + " s a miss";
    } else {
      task.ttft_usual_s = task.ttft_s;
      words += "the first word within " + significant(task.ttft_s) + " s";
    }
    brief.assumptions.push_back(std::move(words));
  }
}

/// A vendor that nobody knows would exclude nothing, and nobody would notice.
Result<void> check_vendors(const Catalog& catalog, const std::vector<std::string>& excluded) {
  for (std::size_t i = 0; i < excluded.size(); ++i) {
    const auto by = [&](const Device& device) { return is_made_by(device, excluded[i]); };
    const bool is_word = !fold_name(excluded[i]).empty();
    if (is_word && std::any_of(catalog.devices.begin(), catalog.devices.end(), by)) continue;
    std::vector<std::string> known;
    known.reserve(catalog.devices.size());
    for (const Device& device : catalog.devices) known.push_back(device.vendor);
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    return fail({ErrorCode::not_found, "no device is by \"" + excluded[i] + "\"",
                 "needs.constraints.vendors_excluded[" + std::to_string(i) + "]",
                 "for example: NVIDIA, AMD, Apple, Intel", nearest_names(excluded[i], known)});
  }
  return {};
}

/// Needs that say nothing get no advice.
Result<void> check_said(const Needs& needs) {
  const bool what = !needs.targets.empty() || needs.vision || !needs.services.empty() || needs.usage.tokens_per_month;
  const bool whom = !needs.people.empty() || needs.concurrency;
  const bool means = needs.budget.max || !needs.owned.empty() || !needs.upgrade_of.empty();
  if (what || whom || means) return {};
  return invalid("the needs say neither what must run, nor for whom, nor what it may cost", "needs",
                 "at least one of [budget] max = 4000, [[targets]] model_class = \"coding\", [[people]] count = 8");
}

/// The tariff: the user's own, else the region's, else that of the currency, else the catalog's first.
Result<void> set_electricity(const Catalog& catalog, Brief& brief) {
  const ElectricityPrice* best = nullptr;
  int best_rank = 0;
  if (!brief.needs.region.empty() && !catalog.electricity.empty()) {
    const Result<const ElectricityPrice*> there =
        tariff_of_region(catalog, brief.exchange, brief.needs.region, "needs.region",
                         "or leave it out and say money.electricity_per_kwh");
    if (!there) return fail(there.error());
    best = *there;
    best_rank = 3;
  }
  if (brief.needs.money.electricity_per_kwh) {
    brief.terms.per_kwh = Money(*brief.needs.money.electricity_per_kwh, brief.currency);
    return {};
  }
  for (const ElectricityPrice& price : catalog.electricity) {
    if (!brief.exchange.knows(price.currency)) continue;
    const int rank = price.currency == brief.currency ? 2 : 1;
    if (rank > best_rank) best = &price;
    best_rank = std::max(rank, best_rank);
  }
  const double amount = best == nullptr ? 0.3 : best->per_kwh;
  brief.terms.per_kwh = brief.exchange.convert(amount, best == nullptr ? "USD" : best->currency, brief.currency);
  brief.assumptions.push_back("electricity at " + significant(brief.terms.per_kwh.amount()) + " " + brief.currency +
                              " per kWh" + (best == nullptr ? "" : " (" + best->region + ", " + best->date + ")"));
  return {};
}

Result<void> set_money(const Catalog& catalog, Brief& brief) {
  brief.prices.exchange = &brief.exchange;
  brief.prices.currency = brief.currency;
  brief.prices.as_of = brief.as_of;
  brief.prices.announced_too = !brief.needs.not_before.empty();
  brief.prices.market = brief.needs.condition == Condition::only_new    ? Market::only_new
                        : brief.needs.condition == Condition::only_used ? Market::only_used
                                                                        : Market::any;
  if (brief.needs.budget.max) brief.budget = Money(*brief.needs.budget.max, brief.currency);
  brief.months = brief.terms.months = brief.needs.budget.horizon_months;
  brief.terms.tax_rate = brief.needs.money.tax_rate;
  brief.terms.resale = brief.needs.money.resale;
  brief.terms.resale_share = brief.needs.money.resale_share;
  if (Result<void> done = set_electricity(catalog, brief); !done) return done;
  if (brief.currency != "USD") {
    const UsedRate& rate = brief.exchange.rate(brief.currency);
    brief.assumptions.push_back("1 USD = " + significant(rate.per_usd, 4) + " " + brief.currency + " (" + rate.date +
                                ")");
  }
  return {};
}

/// Hours of a month in which the machine runs and works.
void set_hours(Brief& brief) {
  const bool shared = brief.seats > 1;
  const double in_use = brief.needs.usage.hours_per_day.value_or(shared ? 8 : 4);
  const bool always = brief.needs.constraints.always_on || shared;
  brief.terms.hours.on = always ? kHoursPerMonth : in_use * kDaysPerMonth;
  brief.hours_in_use = brief.needs.constraints.always_on ? kHoursPerMonth : in_use * kDaysPerMonth;
  brief.terms.hours.load = in_use * kDaysPerMonth * kBusyShare;
  brief.assumptions.push_back("in use " + significant(in_use) + " h a day, writing tokens in " +
                              significant(100 * kBusyShare) + " % of it; " +
                              (always ? "switched on all the time" : "switched off otherwise"));
}

/// Tokens of a month by task: the user's total split by asked speed, or what the asked speeds write in busy hours.
void set_tokens(Brief& brief) {
  double known = 0, rate = 0;
  for (const Task& task : brief.tasks) {
    known += task.output_tokens_per_month;
    rate += task.streams * task.asked_tokens_per_s;
  }
  const Usage& usage = brief.needs.usage;
  if (known > 0 && !usage.tokens_per_month) return;
  const double input_share = usage.input_share.value_or(kInputShare);
  const double busy_seconds = brief.terms.hours.load * 3600;
  double all = 0;
  for (Task& task : brief.tasks) {
    const double share = task.streams * task.asked_tokens_per_s / rate;
    const double total = usage.tokens_per_month ? *usage.tokens_per_month * share
                                                : rate * share * busy_seconds / std::max(0.05, 1 - input_share);
    task.input_tokens_per_month = total * input_share;
    task.output_tokens_per_month = total * (1 - input_share);
    all += total;
  }
  brief.assumptions.push_back(significant(all / 1e6) + " million tokens a month, " + significant(100 * input_share) +
                              " % of them input" + (usage.tokens_per_month ? "" : " (from the asked speeds)"));
}

}  // namespace

int Brief::owned_count(const Device& device) const {
  int count = 0;
  for (const OwnedDevice& o : owned) count += o.device == &device ? o.count : 0;
  return count;
}

int busy_streams(double people, double requests_per_hour, double seconds) {
  const double mean = people * requests_per_hour / 3600 * seconds;
  return std::max(1, static_cast<int>(std::ceil(mean + std::sqrt(mean))));
}

Result<void> resolve_needs(const Catalog& catalog, const Needs& needs, const std::string& as_of, Brief& brief) {
  brief.needs = needs;
  brief.as_of = as_of;
  brief.exchange = Exchange(catalog.rates, as_of);
  const Result<std::string> currency = brief.exchange.currency(needs.budget.currency);
  if (!currency) {
    Error error = currency.error();
    error.where = "needs.budget.currency";
    return fail(std::move(error));
  }
  brief.currency = *currency;
  if (!needs.not_before.empty() && !is_after(needs.not_before, as_of)) {
    return invalid("not_before " + needs.not_before + " has passed: prices are as of " + as_of, "needs.not_before",
                   "a later date, or leave it out to buy now");
  }
  if (Result<void> done = check_said(needs); !done) return done;
  if (Result<void> done = check_vendors(catalog, needs.constraints.vendors_excluded); !done) return done;
  if (Result<void> done = add_owned(catalog, brief); !done) return done;
  for (const PeopleGroup& group : needs.people) brief.seats += group.count;
  if (!needs.people.empty()) brief.seats -= 1;
  if (Result<void> done = add_targets(catalog, brief); !done) return done;
  if (Result<void> done = add_people(catalog, brief); !done) return done;
  if (brief.tasks.empty()) {
    if (Result<void> done = add_default_task(catalog, brief); !done) return done;
  }
  if (Result<void> done = add_vision(catalog, brief); !done) return done;
  if (Result<void> done = add_services(catalog, brief); !done) return done;
  for (Task& task : brief.tasks)
    if (task.requests_per_hour <= 0) task.output_tokens = usual_output(brief, task.prompt_tokens);
  set_ttft(catalog, brief);
  if (!needs.usage.prompt_mix.empty()) {
    brief.assumptions.push_back("the prompt mix does not change which machine holds the models");
  }
  if (needs.fine_tuning) {
    brief.assumptions.push_back("fine-tuning is not evaluated: it needs several times the memory of running a model");
  }
  if (Result<void> done = set_money(catalog, brief); !done) return done;
  set_hours(brief);
  set_tokens(brief);
  return {};
}

}  // namespace rigwise
