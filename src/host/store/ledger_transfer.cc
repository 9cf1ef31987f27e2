#include "host/store/ledger_transfer.h"

#include <algorithm>
#include <array>

#include "codec/base64.h"
#include "codec/json_text.h"
#include "codec/sha256.h"
#include "host/store/ledger_schema.h"
#include "host/store/packed_bytes.h"

namespace rigwise {
namespace {

constexpr std::int64_t kPage = 500;
constexpr std::string_view kFormat = "rigwise_ledger";

std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

std::string numbered(std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = first; i < first + count; ++i) text.append(text.empty() ? "$" : ", $").append(std::to_string(i));
  return text;
}

Json json_of(const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<SqlBytes>(&value)) return Json{{"base64", encode_base64(blob->bytes)}};
  return nullptr;
}

Result<SqlValue> value_of(const Json& json) {
  if (json.is_null()) return SqlValue{};
  if (json.is_number_integer()) return SqlValue{json.get<std::int64_t>()};
  if (json.is_number()) return SqlValue{json.get<double>()};
  if (json.is_string()) return SqlValue{json.get<std::string>()};
  if (json.is_object() && json.contains("base64") && json["base64"].is_string()) {
    Result<std::string> bytes = decode_base64(json["base64"].get<std::string>());
    if (!bytes) return fail(bytes.error());
    return SqlValue{SqlBytes{std::move(*bytes)}};
  }
  return invalid("a value that is neither text, number nor bytes");
}

/// Pages through a table in order of its key.
template <class Use>
Result<void> each_row(Ledger& ledger, const LedgerTable& table, Use use) {
  const std::string from = "SELECT " + listed(table.columns) + " FROM " + std::string(table.name);
  const std::string order = " ORDER BY " + listed(table.key) + " LIMIT " + std::to_string(kPage);
  const std::string after = " WHERE (" + listed(table.key) + ") > (" + numbered(1, table.key.size()) + ")";
  std::vector<SqlValue> last;
  for (;;) {
    const auto rows = ledger.database().run(from + (last.empty() ? "" : after) + order, last);
    if (!rows) return fail(rows.error());
    for (const SqlRow& row : *rows) {
      if (Result<void> used = use(row); !used) return used;
    }
    if (rows->size() < static_cast<std::size_t>(kPage)) return {};
    last.clear();
    for (std::size_t i = 0; i < table.key.size(); ++i) last.push_back(rows->back().at(i));
  }
}

/// Reads the lines of an export into a ledger.
class Importer {
 public:
  explicit Importer(Ledger& ledger) : ledger_(ledger) {}
  Imported imported;

  Result<void> take(const Json& line) {
    if (!line.is_object() || !line.contains("table") || !line["table"].is_string() || !line.contains("row") ||
        !line["row"].is_array()) {
      return invalid("no row of a table");
    }
    const std::string name = line["table"].get<std::string>();
    const auto& tables = ledger_tables();
    const auto table = std::find_if(tables.begin(), tables.end(), [&](const LedgerTable& t) { return t.name == name; });
    if (table == tables.end()) return invalid("no table is called \"" + name + "\"");
    if (line["row"].size() != table->columns.size()) return invalid("a row of " + name + " with other columns");
    std::vector<SqlValue> values;
    values.reserve(table->columns.size());
    for (const Json& json : line["row"]) {
      Result<SqlValue> value = value_of(json);
      if (!value) return fail(value.error());
      values.push_back(std::move(*value));
    }
    if (name == "blob") return take_blob(*table, values);
    if (name == "item") return take_item(*table, std::move(values));
    if (name == "attempt") return take_attempt(*table, std::move(values));
    return insert(*table, values).map([](bool) {});
  }

 private:
  /// True when the row is new.
  Result<bool> insert(const LedgerTable& table, const std::vector<SqlValue>& values) {
    const auto rows =
        ledger_.database().run("INSERT INTO " + std::string(table.name) + " (" + listed(table.columns) + ") VALUES (" +
                                   numbered(1, values.size()) + ") ON CONFLICT DO NOTHING RETURNING 1",
                               values);
    if (!rows) return fail(rows.error());
    ++(rows->empty() ? imported.known : imported.added);
    return !rows->empty();
  }

  Result<void> take_blob(const LedgerTable& table, const std::vector<SqlValue>& values) {
    const auto* packed = std::get_if<SqlBytes>(&values[2]);
    const auto* hash = std::get_if<std::string>(&values[0]);
    if (packed == nullptr || hash == nullptr) return invalid("a blob without bytes");
    const Result<std::string> bytes = unpack_bytes(packed->bytes);
    if (!bytes || sha256_hex(*bytes) != *hash) return invalid("blob " + *hash + " is not what its hash says");
    return insert(table, values).map([](bool) {});
  }

  Result<void> take_item(const LedgerTable& table, std::vector<SqlValue> values) {
    constexpr std::size_t kState = 8, kOutcome = 9, kChosen = 10, kOwner = 12, kUntil = 14;
    if (values[kState] == SqlValue{std::string("leased")}) values[kState] = std::string("planned");
    if (values[kState] == SqlValue{std::string("sent")}) values[kState] = std::string("in_doubt");
    values[kOwner] = values[kUntil] = SqlValue{};
    const Result<bool> added = insert(table, values);
    if (!added) return fail(added.error());
    if (*added || std::holds_alternative<std::monostate>(values[kChosen])) return {};
    const auto adopted = ledger_.database().run(
        "UPDATE item SET state = $1, outcome = $2, chosen = $3 WHERE work_key = $4 AND chosen IS NULL AND state NOT IN "
        "('leased', 'sent')",
        {values[kState], values[kOutcome], values[kChosen], values[0]});
    if (!adopted) return fail(adopted.error());
    return {};
  }

  Result<void> take_attempt(const LedgerTable& table, std::vector<SqlValue> values) {
    constexpr std::size_t kItem = 1, kNumber = 2, kState = 5, kReserved = 8, kCost = 22, kSource = 23;
    const auto known = ledger_.database().run("SELECT 1 FROM attempt WHERE id = $1", {values[0]});
    if (!known) return fail(known.error());
    if (!known->empty()) {
      ++imported.known;
      return {};
    }
    if (values[kState] == SqlValue{std::string("sent")}) {
      values[kState] = std::string("in_doubt");
      values[kCost] = values[kReserved];
      values[kSource] = std::string("doubtful");
    }
    const auto taken =
        ledger_.database().run("SELECT COALESCE(MAX(n), 0) + 1 FROM attempt WHERE work_key = $1", {values[kItem]});
    if (!taken) return fail(taken.error());
    values[kNumber] = taken->at(0).at(0);
    return insert(table, values).map([](bool) {});
  }

  Ledger& ledger_;
};

/// The lines of an export so far, as its end names them.
class LineCount {
 public:
  void add(std::string_view line) {
    hash_.add(line);
    hash_.add("\n");
    ++lines_;
  }
  std::int64_t lines() const { return lines_; }
  /// The head is no row.
  Json as_json() const {
    Sha256 hash = hash_;
    return {{"rows", lines_ - 1}, {"sha256", hash.hex()}};
  }

 private:
  Sha256 hash_;
  std::int64_t lines_ = 0;
};

/// An export line by line: a head, rows, and an end that says what stood before it.
class ExportReader {
 public:
  explicit ExportReader(Importer& importer) : importer_(importer) {}

  bool has_begun() const { return lines_.lines() > 0; }

  /// Errors  with the line's number.
  Result<void> take(const std::string& line) {
    const Result<void> taken = has_ended_ ? after_the_end() : take_line(line);
    if (taken) return taken;
    Error error = taken.error();
    error.where = "line " + std::to_string(lines_.lines() + (has_ended_ ? 2 : 1));
    return fail(std::move(error));
  }

  Result<void> finish() const {
    if (has_ended_) return {};
    if (!has_begun()) return invalid("this is no export of a ledger: it is empty");
    return fail({ErrorCode::corrupt_data,
                 "the export was cut: its end is missing",
                 "line " + std::to_string(lines_.lines()),
                 "the whole file; an earlier rigwise wrote no end: export again",
                 {}});
  }

 private:
  static Result<void> after_the_end() {
    return fail({ErrorCode::corrupt_data, "more lines after the export's end", "", "one export in a file", {}});
  }

  Result<void> take_line(const std::string& line) {
    const Result<Json> json = parse_json(line);
    if (!json)
      return fail({json.error().code, json.error().message, "", "the whole file, as store export wrote it", {}});
    if (!has_begun()) {
      if (Result<void> head = check_head(*json); !head) return head;
    } else if (json->is_object() && json->contains("end")) {
      return take_end((*json)["end"]);
    } else if (Result<void> row = importer_.take(*json); !row) {
      return row;
    }
    lines_.add(line);
    return {};
  }

  Result<void> take_end(const Json& end) {
    if (end != lines_.as_json()) {
      return fail({ErrorCode::corrupt_data,
                   "the export is not what its end says: lines are missing, or were changed",
                   "",
                   "the whole file, as store export wrote it",
                   {}});
    }
    has_ended_ = true;
    return {};
  }

  static Result<void> check_head(const Json& json) {
    const bool is_ours = json.is_object() && json.value("format", "") == kFormat;
    if (!is_ours) return invalid("this is no export of a ledger", "", "what store export wrote");
    if (json.value("version", 0) > kLedgerVersion)
      return invalid("an export of a later version", "", "a newer rigwise");
    return {};
  }

  Importer& importer_;
  LineCount lines_;
  bool has_ended_ = false;
};

Result<void> check_blobs(Ledger& ledger, std::vector<std::string>& faults) {
  return each_row(ledger, ledger_tables().front(), [&](const SqlRow& row) -> Result<void> {
    const Result<std::string> bytes = unpack_bytes(row.bytes(2));
    if (!bytes) {
      faults.push_back("blob " + row.text(0) + ": " + bytes.error().message);
    } else if (sha256_hex(*bytes) != row.text(0)) {
      faults.push_back("blob " + row.text(0) + " is not what its hash says");
    } else if (looks_like_a_key(*bytes)) {
      faults.push_back("blob " + row.text(0) + " holds what looks like a key");
    }
    return {};
  });
}

struct Rule {
  std::string_view statement, fault;
};
constexpr std::array kRules = {
    Rule{"SELECT i.work_key FROM item i LEFT JOIN attempt a ON a.id = i.chosen AND a.work_key = i.work_key AND a.state "
         "= "
         "'ended' WHERE i.chosen IS NOT NULL AND a.id IS NULL ORDER BY 1",
         "has chosen an attempt that is not its own or has not ended"},
    Rule{"SELECT work_key FROM item WHERE state IN ('answered', 'checked', 'judging', 'done') AND chosen IS NULL ORDER "
         "BY 1",
         "is answered without an attempt"},
    Rule{"SELECT a.work_key FROM attempt a JOIN item i ON i.work_key = a.work_key WHERE a.state = 'sent' AND i.state "
         "<> 'sent' "
         "ORDER BY 1",
         "has an attempt under way that nobody waits for"},
    Rule{"SELECT r.id FROM run r WHERE r.spent_nano <> (SELECT COALESCE(SUM(a.cost_nano), 0) FROM attempt a WHERE "
         "a.run = r.id "
         "AND a.state <> 'sent') OR r.reserved_nano <> (SELECT COALESCE(SUM(a.reserved_nano), 0) FROM attempt a WHERE "
         "a.run = "
         "r.id AND a.state = 'sent') ORDER BY 1",
         "has money that is not the sum of its attempts"},
};

}  // namespace

bool looks_like_a_key(std::string_view text) {
  constexpr std::size_t kShortest = 20;
  const auto is_key_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  for (const std::string_view start : {"sk-", "hf_", "Bearer ", "xoxb-", "ghp_", "AKIA"}) {
    for (std::size_t at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
      if (at > 0 && is_key_character(text[at - 1])) continue;
      const std::string_view rest = text.substr(at + start.size());
      const auto end = std::find_if_not(rest.begin(), rest.end(), is_key_character);
      const std::string_view body = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
      const bool has_digit = body.find_first_of("0123456789") != std::string_view::npos;
      if (body.size() + start.size() >= kShortest && has_digit) return true;
    }
  }
  return false;
}

Result<std::vector<std::string>> ledger_faults(Ledger& ledger) {
  Result<std::vector<std::string>> faults = ledger.database().integrity_faults();
  // What else a broken database says of itself is worth nothing.
  if (!faults || !faults->empty()) return faults;
  if (const Result<void> blobs = check_blobs(ledger, *faults); !blobs) return fail(blobs.error());
  for (const Rule& rule : kRules) {
    const auto rows = ledger.database().run(rule.statement);
    if (!rows) return fail(rows.error());
    for (const SqlRow& row : *rows) faults->push_back(row.text(0) + " " + std::string(rule.fault));
  }
  return faults;
}

Result<void> export_ledger(Ledger& ledger, const std::function<Result<void>(std::string_view line)>& write) {
  LineCount lines;
  const auto put = [&](const Json& line) {
    const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
    lines.add(text);
    return write(text);
  };
  // One state of the store: an item must not come without the attempt that it has chosen meanwhile.
  return in_one_state(ledger.database(), [&]() -> Result<void> {
    Result<void> done = put({{"format", kFormat}, {"version", kLedgerVersion}});
    for (const LedgerTable& table : ledger_tables()) {
      if (!done) return done;
      done = each_row(ledger, table, [&](const SqlRow& row) {
        Json values = Json::array();
        for (std::size_t i = 0; i < row.size(); ++i) values.push_back(json_of(row.at(i)));
        return put({{"table", table.name}, {"row", std::move(values)}});
      });
    }
    return done ? write(Json{{"end", lines.as_json()}}.dump()) : done;
  });
}

Result<Imported> import_ledger(Ledger& ledger, const std::function<bool(std::string& line)>& next) {
  Importer importer(ledger);
  ExportReader reader(importer);
  const Result<void> done = ledger.atomically([&]() -> Result<void> {
    if (reader.has_begun())
      return invalid("the lines have been read once and cannot be read again", {}, "the same command again");
    std::string line;
    while (next(line)) {
      if (Result<void> taken = reader.take(line); !taken) return taken;
    }
    if (Result<void> whole = reader.finish(); !whole) return whole;
    return ledger.recount_money();
  });
  if (!done) return fail(done.error());
  return importer.imported;
}

}  // namespace rigwise
