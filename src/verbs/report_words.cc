#include "verbs/report_words.h"

#include <algorithm>
#include <string_view>

#include "core/base/text.h"
#include "core/cost/money.h"

namespace rigwise {
namespace {

constexpr const char* kUnknown = "–";

}  // namespace

std::string amount_words(const Json& amount) {
  return amount.is_number() ? whole_units(Money(amount.get<double>(), "USD")) : kUnknown;
}

std::string chance_words(const Json& share) {
  constexpr double kNearlyAll = 0.995, kNearlyNone = 0.005;
  if (!share.is_number()) return kUnknown;
  const double p = share.get<double>();
  if (p >= kNearlyAll) return "over 99 %";
  return p < kNearlyNone ? "under 1 %" : fixed(100 * p, 0) + " %";
}

std::string figure_words(const Json& number, int digits) {
  return number.is_number() ? significant(number.get<double>(), digits) : kUnknown;
}

std::string range_words(const Json& estimate) {
  if (!estimate.is_object()) return kUnknown;
  return significant(estimate["low"].get<double>(), 2) + " to " + significant(estimate["high"].get<double>(), 2);
}

std::string level_words(const Json& targets) {
  for (const Json& target : targets) {
    if (target["decode"].is_object()) return significant(100 * target["decode"]["level"].get<double>()) + " %";
  }
  return kUnknown;
}

std::string wait_words(const Json& seconds) {
  if (!seconds.is_number()) return kUnknown;
  const double s = seconds.get<double>();
  return s < 0.1 ? significant(1000 * s, 2) + " ms" : significant(s, 2) + " s";
}

std::string short_machine_name(std::string label) {
  const auto replace_all = [&](std::string_view what, std::string_view with) {
    for (std::size_t at = label.find(what); at != std::string::npos; at = label.find(what, at)) {
      label.replace(at, what.size(), with);
    }
  };
  for (const std::string_view maker : {"NVIDIA ", "Apple ", "AMD ", "Intel ", "GeForce ", "Radeon "})
    replace_all(maker, "");
  replace_all(" Blackwell Workstation Edition", "");
  replace_all(" Server Edition", " Server");
  replace_all(" Blackwell ", " ");
  replace_all("-core GPU", "c");
  return label;
}

std::string spaced_words(const Json& text) {
  if (!text.is_string()) return kUnknown;
  std::string words = text.get<std::string>();
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace rigwise
