#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/store/lease_owner.h"
#include "host/store/store_url.h"

namespace rigwise {

/// A store in a file with one run, "november": three tasks answered, checked and judged by two; the first two wait for
/// a person, the last item is not asked yet. Gone with this object.
class RunForTests {
 public:
  RunForTests() : path_(testing::TempDir() + "rigwise-run-" + random_id() + ".db") {
    const auto made = open_store(path_);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    Ledger& ledger = **made;
    EXPECT_TRUE(ledger.put_endpoint({"fake", "openai", "http://127.0.0.1:1/v1", {}}));
    for (const char* name : {"candidate", "judge-a", "judge-b"}) {
      ModelRef model;
      model.sha256 = std::string(name) + "-hash";
      model.requested = name;
      model.family = name;
      EXPECT_TRUE(ledger.put_model(model));
    }
    EXPECT_TRUE(ledger.put_run({"run-1", "november", R"({"protocol":1})", "0.1", "host", {}}));
    std::vector<WorkItem> items;
    for (int i = 0; i < kItems; ++i) {
      const std::string name = "task-" + std::to_string(i);
      const auto spec = ledger.put_blob(R"({"pass":0.6,"expects":["the sum"],"prompt":"What is )" + name +
                                        R"( worth?","reference":"It is worth )" + std::to_string(i) + R"(."})");
      EXPECT_TRUE(ledger.put_task({name + "-rev", "manager/" + name, "manager", "content", "text", "en", name, *spec}));
      items.push_back({key(i), name + "-rev", "candidate-hash", "fake", "{}", 0, 1, 0});
    }
    EXPECT_TRUE(ledger.plan("run-1", items));
    for (int i = 0; i + 1 < kItems; ++i) answer(ledger, i);
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(ledger.queue_review(key(i), "fail_versus_good"));
    EXPECT_TRUE(ledger.queue_review(key(0), "evidence_missing"));
  }
  RunForTests(const RunForTests&) = delete;
  RunForTests& operator=(const RunForTests&) = delete;
  ~RunForTests() {
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + tail);
  }

  static constexpr int kItems = 4;
  static std::string key(int item) { return "key" + std::to_string(item) + std::string(10, 'a'); }
  const std::string& path() const { return path_; }
  std::unique_ptr<Ledger> open() const {
    auto ledger = open_store(path_, IfMissing::refuse);
    EXPECT_TRUE(ledger) << (ledger ? "" : ledger.error().message);
    return ledger ? std::move(*ledger) : nullptr;
  }

 private:
  static void answer(Ledger& ledger, int item) {
    const auto claimed = ledger.claim("run-1", "fake", this_owner(), 1, 60'000);
    ASSERT_TRUE(claimed && !claimed->empty());
    const ClaimedItem& held = claimed->front();
    const std::string attempt = "attempt-" + std::to_string(item), text = "It is worth " + std::to_string(item) + ".";
    EXPECT_TRUE(ledger.begin_attempt({attempt, held.item.work_key, "run-1", held.lease_epoch, 100}));
    AttemptEnd end;
    end.id = attempt;
    end.outcome = Outcome::ok;
    end.answer = text;
    end.cost_nano = 40;
    ItemMove move;
    move.state = ItemState::needs_review;
    move.outcome = Outcome::ok;
    EXPECT_TRUE(ledger.finish_attempt(end, held.item.work_key, held.lease_epoch, move));
    EXPECT_TRUE(ledger.put_check({held.item.work_key, "score", "1", attempt, 0.5, true, "{}"}));
    EXPECT_TRUE(ledger.put_check({held.item.work_key, "1 keyword", "1", attempt, 0.5, true,
                                  R"({"name":"names the sum","type":"keyword","part":"content","note":"1 of 2"})"}));
    for (const int judge : {0, 1}) judged(ledger, held.item.work_key, text, judge);
  }

  static void judged(Ledger& ledger, const std::string& work_key, const std::string& text, int judge) {
    const std::string name = judge == 0 ? "judge-a" : "judge-b", grade = judge == 0 ? "2" : "0";
    JudgeRecord record;
    record.judge_key = work_key + name;
    record.work_key = work_key;
    record.answer = *ledger.put_blob(text);
    record.model_ref = name + "-hash";
    record.state = "done";
    const std::string said = R"({"evidence":"It is worth","reason":"of )" + name + R"(","score":)" + grade + "}";
    record.verdict = R"({"correctness":)" + said + R"(,"completeness":)" + said + R"(,"quality":)" + said +
                     R"(,"injection_suspected":false})";
    EXPECT_TRUE(ledger.put_judgement(record));
  }

  std::string path_;
};

}  // namespace rigwise
