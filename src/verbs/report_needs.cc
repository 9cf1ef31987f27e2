#include "core/base/text.h"
#include "core/cost/money.h"
#include "core/facts/roles.h"
#include "verbs/report_parts.h"

namespace rigwise {
namespace {

/// Lines in the order they were said to add().
class Lines {
 public:
  void add(std::string_view name, std::string value) {
    if (!value.empty()) json_.push_back({{"name", name}, {"value", std::move(value)}});
  }
  Json take() { return std::move(json_); }

 private:
  Json json_ = Json::array();
};

std::string spaced(std::string text) {
  for (char& c : text)
    if (c == '_') c = ' ';
  return text;
}

std::string money_words(double amount, const std::string& currency) {
  return whole_units(Money(amount, currency)) + " " + currency;
}

std::string percent(double share) { return significant(100 * share) + " %"; }

std::string budget_words(const Budget& budget) {
  return budget.max ? money_words(*budget.max, budget.currency) + " for the whole machine" : "";
}

std::string people_words(const Catalog& catalog, const std::vector<PeopleGroup>& people) {
  std::vector<std::string> groups;
  groups.reserve(people.size());
  for (const PeopleGroup& group : people) {
    const Role* role = find_role(catalog, group.role);
    std::string name = group.role.empty() ? "people" : group.role;
    if (role != nullptr) name = role->name;
    groups.push_back(std::to_string(group.count) + " " + name);
  }
  return join(groups, ", ");
}

std::string target_words(const NeedTarget& target) {
  std::string words = target.model.empty() ? target.model_class + " class" : target.model;
  if (target.tokens_per_s) words += ", " + significant(*target.tokens_per_s) + " tok/s";
  if (target.minimum_tokens_per_s) words += ", at least " + significant(*target.minimum_tokens_per_s);
  if (target.streams > 1) words += ", " + std::to_string(target.streams) + " streams at once";
  if (target.ttft_s) words += ", first word within " + significant(*target.ttft_s) + " s";
  if (target.prompt_tokens) words += ", prompts of " + significant(*target.prompt_tokens, 6) + " tokens";
  if (target.context_tokens) words += ", " + significant(*target.context_tokens, 7) + " tokens of context";
  return words;
}

std::string constraint_words(const Constraints& wanted) {
  std::vector<std::string> words;
  if (wanted.noise) words.push_back("no louder than " + spaced(noise_class_name(*wanted.noise)));
  if (wanted.portable) words.emplace_back("portable");
  if (wanted.power_w_max) words.push_back("at most " + significant(*wanted.power_w_max, 4) + " W");
  std::vector<std::string> shapes;
  for (const BodyShape shape : wanted.form_factors) shapes.emplace_back(body_shape_name(shape));
  if (!shapes.empty()) words.push_back("a " + join(shapes, " or "));
  if (!wanted.os.empty()) words.push_back("with " + join(wanted.os, " or "));
  if (!wanted.vendors_excluded.empty()) words.push_back("nothing of " + join(wanted.vendors_excluded, ", "));
  if (wanted.always_on) words.emplace_back("on all the time");
  if (wanted.local_only) words.emplace_back("no token may leave the house");
  return join(words, "; ");
}

std::string usage_words(const Usage& usage) {
  std::vector<std::string> words;
  if (usage.tokens_per_month) {
    words.push_back(significant(*usage.tokens_per_month / 1e6) + " million tokens a month");
  }
  if (usage.input_share) words.push_back(percent(*usage.input_share) + " of them input");
  if (usage.hours_per_day) words.push_back(significant(*usage.hours_per_day) + " hours a day");
  for (const PromptShare& part : usage.prompt_mix) words.push_back(spaced(part.category) + " " + percent(part.share));
  return join(words, ", ");
}

std::string money_needs_words(const MoneyNeeds& money, const std::string& currency) {
  std::vector<std::string> words;
  if (money.electricity_per_kwh) words.push_back(significant(*money.electricity_per_kwh) + " " + currency + " a kWh");
  if (money.tax_rate > 0) words.push_back(percent(money.tax_rate) + " of costs come back as tax");
  if (money.resale) {
    words.push_back(money.resale_share ? percent(*money.resale_share) + " of the price comes back when it is sold"
                                       : "what it fetches in the end counts");
  }
  return join(words, "; ");
}

}  // namespace

Json needs_lines_json(const Catalog& catalog, const Needs& needs) {
  Lines lines;
  lines.add("Budget", budget_words(needs.budget));
  lines.add("Looking ahead", std::to_string(needs.budget.horizon_months) + " months");
  lines.add("People", people_words(catalog, needs.people));
  if (needs.concurrency) lines.add("At once", std::to_string(*needs.concurrency) + " streams");
  for (const NeedTarget& target : needs.targets) {
    lines.add(target.name.empty() ? "Must run" : target.name, target_words(target));
  }
  lines.add("Beside the models", join(needs.services, ", "));
  if (needs.vision) lines.add("Pictures", "must be understood");
  if (needs.fine_tuning) lines.add("Fine-tuning", "wanted");
  if (needs.minimum_relative_quality) {
    lines.add("Quality", "at least " + percent(*needs.minimum_relative_quality) + " of the best");
  }
  lines.add("Constraints", constraint_words(needs.constraints));
  lines.add("Usage", usage_words(needs.usage));
  lines.add("Money", money_needs_words(needs.money, needs.budget.currency));
  if (needs.condition != Condition::any) lines.add("Condition", spaced(condition_name(needs.condition)));
  lines.add("Region", needs.region);
  lines.add("Owned already", join(needs.owned, ", "));
  lines.add("To be improved upon", needs.upgrade_of);
  lines.add("Ready to wait until", needs.not_before);
  return lines.take();
}

}  // namespace rigwise
