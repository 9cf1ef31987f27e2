#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// The numbers that "0-3,8,10-11" names, ascending; none in a text that is no such list. At most 65,536.
std::vector<int> numbers_in_list(std::string_view list);

/// One thing that one source says of a machine.
struct MachineFact {
  std::string key;               ///< "memory/total_bytes", "gpu/0000:01:00.0/name"
  std::string text;              ///< as read; of a number: the number
  std::optional<double> number;  ///< in the unit that ends the key
  std::string source;            ///< "proc/meminfo MemTotal"
};

/// Sources that do not say the same of one thing.
struct Disagreement {
  std::string key;
  std::vector<MachineFact> said;  ///< one of each differing answer, the trusted first
};

/// Everything that every source said of a machine. Nothing is overwritten: the first to say a thing is believed, the
/// others stay beside it.
class FactSheet {
 public:
  /// A word; empty ones say nothing.
  void add_text(std::string key, std::string_view text, std::string source);
  /// A number; one that is not finite, or negative, says nothing.
  void add_number(std::string key, double number, std::string source);

  /// What is believed, or null.
  const MachineFact* find(std::string_view key) const;
  std::string text(std::string_view key) const;  ///< "" when unknown
  std::optional<double> number(std::string_view key) const;
  /// Names of the things of a kind, in order of first mention: "gpu" gives those of "gpu/NAME/...".
  std::vector<std::string> members(std::string_view kind) const;

  /// Numbers more than 3 % apart, and words of which neither contains the other once folded.
  std::vector<Disagreement> disagreements() const;

  const std::vector<MachineFact>& facts() const { return facts_; }

 private:
  void add(MachineFact fact);
  std::vector<MachineFact> facts_;
};

}  // namespace rigwise
