#include "host/store/postgres_database.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <thread>

#include "core/base/text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kClockIsFresh = std::chrono::seconds(10);

// Of PostgreSQL's catalog pg_type, where they have stood since it exists.
enum TypeId : Oid {
  kUnknown = 0,
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kFloat4 = 700,
  kFloat8 = 701,
  kNumeric = 1700
};

struct ResultCloser {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, ResultCloser>;

/// PostgreSQL takes neither NUL nor what is no UTF-8 in a text, and an error message may hold both.
std::string valid_text(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_at(text, at);
    append_utf8(valid, step.point == 0 ? char32_t{0xFFFD} : step.point);
    at = step.next;
  }
  return valid;
}

/// Parameters in the shape that libpq wants.
class Parameters {
 public:
  explicit Parameters(const std::vector<SqlValue>& values) {
    texts_.reserve(values.size());
    for (const SqlValue& value : values) add(value);
    for (std::size_t i = 0; i < texts_.size(); ++i) pointers_.push_back(present_[i] ? texts_[i].c_str() : nullptr);
  }
  int count() const { return static_cast<int>(pointers_.size()); }
  const Oid* types() const { return types_.data(); }
  const char* const* pointers() const { return pointers_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  /// Statements are prepared for types, and NULL has none.
  std::string signature() const {
    std::string text;
    for (const Oid type : types_) text.append(",").append(std::to_string(type));
    return text;
  }

 private:
  void add(const SqlValue& value) {
    Oid type = kUnknown;
    std::string text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      type = kInt8;
      text = std::to_string(*number);
    } else if (const auto* real = std::get_if<double>(&value)) {
      type = kFloat8;
      text = shortest_text(*real);
    } else if (const auto* words = std::get_if<std::string>(&value)) {
      type = kText;
      text = valid_text(*words);
    } else if (const auto* blob = std::get_if<SqlBytes>(&value)) {
      type = kBytea;
      text = blob->bytes;
    }
    types_.push_back(type);
    present_.push_back(!std::holds_alternative<std::monostate>(value));
    lengths_.push_back(static_cast<int>(text.size()));
    formats_.push_back(type == kBytea ? 1 : 0);
    texts_.push_back(std::move(text));
  }
  /// With all digits that a double has.
  static std::string shortest_text(double value) {
    std::array<char, 32> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), "%.17g", value);
    return {buffer.data(), static_cast<std::size_t>(length)};
  }

  std::vector<Oid> types_;
  std::vector<std::string> texts_;
  std::vector<bool> present_;
  std::vector<const char*> pointers_;
  std::vector<int> lengths_, formats_;
};

SqlValue value_at(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return {};
  const char* text = PQgetvalue(result, row, column);
  const auto size = static_cast<std::size_t>(PQgetlength(result, row, column));
  switch (PQftype(result, column)) {
    case kInt2:
    case kInt4:
    case kInt8: return std::int64_t{std::strtoll(text, nullptr, 10)};
    case kBool: return std::int64_t{*text == 't' ? 1 : 0};
    case kFloat4:
    case kFloat8: return std::strtod(text, nullptr);
    case kNumeric:  // sums of BIGINT
      if (std::string_view(text, size).find('.') == std::string_view::npos) {
        return std::int64_t{std::strtoll(text, nullptr, 10)};
      }
      return std::strtod(text, nullptr);
    case kBytea: {
      std::size_t length = 0;
      unsigned char* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &length);
      SqlBytes value{std::string(reinterpret_cast<const char*>(bytes), length)};
      PQfreemem(bytes);
      return value;
    }
    default: return std::string(text, size);
  }
}

SqlRows rows_of(const PGresult* result) {
  SqlRows rows;
  const int count = PQntuples(result), columns = PQnfields(result);
  rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<SqlValue> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) values.push_back(value_at(result, row, column));
    rows.emplace_back(std::move(values));
  }
  return rows;
}

/// Refusals that another try may not meet: the server goes, or another transaction stood in the way.
bool is_passing(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 9> kPassing = {"40001", "40P01", "55P03", "57P01", "57P02",
                                                        "57P03", "25P03", "53300", ""};
  return sqlstate.starts_with("08") || std::find(kPassing.begin(), kPassing.end(), sqlstate) != kPassing.end();
}

class PostgresDatabase final : public SqlDatabase {
 public:
  PostgresDatabase(PGconn* connection, std::string where) : connection_(connection), where_(std::move(where)) {}
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;
  ~PostgresDatabase() override { PQfinish(connection_); }

  Result<SqlRows> run(std::string_view statement, const std::vector<SqlValue>& parameters) override {
    if (open_) {
      if (spoilt_) return fail(last_fault_);
      Result<SqlRows> rows = once(statement, parameters);
      spoilt_ = !rows && should_repeat_;
      return rows;
    }
    constexpr int kTries = 5;
    for (int left = kTries;; --left) {
      if (const Result<void> ready = reconnect_if_gone(); !ready) return fail(ready.error());
      Result<SqlRows> rows = once(statement, parameters);
      if (rows || !should_repeat_ || left == 1) return rows;
    }
  }

  Result<void> begin() override { return begin_as("BEGIN"); }
  Result<void> begin_reading() override {
    if (Result<void> begun = begin_as("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); !begun) return begun;
    // It holds no row that others wait for, so whoever takes the rows may take their time. The first statement settles
    // what is seen.
    for (const char* first : {"SET LOCAL idle_in_transaction_session_timeout = '1h'", "SELECT 1"}) {
      if (const Result<SqlRows> done = run(first, {}); !done) {
        (void)rollback();
        return fail(done.error());
      }
    }
    return {};
  }
  Result<void> commit() override {
    if (spoilt_) {
      (void)rollback();
      should_repeat_ = true;
      return fail(last_fault_);
    }
    open_ = false;
    const Result<SqlRows> done = once("COMMIT", {});
    if (!done) return fail(done.error());
    return {};
  }
  Result<void> rollback() override {
    const bool was_passing = should_repeat_;
    open_ = spoilt_ = false;
    const Result<SqlRows> done = once("ROLLBACK", {});
    should_repeat_ = was_passing;  // of what led here
    if (!done) return fail(done.error());
    return {};
  }
  bool should_repeat() const override { return should_repeat_; }

  Result<int> schema_version() override {
    // Whoever is first makes the tables, the others wait.
    if (open_) {
      const Result<SqlRows> locked = run("SELECT pg_advisory_xact_lock(7310924)", {});
      if (!locked) return fail(locked.error());
    }
    const Result<SqlRows> table =
        run("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'ledger_version'", {});
    if (!table) return fail(table.error());
    if (table->empty()) return 0;
    const Result<SqlRows> rows = run("SELECT version FROM ledger_version", {});
    if (!rows) return fail(rows.error());
    return rows->empty() ? 0 : static_cast<int>(rows->at(0).integer(0));
  }
  Result<void> set_schema_version(int version) override {
    for (const std::string& statement :
         {std::string("CREATE TABLE IF NOT EXISTS ledger_version (version BIGINT NOT NULL)"),
          std::string("DELETE FROM ledger_version"),
          "INSERT INTO ledger_version (version) VALUES (" + std::to_string(version) + ")"}) {
      const Result<SqlRows> done = run(statement, {});
      if (!done) return fail(done.error());
    }
    return {};
  }
  std::string_view skip_locked() const override { return " FOR UPDATE OF i SKIP LOCKED"; }
  std::string_view text_type() const override { return "TEXT COLLATE \"C\""; }

  // The server's clock, asked now and then: in between ours counts on.
  Result<std::int64_t> now_ms() override {
    const auto now = Clock::now();
    if (!clock_asked_ || now - *clock_asked_ > kClockIsFresh) {
      const Result<SqlRows> rows = run("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint", {});
      if (!rows) return fail(rows.error());
      server_ms_ = rows->at(0).integer(0);
      clock_asked_ = Clock::now();
    }
    return server_ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *clock_asked_).count();
  }
  Result<std::vector<std::string>> integrity_faults() override {
    const Result<SqlRows> rows = run(
        "SELECT c.relname::text FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = "
        "c.relnamespace WHERE n.nspname = current_schema() AND NOT x.indisvalid ORDER BY 1",
        {});
    if (!rows) return fail(rows.error());
    std::vector<std::string> faults;
    faults.reserve(rows->size());
    for (const SqlRow& row : *rows) faults.push_back("index " + row.text(0) + " is not valid");
    return faults;
  }

  /// What a connection needs before it is used. A server killed in the middle frees our rows after a minute.
  Result<void> settle() {
    for (const char* setting : {"SET synchronous_commit = on", "SET idle_in_transaction_session_timeout = '60s'",
                                "SET lock_timeout = '20s'", "SET bytea_output = 'hex'", "SET extra_float_digits = 1"}) {
      const Result<SqlRows> set = once(setting, {});
      if (!set) return fail(set.error());
    }
    return {};
  }

 private:
  Result<void> begin_as(std::string_view statement) {
    if (const Result<void> ready = reconnect_if_gone(); !ready) return ready;
    const Result<SqlRows> begun = once(statement, {});
    if (!begun) return fail(begun.error());
    open_ = true;
    spoilt_ = false;
    return {};
  }

  Result<void> reconnect_if_gone() {
    if (PQstatus(connection_) == CONNECTION_OK) return {};
    const auto until = Clock::now() + kPatience;
    for (auto wait = std::chrono::milliseconds(50);; wait = std::min(wait * 2, std::chrono::milliseconds(2000))) {
      PQreset(connection_);
      statements_.clear();
      clock_asked_.reset();
      if (PQstatus(connection_) == CONNECTION_OK && settle()) return {};
      if (Clock::now() + wait > until) break;
      std::this_thread::sleep_for(wait);
    }
    should_repeat_ = false;
    return fail({ErrorCode::io,
                 "the store's server has been gone for a minute: " + first_line(PQerrorMessage(connection_)),
                 where_,
                 "the same command again when it is back: nothing that was written is lost",
                 {}});
  }

  Result<SqlRows> once(std::string_view statement, const std::vector<SqlValue>& parameters) {
    should_repeat_ = false;
    const std::string text(statement);
    PgResult result;
    if (parameters.empty()) {
      result.reset(PQexecParams(connection_, text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
    } else {
      const Parameters given(parameters);
      const auto [known, is_new] = statements_.try_emplace(text + given.signature(), statements_.size());
      const std::string name = "s" + std::to_string(known->second);
      if (is_new) {
        result.reset(PQprepare(connection_, name.c_str(), text.c_str(), given.count(), given.types()));
        if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
          statements_.erase(known);
          return fault(result.get(), statement);
        }
      }
      result.reset(PQexecPrepared(connection_, name.c_str(), given.count(), given.pointers(), given.lengths(),
                                  given.formats(), 0));
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return fault(result.get(), statement);
    return rows_of(result.get());
  }

  Unexpected fault(const PGresult* result, std::string_view statement) {
    const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string_view sqlstate = state == nullptr ? "" : state;
    const bool gone = PQstatus(connection_) != CONNECTION_OK;
    should_repeat_ = gone || is_passing(sqlstate);
    const std::string message = first_line(state == nullptr ? PQerrorMessage(connection_)
                                                            : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    if (should_repeat_) {
      last_fault_ = {ErrorCode::io, message, where_, "the same command again", {}};
    } else if (sqlstate.starts_with("53")) {
      last_fault_ = {ErrorCode::io, message, where_, "room, then the same command again", {}};
    } else if (sqlstate == "42501") {
      last_fault_ = {ErrorCode::io, message, where_, "a user who may make and write tables there", {}};
    } else {
      last_fault_ = {ErrorCode::internal, message + " in: " + std::string(statement.substr(0, 80)), where_, "", {}};
    }
    return fail(last_fault_);
  }

  static std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

  PGconn* connection_;
  std::string where_;
  std::map<std::string, std::size_t> statements_;  ///< by text and types of its parameters
  bool open_ = false, spoilt_ = false, should_repeat_ = false;
  Error last_fault_;
  std::int64_t server_ms_ = 0;
  std::optional<Clock::time_point> clock_asked_;
};

struct OptionsCloser {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::string option(const PQconninfoOption* options, std::string_view keyword) {
  for (const PQconninfoOption* at = options; at != nullptr && at->keyword != nullptr; ++at) {
    if (keyword == at->keyword) return at->val == nullptr ? "" : at->val;
  }
  return {};
}

/// A socket's folder, or this machine by number or name.
bool is_here(const std::string& host) {
  return host.empty() || host.front() == '/' || host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

Result<std::unique_ptr<SqlDatabase>> open_postgres(const std::string& url) {
  char* parse_fault = nullptr;
  const std::unique_ptr<PQconninfoOption, OptionsCloser> given(PQconninfoParse(url.c_str(), &parse_fault));
  if (given == nullptr) {
    // libpq quotes the part it cannot read, and that may be a password.
    PQfreemem(parse_fault);
    return invalid("the store's URL cannot be read", "--store", "postgresql://user@host:5432/database");
  }
  const std::string host = option(given.get(), "host"), database = option(given.get(), "dbname");
  if (host.find('@') != std::string::npos) {
    return invalid("the store's URL has two @", "--store", "%40 for an @ of the password");
  }
  const std::string where = "postgresql://" + (host.empty() ? std::string("(local)") : host) + "/" + database;
  std::vector<const char*> keys = {"dbname",          "connect_timeout", "application_name",
                                   "client_encoding", "keepalives_idle", "tcp_user_timeout"};
  std::vector<const char*> values = {url.c_str(), "10", "rigwise", "UTF8", "20", "30000"};
  if (!is_here(host) && option(given.get(), "sslmode").empty() && std::getenv("PGSSLMODE") == nullptr) {
    keys.push_back("sslmode");
    values.push_back("require");
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* connection = PQconnectdbParams(keys.data(), values.data(), 1);
  if (connection == nullptr) return fail({ErrorCode::io, "out of memory", where, "", {}});
  PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
  auto opened = std::make_unique<PostgresDatabase>(connection, where);
  if (PQstatus(connection) != CONNECTION_OK) {
    const std::string_view message = PQerrorMessage(connection);
    return fail({ErrorCode::io,
                 std::string(message.substr(0, message.find('\n'))),
                 where,
                 "a server that runs; a password in PGPASSWORD or ~/.pgpass; ?sslmode=disable only where the network "
                 "is yours alone",
                 {}});
  }
  // A connection may be cut while it is made ready; then it is made again as any other.
  if (const Result<void> settled = opened->settle(); !settled && !opened->should_repeat()) return fail(settled.error());
  if (const Result<SqlRows> ready = opened->run("SELECT 1", {}); !ready) return fail(ready.error());
  return std::unique_ptr<SqlDatabase>(std::move(opened));
}

}  // namespace rigwise
