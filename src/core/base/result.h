#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace rigwise {

/// Why an input could not be used. "Does not fit" and "no measurement known" are answers, not errors.
enum class ErrorCode {
  invalid_input,  ///< the request or a file says something that cannot be (exit 2)
  not_found,      ///< a name nobody in the catalog has (exit 2)
  ambiguous,      ///< a name that several records could mean (exit 2)
  unsupported,    ///< valid, but this engine, format or verb cannot do it (exit 2)
  corrupt_data,   ///< a file is not what its format promises (exit 2)
  io,             ///< the world failed: unreadable, full, gone (exit 3)
  internal,       ///< our own bug (exit 70)
};

/// One refusal, written for the person who typed the input.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;                    ///< what was wrong, quoting the user's own words
  std::string where;                      ///< file:line, request field or key path; empty if none
  std::string try_this;                   ///< what is accepted, or what to do next; empty if none
  std::vector<std::string> did_you_mean;  ///< nearest valid names, best first
};

template <class T>
using Result = tl::expected<T, Error>;

using Unexpected = tl::unexpected<Error>;

inline Unexpected fail(Error e) { return Unexpected(std::move(e)); }
inline Unexpected invalid(std::string message, std::string where = {}, std::string try_this = {}) {
  return fail({ErrorCode::invalid_input, std::move(message), std::move(where), std::move(try_this), {}});
}

/// Contract spelling of a code: "invalid_input", "not_found", ...
const char* error_code_name(ErrorCode code);

/// Process exit status for a code: 2 bad input, 3 the world failed, 70 our own bug.
int exit_status(ErrorCode code);

}  // namespace rigwise
