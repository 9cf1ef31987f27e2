#include "host/store/ledger_schema.h"

#include <span>
#include <string>

namespace rigwise {
namespace {

// The part of SQL's definition language that SQLite and PostgreSQL share: to SQLite BIGINT is an integer, DOUBLE
// PRECISION a real, and BYTEA takes bytes as they come. Times are milliseconds since 1970, money nano-units, durations
// nanoseconds.
constexpr std::string_view kFirst[] = {
    R"(CREATE TABLE blob (sha256 TEXT PRIMARY KEY, size BIGINT NOT NULL, packed BYTEA NOT NULL))",
    R"(CREATE TABLE task_rev (sha256 TEXT PRIMARY KEY, task_id TEXT NOT NULL, role TEXT NOT NULL, category TEXT NOT NULL,
       kind TEXT NOT NULL, lang TEXT NOT NULL, family TEXT NOT NULL, spec TEXT NOT NULL REFERENCES blob))",
    R"(CREATE TABLE endpoint (id TEXT PRIMARY KEY, dialect TEXT NOT NULL, base_url TEXT NOT NULL, price_source TEXT))",
    R"(CREATE TABLE model_ref (sha256 TEXT PRIMARY KEY, requested TEXT NOT NULL, family TEXT NOT NULL, provider TEXT,
       quantisation TEXT, weights_digest TEXT, server TEXT, context BIGINT, memory_gb DOUBLE PRECISION))",
    R"(CREATE TABLE run (id TEXT PRIMARY KEY, label TEXT NOT NULL, spec TEXT NOT NULL, code_version TEXT NOT NULL,
       host TEXT NOT NULL, started_ms BIGINT NOT NULL, budget_nano BIGINT, spent_nano BIGINT NOT NULL,
       reserved_nano BIGINT NOT NULL, doubtful_nano BIGINT NOT NULL))",
    R"(CREATE TABLE item (work_key TEXT PRIMARY KEY, task_rev TEXT NOT NULL REFERENCES task_rev,
       model_ref TEXT NOT NULL REFERENCES model_ref, endpoint TEXT NOT NULL REFERENCES endpoint, sampling TEXT NOT NULL,
       sample_no BIGINT NOT NULL, protocol BIGINT NOT NULL, priority BIGINT NOT NULL, state TEXT NOT NULL, outcome TEXT,
       chosen TEXT, not_before_ms BIGINT NOT NULL, lease_owner TEXT, lease_epoch BIGINT NOT NULL, lease_until_ms BIGINT))",
    R"(CREATE INDEX item_waiting ON item (state, endpoint, priority, work_key))",
    R"(CREATE TABLE run_item (run TEXT NOT NULL REFERENCES run, work_key TEXT NOT NULL REFERENCES item,
       PRIMARY KEY (run, work_key)))",
    R"(CREATE TABLE attempt (id TEXT PRIMARY KEY, work_key TEXT NOT NULL REFERENCES item, n BIGINT NOT NULL,
       run TEXT NOT NULL REFERENCES run, endpoint TEXT NOT NULL, state TEXT NOT NULL, sent_ms BIGINT NOT NULL, ended_ms BIGINT,
       reserved_nano BIGINT NOT NULL, http_status BIGINT, fault TEXT, detail TEXT, outcome TEXT, finish TEXT,
       connect_ns BIGINT, head_ns BIGINT, first_token_ns BIGINT, total_ns BIGINT, prompt_tokens BIGINT,
       cached_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, cost_nano BIGINT, cost_source TEXT,
       generation TEXT, model_served TEXT, provider TEXT, answer TEXT REFERENCES blob, reasoning TEXT REFERENCES blob,
       raw TEXT REFERENCES blob, UNIQUE (work_key, n)))",
    R"(CREATE TABLE check_result (work_key TEXT NOT NULL REFERENCES item, check_id TEXT NOT NULL, scorer TEXT NOT NULL,
       attempt TEXT NOT NULL, value DOUBLE PRECISION NOT NULL, applicable BIGINT NOT NULL, evidence TEXT NOT NULL,
       PRIMARY KEY (work_key, check_id, scorer, attempt)))",
    R"(CREATE TABLE judge_item (judge_key TEXT PRIMARY KEY, work_key TEXT NOT NULL REFERENCES item, answer TEXT NOT NULL,
       model_ref TEXT NOT NULL REFERENCES model_ref, prompt TEXT NOT NULL, repeat_no BIGINT NOT NULL, state TEXT NOT NULL,
       verdict TEXT, raw TEXT REFERENCES blob, tries BIGINT NOT NULL, cost_nano BIGINT))",
    R"(CREATE INDEX judge_of_item ON judge_item (work_key))",
    R"(CREATE TABLE review (work_key TEXT NOT NULL REFERENCES item, reason TEXT NOT NULL, queued_ms BIGINT NOT NULL,
       verdict TEXT, who TEXT, decided_ms BIGINT, note TEXT, PRIMARY KEY (work_key, reason)))",
    R"(CREATE TABLE price (model TEXT NOT NULL, provider TEXT NOT NULL, since TEXT NOT NULL, prompt_nano BIGINT,
       cached_nano BIGINT, completion_nano BIGINT, source TEXT NOT NULL, PRIMARY KEY (model, provider, since)))",
    R"(CREATE TABLE event (at_ms BIGINT NOT NULL, who TEXT NOT NULL, n BIGINT NOT NULL, kind TEXT NOT NULL,
       detail TEXT NOT NULL, PRIMARY KEY (at_ms, who, n)))",
};

/// Rates are of the moment and do not travel with exports.
constexpr std::string_view kSecond[] = {
    R"(CREATE TABLE rate (endpoint TEXT NOT NULL, kind TEXT NOT NULL, per_minute DOUBLE PRECISION NOT NULL,
       level DOUBLE PRECISION NOT NULL, at_ms BIGINT NOT NULL, PRIMARY KEY (endpoint, kind)))",
};

/// A definition in the words of a database.
std::string defined_for(const SqlDatabase& database, std::string_view statement) {
  constexpr std::string_view kText = " TEXT";
  std::string text;
  for (std::size_t at = 0;;) {
    const std::size_t next = statement.find(kText, at);
    text.append(statement.substr(at, next - at));
    if (next == std::string_view::npos) return text;
    text.append(" ").append(database.text_type());
    at = next + kText.size();
  }
}

Result<void> run_all(SqlDatabase& database, std::span<const std::string_view> statements) {
  for (const std::string_view statement : statements) {
    const Result<SqlRows> done = database.run(defined_for(database, statement));
    if (!done) return fail(done.error());
  }
  return {};
}

Unexpected too_new(int version) {
  return invalid("the store is of version " + std::to_string(version) + ", and this program knows " +
                     std::to_string(kLedgerVersion),
                 {}, "a newer rigwise");
}

}  // namespace

const std::vector<LedgerTable>& ledger_tables() {
  static const std::vector<LedgerTable> kTables = {
      {"blob", {"sha256"}, {"sha256", "size", "packed"}},
      {"task_rev", {"sha256"}, {"sha256", "task_id", "role", "category", "kind", "lang", "family", "spec"}},
      {"endpoint", {"id"}, {"id", "dialect", "base_url", "price_source"}},
      {"model_ref",
       {"sha256"},
       {"sha256", "requested", "family", "provider", "quantisation", "weights_digest", "server", "context",
        "memory_gb"}},
      {"run",
       {"id"},
       {"id", "label", "spec", "code_version", "host", "started_ms", "budget_nano", "spent_nano", "reserved_nano",
        "doubtful_nano"}},
      {"item",
       {"work_key"},
       {"work_key", "task_rev", "model_ref", "endpoint", "sampling", "sample_no", "protocol", "priority", "state",
        "outcome", "chosen", "not_before_ms", "lease_owner", "lease_epoch", "lease_until_ms"}},
      {"run_item", {"run", "work_key"}, {"run", "work_key"}},
      {"attempt",
       {"id"},
       {"id",
        "work_key",
        "n",
        "run",
        "endpoint",
        "state",
        "sent_ms",
        "ended_ms",
        "reserved_nano",
        "http_status",
        "fault",
        "detail",
        "outcome",
        "finish",
        "connect_ns",
        "head_ns",
        "first_token_ns",
        "total_ns",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "cost_nano",
        "cost_source",
        "generation",
        "model_served",
        "provider",
        "answer",
        "reasoning",
        "raw"}},
      {"check_result",
       {"work_key", "check_id", "scorer", "attempt"},
       {"work_key", "check_id", "scorer", "attempt", "value", "applicable", "evidence"}},
      {"judge_item",
       {"judge_key"},
       {"judge_key", "work_key", "answer", "model_ref", "prompt", "repeat_no", "state", "verdict", "raw", "tries",
        "cost_nano"}},
      {"review", {"work_key", "reason"}, {"work_key", "reason", "queued_ms", "verdict", "who", "decided_ms", "note"}},
      {"price",
       {"model", "provider", "since"},
       {"model", "provider", "since", "prompt_nano", "cached_nano", "completion_nano", "source"}},
      {"event", {"at_ms", "who", "n"}, {"at_ms", "who", "n", "kind", "detail"}},
  };
  return kTables;
}

Result<void> migrate_ledger(SqlDatabase& database) {
  // Looked at again inside the transaction: another process may have done it meanwhile.
  const Result<int> before = database.schema_version();
  if (!before) return fail(before.error());
  if (*before == kLedgerVersion) return {};
  if (*before < kLedgerVersion && database.is_read_only()) {
    return fail({ErrorCode::io,
                 "the store is of version " + std::to_string(*before) + ", this program reads " +
                     std::to_string(kLedgerVersion) + ", and here it may only be read",
                 {},
                 "`rigwise store init` by who may write it, or on a copy of it",
                 {}});
  }
  if (*before > kLedgerVersion) return too_new(*before);
  return in_transaction(database, [&]() -> Result<void> {
    const Result<int> version = database.schema_version();
    if (!version) return fail(version.error());
    if (*version > kLedgerVersion) return too_new(*version);
    if (*version < 1) {
      const Result<void> made = run_all(database, kFirst);
      if (!made) return made;
    }
    if (*version < 2) {
      const Result<void> made = run_all(database, kSecond);
      if (!made) return made;
    }
    return database.set_schema_version(kLedgerVersion);
  });
}

}  // namespace rigwise
