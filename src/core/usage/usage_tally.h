#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/usage/length_tally.h"
#include "core/usage/prompt_categories.h"
#include "core/usage/used_request.h"

namespace rigwise {

/// Sums over requests. What a request did not say is counted, not added as 0.
struct TokenSums {
  std::uint64_t requests = 0, requests_without_tokens = 0, requests_without_cached = 0;
  std::uint64_t input = 0, cached = 0, cache_write = 0, output = 0;
  std::uint64_t input_with_cached = 0;  ///< of the requests that say how much of it was cached
  std::uint64_t tokens() const { return input + output; }
  /// Whether any request said how many tokens it had.
  bool knows_tokens() const { return tokens() > 0 || requests_without_tokens < requests; }
  /// Whether any said how much of its prompt was cached.
  bool knows_cached() const { return cached > 0 || input_with_cached > 0; }
};

struct ModelUse {
  std::string model;
  TokenSums sums;
};

/// One kind of work: what people wrote, and the tokens of the requests that answered it.
struct CategoryUse {
  std::uint64_t prompts = 0, requests = 0, tokens = 0;
};

inline constexpr int kHoursOfDay = 24, kDaysOfWeek = 7;
/// Longer prompts than this are "long context", as route means it.
inline constexpr std::uint64_t kLongContextTokens = 131'072;

/// What all logs come to.
struct UsageTotals {
  TokenSums all, sidechains;
  std::uint64_t copies = 0;     ///< requests that were told before, in another file or line
  std::uint64_t undated = 0;    ///< requests without a time
  std::uint64_t left_out = 0;   ///< requests and prompts outside the days asked for, or without a time where days are
  std::uint64_t uncounted = 0;  ///< sums over a time that do not say of how many requests
  std::uint64_t prompts = 0, conversations = 0, long_context = 0;
  std::vector<ModelUse> models;                 ///< by tokens, then by name
  std::map<std::int64_t, TokenSums> days;       ///< by day since 1970, in the offset asked for
  std::map<std::int64_t, std::uint64_t> hours;  ///< requests by hour since 1970 there
  std::array<std::uint64_t, kHoursOfDay> by_hour{};
  std::array<std::uint64_t, kDaysOfWeek> by_weekday{};  ///< Monday first
  std::array<std::uint64_t, kHoursOfDay> tokens_by_hour{};
  LengthTally prompt_lengths, output_lengths;
  std::vector<CategoryUse> categories;  ///< as in the rules; the last is what no rule knows
  CategoryUse unasked;                  ///< requests whose prompt the log does not hold
};

/// The days that count, in an offset from UTC.
struct UsageWindow {
  std::optional<std::int64_t> since_day, until_day;  ///< both inclusive
  int offset_s = 0;
};

/// Adds up what readers of logs find. A request that has a key is held until the end, since a log may tell it several
/// times while its answer grows: the copy with the most output counts, once. That takes some hundred bytes a request;
/// all else takes room by hours, models and conversations only.
class UsageTally {
 public:
  UsageTally(UsageWindow window, const CategoryRules& rules) : window_(window), rules_(&rules) {
    totals_.categories.resize(rules.categories().size() + 1);
  }

  void take_request(const UsedRequest& request);
  /// The category it has; nothing for a copy, or one outside the days asked for.
  std::optional<CategoryVerdict> take_prompt(const UsedPrompt& prompt);
  /// Everything taken so far.
  UsageTotals totals() const;

 private:
  /// A request without its texts.
  struct Held {
    std::optional<std::int64_t> local_s;
    std::int64_t width_s = 0;
    std::optional<std::uint64_t> input, cached, cache_write, output;
    std::uint64_t requests = 1;
    std::uint32_t model = 0;
    std::int32_t category = -1;  ///< -1: its prompt is not known
    bool is_sidechain = false;
  };

  std::optional<std::int64_t> local_time(std::optional<std::int64_t> time_s, bool is_local) const;
  bool counts(std::optional<std::int64_t> local_s) const;
  std::uint32_t model_index(const std::string& given);
  Held held(const UsedRequest& request, std::optional<std::int64_t> local_s);
  static void add(const Held& held, std::vector<TokenSums>& models, UsageTotals& totals);

  UsageWindow window_;
  const CategoryRules* rules_;
  UsageTotals totals_;
  std::vector<TokenSums> models_;
  std::vector<std::string> model_names_;
  std::unordered_map<std::string, std::uint32_t> model_indices_;
  std::unordered_map<std::uint64_t, Held> by_key_;
  std::unordered_map<std::uint64_t, std::int32_t> category_of_;  ///< by conversation
  std::unordered_map<std::uint64_t, bool> prompts_seen_;
};

/// 64 bits of a text (FNV-1a, mixed): names of requests are compared by it, a collision in a million of them has odds
/// of one in 10^7.
std::uint64_t text_hash(std::string_view text);

}  // namespace rigwise
