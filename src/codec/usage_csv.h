#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/usage_formats.h"

namespace rigwise {

/// Rows of usage exports in CSV: OpenAI's dashboard, Anthropic's console, LiteLLM's spend logs, or any table with
/// columns of these names. Fed line by line; a row may hold line ends in quotes.
class UsageCsv {
 public:
  /// Takes the first row. `usable()` says whether its columns count tokens.
  explicit UsageCsv(std::string_view header);
  bool usable() const { return usable_; }
  /// Whether a first row may be one of these.
  static bool is_header(std::string_view line);

  void read_line(std::string_view line, std::uint64_t number, UsageSink& sink);
  void finish(UsageSink& sink);

 private:
  void read_row(std::uint64_t number, UsageSink& sink);
  std::string_view cell(const std::vector<std::string_view>& cells, int column) const;

  bool usable_ = false;
  std::size_t columns_ = 0;
  struct Columns {
    int time = -1, end = -1, model = -1, requests = -1, input = -1, fresh = -1, cached = -1, output = -1, id = -1,
        call_type = -1, messages = -1;
    std::vector<int> writes, names;  ///< tokens written to a cache; whose the row is
  } at_;
  std::string row_;  ///< with a quote still open
  std::uint64_t row_line_ = 0;
};

}  // namespace rigwise
