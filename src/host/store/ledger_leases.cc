// The parts of the ledger about leases that end, judges, reviews and sums.
#include "host/store/ledger.h"

namespace rigwise {
namespace {

std::optional<std::string> maybe_text(const SqlRow& row, std::size_t column) {
  if (std::holds_alternative<std::monostate>(row.at(column))) return std::nullopt;
  return row.text(column);
}

}  // namespace

Result<void> Ledger::extend_leases(const std::string& owner, const std::vector<std::string>& work_keys,
                                   std::int64_t lease_ms) {
  return atomically([&]() -> Result<void> {
    const auto now = database_->now_ms();
    if (!now) return fail(now.error());
    for (const std::string& work_key : work_keys) {
      Result<void> extended = write(
          "UPDATE item SET lease_until_ms = $1 WHERE work_key = $2 AND lease_owner = $3 AND state IN ('leased', "
          "'sent')",
          {*now + lease_ms, work_key, owner});
      if (!extended) return extended;
    }
    return {};
  });
}

Result<std::int64_t> Ledger::release_forgotten(const std::string& owner, const std::string& endpoint) {
  const auto rows =
      run("UPDATE item SET state = 'planned', lease_owner = NULL, lease_until_ms = NULL WHERE state = 'leased' AND "
          "endpoint = $1 AND lease_owner = $2 RETURNING 1",
          {endpoint, owner});
  if (!rows) return fail(rows.error());
  return static_cast<std::int64_t>(rows->size());
}

Result<Ledger::Reaped> Ledger::reap(const std::function<bool(const std::string& owner)>& is_gone) {
  Reaped reaped;
  const auto take = [&](const std::string& work_key, bool was_sent) -> Result<void> {
    if (was_sent) {
      const auto sums =
          run("UPDATE attempt SET state = 'in_doubt', cost_nano = reserved_nano, cost_source = 'doubtful' WHERE "
              "work_key = $1 AND "
              "state = 'sent' RETURNING run, reserved_nano",
              {work_key});
      if (!sums) return fail(sums.error());
      for (const SqlRow& row : *sums) {
        Result<void> booked = write(
            "UPDATE run SET reserved_nano = reserved_nano - $1, spent_nano = spent_nano + $1, doubtful_nano = "
            "doubtful_nano + "
            "$1 WHERE id = $2",
            {row.integer(1), row.text(0)});
        if (!booked) return booked;
      }
    }
    ++(was_sent ? reaped.in_doubt : reaped.back_to_planned);
    return write(
        "UPDATE item SET state = $1, lease_owner = NULL, lease_until_ms = NULL, lease_epoch = lease_epoch + 1 WHERE "
        "work_key = "
        "$2",
        {std::string(was_sent ? "in_doubt" : "planned"), work_key});
  };
  const Result<void> done = atomically([&]() -> Result<void> {
    reaped = {};
    const auto now = database_->now_ms();
    if (!now) return fail(now.error());
    // Locked, where many write: what its worker finishes at this moment is not taken from it.
    const auto held =
        run("SELECT i.work_key, i.state, i.lease_owner, i.lease_until_ms FROM item i WHERE i.state IN ('leased', "
            "'sent') ORDER BY i.work_key" +
            std::string(database_->skip_locked()));
    if (!held) return fail(held.error());
    for (const SqlRow& row : *held) {
      if (row.integer(3) >= *now && !is_gone(row.text(2))) continue;
      if (Result<void> taken = take(row.text(0), row.text(1) == "sent"); !taken) return taken;
    }
    return {};
  });
  if (!done) return fail(done.error());
  return reaped;
}

Result<std::int64_t> Ledger::resend_doubtful(const std::string& run_id) {
  const auto rows =
      run("UPDATE item SET state = 'planned', not_before_ms = 0 WHERE state = 'in_doubt' AND work_key IN (SELECT "
          "work_key FROM "
          "run_item WHERE run = $1) RETURNING 1",
          {run_id});
  if (!rows) return fail(rows.error());
  return static_cast<std::int64_t>(rows->size());
}

Result<void> Ledger::put_check(const CheckRecord& check) {
  return write(
      "INSERT INTO check_result (work_key, check_id, scorer, attempt, value, applicable, evidence) VALUES ($1, $2, $3, "
      "$4, $5, "
      "$6, $7) ON CONFLICT (work_key, check_id, scorer, attempt) DO UPDATE SET value = excluded.value, applicable = "
      "excluded.applicable, evidence = excluded.evidence",
      {check.work_key, check.check_id, check.scorer, check.attempt, check.value, std::int64_t{check.applicable ? 1 : 0},
       check.evidence});
}

Result<std::vector<CheckRecord>> Ledger::checks_of(const std::string& work_key) {
  const auto rows =
      run("SELECT check_id, scorer, attempt, value, applicable, evidence FROM check_result WHERE work_key = $1 ORDER "
          "BY check_id, "
          "scorer, attempt",
          {work_key});
  if (!rows) return fail(rows.error());
  std::vector<CheckRecord> checks;
  checks.reserve(rows->size());
  for (const SqlRow& row : *rows) {
    checks.push_back({work_key, row.text(0), row.text(1), row.text(2), row.maybe_real(3).value_or(0),
                      row.integer(4) != 0, row.text(5)});
  }
  return checks;
}

Result<void> Ledger::put_judgement(const JudgeRecord& judge) {
  return write(
      "INSERT INTO judge_item (judge_key, work_key, answer, model_ref, prompt, repeat_no, state, verdict, raw, tries, "
      "cost_nano) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (judge_key) DO UPDATE SET state = "
      "excluded.state, verdict = excluded.verdict, raw = excluded.raw, tries = excluded.tries, cost_nano = "
      "excluded.cost_nano "
      "WHERE judge_item.state <> 'done'",
      {judge.judge_key, judge.work_key, judge.answer, judge.model_ref, judge.prompt, judge.repeat_no, judge.state,
       sql_value(judge.verdict), sql_value(judge.raw), judge.tries, sql_value(judge.cost_nano)});
}

Result<std::vector<JudgeRecord>> Ledger::judgements_of(const std::string& work_key) {
  const auto rows =
      run("SELECT judge_key, work_key, answer, model_ref, prompt, repeat_no, state, verdict, raw, tries, cost_nano "
          "FROM judge_item "
          "WHERE work_key = $1 ORDER BY judge_key",
          {work_key});
  if (!rows) return fail(rows.error());
  std::vector<JudgeRecord> judges;
  judges.reserve(rows->size());
  for (const SqlRow& row : *rows) {
    judges.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.integer(5), row.text(6),
                      maybe_text(row, 7), maybe_text(row, 8), row.integer(9), row.maybe_integer(10)});
  }
  return judges;
}

Result<void> Ledger::queue_review(const std::string& work_key, const std::string& reason) {
  const auto now = database_->now_ms();
  if (!now) return fail(now.error());
  return write("INSERT INTO review (work_key, reason, queued_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
               {work_key, reason, *now});
}

Result<void> Ledger::decide_review(const ReviewRecord& review) {
  const auto now = database_->now_ms();
  if (!now) return fail(now.error());
  const auto rows = run(
      "UPDATE review SET verdict = $1, who = $2, note = $3, decided_ms = $4 WHERE work_key = $5 AND reason = $6 "
      "RETURNING 1",
      {sql_value(review.verdict), sql_value(review.who), sql_value(review.note), *now, review.work_key, review.reason});
  if (!rows) return fail(rows.error());
  if (rows->empty())
    return fail({ErrorCode::not_found, "nothing is queued for review under that key", review.work_key, "", {}});
  return {};
}

Result<bool> Ledger::decide_review_over(const ReviewRecord& review, std::optional<std::int64_t> seen_ms) {
  const auto now = database_->now_ms();
  if (!now) return fail(now.error());
  // The condition stands in the statement that writes, so that of two at once the later one sees the earlier.
  const auto rows = run(
      "UPDATE review SET verdict = $1, who = $2, note = $3, decided_ms = $4 WHERE work_key = $5 AND reason = $6 AND "
      "COALESCE(decided_ms, -1) = $7 RETURNING 1",
      {sql_value(review.verdict), sql_value(review.who), sql_value(review.note), *now, review.work_key, review.reason,
       seen_ms.value_or(-1)});
  if (!rows) return fail(rows.error());
  return !rows->empty();
}

Result<std::vector<ReviewRecord>> Ledger::reviews(bool open_only) {
  const auto rows = run(std::string("SELECT work_key, reason, queued_ms, verdict, who, decided_ms, note FROM review") +
                        (open_only ? " WHERE decided_ms IS NULL" : "") + " ORDER BY queued_ms, work_key, reason");
  if (!rows) return fail(rows.error());
  std::vector<ReviewRecord> reviews;
  reviews.reserve(rows->size());
  for (const SqlRow& row : *rows) {
    reviews.push_back({row.text(0), row.text(1), row.integer(2), maybe_text(row, 3), maybe_text(row, 4),
                       maybe_text(row, 6), row.maybe_integer(5)});
  }
  return reviews;
}

Result<RunTotals> Ledger::totals(const std::string& run_id) {
  RunTotals totals;
  const auto states =
      run("SELECT i.state, COALESCE(i.outcome, ''), COUNT(*) FROM item i JOIN run_item r ON r.work_key = i.work_key "
          "WHERE r.run = "
          "$1 GROUP BY 1, 2 ORDER BY 1, 2",
          {run_id});
  const auto money =
      run("SELECT budget_nano, spent_nano, reserved_nano, doubtful_nano FROM run WHERE id = $1", {run_id});
  const auto attempts =
      run("SELECT COUNT(*), COALESCE(SUM(CASE WHEN cost_source = 'doubtful' THEN 1 ELSE 0 END), 0), "
          "COALESCE(SUM(CASE WHEN answer IS NOT NULL AND cost_nano IS NULL THEN 1 ELSE 0 END), 0) FROM attempt WHERE "
          "run = $1",
          {run_id});
  for (const auto* part : {&states, &money, &attempts}) {
    if (!*part) return fail(part->error());
  }
  if (money->empty()) return fail({ErrorCode::not_found, "no run \"" + run_id + "\"", "run", "", {}});
  for (const SqlRow& row : *states) {
    totals.states.push_back({row.text(0), row.text(1), row.integer(2)});
    totals.items += row.integer(2);
  }
  totals.budget_nano = money->at(0).maybe_integer(0);
  totals.spent_nano = money->at(0).integer(1);
  totals.reserved_nano = money->at(0).integer(2);
  totals.doubtful_nano = money->at(0).integer(3);
  totals.attempts = attempts->at(0).integer(0);
  totals.doubtful_attempts = attempts->at(0).integer(1);
  totals.unknown_costs = attempts->at(0).integer(2);
  return totals;
}

Result<std::vector<ItemResult>> Ledger::results(const std::string& run_id, const std::string& after,
                                                std::int64_t most) {
  const auto rows =
      run("SELECT i.work_key, i.task_rev, i.model_ref, i.endpoint, i.sampling, i.sample_no, i.protocol, i.priority, "
          "i.state, "
          "i.outcome, i.chosen, a.answer, a.cost_nano, a.total_ns, a.completion_tokens, (SELECT COUNT(*) FROM attempt "
          "b WHERE "
          "b.work_key = i.work_key) FROM run_item r JOIN item i ON i.work_key = r.work_key LEFT JOIN attempt a ON a.id "
          "= i.chosen "
          "WHERE r.run = $1 AND r.work_key > $2 ORDER BY r.work_key LIMIT $3",
          {run_id, after, most});
  if (!rows) return fail(rows.error());
  std::vector<ItemResult> results;
  results.reserve(rows->size());
  for (const SqlRow& row : *rows) {
    ItemResult result;
    result.item = {row.text(0), row.text(1),    row.text(2),    row.text(3),
                   row.text(4), row.integer(5), row.integer(6), row.integer(7)};
    result.state = item_state_of_name(row.text(8)).value_or(ItemState::planned);
    result.outcome = outcome_of_name(row.text(9));
    result.attempt = maybe_text(row, 10);
    result.answer = maybe_text(row, 11);
    result.cost_nano = row.maybe_integer(12);
    result.total_ns = row.maybe_integer(13);
    result.completion_tokens = row.maybe_integer(14);
    result.attempts = row.integer(15);
    results.push_back(std::move(result));
  }
  return results;
}

Result<void> Ledger::recount_money() {
  return write(
      "UPDATE run SET spent_nano = (SELECT COALESCE(SUM(a.cost_nano), 0) FROM attempt a WHERE a.run = run.id AND "
      "a.state <> "
      "'sent'), reserved_nano = (SELECT COALESCE(SUM(a.reserved_nano), 0) FROM attempt a WHERE a.run = run.id AND "
      "a.state = "
      "'sent'), doubtful_nano = (SELECT COALESCE(SUM(a.cost_nano), 0) FROM attempt a WHERE a.run = run.id AND "
      "a.cost_source = "
      "'doubtful')",
      {});
}

}  // namespace rigwise
