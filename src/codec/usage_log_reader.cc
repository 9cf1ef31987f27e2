#include "codec/usage_log_reader.h"

#include <algorithm>

#include "codec/json_nesting.h"
#include "codec/usage_csv.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// So much of a text shows what it is.
constexpr std::size_t kEnoughToTell = 256u << 10;
/// Longer than any line or record of these logs: a file that is none of them must not fill the memory.
constexpr std::size_t kLongestRecord = 128u << 20;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Text -> JSON; nothing when it is none. Unlike parse_json() it takes a key twice: a log is not ours to judge.
std::optional<Json> record_of(std::string_view text) {
  constexpr int kDeepest = 200;
  if (nests_too_deep(text, kDeepest)) return std::nullopt;
  Json parsed = Json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

}  // namespace

const char* usage_format_name(UsageFormat format) {
  switch (format) {
    case UsageFormat::unknown: return "unknown";
    case UsageFormat::claude_code: return "Claude Code";
    case UsageFormat::chat_requests: return "chat requests";
    case UsageFormat::usage_buckets: return "usage buckets";
    case UsageFormat::litellm: return "LiteLLM";
    case UsageFormat::open_webui: return "Open WebUI";
    case UsageFormat::usage_csv: return "usage CSV";
    case UsageFormat::ollama_log: return "Ollama log";
    case UsageFormat::llama_server_log: return "llama-server log";
  }
  return "";
}

UsageFormat read_usage_record(const Json& record, std::uint64_t line, UsageSink& sink) {
  for (const auto reader : {read_claude_code, read_litellm, read_usage_buckets, read_open_webui, read_chat_request}) {
    if (const UsageFormat format = reader(record, line, sink); format != UsageFormat::unknown) return format;
  }
  return UsageFormat::unknown;
}

UsageLogReader::UsageLogReader(UsageSink& sink) : sink_(&sink) {}
UsageLogReader::~UsageLogReader() = default;

UsageFormat UsageLogReader::format() const {
  UsageFormat most = UsageFormat::unknown;
  std::uint64_t count = 0;
  for (const auto& [format, records] : formats_) {
    if (format == UsageFormat::unknown || records <= count) continue;
    most = format;
    count = records;
  }
  return most;
}

/// Looks at what has come so far. One line that is a whole JSON object makes lines of them; anything else that begins
/// with a bracket is one text of JSON.
void UsageLogReader::decide(bool is_over) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (pending_.starts_with(kByteOrderMark)) pending_.erase(0, kByteOrderMark.size());
  std::string_view seen = pending_;
  if (!is_over) seen = seen.substr(0, seen.rfind('\n') == std::string_view::npos ? seen.size() : seen.rfind('\n'));
  const std::size_t first = seen.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    shape_ = is_over ? Shape::json_lines : Shape::undecided;
    return;
  }
  const char start = seen[first];
  bool has_record = false, has_server_line = false, has_brace_line = false;
  for (const std::string_view raw : split(seen, '\n')) {
    // What is indented stands inside of something.
    const std::string_view line = raw.starts_with('{') ? trim(raw) : without_cr(raw);
    if (!has_record && line.starts_with('{') && line.ends_with('}')) {
      const std::optional<Json> record = record_of(line);
      has_record = record && record->is_object() && !record->empty();
    }
    has_brace_line = has_brace_line || (line.starts_with("{\"") && line.size() > 2);
    has_server_line = has_server_line || ServerLog::is_known(line);
  }
  const std::string_view head = without_cr(seen.substr(first, seen.find('\n', first) - first));
  if ((start == '[' || trim(head) == "{") && !has_server_line) {
    shape_ = Shape::json_items;
  } else if (has_record && (start == '{' || has_brace_line) && !has_server_line) {
    shape_ = Shape::json_lines;
  } else if (start == '{' && !has_server_line) {
    // One text over many lines, or lines of which none is whole.
    shape_ = has_brace_line && seen.find("\n{\"") != std::string_view::npos ? Shape::json_lines : Shape::json_items;
  } else if (UsageCsv::is_header(head)) {
    shape_ = Shape::csv;
  } else {
    shape_ = has_server_line ? Shape::server_log : Shape::unknown;
  }
  // A log of a server may say little for long: it is known by any of its lines, however late.
  if (shape_ == Shape::unknown && !is_over) shape_ = Shape::server_log;
}

void UsageLogReader::feed(std::string_view piece) {
  if (shape_ == Shape::json_items) {
    read_items(piece);
    return;
  }
  pending_.append(piece);
  if (shape_ == Shape::undecided) {
    if (pending_.size() < kEnoughToTell) return;
    decide(false);
    if (shape_ == Shape::json_items) {
      const std::string seen = std::move(pending_);
      pending_.clear();
      read_items(seen);
      return;
    }
  }
  if (shape_ != Shape::undecided) read_lines(false);
}

void UsageLogReader::finish() {
  if (shape_ == Shape::undecided) {
    decide(true);
    if (shape_ == Shape::json_items) {
      const std::string seen = std::move(pending_);
      pending_.clear();
      read_items(seen);
    }
  }
  if (shape_ == Shape::json_items) {
    if (depth_ > base_depth_ && !pending_.empty()) {
      sink_->take_fault(item_line_, "the file ends inside this record");
    }
    pending_.clear();
    return;
  }
  read_lines(true);
  if (csv_) csv_->finish(*sink_);
  server_log_.finish(*sink_);
}

void UsageLogReader::read_lines(bool is_over) {
  std::size_t from = 0;
  for (std::size_t end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n', from)) {
    ++line_;
    if (is_skipping_)
      is_skipping_ = false;
    else
      read_line(without_cr(std::string_view(pending_).substr(from, end - from)), false);
    from = end + 1;
  }
  pending_.erase(0, from);
  if (is_over && !pending_.empty()) {
    ++line_;
    if (!is_skipping_) read_line(without_cr(pending_), true);
    pending_.clear();
  } else if (pending_.size() > kLongestRecord) {
    if (!is_skipping_) sink_->take_fault(line_ + 1, "the line is longer than any of such a log");
    is_skipping_ = true;
    pending_.clear();
  }
}

void UsageLogReader::read_line(std::string_view line, bool is_torn) {
  switch (shape_) {
    case Shape::json_lines: read_json_line(line, is_torn); break;
    case Shape::csv: read_csv_line(line); break;
    case Shape::server_log: ++formats_[server_log_.read_line(line, line_, *sink_)]; break;
    default: break;
  }
}

void UsageLogReader::read_json_line(std::string_view line, bool is_torn) {
  if (std::all_of(line.begin(), line.end(), is_space)) return;
  read_item(line, line_, is_torn);
}

void UsageLogReader::read_item(std::string_view text, std::uint64_t line, bool is_torn) {
  const std::optional<Json> record = record_of(text);
  if (!record || !record->is_object()) {
    sink_->take_fault(line, !record && is_torn ? "the file ends inside this record"
                            : !record          ? "no JSON: broken, or not UTF-8"
                                               : "no JSON object");
    return;
  }
  ++formats_[read_usage_record(*record, line, *sink_)];
}

void UsageLogReader::read_csv_line(std::string_view line) {
  if (!csv_) {
    if (trim(line).empty()) return;
    csv_ = std::make_unique<UsageCsv>(line);
    ++formats_[UsageFormat::usage_csv];
    return;
  }
  csv_->read_line(line, line_, *sink_);
}

/// Cuts the objects out of a list, or one after another: by brackets outside of strings.
void UsageLogReader::read_items(std::string_view piece) {
  for (const char c : piece) {
    if (c == '\n') {
      ++line_;
      in_string_ = false;  // JSON has no line end in a string: one that is broken ends here
      is_escaped_ = false;
    }
    const bool is_inside = depth_ > base_depth_;
    if (is_inside && pending_.size() < kLongestRecord) pending_ += c;
    if (in_string_) {
      if (is_escaped_)
        is_escaped_ = false;
      else if (c == '\\')
        is_escaped_ = true;
      else if (c == '"')
        in_string_ = false;
      continue;
    }
    if (c == '"') {
      in_string_ = is_inside;
    } else if (c == '[' && depth_ == 0 && base_depth_ == 0) {
      base_depth_ = depth_ = 1;
    } else if (c == '{' || c == '[') {
      if (!is_inside) {
        pending_.assign(1, c);
        item_line_ = line_ + 1;
      }
      ++depth_;
    } else if ((c == '}' || c == ']') && is_inside && --depth_ == base_depth_) {
      if (pending_.size() < kLongestRecord)
        read_item(pending_, item_line_, false);
      else
        sink_->take_fault(item_line_, "the record is longer than any of such a log");
      pending_.clear();
    }
  }
}

}  // namespace rigwise
