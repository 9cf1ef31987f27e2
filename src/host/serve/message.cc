#include "host/serve/message.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

std::optional<std::string_view> first_of(const std::vector<HttpField>& fields, std::string_view name) {
  for (const HttpField& field : fields) {
    if (same_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

}  // namespace

bool same_ignoring_case(std::string_view a, std::string_view b) { return a.size() == b.size() && lower(a) == lower(b); }

std::optional<std::string_view> HttpRequest::field(std::string_view name) const { return first_of(fields, name); }

int HttpRequest::count(std::string_view name) const {
  return static_cast<int>(std::count_if(fields.begin(), fields.end(),
                                        [&](const HttpField& field) { return same_ignoring_case(field.name, name); }));
}

std::optional<std::string_view> HttpAnswer::field(std::string_view name) const { return first_of(fields, name); }

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Error";
  }
}

}  // namespace rigwise
