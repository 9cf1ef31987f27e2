#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "host/cli/table.h"

namespace rigwise {

enum class OutputFormat { table, json, csv, md };

/// Where answers go and how they look there. Answers on `out`, everything else on `err`.
struct Console {
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  std::istream* in = nullptr;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool in_is_terminal = false;
  bool color = false;
  int width = 80;  ///< 80 when piped
  OutputFormat format = OutputFormat::table;

  /// `text` in bold or dim when colour is on.
  std::string strong(std::string_view text) const;
  std::string faint(std::string_view text) const;
  std::string good(std::string_view text) const;
  std::string bad(std::string_view text) const;

  /// Prints a table in the chosen format (table, csv or md).
  void print(const Table& table) const;
  /// A paragraph, wrapped at `width`, later lines indented by `indent` spaces.
  /// `at` columns of the first line are already taken.
  void print_wrapped(std::string_view text, int indent = 0, int at = 0) const;
  /// error: / where: / try: on err, or the JSON object on out when the format is json. Gives the exit status.
  int print_error(const Error& error) const;
};

}  // namespace rigwise
