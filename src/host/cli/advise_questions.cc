#include "host/cli/advise_questions.h"

#include <istream>
#include <ostream>

#include "core/base/text.h"
#include "core/cost/amount.h"

namespace rigwise {
namespace {

/// A line from the person; nothing at the end of input.
std::optional<std::string> ask(std::istream& in, std::ostream& out, std::string_view question) {
  out << question << ' ' << std::flush;
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  return std::string(trim(line));
}

/// "4000", "4,000 USD", "15'000 chf".
bool read_budget(std::string_view text, Json& needs) {
  const Result<WrittenAmount> amount = parse_amount(text);
  if (!amount || amount->value <= 0) return false;
  needs["budget"]["max"] = amount->value;
  if (!amount->currency.empty() && amount->currency != "$") needs["budget"]["currency"] = amount->currency;
  return true;
}

/// One of a numbered list; the first letter of the wanted row's number is enough.
template <std::size_t N>
std::size_t choose(std::istream& in, std::ostream& out, std::string_view question, const char* const (&rows)[N],
                   std::size_t usual) {
  out << question << '\n';
  for (std::size_t i = 0; i < N; ++i) out << "  " << i + 1 << "  " << rows[i] << '\n';
  for (;;) {
    const std::optional<std::string> line = ask(in, out, "[" + std::to_string(usual + 1) + "]");
    if (!line || line->empty()) return usual;
    const Result<double> number = parse_number(*line);
    for (std::size_t i = 0; number && i < N; ++i) {
      if (*number == static_cast<double>(i + 1)) return i;
    }
    out << "A number from 1 to " << N << ", please.\n";
  }
}

void ask_budget(std::istream& in, std::ostream& out, Json& needs) {
  needs["budget"] = {{"max", 4000}, {"currency", "USD"}};
  for (;;) {
    const std::optional<std::string> line = ask(in, out, "How much may the whole machine cost? [4000 USD]");
    if (!line || line->empty() || read_budget(*line, needs)) return;
    out << "An amount such as 4000 USD or 6000 EUR, please.\n";
  }
}

void ask_people(std::istream& in, std::ostream& out, const char* role, Json& needs) {
  for (;;) {
    const std::optional<std::string> line = ask(in, out, "How many people use it? [1]");
    if (!line || line->empty()) return;
    const Result<double> count = parse_number(*line);
    if (count && *count >= 1 && *count <= 1000000 && *count == static_cast<int>(*count)) {
      if (*count > 1) needs["people"] = Json::array({{{"role", role}, {"count", *count}}});
      return;
    }
    out << "A whole number, please.\n";
  }
}

}  // namespace

Json ask_needs(std::istream& in, std::ostream& out) {
  Json needs = Json::object();
  ask_budget(in, out, needs);
  constexpr const char* kUses[] = {"everyday chat, mail, documents", "writing code", "small quick jobs, translation",
                                   "the strongest open models"};
  constexpr const char* kClasses[] = {"standard", "coding", "fast", "premium"};
  constexpr const char* kRoles[] = {"manager", "developer", "admin", "engineer"};
  const std::size_t use = choose(in, out, "What is it for?", kUses, 0);
  ask_people(in, out, kRoles[use], needs);
  if (!needs.contains("people")) needs["targets"] = Json::array({{{"model_class", kClasses[use]}}});
  constexpr const char* kPlaces[] = {"in the room where somebody works or sleeps (quiet)",
                                     "under a desk (may be heard)", "in a closet or cellar (may be loud)",
                                     "in a bag (a laptop)"};
  constexpr const char* kNoise[] = {"quiet", "audible", "very_loud", "audible"};
  const std::size_t place = choose(in, out, "Where does it stand?", kPlaces, 1);
  needs["constraints"] = {{"noise", kNoise[place]}};
  if (place == 3) needs["constraints"]["portable"] = true;
  out << '\n';
  return needs;
}

}  // namespace rigwise
