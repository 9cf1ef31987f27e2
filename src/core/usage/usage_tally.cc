#include "core/usage/usage_tally.h"

#include <algorithm>

namespace rigwise {
namespace {

constexpr std::int64_t kDay = 86'400, kHour = 3'600;

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

void add_sums(TokenSums& sums, std::uint64_t requests, const std::optional<std::uint64_t>& input,
              const std::optional<std::uint64_t>& cached, const std::optional<std::uint64_t>& cache_write,
              const std::optional<std::uint64_t>& output) {
  sums.requests += requests;
  if (!input && !output) sums.requests_without_tokens += requests;
  sums.input += input.value_or(0);
  sums.cached += cached.value_or(0);
  sums.cache_write += cache_write.value_or(0);
  sums.output += output.value_or(0);
  if (input && cached)
    sums.input_with_cached += *input;
  else if (input)
    sums.requests_without_cached += requests;
}

}  // namespace

std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
  return hash ^ (hash >> 31);
}

std::optional<std::int64_t> UsageTally::local_time(std::optional<std::int64_t> time_s, bool is_local) const {
  if (!time_s) return std::nullopt;
  return *time_s + (is_local ? 0 : window_.offset_s);
}

bool UsageTally::counts(std::optional<std::int64_t> local_s) const {
  if (!window_.since_day && !window_.until_day) return true;
  if (!local_s) return false;
  const std::int64_t day = floor_div(*local_s, kDay);
  return (!window_.since_day || day >= *window_.since_day) && (!window_.until_day || day <= *window_.until_day);
}

std::uint32_t UsageTally::model_index(const std::string& given) {
  // Some servers call a model by the path of its file, which may say who somebody is.
  const bool is_path = given.starts_with('/') || given.starts_with('~') || given.find('\\') != std::string::npos;
  const std::string name = is_path ? given.substr(given.find_last_of("/\\") + 1) : given;
  const auto [found, is_new] = model_indices_.try_emplace(name, static_cast<std::uint32_t>(model_names_.size()));
  if (is_new) {
    model_names_.push_back(name);
    models_.emplace_back();
  }
  return found->second;
}

UsageTally::Held UsageTally::held(const UsedRequest& request, std::optional<std::int64_t> local_s) {
  Held held;
  held.local_s = local_s;
  held.width_s = request.width_s;
  held.input = request.input_tokens;
  held.cached = request.cached_tokens;
  held.cache_write = request.cache_write_tokens;
  held.output = request.output_tokens;
  held.requests = request.requests;
  held.model = model_index(request.model);
  held.is_sidechain = request.is_sidechain;
  if (!request.conversation.empty()) {
    const auto known = category_of_.find(text_hash(request.conversation));
    if (known != category_of_.end()) held.category = known->second;
  }
  return held;
}

void UsageTally::take_request(const UsedRequest& request) {
  const std::optional<std::int64_t> local_s = local_time(request.time_s, request.is_local_time);
  if (!counts(local_s)) {
    totals_.left_out += request.requests;
    return;
  }
  if (request.key.empty()) {
    add(held(request, local_s), models_, totals_);
    return;
  }
  Held now = held(request, local_s);
  const auto [found, is_new] = by_key_.try_emplace(text_hash(request.key), now);
  if (is_new) return;
  ++totals_.copies;
  Held& before = found->second;
  if (now.output.value_or(0) <= before.output.value_or(0) && (before.input || !now.input)) return;
  // When it was asked, and for what, the first copy says.
  now.local_s = before.local_s ? before.local_s : now.local_s;
  now.category = before.category >= 0 ? before.category : now.category;
  now.is_sidechain = before.is_sidechain;
  before = now;
}

std::optional<CategoryVerdict> UsageTally::take_prompt(const UsedPrompt& prompt) {
  CategoryVerdict verdict = rules_->verdict(prompt.text);
  const auto index = static_cast<std::int32_t>(verdict.category.value_or(rules_->categories().size()));
  const std::optional<std::int64_t> local_s = local_time(prompt.time_s, prompt.is_local_time);
  if (!prompt.conversation.empty()) {
    const auto [known, is_new] = category_of_.insert_or_assign(text_hash(prompt.conversation), index);
    if (is_new && counts(local_s)) ++totals_.conversations;
  }
  if (!counts(local_s)) return std::nullopt;
  if (!prompt.key.empty() && !prompts_seen_.try_emplace(text_hash(prompt.key), true).second) return std::nullopt;
  ++totals_.prompts;
  ++totals_.categories[static_cast<std::size_t>(index)].prompts;
  return verdict;
}

void UsageTally::add(const Held& held, std::vector<TokenSums>& models, UsageTotals& totals) {
  const auto sum = [&](TokenSums& sums) {
    add_sums(sums, held.requests, held.input, held.cached, held.cache_write, held.output);
  };
  sum(totals.all);
  sum(models[held.model]);
  if (held.is_sidechain) sum(totals.sidechains);
  if (held.requests == 0) ++totals.uncounted;
  const std::uint64_t tokens = held.input.value_or(0) + held.output.value_or(0);
  CategoryUse& use = held.category < 0 ? totals.unasked : totals.categories[static_cast<std::size_t>(held.category)];
  use.requests += held.requests;
  use.tokens += tokens;
  if (held.requests == 1 && held.width_s == 0) {
    if (held.input) totals.prompt_lengths.add(*held.input);
    if (held.output) totals.output_lengths.add(*held.output);
    if (held.input.value_or(0) > kLongContextTokens) ++totals.long_context;
  }
  if (!held.local_s) {
    totals.undated += held.requests;
    return;
  }
  const std::int64_t day = floor_div(*held.local_s, kDay);
  sum(totals.days[day]);
  constexpr std::int64_t kThursday = 3;  // 1970-01-01 was one; Monday is 0
  totals.by_weekday[static_cast<std::size_t>(((day + kThursday) % kDaysOfWeek + kDaysOfWeek) % kDaysOfWeek)] +=
      held.requests;
  if (held.width_s > kHour) return;
  const std::int64_t hour = floor_div(*held.local_s, kHour);
  totals.hours[hour] += held.requests;
  const auto of_day = static_cast<std::size_t>(hour - day * kHoursOfDay);
  totals.by_hour[of_day] += held.requests;
  totals.tokens_by_hour[of_day] += tokens;
}

UsageTotals UsageTally::totals() const {
  UsageTotals totals = totals_;
  std::vector<TokenSums> models = models_;
  for (const auto& [key, held] : by_key_) add(held, models, totals);
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].requests > 0) totals.models.push_back({model_names_[i], models[i]});
  }
  std::sort(totals.models.begin(), totals.models.end(), [](const ModelUse& a, const ModelUse& b) {
    return a.sums.tokens() != b.sums.tokens() ? a.sums.tokens() > b.sums.tokens() : a.model < b.model;
  });
  return totals;
}

}  // namespace rigwise
