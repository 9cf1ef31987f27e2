#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/grade/score.h"

namespace rigwise {

/// What a ledger holds. A run is a view on items: two runs that want the same work share it, and it is paid once.

/// One state of a task, by the hash of all its files.
struct TaskRevision {
  std::string sha256, task_id, role, category, kind, lang, family;
  std::string spec;  ///< blob
};

struct EndpointRecord {
  std::string id, dialect;
  std::string base_url;  ///< without secrets
  std::optional<std::string> price_source;
};

/// A model as exactly as it can be told: what was asked for, and what the server says it is.
struct ModelRef {
  std::string sha256, requested, family;
  std::optional<std::string> provider, quantisation, weights_digest, server;
  std::optional<std::int64_t> context;
  std::optional<double> memory_gb;
};

/// What an endpoint may be asked a minute, by all that write to one store.
struct RateLimit {
  std::string kind;  ///< requests, tokens
  double per_minute = 0;
  double amount = 1;  ///< of the next question
};

struct RunRecord {
  std::string id, label;
  std::string spec;  ///< canonical JSON of what was asked for
  std::string code_version, host;
  std::optional<std::int64_t> budget_nano;
};

/// One answer that is wanted: a task, a model, a sample, by the hash of everything that can change the answer.
struct WorkItem {
  std::string work_key, task_rev, model_ref, endpoint;
  std::string sampling;  ///< canonical JSON
  std::int64_t sample_no = 0, protocol = 1, priority = 0;
};

enum class ItemState {
  planned,
  leased,  ///< a worker has it
  sent,    ///< its request is under way
  answered,
  checked,
  judging,
  done,
  retry_wait,    ///< again, not before a time
  parked,        ///< endpoint down, no credit, no budget: waits for a person or a probe
  in_doubt,      ///< sent, and nobody knows what came of it
  failed_infra,  ///< given up; never a score
  needs_review,
};
std::string_view item_state_name(ItemState state);
std::optional<ItemState> item_state_of_name(std::string_view name);

struct ClaimedItem {
  WorkItem item;
  std::int64_t lease_epoch = 0;  ///< what every later write about it must show
  std::int64_t attempts = 0;     ///< made before
};

/// Written down before a request leaves.
struct AttemptStart {
  std::string id;  ///< random; see random_id()
  std::string work_key, run;
  std::int64_t lease_epoch = 0;
  std::int64_t reserved_nano = 0;  ///< the most that it can cost
};
enum class StartVerdict { started, lease_lost, over_budget };

/// What came of it.
struct AttemptEnd {
  std::string id;
  std::optional<std::int64_t> http_status;
  std::optional<std::string> fault, detail, finish;
  std::optional<Outcome> outcome;
  std::optional<std::int64_t> connect_ns, head_ns, first_token_ns, total_ns;
  std::optional<std::int64_t> prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens;
  std::optional<std::int64_t> cost_nano;   ///< absent: unknown, which is not 0
  std::optional<std::string> cost_source;  ///< provider, price, estimate
  std::optional<std::string> generation, model_served, provider;
  std::optional<std::string> answer, reasoning, raw;  ///< texts; they become blobs
};

/// Where the item goes after an attempt.
struct ItemMove {
  ItemState state = ItemState::answered;
  std::optional<Outcome> outcome;
  std::int64_t not_before_ms = 0;
};

struct CheckRecord {
  std::string work_key, check_id, scorer, attempt;
  double value = 0;
  bool applicable = true;
  std::string evidence;
};

struct JudgeRecord {
  std::string judge_key, work_key, answer, model_ref, prompt;
  std::int64_t repeat_no = 0;
  std::string state = "planned";  ///< planned, sent, done, error
  std::optional<std::string> verdict, raw;
  std::int64_t tries = 0;
  std::optional<std::int64_t> cost_nano;
};

struct ReviewRecord {
  std::string work_key, reason;
  std::int64_t queued_ms = 0;
  std::optional<std::string> verdict, who, note;
  std::optional<std::int64_t> decided_ms;
};

/// One line of a report's raw material: an item with the attempt that was accepted for it.
struct ItemResult {
  WorkItem item;
  ItemState state = ItemState::planned;
  std::optional<Outcome> outcome;
  std::optional<std::string> attempt, answer;  ///< id; blob
  std::int64_t attempts = 0;
  std::optional<std::int64_t> cost_nano, total_ns, completion_tokens;
};

struct StateCount {
  std::string state, outcome;
  std::int64_t items = 0;
};
struct RunTotals {
  std::vector<StateCount> states;
  std::int64_t items = 0, attempts = 0, doubtful_attempts = 0;
  std::optional<std::int64_t> budget_nano;
  std::int64_t spent_nano = 0, reserved_nano = 0;
  std::int64_t doubtful_nano = 0;  ///< within spent: perhaps paid twice
  std::int64_t unknown_costs = 0;  ///< answers whose cost nobody knows

  /// Nothing: not one answer's cost is known, which is not 0.
  std::optional<std::int64_t> known_spent_nano() const {
    return spent_nano == 0 && unknown_costs > 0 ? std::nullopt : std::optional(spent_nano);
  }
};

}  // namespace rigwise
