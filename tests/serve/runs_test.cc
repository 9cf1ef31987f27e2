// What was measured on the machine of a server: benches that were saved, those under way, the probe, imported runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "../schema/schemas.h"
#include "host/bench/live_run.h"
#include "host/bench/saved_runs.h"
#include "host/files/files.h"
#include "host/probe/here_folder.h"
#include "served.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ServedMeasurements : public Served {
 protected:
  ServedMeasurements()
      : folder_(std::filesystem::temp_directory_path() / ("rigwise-served-" + std::to_string(::getpid()))) {}
  ~ServedMeasurements() override { std::filesystem::remove_all(folder_); }

  void serve_folder(const House& house = small_house(), const std::string& token = "") {
    ServerOptions options = on_a_free_port();
    options.runs = {benches(), here()};
    options.token = token;
    serve(options, house);
  }
  std::string benches() const { return (folder_ / "bench").string(); }
  std::string here() const { return (folder_ / "here").string(); }
  static Json json_of(const Heard& heard) { return Json::parse(heard.body, nullptr, false); }
  Json listed() const {
    const Heard heard = ask(get("/api/v1/runs/list"));
    EXPECT_EQ(heard.status, 200);
    EXPECT_THAT(schema_faults("runs.json", json_of(heard)), IsEmpty()) << heard.body;
    return json_of(heard);
  }
  /// Keeps the run of tests/bench with a time of its own; gives its name.
  std::string saved(const char* at, double streams = 4) const {
    Json report = Json::parse(*read_file(RIGWISE_SOURCE_DIR "/tests/bench/before.json"));
    report["measured_at"] = at;
    report["load"]["run"] = "0123456789";
    report["levels"][0]["concurrency"] = streams;
    return save_run(benches(), report).value_or("");
  }

  std::filesystem::path folder_;
};

TEST_F(ServedMeasurements, AnEmptyMachineHasNone) {
  serve_folder();
  const Json all = listed();
  EXPECT_TRUE(all["benches"].empty());
  EXPECT_TRUE(all["live"].empty());
  EXPECT_EQ(all["has_probe"], false);
  EXPECT_EQ(all["own_runs"], 0);
  EXPECT_EQ(ask(get("/api/v1/runs/probe")).status, 404);
  EXPECT_THAT(ask(get("/api/v1/runs/probe")).body, HasSubstr("rigwise probe --save"));
}

TEST_F(ServedMeasurements, SavedRunsAreListedTheNewestFirstAndFollowTheFolder) {
  serve_folder();
  const std::string first = saved("2026-11-22T10:05:09Z");
  EXPECT_EQ(listed()["benches"].size(), 1U);
  const std::string second = saved("2026-11-23T10:05:09Z", 16);
  std::ofstream(benches() + "/0broken.json") << "{";
  Json all = listed()["benches"];
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0]["name"], second);
  EXPECT_EQ(all[0]["loads"], Json({"16"}));
  EXPECT_EQ(all[0]["worst_grade"], "A");
  EXPECT_EQ(all[1]["name"], first);
  EXPECT_EQ(all[1]["model"], "qwen3-8b");
  EXPECT_FALSE(all[2]["fault"].is_null());
  // A file that is written anew is read anew.
  std::filesystem::remove(benches() + "/0broken.json");
  std::ofstream(benches() + "/" + first + ".json") << "[]";
  all = listed()["benches"];
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[1]["fault"].is_null());
}

TEST_F(ServedMeasurements, ASavedRunIsGivenAsItWasSaved) {
  serve_folder();
  const std::string name = saved("2026-11-22T10:05:09Z");
  const Heard heard = ask(get("/api/v1/runs/bench?name=" + name));
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(json_of(heard), Json::parse(*read_file(benches() + "/" + name + ".json")));
  const Heard slip = ask(get("/api/v1/runs/bench?name=" + name.substr(0, 10)));
  EXPECT_EQ(slip.status, 404);
  EXPECT_THAT(schema_faults("problem.json", json_of(slip)), IsEmpty());
}

TEST_F(ServedMeasurements, ANameIsNoPath) {
  serve_folder();
  saved("2026-11-22T10:05:09Z");
  std::ofstream(folder_ / "secret.json") << R"({"schema": "rigwise.bench/1", "levels": []})";
  for (const char* name : {"../secret", "..%2fsecret", "%2e%2e/secret", "", "last", "."}) {
    EXPECT_EQ(ask(get(std::string("/api/v1/runs/bench?name=") + name)).status, 404) << name;
  }
}

TEST_F(ServedMeasurements, ARunUnderWayIsListedWhileItLasts) {
  serve_folder();
  {
    LiveRun run(benches(), "aabbcc",
                {{"run", "aabbcc"},
                 {"target", {{"url", "http://127.0.0.1:8080/v1"}, {"model", "m"}}},
                 {"load", {{"kind", "closed"}, {"planned", {1, 4}}, {"is_search", false}}}});
    const Json all = listed();
    ASSERT_EQ(all["live"].size(), 1U);
    EXPECT_EQ(all["live"][0]["run"], "aabbcc");
    EXPECT_TRUE(all["benches"].empty());
  }
  EXPECT_TRUE(listed()["live"].empty());
}

TEST_F(ServedMeasurements, TheSavedProbeIsGivenWhole) {
  const Json probe = {{"schema", "rigwise.probe/1"}, {"machine", {{"maker", "nobody"}}}};
  ASSERT_TRUE(save_here(here(), "", Json{{"speed", nullptr}, {"probe", probe}}.dump()));
  serve_folder();
  EXPECT_EQ(listed()["has_probe"], true);
  EXPECT_EQ(json_of(ask(get("/api/v1/runs/probe"))), probe);
}

TEST_F(ServedMeasurements, WhatAnEarlierVersionSavedOfAProbeIsNone) {
  ASSERT_TRUE(save_here(here(), "", R"({"speed": {"read_gbps": 80}})"));
  serve_folder();
  EXPECT_EQ(listed()["has_probe"], false);
}

TEST_F(ServedMeasurements, ImportedRunsStandBesideTheirPredictions) {
  House house = small_house();
  for (Measurement& row : house.catalog.measurements) row.is_own = &row - house.catalog.measurements.data() < 3;
  serve_folder(house);
  const Heard heard = ask(get("/api/v1/runs/own"));
  EXPECT_EQ(heard.status, 200);
  const Json own = json_of(heard);
  EXPECT_THAT(schema_faults("runs_own.json", own), IsEmpty()) << heard.body;
  EXPECT_EQ(own["runs"], 3);
  EXPECT_EQ(own["compared"].size(), 3U);
  EXPECT_EQ(listed()["own_runs"], 3);
  stop();  // before its house goes
}

TEST_F(ServedMeasurements, AreReadOnlyAndTheToken) {
  serve_folder(small_house(), "a-token-of-sixteen-and-more");
  EXPECT_EQ(ask(get("/api/v1/runs/list")).status, 401);
  const std::string token = "Authorization: Bearer a-token-of-sixteen-and-more\r\n";
  EXPECT_EQ(ask(get("/api/v1/runs/list", token)).status, 200);
  EXPECT_EQ(ask(post("/api/v1/runs/list", "", token)).status, 405);
  const Heard nothing = ask(get("/api/v1/runs/lst", token));
  EXPECT_EQ(nothing.status, 404);
  EXPECT_EQ(json_of(nothing)["did_you_mean"][0], "list");
  EXPECT_EQ(ask(get("/api/v1/runs/list", "Origin: http://elsewhere.example\r\n" + token)).status, 403);
}

TEST_F(ServedMeasurements, AreDescribed) {
  serve_folder();
  const Json paths = json_of(ask(get("/api/v1/openapi.json")))["paths"];
  for (const char* place : {"list", "bench", "probe", "own"}) {
    EXPECT_TRUE(paths.contains(std::string("/api/v1/runs/") + place)) << place;
  }
  EXPECT_EQ(paths["/api/v1/runs/bench"]["get"]["parameters"][0]["name"], "name");
}

}  // namespace
}  // namespace rigwise
