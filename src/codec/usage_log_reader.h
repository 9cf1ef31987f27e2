#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "codec/usage_formats.h"
#include "codec/usage_server_log.h"

namespace rigwise {

/// Takes rows of usage exports in CSV: OpenAI's dashboard, Anthropic's console, LiteLLM's spend logs.
class UsageCsv;

/// Reads one log, piece by piece, and tells its format by what stands in it. A record that cannot be read is a fault
/// with its line, and reading goes on behind it. Holds one record at a time.
class UsageLogReader {
 public:
  explicit UsageLogReader(UsageSink& sink);
  ~UsageLogReader();

  void feed(std::string_view piece);
  /// The text is over: what has begun is read as far as it goes.
  void finish();

  /// What most records were; unknown: none was of a format that is read here.
  UsageFormat format() const;
  std::uint64_t lines() const { return line_; }

 private:
  enum class Shape { undecided, json_lines, json_items, csv, server_log, unknown };

  void decide(bool is_over);
  void read_lines(bool is_over);
  void read_line(std::string_view line, bool is_torn);
  void read_json_line(std::string_view line, bool is_torn);
  void read_csv_line(std::string_view line);
  void read_items(std::string_view piece);
  void read_item(std::string_view text, std::uint64_t line, bool is_torn);

  UsageSink* sink_;
  Shape shape_ = Shape::undecided;
  std::string pending_;       ///< of the line or item that has begun, or all while the shape is open
  std::uint64_t line_ = 0;    ///< lines that are over
  bool is_skipping_ = false;  ///< the line is longer than anybody writes one
  // of items
  int depth_ = 0, base_depth_ = 0;
  bool in_string_ = false, is_escaped_ = false;
  std::uint64_t item_line_ = 1;

  std::unique_ptr<UsageCsv> csv_;
  ServerLog server_log_;
  std::map<UsageFormat, std::uint64_t> formats_;
};

}  // namespace rigwise
