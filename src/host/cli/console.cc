#include "host/cli/console.h"

#include <ostream>

#include "core/base/text.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

std::string styled(bool color, const char* code, std::string_view text) {
  if (!color) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace

std::string Console::strong(std::string_view text) const { return styled(color, "1", text); }
std::string Console::faint(std::string_view text) const { return styled(color, "2", text); }
std::string Console::good(std::string_view text) const { return styled(color, "32", text); }
std::string Console::bad(std::string_view text) const { return styled(color, "31", text); }

void Console::print(const Table& table) const {
  switch (format) {
    case OutputFormat::csv: *out << table.as_csv(); break;
    case OutputFormat::md: *out << table.as_markdown(); break;
    default: *out << table.as_text(width);
  }
}

namespace {

void wrap(std::ostream& out, std::string_view text, int width, int indent, int at) {
  int column = at;
  bool starts_line = true;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    const int length = display_width(std::string(word));
    if (!starts_line && column + 1 + length > width) {
      out << '\n' << std::string(static_cast<std::size_t>(indent), ' ');
      column = indent;
    } else if (!starts_line) {
      out << ' ';
      ++column;
    }
    starts_line = false;
    out << word;
    column += length;
  }
  out << '\n';
}

}  // namespace

void Console::print_wrapped(std::string_view text, int indent, int at) const { wrap(*out, text, width, indent, at); }

int Console::print_error(const Error& error) const {
  if (format == OutputFormat::json) {
    *out << error_json(error).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    return exit_status(error.code);
  }
  *err << "error: " << error.message << '\n';
  if (!error.where.empty()) *err << "where: " << error.where << '\n';
  if (!error.did_you_mean.empty()) wrap(*err, "did you mean: " + join(error.did_you_mean, ", "), width, 2, 0);
  if (!error.try_this.empty()) wrap(*err, "try: " + error.try_this, width, 2, 0);
  if (error.code == ErrorCode::internal) {
    *err << "This is a bug in rigwise. Please report it with the command you ran and this message.\n";
  }
  return exit_status(error.code);
}

}  // namespace rigwise
