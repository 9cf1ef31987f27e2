#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// Bytes that are no text.
struct SqlBytes {
  std::string bytes;
  friend bool operator==(const SqlBytes&, const SqlBytes&) = default;
};

/// A value on its way into or out of a database; monostate is NULL.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string, SqlBytes>;

/// What is known goes in as it is, the rest as NULL.
template <class T>
SqlValue sql_value(const std::optional<T>& value) {
  if (!value) return {};
  return *value;
}

/// One row of an answer, by position.
class SqlRow {
 public:
  explicit SqlRow(std::vector<SqlValue> values) : values_(std::move(values)) {}
  std::size_t size() const { return values_.size(); }
  const SqlValue& at(std::size_t column) const { return values_.at(column); }
  std::int64_t integer(std::size_t column) const { return maybe_integer(column).value_or(0); }
  std::string text(std::size_t column) const {
    const std::string* text = std::get_if<std::string>(&values_.at(column));
    return text != nullptr ? *text : std::string();
  }
  std::optional<std::int64_t> maybe_integer(std::size_t column) const {
    const std::int64_t* value = std::get_if<std::int64_t>(&values_.at(column));
    return value != nullptr ? std::optional(*value) : std::nullopt;
  }
  std::optional<double> maybe_real(std::size_t column) const {
    const double* value = std::get_if<double>(&values_.at(column));
    if (value != nullptr) return *value;
    const auto whole = maybe_integer(column);
    return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
  }
  std::string bytes(std::size_t column) const {
    const SqlBytes* value = std::get_if<SqlBytes>(&values_.at(column));
    return value != nullptr ? value->bytes : std::string();
  }

 private:
  std::vector<SqlValue> values_;
};
using SqlRows = std::vector<SqlRow>;

/// A connection to SQLite or PostgreSQL, as far as the ledger needs one. Statements are the subset that both take, with
/// parameters $1, $2, ... numbered in the order in which they first stand. One thread at a time.
class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;

  virtual Result<SqlRows> run(std::string_view statement, const std::vector<SqlValue>& parameters = {}) = 0;
  /// Begins a transaction that may write, waiting for other writers; commit() returns when it would survive a power
  /// cut.
  virtual Result<void> begin() = 0;
  /// Begins a transaction that only reads, and sees the database as it is now until its end, whatever others write
  /// meanwhile; it holds none of them up.
  virtual Result<void> begin_reading() = 0;
  virtual Result<void> commit() = 0;
  virtual Result<void> rollback() = 0;
  /// Whether what failed last did so because the connection went or another transaction stood in the way: then the same
  /// again, from the beginning of its transaction, is right. A commit among it may have happened.
  virtual bool should_repeat() const { return false; }
  /// Whether it was opened only to be read, where this user may not write.
  virtual bool is_read_only() const { return false; }

  /// Version of the tables; 0: there are none.
  virtual Result<int> schema_version() = 0;
  virtual Result<void> set_schema_version(int version) = 0;
  /// What a claim's inner SELECT ends with, so that two workers never wait for each other's rows: "" where only one can
  /// write at a time.
  virtual std::string_view skip_locked() const = 0;
  /// The type of texts in definitions of tables. They are compared byte by byte, so that every store has one order.
  virtual std::string_view text_type() const { return "TEXT"; }
  /// Milliseconds since 1970, by the clock that all users of the database share.
  virtual Result<std::int64_t> now_ms() = 0;
  /// What the database itself says of its health; empty: it is well.
  virtual Result<std::vector<std::string>> integrity_faults() = 0;
};

/// Runs `work` in a transaction that has begun, or has not been able to.
template <class Work>
auto within_transaction(SqlDatabase& database, const Result<void>& begun, Work work) -> decltype(work()) {
  if (!begun) return fail(begun.error());
  auto result = work();
  if (!result) {
    (void)database.rollback();
    return result;
  }
  if (const Result<void> committed = database.commit(); !committed) return fail(committed.error());
  return result;
}

/// Runs `work` in a transaction: all of it happens, or nothing.
template <class Work>
auto in_transaction(SqlDatabase& database, Work work) -> decltype(work()) {
  return within_transaction(database, database.begin(), std::move(work));
}

/// Runs `work`, which only reads, on one state of the database.
template <class Work>
auto in_one_state(SqlDatabase& database, Work work) -> decltype(work()) {
  return within_transaction(database, database.begin_reading(), std::move(work));
}

}  // namespace rigwise
