#include "host/serve/problem.h"

#include "codec/json_text.h"

namespace rigwise {
namespace {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
    case ErrorCode::corrupt_data: return 400;
    case ErrorCode::not_found:
    case ErrorCode::ambiguous:
    case ErrorCode::unsupported: return 422;
    case ErrorCode::io: return 503;
    case ErrorCode::internal: break;
  }
  return 500;
}

}  // namespace

HttpAnswer answer_of(const Problem& problem) {
  Json body = {{"type", "about:blank"},    {"title", reason_of(problem.status)},
               {"status", problem.status}, {"detail", problem.message},
               {"code", problem.code},     {"message", problem.message}};
  body["where"] = problem.where.empty() ? Json(nullptr) : Json(problem.where);
  body["did_you_mean"] = problem.did_you_mean;
  if (!problem.try_this.empty()) body["try"] = problem.try_this;
  HttpAnswer answer;
  answer.status = problem.status;
  answer.fields = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  // It quotes the caller's words, which need not be UTF-8.
  answer.text = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return answer;
}

Problem problem_of(const Error& error) {
  return {status_of(error.code), error_code_name(error.code), error.message, error.where,
          error.try_this,        error.did_you_mean};
}

HttpAnswer method_refusal(std::string_view method, std::string_view allowed) {
  HttpAnswer answer = answer_of({405,
                                 "method_not_allowed",
                                 "\"" + std::string(method) + "\" is not done here",
                                 "method",
                                 std::string(allowed),
                                 {}});
  answer.fields.push_back({"Allow", std::string(allowed)});
  return answer;
}

}  // namespace rigwise
