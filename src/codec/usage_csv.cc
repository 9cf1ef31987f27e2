#include "codec/usage_csv.h"

#include <algorithm>

#include "codec/csv.h"
#include "codec/usage_fields.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kLongestRow = 64u << 20;

std::vector<std::string> names_in(std::string_view header) {
  CsvReader reader(header);
  std::vector<std::string_view> cells;
  std::vector<std::string> names;
  if (!reader.next(cells)) return names;
  names.reserve(cells.size());
  for (const std::string_view cell : cells) names.push_back(lower(trim(cell)));
  return names;
}

int column_of(const std::vector<std::string>& names, std::initializer_list<std::string_view> wanted) {
  for (const std::string_view name : wanted) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<int>(found - names.begin());
  }
  return -1;
}

/// A count in a cell; an empty one is absent, anything else a fault.
std::optional<std::uint64_t> count_in(std::string_view cell, bool& is_bad) {
  if (trim(cell).empty()) return std::nullopt;
  const auto count = count_of_text(cell);
  is_bad = is_bad || !count;
  return count;
}

}  // namespace

UsageCsv::UsageCsv(std::string_view header) {
  const std::vector<std::string> names = names_in(header);
  columns_ = names.size();
  at_.time = column_of(names, {"start_time_iso", "usage_date_utc", "starttime", "start_time", "timestamp", "created_at",
                               "date", "time"});
  at_.end = column_of(names, {"end_time_iso", "end_time"});
  at_.model = column_of(names, {"model", "model_version", "snapshot_id", "model_id", "model_name"});
  at_.requests = column_of(names, {"num_model_requests", "n_requests", "num_requests", "request_count", "requests"});
  at_.input = column_of(names, {"input_tokens", "prompt_tokens", "n_context_tokens_total", "context_tokens"});
  at_.fresh = column_of(names, {"usage_input_tokens_no_cache", "uncached_input_tokens"});
  at_.cached = column_of(
      names, {"input_cached_tokens", "cached_tokens", "usage_input_tokens_cache_read", "cache_read_input_tokens"});
  at_.output = column_of(names, {"output_tokens", "completion_tokens", "usage_output_tokens",
                                 "n_generated_tokens_total", "generated_tokens"});
  at_.id = column_of(names, {"request_id", "generation_id"});
  at_.call_type = column_of(names, {"call_type"});
  at_.messages = column_of(names, {"messages"});
  for (const char* name :
       {"usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write_1h", "cache_creation_input_tokens"}) {
    if (const int column = column_of(names, {name}); column >= 0) at_.writes.push_back(column);
  }
  for (const char* name : {"project_id", "user_id", "api_key_id", "batch", "service_tier", "api_key", "workspace",
                           "usage_type", "context_window", "api_key_name", "email", "user", "organization_id"}) {
    if (const int column = column_of(names, {name}); column >= 0) at_.names.push_back(column);
  }
  usable_ = (at_.input >= 0 || at_.fresh >= 0) && at_.output >= 0;
}

bool UsageCsv::is_header(std::string_view line) {
  return line.find(',') != std::string_view::npos && UsageCsv(line).usable();
}

std::string_view UsageCsv::cell(const std::vector<std::string_view>& cells, int column) const {
  return column < 0 || static_cast<std::size_t>(column) >= cells.size() ? std::string_view()
                                                                        : cells[static_cast<std::size_t>(column)];
}

void UsageCsv::read_line(std::string_view line, std::uint64_t number, UsageSink& sink) {
  if (row_.empty()) row_line_ = number;
  row_.append(line).append("\n");
  const bool is_open = std::count(row_.begin(), row_.end(), '"') % 2 == 1;
  if (is_open && row_.size() < kLongestRow) return;
  read_row(row_line_, sink);
  row_.clear();
}

void UsageCsv::finish(UsageSink& sink) {
  if (row_.empty()) return;
  sink.take_fault(row_line_, "the file ends inside this row: a quote is never closed");
  row_.clear();
}

void UsageCsv::read_row(std::uint64_t number, UsageSink& sink) {
  CsvReader reader(row_);
  std::vector<std::string_view> cells;
  if (!reader.next(cells)) {
    if (!reader.fault().empty()) sink.take_fault(number, reader.fault());
    return;
  }
  if (cells.size() != columns_) {
    sink.take_fault(
        number, "the row has " + std::to_string(cells.size()) + " cells, the first one " + std::to_string(columns_));
    return;
  }
  const std::string call = lower(cell(cells, at_.call_type));
  if (call.find("embedding") != std::string::npos || call.find("image") != std::string::npos) return;
  UsedRequest request;
  bool is_bad = false;
  const auto count = [&](int column) { return count_in(cell(cells, column), is_bad); };
  request.cached_tokens = count(at_.cached);
  for (const int column : at_.writes) request.cache_write_tokens = sum_of(request.cache_write_tokens, count(column));
  if (at_.fresh >= 0)
    request.input_tokens = sum_of(sum_of(count(at_.fresh), request.cached_tokens), request.cache_write_tokens);
  else
    request.input_tokens = count(at_.input);
  request.output_tokens = count(at_.output);
  const auto requests = count(at_.requests);
  if (is_bad) {
    sink.take_fault(number, "a cell that should count tokens or requests does not");
    return;
  }
  request.model = trim(cell(cells, at_.model));
  const bool is_one = at_.id >= 0;
  request.requests = requests.value_or(is_one ? 1 : 0);
  const std::string_view when = cell(cells, at_.time);
  if (const auto moment = moment_of_text(when)) {
    request.time_s = moment->time_s;
    constexpr std::int64_t kDay = 86'400, kHour = 3'600;
    constexpr std::size_t kDateLength = 10;
    // A date alone stands for its day, wherever that was counted.
    const bool is_day = moment->length > 0 && moment->length <= kDateLength;
    request.is_local_time = is_day;
    const auto end = moment_of_text(cell(cells, at_.end));
    if (!is_one)
      request.width_s = end && end->time_s > moment->time_s ? end->time_s - moment->time_s : is_day ? kDay : kHour;
  } else if (!trim(when).empty()) {
    sink.take_fault(number, "the row's time is no date: its tokens count, its day does not");
  }
  if (is_one) {
    request.key = trim(cell(cells, at_.id));
  } else {
    request.key = "row|" + std::string(when) + "|" + request.model;
    for (const int column : at_.names) request.key.append("|").append(cell(cells, column));
  }
  if (at_.messages >= 0 && !request.key.empty()) {
    const Result<Json> messages = parse_json(cell(cells, at_.messages));
    const std::string text = messages ? last_user_text(*messages) : std::string();
    if (!text.empty()) {
      request.conversation = request.key;
      sink.take_prompt({request.time_s, request.is_local_time, request.key, request.key, text});
    }
  }
  sink.take_request(request);
}

}  // namespace rigwise
