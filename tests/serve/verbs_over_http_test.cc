// What comes over HTTP is what the verbs say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "../schema/schemas.h"
#include "host/serve/embedded_files.h"
#include "served.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Question {
  std::string verb, request;
};

/// The requests that the fuzzer starts from: at least one for each verb, some of them refused.
std::vector<Question> questions() {
  std::vector<Question> found;
  for (const auto& entry : std::filesystem::directory_iterator(RIGWISE_SOURCE_DIR "/fuzz/seeds/json_request")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const std::size_t line_end = text.str().find('\n');
    found.push_back({text.str().substr(0, line_end), text.str().substr(line_end + 1)});
  }
  // Those of the fuzzer that ask these two verbs are refused.
  found.push_back({"seeds", R"({"section": "S0-31"})"});
  found.push_back({"validate", "{}"});
  return found;
}

/// The embedded catalog: the small one knows nothing of the seeds.
const House& whole_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

TEST_F(Served, EveryVerbAnswersWhatItAnswersWithoutAServer) {
  serve(on_a_free_port(), whole_house());
  std::set<std::string> answered;
  for (const auto& [verb, request] : questions()) {
    const Heard heard = ask(post("/api/v1/" + verb, request));
    const Json expected = Json::parse(call_verb(whole_house(), verb, request));
    if (!expected.contains("error")) {
      EXPECT_EQ(heard.status, 200) << verb << " " << heard.body;
      EXPECT_EQ(heard.body, expected.dump()) << verb;
      answered.insert(verb);
      continue;
    }
    EXPECT_GE(heard.status, 400) << verb;
    EXPECT_EQ(heard.field("Content-Type"), "application/problem+json");
    const Json problem = Json::parse(heard.body);
    EXPECT_THAT(schema_faults("problem.json", problem), IsEmpty()) << heard.body;
    for (const auto& [key, value] : expected["error"].items()) EXPECT_EQ(problem[key], value) << verb << " " << key;
  }
  for (const VerbEntry& verb : verb_list()) EXPECT_TRUE(answered.contains(std::string(verb.name))) << verb.name;
}

TEST_F(Served, AMachineThatNobodyMeasuredIsSentToTheProbe) {
  serve(on_a_free_port(), whole_house());
  const Heard heard = ask(post("/api/v1/predict", R"({"model": "qwen3-4b", "setup": "here"})"));
  EXPECT_EQ(heard.status, 422);
  EXPECT_THAT(heard.body, HasSubstr("this machine has not been measured yet"));
  EXPECT_THAT(heard.body, HasSubstr("rigwise probe --save"));
}

TEST_F(Served, RefusalsOfTheServerItselfAreProblemsToo) {
  serve();
  const std::string requests[] = {
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
      get("/nowhere"),
      get("/api/v1/predict"),
      get("/api/v1/predcit"),
      "POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
      post("/api/v1/predict", "{\"model\": \"\xff\"}"),
      "nonsense\r\n\r\n",
  };
  for (const std::string& request : requests) {
    const Heard heard = ask(request);
    EXPECT_GE(heard.status, 400) << request;
    EXPECT_EQ(heard.field("Content-Type"), "application/problem+json") << request;
    const Json problem = Json::parse(heard.body, nullptr, false);
    EXPECT_THAT(schema_faults("problem.json", problem), IsEmpty()) << heard.body;
    EXPECT_EQ(problem["status"], heard.status);
  }
}

TEST_F(Served, DescribesItself) {
  serve();
  const Heard openapi = ask(get("/api/v1/openapi.json"));
  EXPECT_EQ(openapi.status, 200);
  EXPECT_EQ(Json::parse(openapi.body)["openapi"], "3.1.0");
  const Heard health = ask(get("/healthz"));
  EXPECT_EQ(Json::parse(health.body)["status"], "ok");
  EXPECT_EQ(Json::parse(health.body)["version"], "1.2.3");
  ask(post("/api/v1/catalog", "{}"));
  const Heard metrics = ask(get("/metrics"));
  EXPECT_THAT(metrics.body, HasSubstr("rigwise_http_requests_total{verb=\"catalog\",status=\"200\"} 1\n"));
  EXPECT_THAT(metrics.body, HasSubstr("rigwise_http_connections 1\n"));
}

TEST_F(Served, ThePageCarriesStrictHeaders) {
  serve();
  const Heard page = ask(get("/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.field("Content-Type"), "text/html; charset=utf-8");
  for (const std::string& request : {get("/"), get("/healthz"), get("/nowhere"), post("/api/v1/catalog", "{}")}) {
    const Heard heard = ask(request);
    EXPECT_THAT(heard.field("Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(heard.field("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(heard.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(heard.field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(heard.field("Access-Control-Allow-Origin"), "");
  }
}

TEST_F(Served, APageOnceSeenIsNotSentAgain) {
  serve();
  if (embedded_site().empty()) {
    EXPECT_THAT(ask(get("/")).body, HasSubstr("script/web build")) << "this build has no dashboard to send";
    return;
  }
  const Heard first = ask(get("/", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(first.field("Content-Encoding"), "gzip");
  const Heard second = ask(get("/", "Accept-Encoding: gzip\r\nIf-None-Match: " + first.field("ETag") + "\r\n"));
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
}

TEST_F(Served, EventsBeginWithAHelloBeatAndEndWithAGoodbye) {
  ServerOptions options = on_a_free_port();
  options.limits.heartbeat = std::chrono::milliseconds(5);
  serve(options);
  Client reader = client();
  reader.send(get("/api/v1/events"));
  EXPECT_TRUE(reader.hear_until("Content-Type: text/event-stream\r\n"));
  EXPECT_TRUE(reader.hear_until("event: hello\ndata: {\"version\":\"1.2.3\","));
  EXPECT_TRUE(reader.hear_until("event: heartbeat\n"));
  EXPECT_TRUE(reader.hear_until("event: heartbeat\n"));
  server().stop();
  EXPECT_TRUE(reader.hear_until("event: goodbye\n"));
  EXPECT_TRUE(reader.hear_until("0\r\n\r\n"));
  stop();
}

}  // namespace
}  // namespace rigwise
