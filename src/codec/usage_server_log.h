#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "codec/usage_formats.h"
#include "core/usage/log_time.h"

namespace rigwise {

/// Reads what Ollama and llama.cpp's server print, line by line, with or without the marks that journald and Docker put
/// before each. Ollama's says when a request came and no token; llama.cpp's says tokens, and when only by such a mark.
class ServerLog {
 public:
  UsageFormat read_line(std::string_view line, std::uint64_t number, UsageSink& sink);
  /// The log is over: a request that is timed half is a fault.
  void finish(UsageSink& sink);
  /// Whether a line is one of theirs.
  static bool is_known(std::string_view line);

 private:
  void note_prompt(std::string_view line);
  void note_task(std::string_view line);
  void end_request(std::string_view line, UsageSink& sink);

  std::map<int, std::uint64_t> prompt_of_task_;  ///< tokens of prompts under way
  int task_ = -1;                                ///< whose times are printed
  std::optional<std::uint64_t> evaluated_;       ///< prompt tokens that were not cached
  std::uint64_t evaluated_line_ = 0;
  std::string model_;
};

}  // namespace rigwise
