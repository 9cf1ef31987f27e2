#include "host/store/ledger.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "codec/sha256.h"
#include "core/base/check.h"
#include "host/store/ledger_schema.h"
#include "host/store/packed_bytes.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 12> kStates = {"planned", "leased",   "sent",         "answered",
                                                      "checked", "judging",  "done",         "retry_wait",
                                                      "parked",  "in_doubt", "failed_infra", "needs_review"};

std::optional<std::string> outcome_text(const std::optional<Outcome>& outcome) {
  if (!outcome) return std::nullopt;
  return std::string(outcome_name(*outcome));
}

std::string state_text(ItemState state) { return std::string(item_state_name(state)); }

WorkItem item_of(const SqlRow& row) {
  WorkItem item;
  item.work_key = row.text(0);
  item.task_rev = row.text(1);
  item.model_ref = row.text(2);
  item.endpoint = row.text(3);
  item.sampling = row.text(4);
  item.sample_no = row.integer(5);
  item.protocol = row.integer(6);
  item.priority = row.integer(7);
  return item;
}

/// States whose answer is there.
constexpr std::string_view kAnswered = "('answered', 'checked', 'judging', 'done', 'needs_review')";

}  // namespace

std::string_view item_state_name(ItemState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<ItemState> item_state_of_name(std::string_view name) {
  const auto at = std::find(kStates.begin(), kStates.end(), name);
  if (at == kStates.end()) return std::nullopt;
  return static_cast<ItemState>(at - kStates.begin());
}

std::string random_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  RW_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  std::string id;
  for (const unsigned char byte : bytes) {
    id += kDigits[byte >> 4];
    id += kDigits[byte & 15];
  }
  return id;
}

Result<std::unique_ptr<Ledger>> Ledger::open(std::unique_ptr<SqlDatabase> database) {
  constexpr int kMostTries = 8;
  for (int tried = 1;; ++tried) {
    const Result<void> ready = migrate_ledger(*database);
    if (ready) break;
    if (!database->should_repeat() || tried == kMostTries) return fail(ready.error());
  }
  return std::unique_ptr<Ledger>(new Ledger(std::move(database)));
}

Result<void> Ledger::atomically(const std::function<Result<void>()>& work) {
  if (depth_ == 0) {
    constexpr int kMostTries = 8;
    for (int tried = 1;; ++tried) {
      depth_ = 1;
      Result<void> done = in_transaction(*database_, work);
      depth_ = 0;
      if (done || !database_->should_repeat() || tried == kMostTries) return done;
    }
  }
  const std::string mark = "mark" + std::to_string(depth_);
  if (const auto begun = run("SAVEPOINT " + mark); !begun) return fail(begun.error());
  ++depth_;
  Result<void> done = work();
  --depth_;
  if (!done) (void)run("ROLLBACK TO SAVEPOINT " + mark);
  const auto released = run("RELEASE SAVEPOINT " + mark);
  if (done && !released) return fail(released.error());
  return done;
}

Result<void> Ledger::write(std::string_view statement, const std::vector<SqlValue>& parameters) {
  const Result<SqlRows> done = run(statement, parameters);
  if (!done) return fail(done.error());
  return {};
}

Result<std::string> Ledger::put_blob(std::string_view bytes) {
  const std::string hash = sha256_hex(bytes);
  const auto known = run("SELECT 1 FROM blob WHERE sha256 = $1", {hash});
  if (!known) return fail(known.error());
  if (!known->empty()) return hash;
  const auto put = write("INSERT INTO blob (sha256, size, packed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                         {hash, static_cast<std::int64_t>(bytes.size()), SqlBytes{pack_bytes(bytes)}});
  if (!put) return fail(put.error());
  return hash;
}

Result<std::string> Ledger::blob(const std::string& sha256) {
  const auto rows = run("SELECT packed FROM blob WHERE sha256 = $1", {sha256});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail({ErrorCode::not_found, "the store has no blob " + sha256, "", "", {}});
  return unpack_bytes(rows->at(0).bytes(0));
}

Result<SqlValue> Ledger::text_blob(const std::optional<std::string>& text) {
  if (!text) return SqlValue{};
  Result<std::string> hash = put_blob(*text);
  if (!hash) return fail(hash.error());
  return SqlValue{std::move(*hash)};
}

Result<void> Ledger::put_task(const TaskRevision& task) {
  return write(
      "INSERT INTO task_rev (sha256, task_id, role, category, kind, lang, family, spec) VALUES ($1, $2, $3, $4, $5, "
      "$6, $7, "
      "$8) ON CONFLICT DO NOTHING",
      {task.sha256, task.task_id, task.role, task.category, task.kind, task.lang, task.family, task.spec});
}

Result<void> Ledger::put_endpoint(const EndpointRecord& endpoint) {
  return write(
      "INSERT INTO endpoint (id, dialect, base_url, price_source) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE "
      "SET "
      "dialect = excluded.dialect, base_url = excluded.base_url, price_source = excluded.price_source",
      {endpoint.id, endpoint.dialect, endpoint.base_url, sql_value(endpoint.price_source)});
}

Result<void> Ledger::put_model(const ModelRef& model) {
  return write(
      "INSERT INTO model_ref (sha256, requested, family, provider, quantisation, weights_digest, server, context, "
      "memory_gb) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
      {model.sha256, model.requested, model.family, sql_value(model.provider), sql_value(model.quantisation),
       sql_value(model.weights_digest), sql_value(model.server), sql_value(model.context), sql_value(model.memory_gb)});
}

Result<void> Ledger::put_run(const RunRecord& record) {
  const auto now = database_->now_ms();
  if (!now) return fail(now.error());
  return write(
      "INSERT INTO run (id, label, spec, code_version, host, started_ms, budget_nano, spent_nano, reserved_nano, "
      "doubtful_nano) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0) ON CONFLICT (id) DO UPDATE SET budget_nano = "
      "excluded.budget_nano",
      {record.id, record.label, record.spec, record.code_version, record.host, *now, sql_value(record.budget_nano)});
}

Result<void> Ledger::note(const std::string& who, const std::string& kind, const std::string& detail) {
  const auto now = database_->now_ms();
  if (!now) return fail(now.error());
  return write("INSERT INTO event (at_ms, who, n, kind, detail) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
               {*now, who, ++notes_, kind, detail});
}

Result<Ledger::Planned> Ledger::plan(const std::string& run_id, const std::vector<WorkItem>& items) {
  Planned planned;
  const auto add = [&](const WorkItem& item) -> Result<void> {
    const auto added = run(
        "INSERT INTO item (work_key, task_rev, model_ref, endpoint, sampling, sample_no, protocol, priority, state, "
        "not_before_ms, lease_epoch) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', 0, 0) ON CONFLICT DO NOTHING "
        "RETURNING 1",
        {item.work_key, item.task_rev, item.model_ref, item.endpoint, item.sampling, item.sample_no, item.protocol,
         item.priority});
    if (!added) return fail(added.error());
    if (!added->empty()) {
      ++planned.added;
    } else {
      ++planned.known;
      const auto again = write(
          "UPDATE item SET state = 'planned', not_before_ms = 0 WHERE work_key = $1 AND state IN ('failed_infra', "
          "'parked')",
          {item.work_key});
      if (!again) return again;
      const auto state =
          run("SELECT 1 FROM item WHERE work_key = $1 AND state IN " + std::string(kAnswered), {item.work_key});
      if (!state) return fail(state.error());
      planned.finished += state->empty() ? 0 : 1;
    }
    return write("INSERT INTO run_item (run, work_key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                 {run_id, item.work_key});
  };
  const Result<void> done = atomically([&]() -> Result<void> {
    planned = {};
    for (const WorkItem& item : items) {
      if (Result<void> put = add(item); !put) return put;
    }
    return {};
  });
  if (!done) return fail(done.error());
  return planned;
}

Result<std::vector<ClaimedItem>> Ledger::claim(const std::string& run_id, const std::string& endpoint,
                                               const std::string& owner, std::int64_t most, std::int64_t lease_ms) {
  const auto now = database_->now_ms();
  if (!now) return fail(now.error());
  std::vector<ClaimedItem> claimed;
  const std::string statement =
      "UPDATE item SET state = 'leased', lease_owner = $1, lease_epoch = lease_epoch + 1, lease_until_ms = $2 WHERE "
      "work_key "
      "IN (SELECT i.work_key FROM item i JOIN run_item r ON r.work_key = i.work_key WHERE r.run = $3 AND i.endpoint = "
      "$4 AND "
      "i.state IN ('planned', 'retry_wait') AND i.not_before_ms <= $5 ORDER BY i.priority, i.work_key LIMIT $6" +
      std::string(database_->skip_locked()) +
      ") RETURNING work_key, task_rev, model_ref, endpoint, sampling, sample_no, protocol, priority, lease_epoch, "
      "(SELECT "
      "COUNT(*) FROM attempt a WHERE a.work_key = item.work_key)";
  const Result<void> done = atomically([&]() -> Result<void> {
    const auto rows = run(statement, {owner, *now + lease_ms, run_id, endpoint, *now, most});
    if (!rows) return fail(rows.error());
    claimed.clear();
    claimed.reserve(rows->size());
    for (const SqlRow& row : *rows) claimed.push_back({item_of(row), row.integer(8), row.integer(9)});
    return {};
  });
  if (!done) return fail(done.error());
  std::sort(claimed.begin(), claimed.end(), [](const ClaimedItem& a, const ClaimedItem& b) {
    return std::pair(a.item.priority, a.item.work_key) < std::pair(b.item.priority, b.item.work_key);
  });
  return claimed;
}

Result<StartVerdict> Ledger::begin_attempt(const AttemptStart& start) {
  StartVerdict verdict = StartVerdict::started;
  const Result<void> done = atomically([&]() -> Result<void> {
    const auto now = database_->now_ms();
    if (!now) return fail(now.error());
    verdict = StartVerdict::started;
    // It may be a repetition of what was committed while the connection went.
    const auto begun = run("SELECT 1 FROM attempt WHERE id = $1 AND state = 'sent'", {start.id});
    if (!begun) return fail(begun.error());
    if (!begun->empty()) return {};
    const auto moved =
        run("UPDATE item SET state = 'sent' WHERE work_key = $1 AND lease_epoch = $2 AND state = 'leased' RETURNING 1",
            {start.work_key, start.lease_epoch});
    if (!moved) return fail(moved.error());
    if (moved->empty()) {
      verdict = StartVerdict::lease_lost;
      return {};
    }
    // A question that costs nothing leaves the run's row alone: all workers would wait for each other there.
    const auto reserved =
        start.reserved_nano == 0
            ? run("SELECT 1 FROM run WHERE id = $1 AND (budget_nano IS NULL OR spent_nano + reserved_nano <= "
                  "budget_nano)",
                  {start.run})
            : run("UPDATE run SET reserved_nano = reserved_nano + $1 WHERE id = $2 AND (budget_nano IS NULL OR "
                  "spent_nano + reserved_nano + $1 <= budget_nano) RETURNING 1",
                  {start.reserved_nano, start.run});
    if (!reserved) return fail(reserved.error());
    if (reserved->empty()) {
      verdict = StartVerdict::over_budget;
      return write("UPDATE item SET state = 'leased' WHERE work_key = $1", {start.work_key});
    }
    return write(
        "INSERT INTO attempt (id, work_key, n, run, endpoint, state, sent_ms, reserved_nano) SELECT $1, work_key, "
        "(SELECT "
        "COALESCE(MAX(a.n), 0) + 1 FROM attempt a WHERE a.work_key = item.work_key), $2, endpoint, 'sent', $3, $4 FROM "
        "item "
        "WHERE work_key = $5",
        {start.id, start.run, *now, start.reserved_nano, start.work_key});
  });
  if (!done) return fail(done.error());
  return verdict;
}

Result<void> Ledger::name_generation(const std::string& attempt, const std::string& generation) {
  return write("UPDATE attempt SET generation = $1 WHERE id = $2", {generation, attempt});
}

Result<bool> Ledger::finish_attempt(const AttemptEnd& end, const std::string& work_key, std::int64_t lease_epoch,
                                    const ItemMove& move) {
  bool accepted = false;
  const Result<void> done = atomically([&]() -> Result<void> {
    const auto now = database_->now_ms();
    const auto answer = text_blob(end.answer), reasoning = text_blob(end.reasoning), raw = text_blob(end.raw);
    for (const auto* part : {&answer, &reasoning, &raw}) {
      if (!*part) return fail(part->error());
    }
    const auto before = run("SELECT state, run, reserved_nano, cost_nano FROM attempt WHERE id = $1", {end.id});
    if (!now || !before) return fail(now ? before.error() : now.error());
    if (before->empty()) return fail({ErrorCode::not_found, "no attempt " + end.id, "attempt", "", {}});
    const SqlRow& was = before->at(0);
    if (was.text(0) == "ended") {  // said twice, as after a commit whose answer was lost
      const auto chosen = run("SELECT 1 FROM item WHERE work_key = $1 AND chosen = $2", {work_key, end.id});
      if (!chosen) return fail(chosen.error());
      accepted = !chosen->empty();
      return {};
    }
    const auto put = write(
        "UPDATE attempt SET state = 'ended', ended_ms = $1, http_status = $2, fault = $3, detail = $4, outcome = $5, "
        "finish = "
        "$6, connect_ns = $7, head_ns = $8, first_token_ns = $9, total_ns = $10, prompt_tokens = $11, cached_tokens = "
        "$12, "
        "completion_tokens = $13, reasoning_tokens = $14, cost_nano = $15, cost_source = $16, generation = "
        "COALESCE($17, generation), model_served = $18, provider = $19, answer = $20, reasoning = $21, raw = $22 WHERE "
        "id = $23",
        {*now,
         sql_value(end.http_status),
         sql_value(end.fault),
         sql_value(end.detail),
         sql_value(outcome_text(end.outcome)),
         sql_value(end.finish),
         sql_value(end.connect_ns),
         sql_value(end.head_ns),
         sql_value(end.first_token_ns),
         sql_value(end.total_ns),
         sql_value(end.prompt_tokens),
         sql_value(end.cached_tokens),
         sql_value(end.completion_tokens),
         sql_value(end.reasoning_tokens),
         sql_value(end.cost_nano),
         sql_value(end.cost_source),
         sql_value(end.generation),
         sql_value(end.model_served),
         sql_value(end.provider),
         *answer,
         *reasoning,
         *raw,
         end.id});
    if (!put) return put;
    // What was reserved is free again, or what was booked in doubt is known now.
    const bool was_doubtful = was.text(0) == "in_doubt";
    const std::int64_t reserved = was_doubtful ? 0 : was.integer(2), doubtful = was_doubtful ? was.integer(3) : 0;
    const std::int64_t spent = end.cost_nano.value_or(0) - doubtful;
    if (reserved != 0 || spent != 0 || doubtful != 0) {
      const auto money = write(
          "UPDATE run SET reserved_nano = reserved_nano - $1, spent_nano = spent_nano + $2, doubtful_nano = "
          "doubtful_nano - $3 WHERE id = $4",
          {reserved, spent, doubtful, was.text(1)});
      if (!money) return money;
    }
    const bool has_answer = move.state != ItemState::retry_wait && move.state != ItemState::planned &&
                            move.state != ItemState::parked && move.state != ItemState::failed_infra;
    const auto moved =
        run("UPDATE item SET state = $1, outcome = $2, chosen = COALESCE($3, chosen), not_before_ms = $4, lease_owner "
            "= NULL, "
            "lease_until_ms = NULL WHERE work_key = $5 AND lease_epoch = $6 AND state = 'sent' RETURNING 1",
            {state_text(move.state), sql_value(outcome_text(move.outcome)), has_answer ? SqlValue{end.id} : SqlValue{},
             move.not_before_ms, work_key, lease_epoch});
    if (!moved) return fail(moved.error());
    accepted = !moved->empty();
    return {};
  });
  if (!done) return fail(done.error());
  return accepted;
}

Result<void> Ledger::move_item(const std::string& work_key, const ItemMove& move) {
  return write(
      "UPDATE item SET state = $1, outcome = COALESCE($2, outcome), not_before_ms = $3 WHERE work_key = $4 AND state "
      "NOT IN "
      "('leased', 'sent')",
      {state_text(move.state), sql_value(outcome_text(move.outcome)), move.not_before_ms, work_key});
}

Result<void> Ledger::release(const std::vector<ClaimedItem>& items) {
  return atomically([&]() -> Result<void> {
    for (const ClaimedItem& claimed : items) {
      Result<void> moved = write(
          "UPDATE item SET state = 'planned', lease_owner = NULL, lease_until_ms = NULL WHERE work_key = $1 AND "
          "lease_epoch = "
          "$2 AND state = 'leased'",
          {claimed.item.work_key, claimed.lease_epoch});
      if (!moved) return moved;
    }
    return {};
  });
}

}  // namespace rigwise
