#include "host/serve/http_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/serve/openapi.h"
#include "host/serve/problem.h"

namespace rigwise {
namespace {

using testing::HasSubstr;

TEST(Openapi, DescribesEveryVerbWithItsSchemas) {
  const Json document = openapi_document(embedded_schemas(), "1.2.3");
  EXPECT_EQ(document["info"]["version"], "1.2.3");
  for (const VerbEntry& verb : verb_list()) {
    const std::string name(verb.name);
    const Json& post = document["paths"]["/api/v1/" + name]["post"];
    EXPECT_EQ(post["requestBody"]["content"]["application/json"]["schema"]["$ref"],
              "#/components/schemas/" + name + ".request");
    EXPECT_EQ(post["summary"], verb.question);
  }
}

void collect_references(const Json& json, std::vector<std::string>& found) {
  if (json.is_object() && json.contains("$ref")) found.push_back(json["$ref"].get<std::string>());
  if (!json.is_structured()) return;
  for (const Json& inner : json) collect_references(inner, found);
}

TEST(Openapi, RefersToNothingOutsideItself) {
  const Json document = openapi_document(embedded_schemas(), "1");
  std::vector<std::string> references;
  collect_references(document, references);
  EXPECT_GT(references.size(), 40u);
  for (const std::string& reference : references) {
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    EXPECT_TRUE(document.contains(Json::json_pointer(reference.substr(1)))) << reference;
  }
}

class Api : public testing::Test {
 protected:
  HttpAnswer ask(const std::string& method, const std::string& path, const std::string& body = "",
                 const std::string& type = "application/json") {
    return api_.answer({method, path, {{"Content-Type", type}}, body}, *parse_target(path));
  }
  WorkKind work(const std::string& method, const std::string& path) {
    return api_.work_of({method, path, {}, {}}, *parse_target(path));
  }

  House house_;
  ServerMetrics metrics_;
  HttpApi api_{house_, metrics_, "1.2.3"};
};

TEST_F(Api, AnswersPlacesByTheirMethods) {
  EXPECT_EQ(ask("GET", "/healthz").status, 200);
  EXPECT_EQ(ask("HEAD", "/metrics").status, 200);
  EXPECT_EQ(ask("POST", "/metrics").status, 405);
  EXPECT_EQ(ask("GET", "/api/v1/predict").status, 405);
  EXPECT_EQ(ask("GET", "/api/v1/predict").field("Allow"), "POST");
  EXPECT_EQ(ask("OPTIONS", "/api/v1/predict").field("Access-Control-Allow-Origin"), std::nullopt);
  EXPECT_EQ(ask("DELETE", "/").status, 405);
  EXPECT_EQ(ask("GET", "/api/v2/predict").status, 404);
}

TEST_F(Api, NamesTheNearestVerb) {
  const HttpAnswer answer = ask("POST", "/api/v1/predcit", "{}");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(Json::parse(answer.body())["did_you_mean"].front(), "predict");
}

TEST_F(Api, TakesJsonAndNothingThatAFormCouldSend) {
  EXPECT_EQ(ask("POST", "/api/v1/catalog", "{}").status, 200);
  EXPECT_EQ(ask("POST", "/api/v1/catalog", "{}", "Application/JSON; charset=utf-8").status, 200);
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
    EXPECT_EQ(ask("POST", "/api/v1/catalog", "{}", type).status, 415) << type;
  }
}

TEST_F(Api, TellsBadInputFromUnknownNames) {
  EXPECT_EQ(ask("POST", "/api/v1/predict", "{").status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/predict", "").status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/predict", R"({"model": "x", "setup": "y"})").status, 422);
  const HttpAnswer answer = ask("POST", "/api/v1/predict", "{}");
  EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
  const Json problem = Json::parse(answer.body());
  EXPECT_EQ(problem["status"], 400);
  EXPECT_EQ(problem["code"], "invalid_input");
  EXPECT_EQ(problem["detail"], problem["message"]);
}

TEST_F(Api, SendsSimulationsToTheSlowQueue) {
  EXPECT_EQ(work("POST", "/api/v1/capacity"), WorkKind::slow);
  EXPECT_EQ(work("POST", "/api/v1/predict"), WorkKind::quick);
  EXPECT_EQ(work("GET", "/api/v1/capacity"), WorkKind::at_once);
  EXPECT_EQ(work("GET", "/api/v1/events"), WorkKind::events);
  EXPECT_EQ(work("GET", "/"), WorkKind::at_once);
}

TEST_F(Api, CountsByFewNames) {
  const auto label = [&](const char* path) { return api_.label_of(*parse_target(path)); };
  EXPECT_EQ(label("/api/v1/fit"), "fit");
  EXPECT_EQ(label("/api/v1/whatever"), "unknown");
  EXPECT_EQ(label("/api/v1/openapi.json"), "openapi.json");
  EXPECT_EQ(label("/metrics"), "metrics");
  EXPECT_EQ(label("/x/metrics"), "page");
  metrics_.answered("fit", 200, 0.02);
  metrics_.answered("fit", 200, 100);
  const std::string text(ask("GET", "/metrics").body());
  EXPECT_THAT(text, HasSubstr("rigwise_http_requests_total{verb=\"fit\",status=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rigwise_http_request_duration_seconds_bucket{verb=\"fit\",le=\"0.05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rigwise_http_request_duration_seconds_bucket{verb=\"fit\",le=\"60\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rigwise_http_request_duration_seconds_bucket{verb=\"fit\",le=\"+Inf\"} 2\n"));
}

TEST(Events, AreOneLineOfJson) {
  EXPECT_EQ(event_text("hello", {{"a", "b\nc"}}), "event: hello\ndata: {\"a\":\"b\\nc\"}\n\n");
}

}  // namespace
}  // namespace rigwise
