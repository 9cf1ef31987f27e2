#include <array>
#include <cstdint>

#include "codec/chat_reply.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kLongestMessage = 500;

/// Error names that providers write in place of a number.
std::optional<int> status_of_name(std::string_view name) {
  struct Named {
    std::string_view part;
    int status;
  };
  constexpr std::array kNames = {
      Named{"rate_limit", 429},         Named{"rate limit", 429},      Named{"overloaded", 529},
      Named{"insufficient_quota", 402}, Named{"invalid_api_key", 401}, Named{"authentication", 401},
      Named{"permission", 403},         Named{"not_found", 404},       Named{"context_length", 400},
      Named{"invalid_request", 400},    Named{"timeout", 504},         Named{"server_error", 500},
      Named{"unavailable", 503}};
  for (const Named& named : kNames) {
    if (name.find(named.part) != std::string_view::npos) return named.status;
  }
  return std::nullopt;
}

std::optional<int> status_in(const Json& error) {
  for (const char* key : {"code", "status", "type"}) {
    const auto at = error.find(key);
    if (at == error.end()) continue;
    if (at->is_number_integer()) {
      const auto code = at->get<std::int64_t>();
      if (code >= 400 && code < 600) return static_cast<int>(code);
    }
    if (!at->is_string()) continue;
    const std::string word = lower(at->get<std::string>());
    const Result<double> number = parse_number(word);
    if (number && *number >= 400 && *number < 600) return static_cast<int>(*number);
    if (const auto status = status_of_name(word)) return status;
  }
  return std::nullopt;
}

/// Keys of the usual shapes ("sk-...", "Bearer ...") must not reach a log by way of an error message.
std::string without_keys(std::string text) {
  for (const std::string_view start : {"sk-", "Bearer ", "bearer ", "hf_", "api_key=", "api-key: "}) {
    for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at + start.size())) {
      const std::size_t begin = at + start.size();
      const std::size_t end = text.find_first_of(" \t\r\n\"',;)}]", begin);
      text.replace(begin, (end == std::string::npos ? text.size() : end) - begin, "***");
    }
  }
  return text;
}

std::string shortened(std::string_view text) {
  text = trim(text);
  std::string cut(text.substr(0, kLongestMessage));
  while (cut.size() < text.size() && !cut.empty() && (static_cast<unsigned char>(cut.back()) & 0x80u) != 0)
    cut.pop_back();
  return without_keys(std::move(cut));
}

std::string message_of(const Json& error) {
  if (error.is_string()) return error.get<std::string>();
  std::string message;
  if (!error.is_object()) return error.dump();
  for (const char* key : {"message", "detail", "msg"}) {
    const auto at = error.find(key);
    if (at != error.end() && at->is_string() && message.empty()) message = at->get<std::string>();
  }
  return message.empty() ? error.dump() : message;
}

/// Days since 1970 of a Gregorian date (Howard Hinnant's algorithm).
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

std::optional<int> whole_number(std::string_view text) {
  if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

/// "Sun, 22 Nov 2026 03:04:05 GMT" in seconds since 1970.
std::optional<std::int64_t> http_date_seconds(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::vector<std::string_view> words = split(trim(text), ' ');
  if (words.size() != 6 || words[5] != "GMT" || words[2].size() != 3) return std::nullopt;
  const std::size_t month = kMonths.find(words[2]);
  const std::vector<std::string_view> clock = split(words[4], ':');
  if (month == std::string_view::npos || month % 3 != 0 || clock.size() != 3) return std::nullopt;
  const auto day = whole_number(words[1]), year = whole_number(words[3]);
  const auto hour = whole_number(clock[0]), minute = whole_number(clock[1]), second = whole_number(clock[2]);
  if (!day || !year || !hour || !minute || !second) return std::nullopt;
  constexpr std::int64_t kMinute_s = 60, kHour_s = 3600, kDay_s = 86400;
  return days_from_civil(*year, static_cast<std::int64_t>(month / 3 + 1), *day) * kDay_s + *hour * kHour_s +
         *minute * kMinute_s + *second;
}

}  // namespace

std::string_view chat_fault_name(ChatFault fault) {
  constexpr std::array<std::string_view, 10> kNames = {"rate_limited", "server_error", "unreachable", "stalled",
                                                       "too_slow",     "bad_request",  "forbidden",   "no_credit",
                                                       "malformed",    "cancelled"};
  return kNames[static_cast<std::size_t>(fault)];
}

ChatFault fault_of_status(int status) {
  switch (status) {
    case 429:
    case 529: return ChatFault::rate_limited;
    case 402: return ChatFault::no_credit;
    case 401:
    case 403:
    case 407: return ChatFault::forbidden;
    case 408:
    case 425: return ChatFault::server_error;
    default:
      if (status >= 500) return ChatFault::server_error;
      return status >= 300 ? ChatFault::bad_request : ChatFault::malformed;
  }
}

ChatError error_of_body(int status, std::string_view body) {
  const int otherwise = status == 200 ? 502 : status;  // a success that holds an error came from behind the gateway
  const Result<Json> json = parse_json(body);
  if (!json || !json->is_object()) {
    std::string message = "HTTP " + std::to_string(status);
    if (!trim(body).empty()) message.append(": ").append(body.substr(0, kLongestMessage));
    return {fault_of_status(otherwise), shortened(message), {}};
  }
  const auto at = json->find("error");
  const Json& error = at == json->end() ? *json : *at;
  const std::optional<int> said = error.is_object() ? status_in(error) : std::nullopt;
  ChatError found{fault_of_status(status == 200 ? said.value_or(otherwise) : status), shortened(message_of(error)), {}};
  const auto metadata = error.is_object() ? error.find("metadata") : error.end();
  if (error.is_object() && metadata != error.end() && metadata->is_object()) {
    const auto headers = metadata->find("headers");
    if (headers != metadata->end() && headers->is_object() && headers->contains("Retry-After")) {
      const Json& value = (*headers)["Retry-After"];
      found.retry_after_s = parse_retry_after(value.is_string() ? value.get<std::string>() : value.dump(), "");
    }
  }
  return found;
}

double quota_wait_s(std::string_view remaining, std::string_view reset) {
  const Result<double> left = parse_number(trim(remaining));
  std::string_view rest = trim(reset);
  if (!left || *left > 0) return 0;
  if (const Result<double> seconds = parse_number(rest)) return std::max(0.0, *seconds);
  double total_s = 0;
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const Result<double> number = parse_number(rest.substr(0, digits));
    rest.remove_prefix(digits);
    const std::string_view unit = rest.substr(0, std::min(rest.find_first_of("0123456789."), rest.size()));
    rest.remove_prefix(unit.size());
    double unit_s = 0;
    if (unit == "ms") unit_s = 0.001;
    if (unit == "s") unit_s = 1;
    if (unit == "m") unit_s = 60;
    if (unit == "h") unit_s = 3600;
    if (unit == "d") unit_s = 86400;
    if (!number || unit_s == 0) return 0;
    total_s += *number * unit_s;
  }
  return total_s;
}

std::optional<double> parse_retry_after(std::string_view retry_after, std::string_view date) {
  const Result<double> seconds = parse_number(trim(retry_after));
  if (seconds) return *seconds >= 0 ? std::optional<double>(*seconds) : std::nullopt;
  const auto until = http_date_seconds(retry_after), now = http_date_seconds(date);
  if (!until || !now) return std::nullopt;
  return *until > *now ? static_cast<double>(*until - *now) : 0.0;
}

}  // namespace rigwise
