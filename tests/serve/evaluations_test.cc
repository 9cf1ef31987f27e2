// Runs of a store over HTTP: read by whoever the gate lets in, written to with a token only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "../schema/schemas.h"
#include "codec/result_set.h"
#include "host/eval/result_set_of_ledger.h"
#include "host/eval/run_for_tests.h"
#include "host/store/only_reading_for_tests.h"
#include "served.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kToken = "a-token-of-sixteen-and-more";
const std::string kAuthorized = std::string("Authorization: Bearer ") + kToken + "\r\n";

class ServedRuns : public Served {
 protected:
  void serve_store(const std::string& token = "", const std::string& tasks = "") {
    ServerOptions options = on_a_free_port();
    options.evaluations.store = run_.path();
    options.evaluations.tasks_folder = tasks;
    options.token = token;
    serve(options);
  }
  static Json json_of(const Heard& heard) { return Json::parse(heard.body, nullptr, false); }
  static std::string grades(const std::string& who, const std::string& more = "", const std::string& key = "") {
    return R"({"run": "run-1", "key": ")" + (key.empty() ? RunForTests::key(0) : key) +
           R"(", "grades": [2, 1, 2], "who": ")" + who + "\"" + more + "}";
  }
  Heard decide(const std::string& body) const { return ask(post("/api/v1/eval/review", body, kAuthorized)); }

  RunForTests run_;
};

TEST_F(ServedRuns, AreListedWithHowFarTheyAre) {
  serve_store();
  const Heard heard = ask(get("/api/v1/eval/runs"));
  EXPECT_EQ(heard.status, 200);
  EXPECT_THAT(schema_faults("eval_runs.json", json_of(heard)), IsEmpty()) << heard.body;
  const Json listed = json_of(heard);
  EXPECT_EQ(listed["runs"][0]["label"], "november");
  EXPECT_EQ(listed["runs"][0]["finished"], 3);
  EXPECT_EQ(listed["runs"][0]["reviews_open"], 2);
  EXPECT_EQ(listed["writes"], false);
}

TEST_F(ServedRuns, GiveTheSameResultsAsAFile) {
  serve_store();
  const auto ledger = run_.open();
  const auto set = result_set_of_ledger(*ledger, {"november", false});
  ASSERT_TRUE(set);
  const Heard heard = ask(get("/api/v1/eval/results?run=november"));
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, result_set_json(*set).dump());
  EXPECT_THAT(schema_faults("eval_results.json", json_of(heard)), IsEmpty());
  const Heard missing = ask(get("/api/v1/eval/results?run=novembr"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(json_of(missing)["did_you_mean"][0], "november");
}

TEST_F(ServedRuns, GiveOneAnswerWithItsTaskItsChecksAndBothVerdicts) {
  serve_store();
  const Heard heard = ask(get("/api/v1/eval/answer?run=november&key=" + RunForTests::key(1)));
  EXPECT_EQ(heard.status, 200) << heard.body;
  const Json one = json_of(heard);
  EXPECT_THAT(schema_faults("eval_answer.json", one), IsEmpty()) << heard.body;
  EXPECT_EQ(one["prompt"], "What is task-1 worth?");
  EXPECT_EQ(one["reference"], "It is worth 1.");
  EXPECT_EQ(one["answer"]["text"], "It is worth 1.");
  EXPECT_EQ(one["answer"]["judgements"].size(), 2U);
  EXPECT_EQ(one["answer"]["judgements"][0]["verdict"]["correctness"]["evidence"], "It is worth");
  EXPECT_EQ(ask(get("/api/v1/eval/answer?run=november")).status, 400);
  EXPECT_EQ(ask(get("/api/v1/eval/answer?run=november&key=none")).status, 404);
}

TEST_F(ServedRuns, AreShownToWhoeverHasTheTokenAndToNobodyElse) {
  serve_store(kToken);
  for (const char* place : {"runs", "results?run=november", "review?run=november", "answer?run=november&key=x"}) {
    EXPECT_EQ(ask(get("/api/v1/eval/" + std::string(place))).status, 401) << place;
    EXPECT_NE(ask(get("/api/v1/eval/" + std::string(place), kAuthorized)).status, 401) << place;
  }
  EXPECT_EQ(json_of(ask(get("/api/v1/eval/runs", kAuthorized)))["writes"], true);
}

TEST_F(ServedRuns, AreReviewedAsInTheTerminal) {
  serve_store(kToken);
  const Json open = json_of(ask(get("/api/v1/eval/review?run=november", kAuthorized)));
  EXPECT_THAT(schema_faults("eval_review.json", open), IsEmpty()) << open;
  ASSERT_EQ(open["cases"].size(), 2U);
  EXPECT_EQ(open["cases"][0]["reasons"], (Json{"evidence_missing", "fail_versus_good"}));
  EXPECT_EQ(open["cases"][0]["decided_ms"], 0);
  const Heard decided = decide(grades("ana", R"(, "note": "no sources")"));
  EXPECT_EQ(decided.status, 200) << decided.body;
  EXPECT_THAT(schema_faults("eval_review.json", json_of(decided)), IsEmpty()) << decided.body;
  const auto set = result_set_of_ledger(*run_.open(), {"november", false});
  ASSERT_TRUE(set && set->answers.at(0).review);
  EXPECT_EQ(set->answers[0].review->grades, (std::array<int, 3>{2, 1, 2}));
  EXPECT_EQ(set->answers[0].review->who, "ana");
  EXPECT_EQ(set->answers[0].review->note, "no sources");
}

TEST_F(ServedRuns, AreReviewedByTheirLabelToo) {
  serve_store(kToken);
  std::string body = grades("ana");
  body.replace(body.find("run-1"), 5, "november");
  EXPECT_EQ(decide(body).status, 200);
  body.replace(body.find("november"), 8, "decembre");
  EXPECT_EQ(decide(body).status, 404);
}

TEST_F(ServedRuns, SayNullWhereNobodyKnowsTheCost) {
  {
    const auto ledger = run_.open();
    ASSERT_TRUE(ledger->database().run("UPDATE attempt SET cost_nano = NULL"));
    ASSERT_TRUE(ledger->database().run("UPDATE run SET spent_nano = 0"));
  }
  serve_store();
  const Json listed = json_of(ask(get("/api/v1/eval/runs")));
  EXPECT_THAT(schema_faults("eval_runs.json", listed), IsEmpty()) << listed;
  EXPECT_EQ(listed["runs"][0]["spent_usd"], nullptr);
  EXPECT_EQ(listed["runs"][0]["is_demo"], false);
}

TEST_F(ServedRuns, AVerdictOfSomebodyElseIsAConflictAndStays) {
  serve_store(kToken);
  EXPECT_EQ(decide(grades("ana")).status, 200);
  const Heard refused = decide(grades("bo"));
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(schema_faults("problem.json", json_of(refused)), IsEmpty()) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("ana has graded this answer meanwhile: [2,1,2]"));
  const Json cases = json_of(ask(get("/api/v1/eval/review?run=november", kAuthorized)))["cases"];
  EXPECT_EQ(cases[0]["who"], "ana");
  const std::string seen = cases[0]["decided_ms"].dump();
  EXPECT_EQ(decide(grades("bo", R"(, "seen_ms": )" + seen)).status, 200);
  EXPECT_EQ(decide(grades("cy", R"(, "seen_ms": )" + seen)).status, 409) << "bo's has come in between";
}

TEST_F(ServedRuns, TakeNoWordWithoutAToken) {
  serve_store();
  const Heard refused = ask(post("/api/v1/eval/review", grades("ana")));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("--token-env"));
  EXPECT_EQ(ask(post("/api/v1/eval/tasks", "{}")).status, 403);
  EXPECT_EQ(json_of(ask(get("/api/v1/eval/review?run=november")))["cases"][0]["decided"], false);
}

TEST_F(ServedRuns, TakeNoWordFromPagesOfOtherSites) {
  serve_store(kToken);
  const std::string body = grades("ana");
  EXPECT_EQ(ask(post("/api/v1/eval/review", body, kAuthorized + "Origin: http://evil.example\r\n")).status, 403);
  const std::string form = "POST /api/v1/eval/review HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n" +
                           kAuthorized + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  EXPECT_EQ(ask(form).status, 415);
  EXPECT_EQ(json_of(ask(get("/api/v1/eval/review?run=november", kAuthorized)))["cases"][0]["decided"], false);
}

TEST_F(ServedRuns, TakeNoBodyThatIsTooLongOrNoReview) {
  serve_store(kToken);
  EXPECT_EQ(decide(grades("ana", R"(, "note": ")" + std::string(70'000, 'x') + "\"")).status, 413);
  const std::string chunked = "POST /api/v1/eval/review HTTP/1.1\r\nHost: localhost\r\n" + kAuthorized +
                              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string endless = chunked;
  for (int i = 0; i < 20; ++i) endless += "1000\r\n" + std::string(0x1000, ' ') + "\r\n";
  EXPECT_EQ(ask(endless + "0\r\n\r\n").status, 413);
  EXPECT_EQ(decide("{").status, 400);
  EXPECT_EQ(decide(grades("")).status, 400);
  EXPECT_EQ(decide(R"({"run": "run-1", "key": "k", "grades": [2, 1, 3], "who": "ana"})").status, 400);
  EXPECT_EQ(decide(R"({"run": "run-1", "key": "k", "grades": "2,1,2", "who": "ana"})").status, 400);
  EXPECT_EQ(decide(grades("ana", "", "none")).status, 404);
  EXPECT_EQ(decide(grades("ana", R"(, "verdict": 1)")).status, 400);
}

TEST_F(ServedRuns, OfAStoreThatMayOnlyBeReadAreShownAndNotReviewed) {
  serve_store(kToken);
  const OnlyReading only(run_.path());
  const Heard heard = ask(get("/api/v1/eval/runs", kAuthorized));
  EXPECT_EQ(heard.status, 200) << heard.body;
  EXPECT_EQ(json_of(heard)["writes"], false);
  EXPECT_EQ(ask(get("/api/v1/eval/results?run=november", kAuthorized)).status, 200);
  const Heard refused = decide(grades("ana"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("may only be read"));
}

TEST_F(ServedRuns, NewTasksAreSavedOnceAndOnlyWhereTheyBelong) {
  const std::filesystem::path tasks = testing::TempDir() + "rigwise-served-tasks-" + random_id();
  std::filesystem::create_directories(tasks);
  serve_store(kToken, tasks.string());
  const auto save = [&](const std::string& id) {
    const Json draft = {{"id", id},
                        {"settings",
                         {{"title", "T"},
                          {"category", "content"},
                          {"kind", "text"},
                          {"difficulty", 1},
                          {"expects", {"it"}},
                          {"license", "Apache-2.0"},
                          {"created", "2026-11-22"},
                          {"check", {{{"type", "keyword"}, {"all", {"42"}}}}}}},
                        {"prompt", "What?"},
                        {"reference", "42"}};
    return ask(post("/api/v1/eval/tasks", draft.dump(), kAuthorized));
  };
  const Heard saved = save("manager/budget-line");
  EXPECT_EQ(saved.status, 201) << saved.body;
  EXPECT_THAT(schema_faults("eval_task_saved.json", json_of(saved)), IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(tasks / "manager/budget-line.task.md"));
  EXPECT_EQ(save("manager/budget-line").status, 409);
  EXPECT_EQ(save("../manager/budget-line").status, 400);
  const Heard too_long = save("manager/" + std::string(300, 'a'));
  EXPECT_EQ(too_long.status, 400);
  EXPECT_THAT(too_long.body, HasSubstr("at most 100 characters"));
  EXPECT_EQ(json_of(ask(get("/api/v1/eval/runs", kAuthorized)))["saves_tasks"], true);
  std::filesystem::remove_all(tasks);
}

TEST_F(ServedRuns, PlacesAreAnsweredByTheirMethods) {
  serve_store();
  const Heard too_large = ask(post("/api/v1/eval/runs", "{}"));
  EXPECT_EQ(too_large.status, 413);
  EXPECT_EQ(json_of(too_large)["try"], "no body");
  const std::string long_note(std::size_t{70} << 10, 'x');
  EXPECT_EQ(json_of(decide("{\"note\": \"" + long_note + "\"}"))["try"], "at most 64 KiB");
  const Heard removed = ask("DELETE /api/v1/eval/review HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(removed.status, 405);
  EXPECT_EQ(removed.field("Allow"), "GET, HEAD, POST");
  const Heard near = ask(get("/api/v1/eval/reviews"));
  EXPECT_EQ(near.status, 404);
  EXPECT_EQ(json_of(near)["did_you_mean"][0], "review");
}

TEST_F(Served, WithoutAStoreThereAreNoRuns) {
  serve();
  const Json none = Json::parse(ask(get("/api/v1/eval/runs")).body);
  EXPECT_EQ(none["store"], nullptr);
  EXPECT_THAT(none["runs"], IsEmpty());
  EXPECT_EQ(ask(get("/api/v1/eval/results")).status, 404);
}

TEST_F(Served, AStoreThatComesLaterIsFound) {
  const std::string path = testing::TempDir() + "rigwise-later-" + random_id() + ".db";
  ServerOptions options = on_a_free_port();
  options.evaluations.store = path;
  options.evaluations.may_be_absent = true;
  serve(options);
  EXPECT_EQ(Json::parse(ask(get("/api/v1/eval/runs")).body)["store"], nullptr);
  EXPECT_FALSE(std::filesystem::exists(path)) << "and looking makes none";
  ASSERT_TRUE(open_store(path));
  EXPECT_EQ(Json::parse(ask(get("/api/v1/eval/runs")).body)["store"], path);
  for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
}

TEST_F(Served, ThePageLearnsThatAServerIsThere) {
  serve();
  EXPECT_EQ(Json::parse(ask(get("/server.json")).body)["api"], "api/v1/");
}

}  // namespace
}  // namespace rigwise
