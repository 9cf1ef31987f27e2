#include <sqlite3.h>

#include <filesystem>
#include <memory>

#include "codec/json_text.h"
#include "host/store/postgres_database.h"
#include "host/store/store_url.h"
#include "host/usage/log_files.h"

namespace rigwise {
namespace {

struct DatabaseCloser {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct RowCloser {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using ReadDatabase = std::unique_ptr<sqlite3, DatabaseCloser>;

/// "file:..." of a path, as SQLite reads it.
std::string uri_of(const std::string& path) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                          c == '.' || c == '-' || c == '_';
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain)
      uri += c;
    else
      uri.append("%").append(1, kHex[byte / 16]).append(1, kHex[byte % 16]);
  }
  // What nobody writes to needs no lock and leaves no file beside it; with a log of changes there, it must be read too.
  std::error_code fault;
  const std::uintmax_t changes = std::filesystem::file_size(path + "-wal", fault);
  return uri + (fault || changes == 0 ? "?mode=ro&immutable=1" : "?mode=ro");
}

Result<ReadDatabase> open_to_read(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(uri_of(path).c_str(), &handle,
                                   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  ReadDatabase database(handle);
  if (code != SQLITE_OK) {
    return fail({ErrorCode::io,
                 handle == nullptr ? "out of memory" : sqlite3_errmsg(handle),
                 path,
                 "a database that can be read",
                 {}});
  }
  constexpr int kPatienceMs = 10'000;
  sqlite3_busy_timeout(handle, kPatienceMs);
  return database;
}

std::string column_text(sqlite3_stmt* row, int column) {
  const unsigned char* text = sqlite3_column_text(row, column);
  const int bytes = sqlite3_column_bytes(row, column);
  return text == nullptr ? std::string()
                         : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes));
}

/// A row of the table as the reader of chats wants it. What `chat` holds is put in as it is: a broken one is a fault
/// there, with its row.
std::string chat_row(sqlite3_stmt* row) {
  const std::string chat = column_text(row, 1);
  std::string text = "{\"id\": " + Json(column_text(row, 0)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.append(", \"chat\": ").append(chat.empty() ? "null" : chat).append("}");
}

}  // namespace

Result<void> read_open_webui_database(const std::string& path, const std::function<bool(std::string_view row)>& take) {
  const Result<ReadDatabase> database = open_to_read(path);
  if (!database) return fail(database.error());
  sqlite3_stmt* prepared = nullptr;
  const int code =
      sqlite3_prepare_v2(database->get(), "SELECT id, chat FROM chat ORDER BY rowid", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, RowCloser> statement(prepared);
  if (code == SQLITE_ERROR) {
    return invalid("the database has no table of chats", path, "webui.db of Open WebUI");
  }
  if (code != SQLITE_OK) {
    return fail({ErrorCode::corrupt_data, sqlite3_errmsg(database->get()), path, "webui.db of Open WebUI", {}});
  }
  for (;;) {
    const int step = sqlite3_step(statement.get());
    if (step == SQLITE_DONE) return {};
    if (step != SQLITE_ROW) {
      return fail({ErrorCode::io, sqlite3_errmsg(database->get()), path, "again, when nobody writes to it", {}});
    }
    if (!take(chat_row(statement.get()))) return {};
  }
}

Result<void> read_litellm_database(const std::string& url, const std::function<bool(std::string_view row)>& take) {
  Result<std::unique_ptr<SqlDatabase>> database = open_postgres(url);
  if (!database) return fail(database.error());
  std::string last;
  for (;;) {
    const Result<SqlRows> rows = (*database)->run(
        "SELECT request_id, call_type, model, CAST(prompt_tokens AS BIGINT), CAST(completion_tokens AS BIGINT), "
        "CAST(\"startTime\" AS TEXT), CAST(metadata AS TEXT) FROM \"LiteLLM_SpendLogs\" WHERE request_id > $1 "
        "ORDER BY request_id LIMIT 5000",
        {SqlValue(last)});
    if (!rows) {
      Error error = rows.error();
      error.where = shown_store(url);
      error.try_this = "the database of a LiteLLM proxy, with its table \"LiteLLM_SpendLogs\"";
      return fail(std::move(error));
    }
    for (const SqlRow& row : *rows) {
      last = row.text(0);
      Json json = {
          {"request_id", last}, {"call_type", row.text(1)}, {"model", row.text(2)}, {"startTime", row.text(5)}};
      if (const auto tokens = row.maybe_integer(3)) json["prompt_tokens"] = *tokens;
      if (const auto tokens = row.maybe_integer(4)) json["completion_tokens"] = *tokens;
      json["metadata"] = row.text(6);
      if (!take(json.dump(-1, ' ', false, Json::error_handler_t::replace))) return {};
    }
    if (rows->empty()) return {};
  }
}

}  // namespace rigwise
