#include "host/serve/wire.h"

#include <boost/beast/http/error.hpp>
#include <ctime>

#include "host/serve/problem.h"
#include "host/serve/site_files.h"

namespace rigwise {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, size};
}

void add_strictness(WireAnswer& message, const HttpAnswer& answer) {
  if (!answer.field("Content-Security-Policy")) {
    message.set("Content-Security-Policy", std::string(kNothingPolicy));
  }
  message.set("X-Content-Type-Options", "nosniff");
  message.set(http::field::x_frame_options, "DENY");
  message.set("Referrer-Policy", "no-referrer");
  message.set("Cross-Origin-Opener-Policy", "same-origin");
  message.set("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace

HttpRequest head_of(const WireParser& parser) {
  HttpRequest request;
  const auto& message = parser.get();
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    request.fields.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return request;
}

WireAnswer wire_answer(const HttpAnswer& answer, bool keep_alive, bool is_head) {
  constexpr unsigned kVersion11 = 11;
  WireAnswer message(static_cast<http::status>(answer.status), kVersion11);
  message.reason(std::string(reason_of(answer.status)));
  message.set(http::field::date, http_date());
  for (const HttpField& field : answer.fields) message.insert(field.name, field.value);
  add_strictness(message, answer);
  message.keep_alive(keep_alive);
  const std::string_view body = answer.body();
  const bool has_length = answer.status != 304;
  if (has_length) message.content_length(body.size());
  if (has_length && !is_head) message.body() = beast::span<const char>(body.data(), body.size());
  return message;
}

HttpAnswer too_large_body(std::uint64_t most_bytes) {
  constexpr std::uint64_t kKiB = 1024, kMiB = kKiB * kKiB;
  const std::string most = most_bytes == 0          ? "no body"
                           : most_bytes % kMiB == 0 ? "at most " + std::to_string(most_bytes / kMiB) + " MiB"
                           : most_bytes % kKiB == 0 ? "at most " + std::to_string(most_bytes / kKiB) + " KiB"
                                                    : "at most " + std::to_string(most_bytes) + " bytes";
  return answer_of({413, "too_large", "the body is larger than this takes", "Content-Length", most, {}});
}

std::optional<HttpAnswer> refusal_of(boost::system::error_code fault, std::uint64_t most_body_bytes) {
  if (fault == http::error::body_limit) return too_large_body(most_body_bytes);
  if (fault == http::error::header_limit || fault == http::error::buffer_overflow) {
    return answer_of(
        {431, "too_large", "the head of the request is larger than the server takes", "", "at most 16 KiB", {}});
  }
  if (fault == http::error::end_of_stream || fault == http::error::partial_message) return std::nullopt;
  if (fault.category() == http::make_error_code(http::error::bad_method).category()) {
    return answer_of({400, "bad_request", "this is no HTTP request: " + fault.message(), "", "HTTP/1.1", {}});
  }
  return std::nullopt;
}

}  // namespace rigwise
