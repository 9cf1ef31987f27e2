#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace rigwise {

/// `text` without control characters: each becomes its JSON escape ("\u001b"), so that what a file or an argument holds
/// is shown and not obeyed by the terminal. Tabs, line ends and, with `styles`, the console's own bold, faint and
/// colours pass. C1 controls in UTF-8 are controls too; a JSON text stays the same JSON.
std::string without_controls(std::string_view text, bool styles);

/// A stream that writes to another one without control characters.
class PlainStream : public std::ostream {
 public:
  PlainStream(std::ostream& target, bool styles) : std::ostream(&buffer_), buffer_(target, styles) {}

 private:
  class Buffer : public std::streambuf {
   public:
    Buffer(std::ostream& target, bool styles) : target_(target), styles_(styles) {}

   protected:
    std::streamsize xsputn(const char* text, std::streamsize count) override;
    int_type overflow(int_type c) override;
    int sync() override;

   private:
    std::ostream& target_;
    bool styles_;
  };
  Buffer buffer_;
};

}  // namespace rigwise
