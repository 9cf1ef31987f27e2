#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "host/serve/message.h"

namespace rigwise {

/// A refusal as application/problem+json (RFC 9457): type, title, status and detail, and beside them the members that
/// the terminal's JSON has: code, message, where, did_you_mean, try. docs/schema/problem.json.
struct Problem {
  int status = 500;
  std::string_view code;
  std::string message;
  std::string where;
  std::string try_this;
  std::vector<std::string> did_you_mean;
};

HttpAnswer answer_of(const Problem& problem);

/// The refusal of a verb: 400 for what cannot be read or cannot be, 422 for names nobody has and what nothing can do,
/// 503 when the world failed, 500 for a bug of ours.
Problem problem_of(const Error& error);

/// The method is not one of `allowed` ("GET, HEAD").
HttpAnswer method_refusal(std::string_view method, std::string_view allowed);

}  // namespace rigwise
