#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/sha256.h"
#include "host/store/lease_owner.h"
#include "host/store/ledger.h"
#include "host/store/ledger_transfer.h"

namespace rigwise {

/// An empty database of one kind, gone with this object. Tests of the ledger hold on every kind.
class StoreForTests {
 public:
  virtual ~StoreForTests() = default;
  /// One more connection.
  virtual Result<std::unique_ptr<SqlDatabase>> connect() = 0;
};
using MakeStore = std::function<std::unique_ptr<StoreForTests>()>;

/// A ledger with a run of some items.
class LedgerTest : public testing::TestWithParam<MakeStore> {
 protected:
  static constexpr std::int64_t kMinute = 60'000;

  LedgerTest() : store_under_test(GetParam()()), under_test(opened()) {}

  std::unique_ptr<Ledger> opened() const { return opened_from(*store_under_test); }
  static std::unique_ptr<Ledger> opened_from(StoreForTests& store) {
    auto database = store.connect();
    EXPECT_TRUE(database) << (database ? "" : database.error().message);
    if (!database) return nullptr;
    auto ledger = Ledger::open(std::move(*database));
    EXPECT_TRUE(ledger) << (ledger ? "" : ledger.error().message);
    return ledger ? std::move(*ledger) : nullptr;
  }

  static WorkItem item(int number) {
    WorkItem work;
    work.work_key = sha256_hex("item " + std::to_string(number));
    work.task_rev = "task";
    work.model_ref = "model";
    work.endpoint = "fake";
    work.sampling = "{}";
    return work;
  }
  static Ledger::Planned plan(Ledger& ledger, int items, std::optional<std::int64_t> budget = {},
                              const std::string& run = "run") {
    const auto spec = ledger.put_blob("spec");
    EXPECT_TRUE(spec);
    EXPECT_TRUE(ledger.put_task({"task", "role/task", "role", "category", "text", "en", "family", *spec}));
    EXPECT_TRUE(ledger.put_endpoint({"fake", "openai", "http://127.0.0.1:1/v1", {}}));
    ModelRef model;
    model.sha256 = "model";
    EXPECT_TRUE(ledger.put_model(model));
    EXPECT_TRUE(ledger.put_run({run, "label", "{}", "0", "host", budget}));
    std::vector<WorkItem> works;
    works.reserve(static_cast<std::size_t>(items));
    for (int i = 0; i < items; ++i) works.push_back(item(i));
    const auto planned = ledger.plan(run, works);
    EXPECT_TRUE(planned) << (planned ? "" : planned.error().message);
    return planned.value_or(Ledger::Planned{});
  }
  static ClaimedItem claim_one(Ledger& ledger, const std::string& run = "run") {
    const auto claimed = ledger.claim(run, "fake", this_owner(), 1, kMinute);
    EXPECT_TRUE(claimed) << (claimed ? "" : claimed.error().message);
    return claimed && !claimed->empty() ? claimed->front() : ClaimedItem{};
  }
  static StartVerdict begin(Ledger& ledger, const ClaimedItem& claimed, const std::string& id,
                            std::int64_t reserved = 100, const std::string& run = "run") {
    const auto verdict = ledger.begin_attempt({id, claimed.item.work_key, run, claimed.lease_epoch, reserved});
    EXPECT_TRUE(verdict) << (verdict ? "" : verdict.error().message);
    return verdict.value_or(StartVerdict::lease_lost);
  }
  static AttemptEnd answered(const std::string& id, std::int64_t cost = 40) {
    AttemptEnd end;
    end.id = id;
    end.http_status = 200;
    end.outcome = Outcome::ok;
    end.answer = "answer of " + id;
    end.cost_nano = cost;
    end.cost_source = "provider";
    return end;
  }
  static bool finish(Ledger& ledger, const ClaimedItem& claimed, const std::string& id, ItemMove move = {}) {
    const auto accepted = ledger.finish_attempt(answered(id), claimed.item.work_key, claimed.lease_epoch, move);
    EXPECT_TRUE(accepted) << (accepted ? "" : accepted.error().message);
    return accepted.value_or(false);
  }
  static std::vector<std::string> faults(Ledger& ledger) {
    const auto found = ledger_faults(ledger);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found.value_or(std::vector<std::string>{"cannot be checked"});
  }
  static std::vector<std::string> lines_of(Ledger& ledger) {
    std::vector<std::string> lines;
    EXPECT_TRUE(export_ledger(ledger, [&](std::string_view line) -> Result<void> {
      lines.emplace_back(line);
      return {};
    }));
    return lines;
  }
  static Result<Imported> import_lines(Ledger& ledger, const std::vector<std::string>& lines) {
    std::size_t at = 0;
    return import_ledger(ledger, [&](std::string& line) {
      if (at >= lines.size()) return false;
      line = lines[at++];
      return true;
    });
  }

  std::unique_ptr<StoreForTests> store_under_test;
  std::unique_ptr<Ledger> under_test;
};

}  // namespace rigwise
